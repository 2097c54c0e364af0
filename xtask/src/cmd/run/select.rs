//! What an invocation is about: which scenarios, on which engines, with which files.

use crate::data::{exit::Failure, scenario::Scenario, variant::has_words};
use anyhow::{Context, Result};
use runner_protocol::Engine;
use std::{collections::BTreeMap, path::PathBuf};

/// The scenarios that at least one pattern selects, in order; all of them without one.
///
/// # Errors
/// A pattern selects none.
pub fn scenarios(all: &[Scenario], patterns: &[String]) -> Result<Vec<Scenario>> {
    let hit = |scenario: &Scenario, pattern: &String| has_words(&scenario.id, pattern);
    if let Some(pattern) = patterns.iter().find(|pattern| !all.iter().any(|scenario| hit(scenario, pattern))) {
        let names: Vec<&str> = all.iter().map(|scenario| scenario.id.as_str()).collect();
        return Err(Failure::usage(format!("--filter {pattern} selects no scenario: there are {}", names.join(", "))).into());
    }
    let chosen = |scenario: &&Scenario| patterns.is_empty() || patterns.iter().any(|pattern| hit(scenario, pattern));
    Ok(all.iter().filter(chosen).cloned().collect())
}

/// The engines, each once and in the order of the columns; all of them if none is named.
pub fn engines(named: &[Engine]) -> Vec<Engine> {
    Engine::ALL.into_iter().filter(|engine| named.is_empty() || named.contains(engine)).collect()
}

/// Artifact -> the file that is run instead of it.
///
/// # Errors
/// One is not `NAME=FILE`, or the file is not there.
pub fn replaced(named: &[String]) -> Result<BTreeMap<String, PathBuf>> {
    let mut files = BTreeMap::new();
    for text in named {
        let (name, file) = text
            .split_once('=')
            .with_context(|| Failure::usage(format!("--replace {text} is not NAME=FILE: write agent=path/to/file.wasm")))?;
        let path = fs_err::canonicalize(file)
            .with_context(|| Failure::usage(format!("--replace {text}: there is no such file: check the path")))?;
        files.insert(name.to_string(), path);
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_patterns_select_and_a_typo_is_told() {
        let text = "summary = \"s\"\nartifact = \"a\"\n[[step]]\n";
        let all: Vec<Scenario> =
            ["one-message", "start", "two-messages"].iter().flat_map(|stem| Scenario::parse(stem, text).unwrap()).collect();
        let ids = |patterns: &[&str]| -> Vec<String> {
            let patterns: Vec<String> = patterns.iter().map(ToString::to_string).collect();
            scenarios(&all, &patterns).unwrap().into_iter().map(|scenario| scenario.id).collect()
        };
        assert_eq!(ids(&["message"]), ["one-message", "two-messages"]);
        assert_eq!(ids(&["st*t", "two"]), ["start", "two-messages"]);
        assert_eq!(ids(&[]).len(), 3);
        assert!(scenarios(&all, &["three".into()]).unwrap_err().to_string().contains("there are one-message, start"));
    }
}
