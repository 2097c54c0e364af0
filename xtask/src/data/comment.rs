//! What is said on a pull request, before it is text: the one file that goes from a run to whoever posts it.
//!
//! On a pull request from a fork the job that measures may not write, and the job that writes must not run the fork's code. This type is all that passes
//! between them: numbers, words of fixed lists, and names ([`Name`]). So whoever posts it needs to trust nothing of it.

mod kind;
mod name;
mod parse;

pub use kind::Kind;
pub use name::{Commit, MetricName, NAME_BYTES_MAX, Name};

use super::verdict::{Outcome, Recorded, Remedy, is_zero};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The version of the file's form.
pub const COMMENT_SCHEMA: u32 = 1;
/// The file's name in its folder.
pub const COMMENT_FILE: &str = "comment.json";
/// The largest file that is read or written.
pub const COMMENT_BYTES_MAX: u64 = 1024 * 1024;
/// The most entries of any one list of a gate: more do not fit into a comment.
pub const LIST_MAX: usize = 500;
/// The most lists of symbols of a gate.
pub const GROWTHS_MAX: usize = 4;
/// The most accepted increases that are named of those with one reason.
pub const STEPS_MAX: usize = 10;

/// What is said of one commit of a pull request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comment {
    /// [`COMMENT_SCHEMA`].
    pub schema: u32,
    /// The number of the pull request, where one is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull_request: Option<u64>,
    /// The commit at its head, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<Commit>,
    /// Each gate that ran, once, in the order of [`GateName`].
    pub gates: Vec<Gate>,
    /// Gates that had to run and left nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<GateName>,
    /// Gates that did not have to run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
}

/// A gate that did not run, and nobody wanted it to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// Which.
    pub gate: GateName,
    /// Why.
    pub reason: Name,
}

/// A command that gates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum GateName {
    /// `cargo xtask size`.
    Size,
    /// `cargo xtask run`.
    Run,
    /// `cargo xtask alloc`.
    Alloc,
    /// `cargo xtask pgo`.
    Pgo,
}

impl GateName {
    /// All of them, in the order they are shown.
    pub const ALL: [GateName; 4] = [GateName::Size, GateName::Run, GateName::Alloc, GateName::Pgo];

    /// The command's name, which is that of its files: `size`.
    pub fn name(self) -> &'static str {
        match self {
            GateName::Size => "size",
            GateName::Run => "run",
            GateName::Alloc => "alloc",
            GateName::Pgo => "pgo",
        }
    }

    /// One row of it in a sentence.
    pub fn noun(self) -> &'static str {
        if self == GateName::Size { "variant" } else { "row" }
    }
}

impl fmt::Display for GateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What one command found. Lists are cut at [`LIST_MAX`]; the counts are of everything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// Which command.
    pub name: GateName,
    /// Whether it passed.
    pub outcome: Outcome,
    /// The exit code that says it: 0 to 4.
    pub exit: u8,
    /// What it wrote to the baseline.
    pub recorded: Recorded,
    /// Rows that were left out by the command line.
    pub not_selected_count: u64,
    /// Values of the baseline that were merged from two branches and not measured since, of those that this run measured.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub measure_again_count: u64,
    /// What it takes to settle the hardest finding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Remedy>,
    /// The commit that last changed the baseline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Commit>,
    /// How many rows each kind of finding is about, worst first.
    pub counts: Vec<Count>,
    /// What is not as in the baseline, worst first.
    pub found: Vec<Found>,
    /// Rows with a finding or another value, worst first.
    pub changed: Vec<Row>,
    /// How many rows that are.
    pub changed_count: u64,
    /// The others.
    pub unchanged: Vec<Row>,
    /// How many they are.
    pub unchanged_count: u64,
    /// Tools that are not those of the baseline.
    pub tools: Vec<ToolChange>,
    /// What these did and what the source did, where the base was built with today's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub splits: Vec<Apart>,
    /// What the changed rows gained and lost, by name: the first [`GROWTHS_MAX`].
    pub growths: Vec<Growth>,
    /// How many there are.
    pub growth_count: u64,
    /// Increases that were accepted and still stand, the newest first.
    pub accepted: Vec<AcceptedRows>,
}

