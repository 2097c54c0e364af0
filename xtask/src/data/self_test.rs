//! What `cargo xtask self-test` does to a scratch copy of the workspace, and what has to say so: the table of faults.

mod faults;
mod outcome;

pub use faults::FAULTS;
pub use outcome::{Injected, Moved, Neutral, NeutralKind, SelfTest};

use std::fmt;

/// The variant of the scratch copy.
pub const AGENT: &str = "agent/wasm32-wasip2/release-wasm/dlmalloc";
/// Its floor.
pub const FLOOR: &str = "floor/wasm32-wasip2/release-wasm/dlmalloc";
/// The scenarios of the scratch copy: what certifies the agent, what is timed, and one that can be missed.
pub const SCENARIOS: [&str; 4] = ["start", "message", "hello", "help"];
/// The engine that plays them.
pub const ENGINE: &str = "wasmtime-jit";

/// The numbers of `size` in the scratch copy.
pub const SIZE: &str = "baselines/size.json";
/// The counts of `run`.
pub const RUN: &str = "baselines/run.json";
/// The policy.
pub const POLICY: &str = "baselines/policy.toml";

/// A fault, and what has to say it.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    /// What is wrong, in a few words.
    pub name: &'static str,
    /// What is done to files.
    pub edits: &'static [Edit],
    /// Whether a commit has the edits, or only the work tree.
    pub stage: Stage,
    /// Which tool is another one.
    pub tool: Tool,
    /// What the gate is asked then.
    pub ask: Ask,
    /// What it has to say.
    pub caught: Caught,
}

/// Where an edit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// In the work tree.
    WorkTree,
    /// In a commit of its own.
    Committed,
}

/// A change of one file.
#[derive(Clone, Copy, Debug)]
pub enum Edit {
    /// The file is deleted.
    Gone(&'static str),
    /// The file has only its first half.
    Truncated(&'static str),
    /// Two keys of the file have changed places.
    Unsorted(&'static str),
    /// A text that stands in the file once is another one.
    Replaced {
        /// The file.
        file: &'static str,
        /// The text.
        from: &'static str,
        /// What it becomes.
        to: &'static str,
    },
    /// The sizes lack a variant.
    VariantGone(&'static str),
    /// The sizes of a variant lack a metric.
    MetricGone {
        /// The variant.
        variant: &'static str,
        /// The metric.
        metric: &'static str,
    },
    /// The numbers are of another version of a tool.
    OtherTool {
        /// The file of numbers.
        file: &'static str,
        /// The tool, as the file names it.
        tool: &'static str,
        /// Its version.
        version: &'static str,
    },
    /// A number was raised by hand.
    Raised {
        /// The file of numbers.
        file: &'static str,
        /// The variant or row.
        row: &'static str,
        /// The metric.
        metric: &'static str,
        /// By how much above its value and above each accepted step, in the metric's unit.
        by: u64,
        /// What of the entry.
        what: Raise,
    },
    /// A key of the policy changes.
    Policy {
        /// The way to it; an index stands for an entry of a list.
        key: &'static [&'static str],
        /// What becomes of it.
        to: Change,
    },
}

/// What of an entry is raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Raise {
    /// The value alone.
    Value,
    /// The value and the best, as if it had always been so.
    ValueAndBest,
}

/// What becomes of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is taken out.
    Gone,
    /// Its number is higher by this.
    Plus(i64),
    /// It is this number.
    Number(i64),
}

/// A tool that is another one than in the control.
#[derive(Clone, Copy, Debug)]
pub enum Tool {
    /// None.
    Usual,
    /// A `wasm-opt` whose output is longer by exactly so many bytes.
    OptimizerLengthens(u64),
    /// A `wasm-opt` that says it has another version.
    OptimizerVersion(u32),
    /// A runner in whose answers other things stand: pairs of a pattern of `sed` and what replaces it.
    RunnerSays(&'static [(&'static str, &'static str)]),
    /// A runner before which a byte of the artifact is flipped.
    RunnerMeetsFlippedByte,
}

/// What the gate is asked. Always with `--check --json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// `size`.
    Size,
    /// `size --optimizer native`: with the `wasm-opt` on PATH or none.
    SizeNative,
    /// `run`, without times.
    Run,
    /// `run`, with one sample of each time.
    RunTimed,
}

impl Ask {
    /// The arguments that ask it.
    pub fn arguments(self) -> &'static [&'static str] {
        match self {
            Ask::Size => &["size"],
            Ask::SizeNative => &["size", "--optimizer", "native"],
            Ask::Run => &["run", "--engine", ENGINE, "--samples", "0"],
            Ask::RunTimed => &["run", "--engine", ENGINE, "--samples", "1"],
        }
    }
}

impl fmt::Display for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Ask::Size => "size",
            Ask::SizeNative => "size, native optimizer",
            Ask::Run => "run",
            Ask::RunTimed => "run, timed",
        })
    }
}

/// What has to be said of a fault.
#[derive(Clone, Copy, Debug)]
pub enum Caught {
    /// A finding of the verdict.
    Finding {
        /// The exit code.
        exit: i32,
        /// The finding.
        finding: Wanted,
        /// The kinds of findings that may stand beside it; any other is another reason.
        beside: &'static [&'static str],
    },
    /// An error before there is a verdict.
    Error {
        /// The exit code.
        exit: i32,
        /// What the message says.
        words: &'static [&'static str],
    },
}

/// A finding that has to be there.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Its kind, as JSON names it.
    pub kind: &'static str,
    /// Of which variant or row.
    pub row: &'static str,
    /// Of which metric; empty where the kind has none.
    pub metric: &'static str,
    /// By how much the new value is above the old, exactly; of raw bytes the shipped file has to be that much longer too.
    pub delta: Option<i64>,
    /// What its reason or tool says.
    pub words: &'static str,
}
