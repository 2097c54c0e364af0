//! Builds with profiles and what they are worth: what `cargo xtask pgo --json` prints and what is saved.

pub mod build;
pub mod health;

use super::{
    grid::{GridArtifact, GridProvenance},
    rows::{Band, RowMeasurement, RowsVerdict},
    timing::Ratio,
};
use build::Build;
use health::Health;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};

/// The version of the saved form.
pub const PGO_SCHEMA: u32 = 1;

/// Instructions that the held-out work takes.
pub const HELD_OUT: &str = "held_out_instruction_count";
/// The length of the stripped file.
pub const RAW_BYTES: &str = "raw_bytes";
/// Its length compressed by gzip.
pub const GZIP_BYTES: &str = "gzip_bytes";
/// Its length compressed by brotli.
pub const BROTLI_BYTES: &str = "brotli_bytes";

/// How far lengths may be off: four trainings of the agent, whose profiles differ in what streams brought in one piece, gave programs up to 0.55 % apart.
const BYTES: Band = Band::Ppm(10_000);

/// What gates, and how far it may be off. The agent's held-out work was counted twice up to 0.07 % apart (what it reads from a socket comes in other
/// pieces), and a profile of another training moves the instructions by about as much.
pub const METRICS: [(&str, Band); 4] =
    [(HELD_OUT, Band::Ppm(5_000)), (RAW_BYTES, BYTES), (GZIP_BYTES, BYTES), (BROTLI_BYTES, BYTES)];

/// One invocation of `cargo xtask pgo`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PgoRun {
    /// [`PGO_SCHEMA`].
    pub schema: u32,
    /// The command: `pgo`.
    pub command: String,
    /// What it was made with, and where.
    pub provenance: GridProvenance,
    /// The files that were measured, stripped.
    pub artifacts: Vec<GridArtifact>,
    /// Each program.
    pub subjects: Vec<Proof>,
    /// What gates.
    pub measurements: Vec<RowMeasurement>,
    /// The judgement.
    pub verdict: RowsVerdict,
}

impl PgoRun {
    /// The row of one build of a subject.
    pub fn row_id(subject: &str, build: Build) -> String {
        format!("{subject}/{build}")
    }
}

/// What was found of one program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// Its name in the policy.
    pub subject: String,
    /// What counted the instructions.
    pub counter: Counter,
    /// How far two counts of the same work by the same program lay apart, in millionths; absent where nothing was counted.
    pub noise_ppm: Option<u64>,
    /// The times of the reference to its own, taken as those of the builds are.
    pub itself: Itself,
    /// Each build, in the order they are printed.
    pub builds: Vec<BuildProof>,
    /// What the profile is like.
    pub health: Health,
    /// What that of the program that is released is like, where the policy names one with a profile.
    pub shipped_health: Option<Health>,
    /// Functions of the held-out work, the largest changes of the profile's build against the reference first.
    pub functions: Vec<FunctionChange>,
    /// Functions against the committed counts, for each build that became worse.
    pub regressions: BTreeMap<Build, Vec<FunctionChange>>,
    /// Why the same is not done for WebAssembly.
    pub wasm: String,
    /// What a reader has to know: of the C code, of flags that were left out.
    pub notes: Vec<String>,
}

impl Proof {
    /// The figures of one build, if it has any.
    pub fn figures(&self, build: Build) -> Option<&Figures> {
        self.builds.iter().find(|one| one.build == build).and_then(|one| match &one.state {
            State::Measured(figures) => Some(&**figures),
            State::NotApplicable { .. } | State::Failed { .. } => None,
        })
    }
}

/// The times of the reference to its own times in the same rounds: where that is not 1, no time of the run says anything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Itself {
    /// Of the held-out work.
    pub held_out: Option<Ratio>,
    /// Of a start.
    pub start: Option<Ratio>,
}

/// One build and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildProof {
    /// Which.
    pub build: Build,
    /// How it is made, in words.
    pub summary: String,
    /// What became of it.
    pub state: State,
}

/// What became of a build.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It was built and measured.
    Measured(Box<Figures>),
    /// It cannot be had here.
    NotApplicable {
        /// Why.
        reason: String,
    },
    /// It does not build, or does not do its work.
    Failed {
        /// Why.
        reason: String,
    },
}

/// What was measured of one build.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Instructions of the work that it was trained on; absent where nothing counts them.
    pub training_instruction_count: Option<u64>,
    /// Instructions of the work that it was not trained on.
    pub held_out_instruction_count: Option<u64>,
    /// The median time of all held-out work.
    pub held_out_ns: Option<u64>,
    /// That time to the reference's, round by round; absent of the reference and of too few rounds.
    pub held_out_ratio: Option<Ratio>,
    /// The median time of a start.
    pub start_ns: Option<u64>,
    /// That time to the reference's.
    pub start_ratio: Option<Ratio>,
    /// The resident memory of the largest held-out run.
    pub peak_memory_bytes: Option<u64>,
    /// The length of the stripped file.
    pub raw_bytes: u64,
    /// Its length compressed by gzip.
    pub gzip_bytes: u64,
    /// Its length compressed by brotli.
    pub brotli_bytes: u64,
    /// Section -> its length in bytes.
    pub section_bytes: BTreeMap<String, u64>,
    /// How long cargo took.
    pub build_ns: u64,
    /// Whether that is the time of everything: not of what changed since the last time.
    pub built_from_nothing: bool,
}

/// A function's own instructions, before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionChange {
    /// Its name, demangled.
    pub name: String,
    /// Instructions before.
    pub before_count: u64,
    /// Instructions after.
    pub after_count: u64,
}

/// What counts instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Counter {
    /// Valgrind's callgrind: nearly exact, by function.
    Callgrind,
    /// The processor's own counter through `perf stat`: nearly exact, without functions.
    Perf,
    /// Nothing: only times are to be had, and they do not gate.
    Nothing,
}

impl fmt::Display for Counter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Counter::Callgrind => "callgrind",
            Counter::Perf => "perf",
            Counter::Nothing => "nothing",
        })
    }
}
