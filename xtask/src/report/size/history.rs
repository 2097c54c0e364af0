//! What was accepted: values above their all-time best, so that small steps cannot add up unseen.

use super::Report;
use crate::{
    data::policy::Gate,
    report::table::{Form, grouped},
};
use std::fmt::Write;

/// A line for each gated value above its best, with the accepted reasons; nothing where there are none.
pub fn above_best(report: &Report, form: Form) -> String {
    let Some(baseline) = report.baseline else { return String::new() };
    let bullet = if form == Form::Markdown { "- " } else { "  " };
    let mut text = String::new();
    for cell in report.cells {
        let Some(entries) = baseline.variants.get(&cell.variant) else { continue };
        for (metric, entry) in entries.0.iter().filter(|(metric, _)| report.policy.gate(**metric) != Gate::Shown) {
            let Some(value) = report.saved.run.value(&cell.variant, *metric).filter(|value| *value > entry.best) else {
                continue;
            };
            let reasons: Vec<String> =
                entry.accepted.iter().map(|accepted| format!("{} ({})", accepted.reason, accepted.date)).collect();
            let reasons = if reasons.is_empty() { String::new() } else { format!("; accepted: {}", reasons.join(", ")) };
            let (over, best) = (grouped(value - entry.best), grouped(entry.best));
            let _ = writeln!(text, "{bullet}{}: {metric} is {over} above its best, {best}{reasons}", cell.variant);
        }
    }
    if text.is_empty() { text } else { format!("\nAbove the best:\n{text}") }
}
