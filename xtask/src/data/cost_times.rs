//! What things cost in time: raw samples of a scenario's steps, and what became of them. They are shown and never gate.

use super::timing::Ratio;
use runner_protocol::Engine;
use serde::{Deserialize, Serialize};

/// The time of one step, in a process of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepSample {
    /// The scenario.
    pub scenario: String,
    /// The step's name.
    pub step: String,
    /// What ran it.
    pub engine: Engine,
    /// The round of sampling: samples of one round belong together.
    pub round: u32,
    /// From the call to its end; of the reference, all of its process.
    pub execute_ns: u64,
}

/// What one thing costs in time on one engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostTime {
    /// The scenario.
    pub scenario: String,
    /// The cost's name.
    pub cost: String,
    /// What ran it.
    pub engine: Engine,
    /// Once, the median over the rounds.
    pub median_ns: u64,
    /// The cost that it is compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<String>,
    /// The other's time to its own, in pairs of one round: how many times as fast it is. Absent where there are too few pairs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed: Option<Ratio>,
    /// How many samples there are.
    pub sample_count: u64,
}