/// How many rows have a finding of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// The kind.
    pub kind: Kind,
    /// Of how many rows.
    pub row_count: u64,
}

/// A finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Found {
    /// What.
    pub kind: Kind,
    /// Of which row.
    pub row: Name,
    /// Of which metric.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<MetricName>,
    /// Which import, export or symbol; of what failed, the beginning of why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<Name>,
    /// The limit or budget that it is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
}

/// The values of one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Its id.
    pub name: Name,
    /// What is worst about it; absent where nothing was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worst: Option<Kind>,
    /// Its metrics, in the order they are shown.
    pub values: Vec<Value>,
}

/// One metric of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Value {
    /// Which.
    pub metric: MetricName,
    /// The baseline's value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<u64>,
    /// The run's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<u64>,
    /// What is left of the budget, or of the limit where there is no budget; negative above it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<i64>,
}

/// A tool that is not the one of the baseline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolChange {
    /// Its name.
    pub tool: Name,
    /// The baseline's version.
    pub old: Name,
    /// The run's.
    pub new: Name,
    /// How many rows cannot be compared for it.
    pub row_count: u64,
}

/// A value of other tools, and what it would have been with today's tools and the base's source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Apart {
    /// Of which row.
    pub row: Name,
    /// Of which metric.
    pub metric: MetricName,
    /// The baseline's value.
    pub baseline: u64,
    /// Of the base's source with today's tools.
    pub base: u64,
    /// The run's value.
    pub head: u64,
}

/// What some rows gained and lost alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Growth {
    /// The first of these rows.
    pub row: Name,
    /// How many others there are.
    pub more_row_count: u64,
    /// What is counted.
    pub unit: Unit,
    /// By crate, the largest change first.
    pub crates: Vec<Change>,
    /// By function, the largest change first.
    pub symbols: Vec<Change>,
    /// Functions that the optimizer moved into others: known by name only before that.
    pub inlined: Vec<Change>,
    /// How many more symbols changed than are listed.
    pub more_symbol_count: u64,
}

/// What a [`Growth`] counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Bytes of the main module.
    Bytes,
    /// Instructions that were executed.
    Instructions,
}

/// One name of a [`Growth`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The crate or function, demangled.
    pub name: Name,
    /// Before; 0 of what is new.
    pub old: u64,
    /// Now; 0 of what is gone.
    pub new: u64,
}

/// Increases that were accepted with one reason on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptedRows {
    /// Why.
    pub reason: Name,
    /// When: `2026-11-21`.
    pub date: Name,
    /// Whether the pull request brings them.
    pub is_new: bool,
    /// Which, the first [`STEPS_MAX`].
    pub steps: Vec<Step>,
    /// How many there are.
    pub step_count: u64,
}

/// One accepted increase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Of which row.
    pub row: Name,
    /// Of which metric.
    pub metric: MetricName,
    /// From what; absent of a new value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<u64>,
    /// To what.
    pub to: u64,
}

impl Gate {
    /// Whether nothing is to be said of it. What moved within its tolerance is nothing: of a value that drifted there, every pull request would be told.
    pub fn is_quiet(&self) -> bool {
        self.exit == 0 && self.found.is_empty() && !self.accepted.iter().any(|rows| rows.is_new)
    }
}

impl Comment {
    /// Whether all is as the baseline says, and nothing was accepted for it.
    pub fn is_quiet(&self) -> bool {
        self.missing.is_empty() && self.gates.iter().all(Gate::is_quiet)
    }

    /// The exit code of all gates together: the hardest, and 1 at least where one is missing.
    pub fn exit(&self) -> u8 {
        let missing = u8::from(!self.missing.is_empty());
        self.gates.iter().map(|gate| gate.exit).max().unwrap_or_default().max(missing)
    }
}
