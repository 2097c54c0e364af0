//! What each cargo feature of a subject adds, measured by building the subject with and without it.

use super::variant::Variant;
use serde::{Deserialize, Serialize};

/// The cost of each part of one subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeatureCosts {
    /// The variant that every number is of.
    pub variant: Variant,
    /// How that variant was chosen.
    pub chosen: Chosen,
    /// The variant with all its features; absent where it could not be measured.
    pub whole: Option<Counts>,
    /// A row a part, then the one without any; a row an extra.
    pub rows: Vec<FeatureCost>,
}

/// Who chose the reference variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Chosen {
    /// Nobody: it is the first of the subject's matrix.
    First,
    /// `parts-variant` of the policy.
    Policy,
    /// `--only`.
    CommandLine,
}

/// What was counted of one build.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Length of the shipped file.
    pub raw_bytes: u64,
    /// Length after gzip.
    pub gzip_bytes: u64,
    /// Functions with a body.
    pub function_count: u64,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeatureCost {
    /// What two builds differ in.
    #[serde(flatten)]
    pub difference: Difference,
    /// What that changed.
    #[serde(flatten)]
    pub cost: Cost,
}

/// What two builds of a row differ in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "difference", rename_all = "snake_case")]
pub enum Difference {
    /// One feature is left out.
    Part {
        /// The feature.
        feature: String,
        /// The features that enable it, which are in neither build; without any the other build is the whole.
        apart_from: Vec<String>,
    },
    /// Every part is left out: what is left is the core.
    AllParts,
    /// One feature is turned on that the whole has not.
    Extra {
        /// The feature.
        feature: String,
        /// The extra that it builds on, and that both builds have; without one they are the whole with and without the feature.
        over: Option<String>,
        /// The other extras that it turns on: their cost is in its row.
        with: Vec<String>,
    },
}

/// What a feature changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Cost {
    /// Built and counted.
    Measured {
        /// The build without the feature.
        without: Counts,
        /// What it adds.
        adds: Added,
    },
    /// It cannot be left out: a feature of the allocator turns it on.
    Held {
        /// That feature.
        by: String,
    },
    /// One of the two could not be built or measured.
    Failed {
        /// Why.
        reason: String,
    },
}

/// A difference of [`Counts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Added {
    /// Bytes of the shipped file.
    pub raw_bytes: i64,
    /// Bytes after gzip.
    pub gzip_bytes: i64,
    /// Functions.
    pub function_count: i64,
}

impl Counts {
    /// What this has more than `without`.
    pub fn added_to(self, without: Counts) -> Added {
        let difference = |whole: u64, rest: u64| whole as i64 - rest as i64;
        Added {
            raw_bytes: difference(self.raw_bytes, without.raw_bytes),
            gzip_bytes: difference(self.gzip_bytes, without.gzip_bytes),
            function_count: difference(self.function_count, without.function_count),
        }
    }
}
