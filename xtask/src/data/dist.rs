//! A release: its files, what they were made with, and what is wrong with it. `release.json` is this.

use super::{exit::Exit, metric::Metric, rows::Tools, verdict::Outcome};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The version of the form of `release.json`.
pub const DIST_SCHEMA: u32 = 1;

/// The file that says what the others are.
pub const RELEASE_FILE: &str = "release.json";
/// SHA-256 of each other file, as `sha256sum --check` reads them.
pub const SUMS_FILE: &str = "SHA256SUMS";
/// What is new.
pub const CHANGELOG_FILE: &str = "CHANGELOG.md";
/// The sizes, as Markdown.
pub const SIZES_FILE: &str = "SIZES.md";

/// A release, or the part of one that a machine can build.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// [`DIST_SCHEMA`].
    pub schema: u32,
    /// `dist`.
    pub command: String,
    /// The program.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The tag that it is released as.
    pub tag: Option<String>,
    /// The commit; absent outside a repository.
    pub commit: Option<String>,
    /// Whether the work tree differed from the commit.
    pub dirty: bool,
    /// The files, in the order of the policy's targets.
    pub files: Vec<ReleaseFile>,
    /// The targets without a file.
    pub not_built: Vec<NotBuilt>,
    /// What a reader must know.
    pub notes: Vec<String>,
    /// What is wrong.
    pub findings: Vec<DistFinding>,
    /// Whether anything is.
    pub outcome: Outcome,
}

/// A file of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseFile {
    /// Its name: `agent-0.1.0-x86_64-unknown-linux-musl`.
    pub file: String,
    /// The target triple.
    pub target: String,
    /// The variant, of a wasm file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// SHA-256, in lower-case hex.
    pub sha256: String,
    /// Its length.
    pub raw_bytes: u64,
    /// Its length after gzip.
    pub gzip_bytes: u64,
    /// Its length after brotli.
    pub brotli_bytes: u64,
    /// What it may weigh.
    pub bounds: Vec<Bound>,
    /// How it was built, in words.
    pub settings: String,
    /// Whether it was built with a profile.
    pub profile: Profiled,
    /// Whether it was executed.
    pub ran: Ran,
    /// What it was made with.
    pub tools: Tools,
    /// Where.
    pub host: String,
}

/// An upper bound, and the value that is held to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bound {
    /// Whose bound it is.
    pub kind: BoundKind,
    /// The metric.
    pub metric: Metric,
    /// The highest value allowed.
    pub max: u64,
    /// The file's value.
    pub value: u64,
}

/// Which bound of the policy it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BoundKind {
    /// Never to be passed.
    Limit,
    /// Raised by an edit of the policy.
    Budget,
}

/// Whether a file was built with a profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Profiled {
    /// With this one.
    Used {
        /// The file of the merged profile, which has its hash in its name.
        name: String,
    },
    /// Without.
    None {
        /// Why.
        reason: String,
    },
}

/// Whether a file was executed before it was put into the release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Ran {
    /// It passed.
    Passed {
        /// What it did, and what ran it.
        by: String,
    },
    /// It was not.
    Not {
        /// Why.
        reason: String,
    },
}

/// A target without a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotBuilt {
    /// The target.
    pub target: String,
    /// Why, and the cure.
    pub reason: String,
}

/// What is wrong with a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DistFinding {
    /// A file is above a bound.
    Over {
        /// The file.
        file: String,
        /// The bound.
        bound: Bound,
    },
    /// A target of the policy has no file, where all of them were to be put together.
    Lacks {
        /// The target.
        target: String,
    },
}

impl Release {
    /// How the process ends.
    pub fn exit(&self) -> Exit {
        if self.outcome == Outcome::Fail { Exit::Verdict } else { Exit::Pass }
    }
}

impl fmt::Display for BoundKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            BoundKind::Limit => "limit",
            BoundKind::Budget => "budget",
        })
    }
}
