//! Numbers that stand in a baseline and that no run recorded: raised by hand, so that what became worse would pass.
//!
//! A run raises a value only by `--accept`, which leaves the step with its reason beside the value, and never raises the best. So a value above
//! its best that no accepted step reaches was written by hand, and so was one that is higher than in an earlier commit without a step that is new
//! since then. What nobody can tell: a best that was raised together with its value in a file that no commit has yet.

use crate::data::{
    baseline::{Accepted, Baseline, Entry},
    metric::Metric,
    policy::{Gate, Policy},
    rows::RowsBaseline,
};
use std::fmt::Display;

/// The first value of a file of rows that was raised by hand, in words, with what it was in `then`, where there is an earlier version.
pub fn in_rows(now: &RowsBaseline, then: Option<&RowsBaseline>) -> Option<String> {
    now.rows.iter().find_map(|(row, entries)| {
        entries.0.iter().find_map(|(metric, entry)| {
            let before = then.and_then(|then| then.rows.get(row)?.0.get(metric));
            said(row, metric, by_hand(entry, before)?)
        })
    })
}

/// The same for the sizes under one optimizer. A metric that is only shown follows its variant and may rise without a step.
pub fn in_sizes(now: &Baseline, then: Option<&Baseline>, policy: &Policy) -> Option<String> {
    let gates = |metric: &Metric| policy.gate(*metric) != Gate::Shown;
    now.variants.iter().find_map(|(variant, entries)| {
        entries.0.iter().filter(|(metric, _)| gates(metric)).find_map(|(metric, entry)| {
            let before = then.and_then(|then| then.variants.get(variant)?.0.get(metric));
            said(variant, metric, by_hand(entry, before)?)
        })
    })
}

fn said(row: impl Display, metric: impl Display, what: String) -> Option<String> {
    Some(format!("{row}: {metric}: {what}"))
}

/// Why no run can have recorded `now`, where an earlier commit has `then`.
fn by_hand(now: &Entry, then: Option<&Entry>) -> Option<String> {
    // After the last accepted step a value only falls.
    let reached = now.accepted.last().is_some_and(|step| step.to >= now.value);
    if now.value > now.best && !reached {
        return Some(format!("{} is above its best, {}, and no accepted step reaches it", now.value, now.best));
    }
    let then = then?;
    let new = steps_since(&then.accepted, &now.accepted);
    let rose = now.value > then.value && !new.iter().any(|step| step.to >= now.value);
    if rose {
        return Some(format!("{} was {}, and no accepted step is new", now.value, then.value));
    }
    // Only an entry that was taken out and came back begins anew, and its first step has no value before it.
    let begun = new.iter().any(|step| step.from.is_none());
    (now.best > then.best && !begun).then(|| format!("its best, {}, was {}: a best only falls", now.best, then.best))
}

/// The steps of `now` that `then` has not; what happened twice counts twice.
fn steps_since<'a>(then: &[Accepted], now: &'a [Accepted]) -> Vec<&'a Accepted> {
    let mut old: Vec<&Accepted> = then.iter().collect();
    let is_new = |step: &&Accepted| match old.iter().position(|other| other == step) {
        Some(at) => {
            old.swap_remove(at);
            false
        }
        None => true,
    };
    now.iter().filter(is_new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(from: Option<u64>, to: u64) -> Accepted {
        Accepted { from, to, reason: "r".into(), date: "2026-11-21".into() }
    }

    fn entry(value: u64, best: u64, accepted: &[(Option<u64>, u64)]) -> Entry {
        Entry::measured(value, best, accepted.iter().map(|(from, to)| step(*from, *to)).collect())
    }

    #[track_caller]
    fn is(now: &Entry, then: Option<&Entry>, wanted: Option<&str>) {
        let got = by_hand(now, then);
        match wanted {
            None => assert_eq!(got, None),
            Some(words) => assert!(got.clone().is_some_and(|got| got.contains(words)), "{got:?} should say {words}"),
        }
    }

    #[test]
    fn what_runs_record_stands() {
        let old = entry(100, 100, &[]);
        is(&old, None, None);
        is(&old, Some(&old), None);
        is(&entry(110, 100, &[(Some(100), 110)]), Some(&old), None);
        is(&entry(90, 90, &[]), Some(&old), None);
        // Accepted, then a little better.
        let accepted = entry(105, 100, &[(Some(100), 110)]);
        is(&accepted, Some(&old), None);
        // Taken back, as `git revert` of the acceptance does.
        is(&old, Some(&accepted), None);
        // Taken out and accepted anew.
        is(&entry(120, 120, &[(None, 120)]), Some(&old), None);
        // Two branches accepted; the lower value stands.
        is(&entry(110, 100, &[(Some(100), 120), (Some(100), 110)]), Some(&entry(110, 100, &[(Some(100), 110)])), None);
    }

    #[test]
    fn what_was_raised_by_hand_is_told() {
        let old = entry(100, 100, &[]);
        is(&entry(110, 100, &[]), None, Some("110 is above its best, 100, and no accepted step reaches it"));
        is(&entry(111, 100, &[(Some(100), 110)]), None, Some("no accepted step reaches it"));
        is(&entry(110, 110, &[]), Some(&old), Some("110 was 100, and no accepted step is new"));
        let accepted = entry(105, 100, &[(Some(100), 110)]);
        is(&entry(110, 100, &[(Some(100), 110)]), Some(&accepted), Some("110 was 105"));
        is(&entry(100, 99, &[(Some(99), 100)]), Some(&entry(100, 98, &[(Some(98), 100)])), Some("a best only falls"));
    }

    #[test]
    fn the_row_and_the_metric_are_named() {
        let file = |value| {
            let text = format!(
                r#"{{"schema": 1, "provenance": {{}}, "rows": {{"a/jit": {{"fuel_count": {{"value": {value}, "best": {value}}}}}}}}}"#
            );
            RowsBaseline::parse(&text).unwrap()
        };
        assert_eq!(in_rows(&file(5), Some(&file(5))), None);
        assert_eq!(in_rows(&file(5), None), None);
        assert_eq!(in_rows(&file(6), Some(&file(5))).unwrap(), "a/jit: fuel_count: 6 was 5, and no accepted step is new");
    }
}
