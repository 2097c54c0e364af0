//! Quiet lines under the table: what was looked for and not found, and how far it is to each goal.

use super::Report;
use crate::{
    data::{
        goal::{GoalMetric, GoalStanding},
        metric::Metric,
    },
    report::table::grouped,
};
use std::collections::BTreeSet;

/// The lines; empty where the policy has neither forbidden symbols nor goals.
pub fn lines(report: &Report) -> String {
    let goals = report.saved.run.goals.iter().map(|standing| goal(standing, report));
    forbidden_symbols(report).into_iter().chain(goals).map(|line| line + "\n").collect()
}

/// Says that the check was made: without it a policy that lost its patterns would read the same.
fn forbidden_symbols(report: &Report) -> Option<String> {
    let checks = &report.saved.run.forbidden_symbols;
    let patterns: BTreeSet<&String> = checks.values().flat_map(|check| &check.patterns).collect();
    let hits: usize = checks.values().map(|check| check.hits.len()).sum();
    let names: u64 = checks.values().map(|check| check.name_count).sum();
    let found = if hits == 0 { "none found".to_string() } else { format!("{hits} found") };
    (!checks.is_empty()).then(|| {
        format!(
            "Forbidden symbols: {found} (patterns: {}, twins: {}, names looked at, linked and shipped: {}).",
            patterns.len(),
            checks.len(),
            grouped(names)
        )
    })
}

fn goal(standing: &GoalStanding, report: &Report) -> String {
    let GoalStanding { variants, selected_count, measured_count, .. } = standing;
    let Some(best) = &standing.best else { return format!("Goal {variants}: none of {selected_count} variants was measured.") };
    let note = report.cells.iter().find(|cell| cell.variant == *best).and_then(|cell| cell.note.as_deref());
    let note = note.map(|note| format!(" ({note})")).unwrap_or_default();
    let metrics: Vec<String> = standing.metrics.iter().map(|(metric, at)| distance(*metric, *at)).collect();
    let partly = if measured_count < selected_count {
        format!("; {measured_count} of {selected_count} variants were measured")
    } else {
        String::new()
    };
    format!("Goal {variants}: best is {best}{note}: {}{partly}.", metrics.join(", "))
}

fn distance(metric: Metric, at: GoalMetric) -> String {
    let apart = grouped(at.above.unsigned_abs());
    let place = match at.above {
        0 => "exactly".to_string(),
        1.. => format!("{apart} above"),
        _ => format!("{apart} below"),
    };
    format!("{metric} {}, {place} {}", grouped(at.value), grouped(at.goal))
}
