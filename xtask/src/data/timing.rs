//! Times: raw samples, and what became of them. They are shown and never gate.

use runner_protocol::Engine;
use serde::{Deserialize, Serialize};
use std::fmt;

/// One time, of one program in one process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// What ran it.
    pub engine: Engine,
    /// Which program.
    pub program: Program,
    /// What of it.
    pub phase: Phase,
    /// The round of sampling: the agent's and the floor's sample of one round are a pair.
    pub round: u32,
    /// How long it took.
    pub value_ns: u64,
}

/// What is timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Program {
    /// The subject.
    Agent,
    /// The hello-world built the same way.
    Floor,
}

/// What of a run is timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// From the file's bytes to something that can be instantiated: compiling, or loading what was compiled.
    Load,
    /// Making the instance.
    Instantiate,
    /// From the call to its end.
    Execute,
    /// All of it.
    Start,
}

impl Phase {
    /// All of them, in the order they are printed.
    pub const ALL: [Phase; 4] = [Phase::Load, Phase::Instantiate, Phase::Execute, Phase::Start];
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Phase::Load => "load",
            Phase::Instantiate => "instantiate",
            Phase::Execute => "execute",
            Phase::Start => "start",
        })
    }
}

/// What the samples of one engine and phase come to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timing {
    /// What ran it.
    pub engine: Engine,
    /// What of it.
    pub phase: Phase,
    /// The agent's median.
    pub agent_median_ns: u64,
    /// The floor's median; absent where it was not sampled.
    pub floor_median_ns: Option<u64>,
    /// Agent to floor; absent where there are too few pairs.
    pub ratio: Option<Ratio>,
    /// How many samples of the agent there are.
    pub sample_count: u64,
}

/// A ratio with its confidence interval, in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ratio {
    /// The lower end of the interval.
    pub low_ppm: u64,
    /// The estimate.
    pub median_ppm: u64,
    /// The upper end.
    pub high_ppm: u64,
    /// How many pairs it is of.
    pub pair_count: u64,
}

/// What a ratio says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sign {
    /// The interval lies above 1.
    Slower,
    /// The interval lies below 1.
    Faster,
    /// The interval spans 1: no verdict.
    Unclear,
}

impl Ratio {
    /// What the interval allows to say.
    pub fn sign(&self) -> Sign {
        match self {
            Ratio { low_ppm: 1_000_001.., .. } => Sign::Slower,
            Ratio { high_ppm: ..1_000_000, .. } => Sign::Faster,
            _ => Sign::Unclear,
        }
    }
}
