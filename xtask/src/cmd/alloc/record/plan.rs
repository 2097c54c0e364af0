//! Which scenarios are recorded, and what their traces are called.

use crate::data::{scenario::Scenario, variant::has_words};
use std::collections::BTreeMap;

/// The longest name of a trace: it stands in tables.
const MAX_NAME_BYTES: usize = 24;

const EXTENSION: &str = ".trace";

/// A scenario that is recorded.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The name of the first step's trace.
    name: String,
    /// What is played.
    pub scenario: Scenario,
}

impl Planned {
    /// The name of the trace of a step, which counts from 1.
    pub fn name(&self, step: usize) -> String {
        if step == 1 { self.name.clone() } else { format!("{}-{step}", self.name) }
    }

    /// Whether one of the patterns selects one of its traces; all do without any.
    pub fn is_selected(&self, patterns: &[String]) -> bool {
        (1..=self.scenario.step.len()).any(|step| is_selected(&self.name(step), patterns))
    }
}

/// Whether one of the patterns selects `name`; without any it is selected.
pub fn is_selected(name: &str, patterns: &[String]) -> bool {
    patterns.is_empty() || patterns.iter().any(|pattern| has_words(name, pattern))
}

/// The file of a trace.
pub fn file_name(name: &str) -> String {
    format!("{name}{EXTENSION}")
}

/// The trace that a file is of, if it is one.
pub fn name_of(file_name: &str) -> Option<&str> {
    file_name.strip_suffix(EXTENSION)
}

/// What `entries` of the policy mean: the id of a scenario, or `NAME=ID` where that would be no name of a trace.
///
/// # Errors
/// One line: the entry, and the cure.
pub fn plan(entries: &[String], known: &BTreeMap<String, Scenario>) -> Result<Vec<Planned>, String> {
    let mut planned: Vec<Planned> = Vec::new();
    for entry in entries {
        let (name, id) = entry.split_once('=').unwrap_or((entry, entry));
        let scenario = known.get(id).cloned().ok_or_else(|| {
            let names: Vec<&str> = known.keys().map(String::as_str).collect();
            format!("alloc.record names the scenario `{id}`: there are {}", names.join(", "))
        })?;
        let one = Planned { name: format!("{}{}", alloc_bench::workload::AGENT, name.replace(['.', '_'], "-")), scenario };
        if one.scenario.step.iter().any(|step| step.session.is_some() || step.instantiate || step.instance_count() != 1) {
            return Err(format!(
                "alloc.record names the scenario `{id}`, which is not one run of a command a step: name another"
            ));
        }
        (1..=one.scenario.step.len()).try_for_each(|step| check_name(&one.name(step)))?;
        if planned.iter().any(|other| other.name == one.name || other.scenario.id == one.scenario.id) {
            return Err(format!("alloc.record has `{entry}` twice: leave one, or write NAME={id}"));
        }
        planned.push(one);
    }
    Ok(planned)
}

/// Whether it can be a trace's name.
///
/// # Errors
/// One line: the name, and the cure.
pub fn check_name(name: &str) -> Result<(), String> {
    let is_kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    match name.len() <= MAX_NAME_BYTES && !name.is_empty() && name.chars().all(is_kebab) {
        true => Ok(()),
        false => Err(format!(
            "a trace cannot be called `{name}`: use at most {MAX_NAME_BYTES} small letters, digits and `-`; in alloc.record NAME=SCENARIO gives a scenario's \
             trace another name"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> BTreeMap<String, Scenario> {
        let text = |steps: &str| format!("summary = \"s\"\nartifact = \"agent\"\n{steps}");
        let files = [
            ("message", text("[[step]]\n")),
            ("resume", text("[[step]]\n[[step]]\n")),
            ("reply", text("[[case]]\nid = \"anthropic-stream\"\n[[step]]\n")),
            ("many", text("[not-applicable]\nnative = \"n\"\n[[step]]\nrepeat = 3\n")),
        ];
        files.iter().flat_map(|(stem, text)| Scenario::parse(stem, text).unwrap()).map(|one| (one.id.clone(), one)).collect()
    }

    fn names(entries: &[&str]) -> Result<Vec<String>, String> {
        let entries: Vec<String> = entries.iter().map(ToString::to_string).collect();
        let planned = plan(&entries, &known())?;
        Ok(planned.iter().flat_map(|one| (1..=one.scenario.step.len()).map(|step| one.name(step))).collect())
    }

    #[test]
    fn each_step_has_a_trace() {
        let wanted = ["agent-message", "agent-resume", "agent-resume-2", "agent-stream"];
        assert_eq!(names(&["message", "resume", "stream=reply.anthropic-stream"]).unwrap(), wanted);
    }

    #[test]
    fn what_cannot_be_recorded_is_told() {
        let cases: [(&[&str], &str); 5] = [
            (&["massage"], "there are many, message"),
            (&["many"], "not one run"),
            (&["message", "message"], "twice"),
            (&["message", "message=resume"], "twice"),
            (&["reply.anthropic-stream"], "NAME=SCENARIO"),
        ];
        for (entries, want) in cases {
            let error = names(entries).unwrap_err();
            assert!(error.contains(want), "{error} should contain {want}");
        }
    }

    #[test]
    fn words_and_patterns_select() {
        let is = |pattern: &str| is_selected("agent-message", &[pattern.to_string()]);
        assert!(is("mess") && is("agent-*ge") && !is("json") && is_selected("x", &[]));
        assert_eq!((file_name("a"), name_of("a.trace"), name_of("README.md")), ("a.trace".into(), Some("a"), None));
    }
}
