//! One step of a scenario: one run of the artifact, or many of them.

use super::expect::Expect;
use serde::Deserialize;
use std::collections::BTreeMap;

/// One run of the artifact.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Step {
    /// What `[cost]` calls it.
    pub name: Option<String>,
    /// Arguments after the program's own name.
    pub arguments: Vec<String>,
    /// Standard input.
    pub stdin: Option<String>,
    /// Standard input as lines that are made.
    pub lines: Option<Lines>,
    /// The environment.
    pub environment: BTreeMap<String, String>,
    /// Whether the artifact is only instantiated, and nothing in it is called.
    pub instantiate: bool,
    /// The agent's `session` interface instead of a command.
    pub session: Option<Session>,
    /// So many instances in one process, one after the other.
    pub repeat: Option<u64>,
    /// So many instances in one process, all at once.
    pub live: Option<u64>,
    /// Metrics that it prints, each in a line of its own: `missed_count 16`.
    pub counts: Vec<String>,
    /// What has to come of it.
    pub expect: Expect,
}

/// Lines of standard input.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lines {
    /// How many.
    pub count: u64,
    /// Each of them; `{n}` is its number, from 1.
    pub text: String,
}

/// A conversation through the agent's `session` interface.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// The configuration's path.
    pub config: Option<String>,
    /// The session's name.
    pub name: Option<String>,
    /// What the user says.
    pub messages: Vec<String>,
}

impl Step {
    /// Standard input before anything is filled in; nothing where it is empty.
    pub fn input(&self) -> Option<String> {
        let line = |lines: &Lines, n: u64| format!("{}\n", lines.text.replace("{n}", &n.to_string()));
        let made = self.lines.as_ref().map(|lines| (1..=lines.count).map(|n| line(lines, n)).collect());
        self.stdin.clone().or(made)
    }

    /// How many instances there are.
    pub fn instance_count(&self) -> u64 {
        self.live.or(self.repeat).unwrap_or(1)
    }
}
