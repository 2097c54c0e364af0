//! The transcript of a cell: everything that has to be the same on every engine, as one text.

use super::digest::sha256;
use crate::data::{
    observed::{Observed, StepObserved},
    scenario::Scenario,
};
use runner_protocol::Ended;
use serde_json::Value;
use std::fmt::Write;

/// Headers that are of the connection or of the program that made it, not of the request.
const VOLATILE_HEADERS: [&str; 6] = ["connection", "content-length", "host", "te", "transfer-encoding", "user-agent"];

/// How every step ended and what it said, the files at the end, what the mock was asked. Ports and temporary folders have names instead.
pub fn transcript(scenario: &Scenario, observed: &Observed) -> String {
    let is_volatile = |what: &str| scenario.volatile.contains_key(what);
    let mut text = String::new();
    for (at, step) in observed.steps.iter().enumerate() {
        let _ = writeln!(text, "[step {}] {}", at + 1, ends(step));
        if !is_volatile("stdout") {
            section(&mut text, "stdout", &step.stdout);
        }
    }
    for (path, content) in observed.files.iter().filter(|(path, _)| !path.starts_with("outside/")) {
        // That it is there is the same everywhere.
        section(&mut text, path, if is_volatile(path) { "" } else { content });
    }
    for (at, request) in observed.requests.iter().enumerate().filter(|_| !is_volatile("requests")) {
        section(&mut text, &format!("request {}", at + 1), &request_text(request));
    }
    let text = if observed.root.is_empty() { text } else { text.replace(&observed.root, "{root}") };
    observed.places.unfill(&text)
}

/// The name of a transcript.
pub fn hash(transcript: &str) -> String {
    sha256(transcript.as_bytes())
}

/// How an instance ended, as far as all engines can say it: a component knows only that it failed.
pub fn class(ended: &Ended) -> String {
    match ended {
        Ended::Exit { code: 0 } => "exit 0".into(),
        Ended::Exit { .. } => "exit failed".into(),
        Ended::Trap { .. } => "trap".into(),
        Ended::Stopped { limit, .. } => format!("stopped {limit}"),
    }
}

/// The ends of all instances, those alike said once.
fn ends(step: &StepObserved) -> String {
    let mut classes: Vec<String> = step.ended.iter().map(class).collect();
    classes.dedup();
    format!("{} x {}", step.instance_count, classes.join(", "))
}

/// A part with its length, so that no content can look like the next part.
fn section(text: &mut String, name: &str, content: &str) {
    let _ = writeln!(text, "[{name}] {} lines", content.lines().count());
    text.push_str(content);
    if !content.ends_with('\n') {
        text.push_str("\\\n");
    }
}

fn request_text(request: &Value) -> String {
    let of = |key: &str| request[key].as_str().unwrap_or_default();
    let mut headers: Vec<String> = Vec::new();
    for header in request["headers"].as_array().into_iter().flatten() {
        let (name, value) = (header[0].as_str().unwrap_or_default(), header[1].as_str().unwrap_or_default());
        if !VOLATILE_HEADERS.contains(&name) {
            headers.push(format!("{name}: {value}\n"));
        }
    }
    headers.sort();
    format!("{} {}\n{}{}\n", of("method"), of("path"), headers.concat(), request["body"])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::scenario::place::Places;
    use serde_json::json;

    fn scenario(more: &str) -> Scenario {
        let text = format!("summary = 's'\nartifact = 'a'\n{more}[[step]]\n");
        Scenario::parse("s", &text).unwrap().remove(0)
    }

    fn observed(port: u16, root: &str, agent: &str) -> Observed {
        let ended = Ended::Exit { code: i32::from(port) };
        let step = StepObserved::native(ended, format!("see http://127.0.0.1:{port}/ in {root}/home"), "noise".into());
        Observed {
            steps: vec![step],
            files: [("home/a".into(), "1\n".into()), ("outside/b".into(), root.into())].into(),
            requests: vec![
                json!({"method": "POST", "path": "/v1", "headers": [["user-agent", agent], ["b", "2"], ["a", "1"]], "body": {"z": 1, "a": 2}}),
            ],
            root: root.into(),
            places: Places { port: Some(port), tls: false },
            ..Observed::default()
        }
    }

    #[test]
    fn what_has_to_differ_does_not() {
        let scenario = scenario("");
        let text = transcript(&scenario, &observed(4000, "/tmp/x", "ureq"));
        assert_eq!(
            text,
            "[step 1] 1 x exit failed\n[stdout] 1 lines\nsee http://127.0.0.1:{mock-port}/ in {root}/home\\\n[home/a] 1 lines\n1\n\
             [request 1] 4 lines\nPOST /v1\na: 1\nb: 2\n{\"a\":2,\"z\":1}\n"
        );
        assert_eq!(hash(&text), hash(&transcript(&scenario, &observed(5001, "/tmp/y", "hyper"))));
    }

    #[test]
    fn what_may_not_differ_does() {
        let plain = scenario("");
        let base = observed(4000, "/tmp/x", "u");
        let text = transcript(&plain, &base);
        let mut others = vec![base.clone(), base.clone(), base.clone(), base.clone()];
        others[0].steps[0].stdout.push('\n');
        others[1].files.insert("workspace/new".into(), String::new());
        others[2].requests[0]["headers"][1][1] = "3".into();
        others[3].steps[0].ended = vec![Ended::Trap { reason: "r".into() }];
        for other in &others {
            assert_ne!(transcript(&plain, other), text);
        }
        for (other, what) in others.iter().zip(["stdout", "workspace/new", "requests"]) {
            let volatile = scenario(&format!("volatile.'{what}' = 'pieces'\n"));
            // That a file is there is said in any case.
            assert_eq!(transcript(&volatile, other) == transcript(&volatile, &base), what != "workspace/new", "{what}");
        }
        let mut file = base.clone();
        file.files.insert("home/a".into(), "2\n".into());
        let volatile = scenario("volatile.'home/a' = 'words'\n");
        assert_eq!(transcript(&volatile, &file), transcript(&volatile, &base));
    }
}
