//! The report of `cargo xtask size`: verdict, table, what grew, and the next thing to do.

mod asides;
mod findings;
mod history;
mod next;
mod rows;
mod split;

use super::{
    merged,
    table::{Form, grouped, signed},
};
use crate::{
    analysis::{explain::Explained, symbol_diff::Change},
    data::{
        baseline::Baseline,
        matrix::Cell,
        policy::Policy,
        run::SizeRun,
        variant::Variant,
        verdict::{Outcome, Recorded},
    },
};
use std::{collections::BTreeMap, fmt::Write};

pub use findings::{counted, sentence};
pub use rows::{Row, rows};

/// Everything that the report is made from.
pub struct Report<'a> {
    /// The run with its verdict, and why its numbers are what they are.
    pub saved: &'a SizeRun,
    /// The policy.
    pub policy: &'a Policy,
    /// The cells that were measured, in the policy's order.
    pub cells: &'a [Cell],
    /// The baseline before the run.
    pub baseline: Option<&'a Baseline>,
    /// The command line that repeats this run, without `--check` and `--accept`.
    pub command: &'a str,
    /// The command line that compares with the commit of the baseline, built with today's tools.
    pub base: &'a str,
}

/// How many symbols of a variant are listed.
const SYMBOLS_MAX: usize = 8;

/// The report as text.
pub fn render(report: &Report, form: Form) -> String {
    let mut text = headline(report, form);
    text.push_str(&rows::table(&rows(report), form));
    text.push_str(&notes(report));
    text.push_str(&asides::lines(report));
    if report.saved.run.verdict.recorded != Recorded::First {
        text.push_str(&findings::list(&report.saved.run.verdict.findings, form));
    }
    let verdict = &report.saved.run.verdict;
    text.push_str(&merged::line(verdict.measure_again_count, verdict.recorded, report.command));
    text.push_str(&split::table(&report.saved.splits, form));
    text.push_str(&grown(report, form));
    text.push_str(&history::above_best(report, form));
    text.push_str(&next::next(report, form));
    text
}

fn headline(report: &Report, form: Form) -> String {
    let verdict = &report.saved.run.verdict;
    let findings = findings::counted(&verdict.findings);
    let said = match (verdict.outcome, verdict.recorded) {
        (Outcome::Pass, Recorded::Nothing) => "PASS: every variant is what the baseline says".to_string(),
        (Outcome::Pass, Recorded::First) => "PASS: the first numbers were recorded".to_string(),
        (Outcome::Pass, Recorded::Better) => format!("PASS: recorded: {findings}"),
        (Outcome::Pass, Recorded::Accepted) => format!("PASS: accepted and recorded: {findings}"),
        (Outcome::Pass, Recorded::Confirmed) => "PASS: every variant is what the baseline says, and that is recorded".to_string(),
        (Outcome::NotJudged, _) => "nothing was judged".to_string(),
        (Outcome::Fail, _) => format!("FAIL: {findings}"),
    };
    let unselected = match verdict.not_selected_count {
        0 => String::new(),
        count => format!(" ({count} variants were not selected)"),
    };
    match form {
        Form::Text(_) => format!("size: {said}{unselected}\n\n"),
        Form::Markdown => format!("## size: {said}{unselected}\n\n"),
    }
}

/// What a reader must know to read the table: the codecs, the allocators that are not for general use.
fn notes(report: &Report) -> String {
    let tools = &report.saved.run.provenance.toolchain;
    let own: String = tools.rustc_of_profile.iter().map(|(profile, rustc)| format!(", {profile}: {rustc}")).collect();
    let mut text = format!(
        "\nBytes of the shipped file; {}; {}. Tools: {}{own}, {}, {}.\n",
        tools.gzip, tools.brotli, tools.rustc, tools.optimizer, tools.encoder
    );
    let mut noted: BTreeMap<&str, &str> = BTreeMap::new();
    for cell in report.cells {
        if let Some(note) = &cell.note {
            noted.insert(&cell.variant.allocator, note);
        }
    }
    for (allocator, note) in noted {
        let _ = writeln!(text, "{allocator}: {note}.");
    }
    text
}

/// What grew and what shrank, by symbol, each distinct list once: a change in the subject moves all its variants alike.
fn grown(report: &Report, form: Form) -> String {
    let mut groups: Vec<(&Explained, Vec<&Variant>)> = Vec::new();
    for (variant, explained) in &report.saved.explained {
        let alike = |known: &Explained| known.shipped.changes == explained.shipped.changes;
        match groups.iter_mut().find(|(known, _)| alike(known)) {
            Some((_, variants)) => variants.push(variant),
            None => groups.push((explained, vec![variant])),
        }
    }
    let mut text = String::new();
    for (explained, variants) in groups {
        let names: Vec<String> = variants.iter().map(ToString::to_string).collect();
        let title = format!("By symbol of the main module, {}:", names.join(", "));
        text.push_str(&changes(&title, &explained.shipped.changes, form));
        text.push_str(&changes("Before the optimizer moved functions into their callers:", &explained.inlined(), form));
    }
    text
}

fn changes(title: &str, changes: &[Change], form: Form) -> String {
    if changes.is_empty() {
        return String::new();
    }
    let mut lines: Vec<String> = changes.iter().take(SYMBOLS_MAX).map(symbol_line).collect();
    if changes.len() > SYMBOLS_MAX {
        let rest: i64 = changes[SYMBOLS_MAX..].iter().map(|change| change.delta_bytes).sum();
        lines.push(format!("{:>10}  {} more", signed(rest), changes.len() - SYMBOLS_MAX));
    }
    let list = lines.join("\n");
    match form {
        Form::Text(_) => format!("\n{title}\n{list}\n"),
        Form::Markdown => format!("\n{title}\n\n```text\n{list}\n```\n"),
    }
}

fn symbol_line(change: &Change) -> String {
    format!(
        "{:>10}  {} ({} -> {})",
        signed(change.delta_bytes),
        change.name,
        grouped(change.old_bytes),
        grouped(change.new_bytes)
    )
}

#[cfg(test)]
mod tests;
