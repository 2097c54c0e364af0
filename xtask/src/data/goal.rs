//! A goal: where the numbers of some variants are meant to go. It is shown and never judged.

use super::{metric::Metric, variant::Variant};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A goal of a policy: `[[goal]] variants = "agent/*", raw_bytes = 100_000`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Goal {
    /// A variant's id, `*` standing for anything; the best of those that it selects counts.
    pub variants: String,
    /// Metric -> the value to come down to.
    #[serde(flatten)]
    pub metrics: BTreeMap<Metric, u64>,
}

/// How far a run is from a goal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoalStanding {
    /// The goal's pattern.
    pub variants: String,
    /// How many variants of the policy it selects.
    pub selected_count: u64,
    /// How many of them were measured.
    pub measured_count: u64,
    /// The best of these: lowest in the goal's first metric, in the order of [`Metric`]; absent where none was measured.
    pub best: Option<Variant>,
    /// Metric -> what is wanted and what the best has; empty where none was measured.
    pub metrics: BTreeMap<Metric, GoalMetric>,
}

/// One metric of a goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoalMetric {
    /// The value to come down to.
    pub goal: u64,
    /// The best variant's value.
    pub value: u64,
    /// How far it is above the goal; negative below it.
    pub above: i64,
}
