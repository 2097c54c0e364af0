//! What `cargo xtask alloc` prints and saves: who is certified for what, and what each replay came to.

pub mod answer;

use super::{
    alloc_policy::AllocBudget,
    grid::{GridArtifact, GridProvenance},
    rows::{RowMeasurement, RowsVerdict},
    timing::Ratio,
};
use runner_protocol::Engine;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the saved form.
pub const ALLOC_SCHEMA: u32 = 1;

/// The engines: one that counts fuel, and the small one.
pub const ENGINES: [Engine; 2] = [Engine::WasmtimeJit, Engine::WamrInterpreter];

/// One invocation of `cargo xtask alloc`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllocRun {
    /// [`ALLOC_SCHEMA`].
    pub schema: u32,
    /// The command: `alloc`.
    pub command: String,
    /// What it was made with, and where.
    pub provenance: GridProvenance,
    /// The files that ran: guests and subjects.
    pub artifacts: Vec<GridArtifact>,
    /// The allocators, in the order of the report.
    pub allocators: Vec<Allocator>,
    /// The allocators broken on purpose.
    pub controls: Vec<ControlResult>,
    /// What was replayed, in the order of the report.
    pub workloads: Vec<WorkloadFacts>,
    /// What came of it.
    pub replays: Vec<Replay>,
    /// The numbers that gate.
    pub measurements: Vec<RowMeasurement>,
    /// Times, which do not.
    pub timings: Vec<AllocTiming>,
    /// What an allocator should keep to.
    pub budget: AllocBudget,
    /// The judgement.
    pub verdict: RowsVerdict,
}

/// An allocator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allocator {
    /// Its name in the policy.
    pub name: String,
    /// What a reader must know of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Whether it needs to be good for one-shot programs only.
    pub is_one_shot: bool,
    /// Engine -> what its checks said.
    pub certificates: BTreeMap<Engine, Certificate>,
    /// What is wrong with what the subject did with it where memory ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap_failure: Option<String>,
    /// The subject's size with it.
    pub subject: SubjectSize,
}

/// The subject's size with one allocator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectSize {
    /// The shipped file.
    pub raw_bytes: u64,
    /// Its code sections.
    pub code_bytes: u64,
}

/// What the checks said, in their order. After one that refuses there is no other: each needs the ones before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Those that passed.
    pub passed: Vec<String>,
    /// The one that did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<Refused>,
}

/// A check that refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Its name.
    pub check: String,
    /// Why, with the number that it is about.
    pub reason: String,
    /// Whether the guest did not come to its end: then nothing more is known of it.
    #[serde(default)]
    pub is_trap: bool,
}

/// What an allocator is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing.
    None,
    /// Programs that end before memory does: it need not give a block out again.
    OneShot,
    /// Any program.
    General,
}

/// What became of an allocator that is broken on purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlResult {
    /// Its name.
    pub name: String,
    /// The check that has to refuse it.
    pub wanted: String,
    /// Words that the reason has to have.
    pub wanted_reason: String,
    /// What its checks said.
    pub certificate: Certificate,
}

/// What is replayed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkloadFacts {
    /// Its name.
    pub name: String,
    /// What it is, in a line.
    pub about: String,
    /// How many operations it has.
    pub op_count: u64,
    /// The most bytes that it has alive at a time.
    pub peak_live_bytes: u64,
    /// The SHA-256 of its operations.
    pub sha256: String,
}

/// A workload on an allocator and an engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replay {
    /// Which workload.
    pub workload: String,
    /// Which allocator.
    pub allocator: String,
    /// Which engine.
    pub engine: Engine,
    /// The counts, or why there are none.
    #[serde(flatten)]
    pub outcome: ReplayOutcome,
}

/// What became of a replay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplayOutcome {
    /// What it came to.
    Counts(ReplayCounts),
    /// Why it came to nothing.
    Failure(String),
}

impl From<Result<ReplayCounts, String>> for ReplayOutcome {
    fn from(result: Result<ReplayCounts, String>) -> ReplayOutcome {
        result.map_or_else(ReplayOutcome::Failure, ReplayOutcome::Counts)
    }
}

/// What a replay came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplayCounts {
    /// Operations.
    pub op_count: u64,
    /// Those that got no memory.
    pub failed_count: u64,
    /// The most bytes alive at a time.
    pub peak_live_bytes: u64,
    /// The bytes alive at the end.
    pub live_bytes: u64,
    /// Linear memory at the end, which is where it was largest: it never shrinks.
    pub memory_bytes: u64,
    /// What of it is the program's stack and statics.
    pub base_bytes: u64,
    /// How large memory may become.
    pub limit_bytes: u64,
    /// What could still be had after the replay, to the end of memory, in blocks of 64 KiB down to 16 bytes.
    pub left_bytes: u64,
    /// The fuel of the allocator alone: that of the replay less that of the same replay on no heap. Only where the engine counts it, and
    /// nothing was refused: what is refused is cheap, and what is then left out is cheaper.
    pub fuel_count: Option<u64>,
}

/// How long the timed workload took on an allocator, reading the operations included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllocTiming {
    /// Which allocator.
    pub allocator: String,
    /// Which engine.
    pub engine: Engine,
    /// Which workload.
    pub workload: String,
    /// The median.
    pub median_ns: u64,
    /// Its ratio to that of the first allocator of the run, by rounds; absent for that one, and where there are too few rounds.
    pub ratio: Option<Ratio>,
}

impl ReplayCounts {
    /// The memory that the heap took.
    pub fn heap_bytes(&self) -> u64 {
        self.memory_bytes.saturating_sub(self.base_bytes)
    }

    /// What of all memory holds nothing and can never be had: headers, rounding, holes too small for anything.
    pub fn lost_bytes(&self) -> u64 {
        let all = self.limit_bytes.saturating_sub(self.base_bytes);
        all.saturating_sub(self.live_bytes + self.left_bytes)
    }

    /// What the heap took and holds nothing at the end, whether it can be had or not: fragmentation as a host pays for it.
    pub fn idle_bytes(&self) -> u64 {
        self.heap_bytes().saturating_sub(self.live_bytes)
    }

    /// The share of the heap that holds nothing at the end, in parts per million.
    pub fn idle_ppm(&self) -> Option<u64> {
        let ppm = (u128::from(self.idle_bytes()) * 1_000_000).checked_div(u128::from(self.heap_bytes()))?;
        u64::try_from(ppm).ok()
    }
}

impl AllocRun {
    /// The id of a replay's numbers: `workload/allocator/engine`.
    pub fn row_id(workload: &str, allocator: &str, engine: Engine) -> String {
        format!("{workload}/{allocator}/{engine}")
    }

    /// What a workload came to on an allocator and engine.
    pub fn counts(&self, workload: &str, allocator: &str, engine: Engine) -> Option<&ReplayCounts> {
        let is_it = |one: &&Replay| one.workload == workload && one.allocator == allocator && one.engine == engine;
        match &self.replays.iter().find(is_it)?.outcome {
            ReplayOutcome::Counts(counts) => Some(counts),
            ReplayOutcome::Failure(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_is_what_neither_lives_nor_is_left() {
        let counts = ReplayCounts {
            limit_bytes: 1_100,
            base_bytes: 100,
            memory_bytes: 500,
            live_bytes: 380,
            left_bytes: 600,
            ..ReplayCounts::default()
        };
        assert_eq!((counts.lost_bytes(), counts.heap_bytes()), (20, 400));
        assert_eq!((counts.idle_bytes(), counts.idle_ppm()), (20, Some(50_000)));
        assert_eq!(ReplayCounts::default().idle_ppm(), None);
    }
}
