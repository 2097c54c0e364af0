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
    /// What the subject did with it where memory ends: nothing where it did what it should.
    pub at_cap: Result<(), String>,
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

/// What the checks said, in their order. After one that refuses there is no other.
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
    pub counts: Result<ReplayCounts, String>,
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
    /// What could be had of a fresh heap, to the end of memory.
    pub fresh_bytes: u64,
    /// What could still be had after the replay, to the end of memory.
    pub left_bytes: u64,
    /// The fuel of the allocator alone: that of the replay less that of the same replay on no heap. Only where the engine counts it.
    pub fuel_count: Option<u64>,
}

/// How long the timed workload took on an allocator, against the target's own.
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
    /// Its ratio to the first allocator's, by rounds; absent for that one, and where there are too few rounds.
    pub ratio: Option<Ratio>,
}

impl ReplayCounts {
    /// The memory that the heap took.
    pub fn heap_bytes(&self) -> u64 {
        self.memory_bytes.saturating_sub(self.base_bytes)
    }

    /// What can no longer be had and holds nothing: headers, rounding and holes too small to use.
    pub fn lost_bytes(&self) -> u64 {
        self.fresh_bytes.saturating_sub(self.live_bytes + self.left_bytes)
    }

    /// The share of what can no longer be had that holds nothing, in parts per million; nothing where all can be had.
    pub fn lost_ppm(&self) -> Option<u64> {
        let gone = self.live_bytes + self.lost_bytes();
        let ppm = (u128::from(self.lost_bytes()) * 1_000_000).checked_div(u128::from(gone))?;
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
        self.replays.iter().find(is_it)?.counts.as_ref().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_is_what_neither_lives_nor_is_left() {
        let counts = ReplayCounts { fresh_bytes: 1000, live_bytes: 380, left_bytes: 600, ..ReplayCounts::default() };
        assert_eq!((counts.lost_bytes(), counts.lost_ppm()), (20, Some(50_000)));
        let packed = ReplayCounts { left_bytes: 650, ..counts };
        assert_eq!((packed.lost_bytes(), packed.lost_ppm()), (0, Some(0)), "small blocks can fill what large ones could not");
        assert_eq!(ReplayCounts::default().lost_ppm(), None);
    }
}
