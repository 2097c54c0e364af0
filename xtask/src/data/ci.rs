//! All gates together: what `cargo xtask ci` saves, whole or as the shares of several machines.

use super::{alloc::AllocRun, comment::GateName, grid::GridRun, pgo::PgoRun, run::SizeRun, share::Share, verdict::Outcome};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the saved forms.
pub const CI_SCHEMA: u32 = 1;

/// What one machine measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shard {
    /// [`CI_SCHEMA`].
    pub schema: u32,
    /// Which share of each gate.
    pub share: Share,
    /// What came of each.
    pub gates: BTreeMap<GateName, GateState>,
}

/// What all machines measured together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CiReport {
    /// [`CI_SCHEMA`].
    pub schema: u32,
    /// Whether everything that ran passed.
    pub outcome: Outcome,
    /// How the command ends.
    pub exit_code: u8,
    /// What came of each gate.
    pub gates: BTreeMap<GateName, GateState>,
}

/// What came of a gate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case", deny_unknown_fields)]
pub enum GateState {
    /// It measured and judged.
    Ended {
        /// 0 or 1.
        exit_code: u8,
        /// What it measured.
        run: Box<GateRun>,
    },
    /// It came to no verdict.
    Broke {
        /// 2, 3 or 4.
        exit_code: u8,
        /// Its first line of error.
        error: String,
    },
    /// It did not run.
    LeftOut {
        /// Why.
        reason: String,
    },
}

/// The run of a gate, without what is not the same twice: times, and what was seen of the machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GateRun {
    /// Of `size`.
    Size(Box<SizeRun>),
    /// Of `run`.
    Run(GridRun),
    /// Of `alloc`.
    Alloc(AllocRun),
    /// Of `pgo`.
    Pgo(PgoRun),
}

impl GateRun {
    /// The judgement.
    pub fn outcome(&self) -> Outcome {
        match self {
            GateRun::Size(run) => run.run.verdict.outcome,
            GateRun::Run(run) => run.verdict.outcome,
            GateRun::Alloc(run) => run.verdict.outcome,
            GateRun::Pgo(run) => run.verdict.outcome,
        }
    }
}
