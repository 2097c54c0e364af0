//! The rule for `{name}` in texts: each has to stand for something.

use super::{Wrong, wrong};
use crate::data::scenario::{
    Scenario,
    expect::{Expect, FileAs},
};
use toml::Value;

/// Checks every text that is filled in when the scenario is played.
///
/// # Errors
/// A name that stands for nothing.
pub fn check(scenario: &Scenario) -> Result<(), Wrong> {
    for (key, text) in texts(scenario) {
        for name in names(&text) {
            match name {
                "mock" | "mock-host" | "mock-port" if scenario.mock.is_none() => {
                    return wrong(key, format!("{{{name}}} stands for nothing without a [mock]: add one"));
                }
                "canary" if !scenario.canary => return wrong(key, "{canary} stands for nothing: set `canary = true`"),
                "mock" | "mock-host" | "mock-port" | "canary" => {}
                "n" if key == "lines" => {}
                _ => {
                    return wrong(
                        key,
                        format!("{{{name}}} stands for nothing: use {{mock}}, {{mock-host}}, {{mock-port}} or {{canary}}"),
                    );
                }
            }
        }
    }
    Ok(())
}

/// The names in braces. Braces around anything else, as in JSON, are text.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split('{')
        .skip(1)
        .filter_map(|after| after.split_once('}'))
        .map(|(name, _)| name)
        .filter(|name| !name.is_empty() && name.chars().all(|char| char.is_ascii_lowercase() || char == '-'))
}

fn texts(scenario: &Scenario) -> Vec<(&'static str, String)> {
    let mut texts: Vec<(&'static str, String)> = scenario.files.values().map(|text| ("files", text.clone())).collect();
    texts.extend(scenario.config.iter().map(|config| ("config", Value::Table(config.clone()).to_string())));
    texts.extend(scenario.mock.iter().map(|mock| ("mock", Value::Table(mock.clone()).to_string())));
    for step in &scenario.step {
        texts
            .extend(step.arguments.iter().chain(step.environment.values()).chain(&step.stdin).map(|text| ("step", text.clone())));
        texts.extend(step.lines.iter().map(|lines| ("lines", lines.text.clone())));
        texts.extend(step.session.iter().flat_map(|session| &session.messages).map(|text| ("session", text.clone())));
        texts.extend(of_expectation(&step.expect).into_iter().map(|text| ("step", text)));
    }
    texts.extend(scenario.unguarded.iter().flat_map(of_expectation).map(|text| ("unguarded", text)));
    let network = scenario.capabilities.network.iter();
    for network in network {
        texts.extend(network.hosts.iter().map(|host| ("hosts", host.clone())));
        texts
            .extend(network.credentials.iter().flat_map(|one| [&one.host, &one.value]).map(|text| ("credentials", text.clone())));
    }
    texts
}

fn of_expectation(expect: &Expect) -> Vec<String> {
    let mut texts: Vec<String> =
        [&expect.stdout_contains, &expect.stdout_lacks, &expect.stderr_contains].into_iter().flatten().cloned().collect();
    texts.extend(expect.stdout.clone());
    for file in expect.files.values() {
        match file {
            FileAs::Text(text) => texts.push(text.clone()),
            FileAs::Contains(parts) => texts.extend(parts.contains.iter().chain(&parts.lacks).cloned()),
            FileAs::Absent(_) => {}
        }
    }
    for request in expect.requests.iter().flatten() {
        texts.extend(request.headers.values().chain(&request.body_contains).chain(&request.body_lacks).cloned());
    }
    texts
}
