//! The end of a scenario: files, requests, the canary, and what must not have changed.

use super::step::{last_lines, words};
use crate::{
    analysis::text_diff::diff,
    data::{
        grid::Reason,
        observed::Observed,
        scenario::{
            Scenario,
            expect::{Expect, FileAs, RequestAs},
            world::Entry,
        },
    },
};
use runner_protocol::{Access, Ended};
use serde_json::Value;
use std::collections::BTreeMap;

/// Everything that is not as expected after the last step.
pub fn judge(expect: &Expect, observed: &Observed) -> Vec<Reason> {
    let mut reasons: Vec<Reason> =
        expect.files.iter().filter_map(|(path, wanted)| file(path, wanted, observed.files.get(path), observed)).collect();
    reasons.extend(requests(expect, observed));
    if let Some(wanted) = expect.canary_count.filter(|wanted| *wanted != observed.canary_count) {
        reasons.push(Reason::new(format!("the canary was reached {} times, not {wanted}", observed.canary_count)));
    }
    reasons
}

fn file(path: &str, wanted: &FileAs, got: Option<&String>, observed: &Observed) -> Option<Reason> {
    let fill = |text: &String| observed.places.fill(text);
    let (wanted, got) = match (wanted, got) {
        (FileAs::Absent(_), None) => return None,
        (FileAs::Absent(_), Some(got)) => return Some(Reason { said: format!("{path} is there"), detail: last_lines(got) }),
        (_, None) => return Some(Reason::new(format!("{path} is not there"))),
        (wanted, Some(got)) => (wanted, got),
    };
    match wanted {
        FileAs::Text(text) if fill(text) != *got => {
            Some(Reason { said: format!("{path} has another text"), detail: diff(&fill(text), got) })
        }
        FileAs::Contains(parts) => {
            let missing = parts.contains.iter().map(fill).find(|text| !got.contains(text)).map(|text| format!("has no `{text}`"));
            let extra = parts.lacks.iter().map(fill).find(|text| got.contains(text)).map(|text| format!("has `{text}`"));
            let count = got.lines().count() as u64;
            let lines =
                parts.line_count.filter(|wanted| *wanted != count).map(|wanted| format!("has {count} lines, not {wanted}"));
            let said = missing.or(extra).or(lines)?;
            Some(Reason { said: format!("{path} {said}"), detail: last_lines(got) })
        }
        _ => None,
    }
}

fn requests(expect: &Expect, observed: &Observed) -> Option<Reason> {
    let got = &observed.requests;
    let count = expect.requests.as_ref().map(|list| list.len() as u64).or(expect.request_count)?;
    let list = || got.iter().map(|request| format!("  {} {}\n", request["method"], request["path"])).collect::<String>();
    if got.len() as u64 != count {
        return Some(Reason { said: format!("the mock was asked {} times, not {count}", got.len()), detail: list() });
    }
    for (at, (wanted, got)) in expect.requests.iter().flatten().zip(got).enumerate() {
        if let Some(said) = request(wanted, got, observed) {
            return Some(Reason { said: format!("request {}: {said}", at + 1), detail: format!("{got:#}\n") });
        }
    }
    None
}

fn request(wanted: &RequestAs, got: &Value, observed: &Observed) -> Option<String> {
    let fill = |text: &String| observed.places.fill(text);
    for (key, value) in [("method", &wanted.method), ("path", &wanted.path)] {
        if let Some(value) = value.as_ref().filter(|value| got[key] != Value::String(fill(value))) {
            return Some(format!("its {key} is {}, not {value}", got[key]));
        }
    }
    let headers: BTreeMap<&str, &str> =
        got["headers"].as_array().into_iter().flatten().filter_map(|pair| Some((pair[0].as_str()?, pair[1].as_str()?))).collect();
    if let Some((name, value)) =
        wanted.headers.iter().find(|(name, value)| headers.get(name.as_str()) != Some(&fill(value).as_str()))
    {
        return Some(format!(
            "its header {name} is {}, not `{value}`",
            headers.get(name.as_str()).map_or("not there".into(), |got| format!("`{got}`"))
        ));
    }
    if let Some(name) = wanted.headers_absent.iter().find(|name| headers.contains_key(name.as_str())) {
        return Some(format!("it has the header {name}"));
    }
    // A body that is no JSON is recorded as a text.
    let body = got["body"].as_str().map_or_else(|| got["body"].to_string(), String::from);
    if let Some(text) = wanted.body_contains.iter().map(fill).find(|text| !body.contains(text)) {
        return Some(format!("its body has no `{text}`"));
    }
    wanted.body_lacks.iter().map(fill).find(|text| body.contains(text)).map(|text| format!("its body has `{text}`"))
}

/// What lies outside, or in a folder that may only be read, is as it was.
pub fn untouched(scenario: &Scenario, observed: &Observed) -> Vec<Reason> {
    let mut kept = vec!["outside/"];
    let granted = &scenario.capabilities;
    for (folder, access) in [("home/", granted.home), ("workspace/", granted.workspace)] {
        // The reference has no sandbox: what a scenario leaves out there is the harness's business.
        if access == Some(Access::Read) {
            kept.push(folder);
        }
    }
    let is_kept = |path: &str| kept.iter().any(|folder| path.starts_with(folder));
    let text = |entry: Entry| match entry {
        Entry::File(text) => text,
        Entry::Link(to) => format!("-> {to}"),
    };
    let before = scenario.entries(&observed.places).into_iter().filter(|(path, _)| is_kept(path));
    let before: BTreeMap<String, String> = before.map(|(path, entry)| (path, text(entry))).collect();
    let after: BTreeMap<String, String> =
        observed.files.iter().filter(|(path, _)| is_kept(path)).map(|(path, text)| (path.clone(), text.clone())).collect();
    let changed = before.keys().chain(after.keys().filter(|path| !before.contains_key(*path)));
    let changed = changed.filter(|path| before.get(*path) != after.get(*path));
    changed.map(|path| Reason::new(format!("{path} is not what it was, and the guest may not write there"))).collect()
}

/// The harmless guest that runs afterwards.
pub fn control(scenario: &Scenario, observed: &Observed) -> Option<Reason> {
    if !scenario.then_works {
        return None;
    }
    let Some(control) = &observed.control else { return Some(Reason::new("the harmless guest was not run afterwards")) };
    let ended = control.ended.last();
    if ended == Some(&Ended::Exit { code: 0 }) && control.stdout == "works\n" {
        return None;
    }
    let ended = ended.map_or("nothing".into(), words);
    let detail = format!("{}{}", last_lines(&control.stdout), last_lines(&control.stderr));
    Some(Reason { said: format!("the harmless guest afterwards ended with {ended}"), detail })
}
