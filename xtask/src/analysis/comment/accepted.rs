//! Increases that were accepted, by their reasons.

use crate::data::{
    baseline::{Accepted, Entry},
    comment::{AcceptedRows, MetricName, Name, STEPS_MAX, Step},
};
use std::{cmp::Reverse, collections::BTreeMap};

/// A value of a baseline.
pub struct Recorded<'a> {
    /// Of which row.
    pub row: String,
    /// Of which metric.
    pub metric: String,
    /// As it is.
    pub entry: &'a Entry,
    /// As the pull request found it; the outer is absent where that is not known.
    pub before: Option<Option<&'a Entry>>,
}

/// The accepted increases of values above their best, and those that the pull request brings; these and the newest first.
pub fn accepted<'a>(recorded: impl Iterator<Item = Recorded<'a>>) -> Vec<AcceptedRows> {
    let mut by_reason: BTreeMap<(bool, String, String), Vec<Step>> = BTreeMap::new();
    for one in recorded {
        for accepted in &one.entry.accepted {
            let is_new = one.before.is_some_and(|before| !before.is_some_and(|entry| entry.accepted.contains(accepted)));
            let Some(metric) = MetricName::of(&one.metric) else { continue };
            if is_new || one.entry.value > one.entry.best {
                let step = Step { row: Name::of(&one.row), metric, from: accepted.from, to: accepted.to };
                by_reason.entry(key(is_new, accepted)).or_default().push(step);
            }
        }
    }
    let rows = |((is_new, date, reason), mut steps): ((bool, String, String), Vec<Step>)| {
        let step_count = steps.len() as u64;
        steps.truncate(STEPS_MAX);
        AcceptedRows { reason: Name::of(&reason), date: Name::of(&date), is_new, steps, step_count }
    };
    let mut rows: Vec<AcceptedRows> = by_reason.into_iter().map(rows).collect();
    rows.sort_by_cached_key(|rows| Reverse((rows.is_new, rows.date.clone())));
    rows
}

fn key(is_new: bool, accepted: &Accepted) -> (bool, String, String) {
    (is_new, accepted.date.clone(), accepted.reason.clone())
}
