//! Workloads: what allocators are made to do. Each is a list of operations with a name.
//!
//! Some are recorded, from the agent and from other real code; one is composed of those; the others are made here, each about one property, by
//! a seed: the same in every build.

mod day;
mod growth;
mod limit;
mod maker;
mod mixed;
mod orders;
mod sizes;

use crate::trace::{Trace, TraceError};
use std::collections::{BTreeMap, BTreeSet};

/// A list of operations with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workload {
    /// Words of small letters and digits with `-` between them, at most 24 characters.
    pub name: String,
    /// What it shows, in one short line.
    pub about: &'static str,
    /// What is done.
    pub trace: Trace,
}

/// The workload on which memory lost to fragmentation is judged: 10,000 mixed allocations.
pub const MIXED: &str = "mixed-10000";

/// The workload that goes beyond what memory has.
pub const CAP: &str = "cap";

/// The workload that is composed of the recorded ones of the agent.
pub const DAY: &str = "day";

/// How the names of traces of the agent begin.
pub const AGENT: &str = "agent-";

/// The seeded ones: the same in every build.
pub fn seeded() -> Vec<Workload> {
    let mut workloads = sizes::workloads();
    workloads.extend(orders::workloads());
    workloads.push(mixed::workload());
    workloads.extend(growth::workloads());
    workloads.push(limit::workload());
    workloads
}

/// All of them in the order of the report: the recorded ones by name, the day of agent life composed of them, the seeded ones.
///
/// # Errors
/// A recorded trace that cannot be composed with the others, or a name that two workloads have.
pub fn all(recorded: &BTreeMap<String, Trace>) -> Result<Vec<Workload>, TraceError> {
    let mut workloads: Vec<Workload> = recorded.iter().map(|(name, trace)| of_recorded(name, trace)).collect();
    workloads.extend(day::workload(recorded)?);
    workloads.extend(seeded());
    let mut names = BTreeSet::new();
    match workloads.iter().find(|workload| !names.insert(workload.name.as_str())) {
        Some(twice) => Err(TraceError::Twice(twice.name.clone())),
        None => Ok(workloads),
    }
}

fn of_recorded(name: &str, trace: &Trace) -> Workload {
    let about = if name.starts_with(AGENT) { "recorded: a run of the agent" } else { "recorded: real code" };
    Workload { name: name.to_string(), about, trace: trace.clone() }
}

#[cfg(test)]
mod tests;
