//! The grid: scenario x engine. What `cargo xtask run --json` prints and what is saved.

use super::{
    cost_times::{CostTime, StepSample},
    rows::{RowMeasurement, RowsVerdict, Tools},
    timing::{Sample, Timing},
};
use runner_protocol::Engine;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the saved form.
pub const GRID_SCHEMA: u32 = 1;

/// One invocation of `cargo xtask run`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridRun {
    /// [`GRID_SCHEMA`].
    pub schema: u32,
    /// The command: `run`.
    pub command: String,
    /// What it was made with, and where.
    pub provenance: GridProvenance,
    /// The files that ran.
    pub artifacts: Vec<GridArtifact>,
    /// A row a scenario, in order.
    pub rows: Vec<Row>,
    /// The counts.
    pub measurements: Vec<RowMeasurement>,
    /// The raw times, as they were sampled.
    #[serde(default)]
    pub samples: Vec<Sample>,
    /// What the times come to.
    #[serde(default)]
    pub timings: Vec<Timing>,
    /// The raw times of steps that costs are made of, as they were sampled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub step_samples: Vec<StepSample>,
    /// What things cost in time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cost_times: Vec<CostTime>,
    /// What else is seen of each engine.
    #[serde(default)]
    pub figures: Vec<EngineFigures>,
    /// Engine -> how long the policy wants it to take to start, in milliseconds.
    #[serde(default)]
    pub start_budget_ms: BTreeMap<Engine, u64>,
    /// The judgement.
    pub verdict: RowsVerdict,
}

/// What a grid was made with, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridProvenance {
    /// The tools: counts compare only where these are equal.
    pub tools: Tools,
    /// The commit; absent outside a git repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Whether the work tree differed from that commit.
    pub dirty: bool,
    /// The machine's triple.
    pub host: String,
}

/// A file that ran.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridArtifact {
    /// The variant's id; of a fixture its name and target.
    pub variant: String,
    /// Where it lies: relative to the workspace where it is inside it, with `/`.
    pub path: String,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Length of the file.
    pub raw_bytes: u64,
}

/// What is seen of an engine in one run of some scenarios: shown, never judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineFigures {
    /// The engine.
    pub engine: Engine,
    /// The length of the file that it loads: compiled, if it takes such a file.
    pub file_bytes: Option<u64>,
    /// Resident memory of the process at its highest, for one message.
    pub host_peak_bytes: Option<u64>,
    /// The same for the floor: what the engine holds whatever it runs.
    pub floor_host_peak_bytes: Option<u64>,
    /// Messages a second, a line each, in one process.
    pub lines_per_second: Option<u64>,
    /// Messages a second through the agent's `session` interface.
    pub calls_per_second: Option<u64>,
    /// How much the process grows with each instance.
    pub instance_slope_bytes: Option<i64>,
}

impl EngineFigures {
    /// Of an engine that nothing is known of but its file.
    pub fn none(engine: Engine, file_bytes: Option<u64>) -> EngineFigures {
        EngineFigures {
            engine,
            file_bytes,
            host_peak_bytes: None,
            floor_host_peak_bytes: None,
            lines_per_second: None,
            calls_per_second: None,
            instance_slope_bytes: None,
        }
    }
}

/// A scenario with its cells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The scenario's id.
    pub scenario: String,
    /// The hash of what the reference left; absent where nothing was played.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcript: Option<String>,
    /// Engine -> what became of it: every engine of the invocation.
    pub cells: BTreeMap<Engine, Cell>,
}

/// What became of a scenario on an engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Cell {
    /// All is as expected, and as on the reference.
    Pass,
    /// Something is not.
    Fail {
        /// What, worst first: never empty.
        reasons: Vec<Reason>,
    },
    /// It is not played there.
    NotApplicable {
        /// Why.
        reason: String,
    },
}

/// What is not as expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// In one line.
    pub said: String,
    /// In many: wanted and got.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

impl Reason {
    /// A reason of one line.
    pub fn new(said: impl Into<String>) -> Reason {
        Reason { said: said.into(), detail: String::new() }
    }
}

impl GridRun {
    /// The id of a cell's counts: `scenario/engine`.
    pub fn row_id(scenario: &str, engine: Engine) -> String {
        format!("{scenario}/{engine}")
    }

    /// The value of a metric of a row, if it was measured.
    pub fn value(&self, row: &str, metric: &str) -> Option<u64> {
        self.measurements.iter().find(|one| one.row == row && one.metric == metric).map(|one| one.value)
    }
}
