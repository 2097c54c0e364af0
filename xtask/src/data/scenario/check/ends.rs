//! The rules for what is expected.

use super::{Wrong, wrong};
use crate::data::scenario::{
    Scenario,
    expect::{ContactAs, EndedAs, Expect, FileAs},
};
use runner_protocol::Limits;

/// So many instances are needed to see a slope.
const SLOPE_INSTANCES: u64 = 100;

/// Checks the expectations of all steps and those without the guard.
///
/// # Errors
/// The first thing that is wrong.
pub fn check(scenario: &Scenario) -> Result<(), Wrong> {
    if scenario.guard.is_some() != scenario.unguarded.is_some() {
        return wrong("guard", "`guard` and [unguarded] go together: what is seen when the guard is off shows that it holds");
    }
    let (last, before) = scenario.step.split_last().expect("there is a step");
    if before.iter().any(|step| is_of_the_end(&step.expect)) {
        return wrong("step", "files, requests and the canary are looked at after the last step: move them there");
    }
    for expect in scenario.step.iter().map(|step| &step.expect).chain(&scenario.unguarded) {
        one(scenario, expect)?;
    }
    if scenario.canary && last.expect.canary_count.is_none() {
        return wrong("canary", "nobody looks at the canary: add `canary-count` to the last step's expectation");
    }
    if let Some((what, _)) = scenario.volatile.iter().find(|(_, reason)| reason.trim().is_empty()) {
        return wrong("volatile", format!("`{what}` has no reason: say why it can differ"));
    }
    let slopes = scenario.step.iter().filter(|step| step.expect.max_memory_slope_bytes.is_some());
    match slopes.map(|step| step.repeat.unwrap_or(1)).find(|count| *count < SLOPE_INSTANCES) {
        Some(count) => {
            wrong("max-memory-slope-bytes", format!("{count} instances have no slope: let `repeat` be {SLOPE_INSTANCES} or more"))
        }
        None => Ok(()),
    }
}

fn is_of_the_end(expect: &Expect) -> bool {
    !expect.files.is_empty() || expect.requests.is_some() || expect.request_count.is_some() || expect.canary_count.is_some()
}

fn one(scenario: &Scenario, expect: &Expect) -> Result<(), Wrong> {
    if expect.requests.is_some() && expect.request_count.is_some() {
        return wrong("request-count", "the list of requests has their number: leave one of them out");
    }
    if (expect.requests.is_some() || expect.request_count.is_some()) && scenario.mock.is_none() {
        return wrong("request-count", "nobody records requests: add a [mock]");
    }
    if expect.canary_count.is_some() && !scenario.canary {
        return wrong("canary-count", "there is no canary: set `canary = true`");
    }
    if let EndedAs::Stopped(limit) = &expect.ended
        && !is_limit(limit)
    {
        return wrong("ended", format!("`{limit}` is no limit: use one of [limits], or `linking`"));
    }
    if let Some((path, _)) = expect.files.iter().find(|(_, file)| matches!(file, FileAs::Absent(absent) if !absent.absent)) {
        return wrong("files", format!("`{path}`: only `absent = true` is meant: say what the file has"));
    }
    let said = |contact: &ContactAs| {
        [contact.answered.is_some(), contact.refused.is_some(), contact.failed.is_some()].into_iter().filter(|one| *one).count()
    };
    match expect.contacts.iter().flatten().find(|contact| said(contact) > 1) {
        Some(_) => wrong("contact", "a contact was answered, refused or failed: leave one"),
        None => Ok(()),
    }
}

/// Whether the host stops guests by this name: a field of [`Limits`], or for an interface that is not linked.
fn is_limit(name: &str) -> bool {
    let limits = serde_json::to_value(Limits::default()).expect("plain numbers");
    name == "linking" || limits.get(name).is_some()
}
