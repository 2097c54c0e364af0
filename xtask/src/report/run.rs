//! The report of `cargo xtask run`: verdict, grid, what failed and why, counts and times.

pub mod costs;
pub mod counts;
pub mod figures;
mod reasons;
mod rows;
pub mod times;

use super::{
    merged, rows as findings,
    table::{Form, grouped},
};
use crate::data::{
    grid::{Cell, GridRun},
    verdict::{Outcome, Recorded},
};
use runner_protocol::Engine;
use std::{collections::BTreeSet, fmt::Write};

/// How much is said of what failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// A line each.
    Short,
    /// What was wanted and what came, too.
    Full,
}

/// The report as text.
pub fn render(run: &GridRun, detail: &Detail, form: Form) -> String {
    let mut text = headline(run, form);
    text.push_str(&rows::table(run, form));
    text.push_str(&reasons::failures(run, *detail, form));
    if run.verdict.recorded != Recorded::First {
        text.push_str(&findings::list(&run.verdict.findings, form));
    }
    text.push_str(&merged::line(run.verdict.measure_again_count, run.verdict.recorded, "cargo xtask run"));
    text.push_str(&reasons::not_applicable(run, form));
    text.push_str(&counts::table(run, form));
    text.push_str(&costs::tables(run, form));
    text.push_str(&times::table(run, form));
    text.push_str(&figures::table(run, form));
    text.push_str(&provenance(run, form));
    text.push_str(&next(run, *detail, form));
    text
}

/// The engines of an invocation, in the order they are printed.
pub fn engines(run: &GridRun) -> BTreeSet<Engine> {
    run.rows.iter().flat_map(|row| row.cells.keys().copied()).collect()
}

/// The name of an engine where there is little room.
pub fn short(engine: Engine) -> &'static str {
    match engine {
        Engine::Native => "native",
        Engine::WasmtimeJit => "jit",
        Engine::WasmtimeWinch => "winch",
        Engine::WasmtimeAot => "aot",
        Engine::WasmtimePulley => "pulley",
        Engine::WamrInterpreter => "wamr",
        Engine::WamrAot => "wamr-aot",
    }
}

/// How many cells passed, failed and were not applicable.
pub fn tally(run: &GridRun) -> [usize; 3] {
    let mut counts = [0; 3];
    for cell in run.rows.iter().flat_map(|row| row.cells.values()) {
        counts[match cell {
            Cell::Pass => 0,
            Cell::Fail { .. } => 1,
            Cell::NotApplicable { .. } => 2,
        }] += 1;
    }
    counts
}

fn headline(run: &GridRun, form: Form) -> String {
    let [passed, failed, absent] = tally(run);
    let findings = findings::counted(&run.verdict.findings);
    let cells = format!("{passed} cells pass, {absent} do not apply");
    let said = match (run.verdict.outcome, run.verdict.recorded) {
        (_, _) if failed > 0 => format!("FAIL: {failed} cells fail, {cells}"),
        (Outcome::Pass, Recorded::Nothing) => format!("PASS: {cells}, and the counts are what the baseline says"),
        (Outcome::Pass, Recorded::First) => format!("PASS: {cells}; the first counts were recorded"),
        (Outcome::Pass, Recorded::Better) => format!("PASS: {cells}; recorded: {findings}"),
        (Outcome::Pass, Recorded::Accepted) => format!("PASS: {cells}; accepted and recorded: {findings}"),
        (Outcome::Pass, Recorded::Confirmed) => {
            format!("PASS: {cells}, and the counts are what the baseline says, which is recorded")
        }
        (Outcome::NotJudged, _) => format!("{cells}; the counts were not judged"),
        (Outcome::Fail, _) => format!("FAIL: {findings}; {cells}"),
    };
    let unselected = match run.verdict.not_selected_count {
        0 => String::new(),
        count => format!(" ({count} rows of counts were not selected)"),
    };
    match form {
        Form::Text(_) => format!("run: {said}{unselected}\n\n"),
        Form::Markdown => format!("## run: {said}{unselected}\n\n"),
    }
}

/// What ran, and what ran it.
fn provenance(run: &GridRun, form: Form) -> String {
    let mut text = String::from("\n");
    text.push_str(&form.heading("What ran:"));
    let bullet = form.bullet();
    for artifact in &run.artifacts {
        let hash = artifact.sha256.get(..12).unwrap_or(&artifact.sha256);
        let _ = writeln!(text, "{bullet}{}: {} bytes, sha256 {hash}", artifact.variant, grouped(artifact.raw_bytes));
    }
    let tools: Vec<String> = run.provenance.tools.iter().map(|(tool, version)| format!("{tool}: {version}")).collect();
    let _ = writeln!(text, "{bullet}{}", tools.join("; "));
    text
}

fn next(run: &GridRun, detail: Detail, form: Form) -> String {
    let [_, failed, _] = tally(run);
    let said = match (failed > 0, run.verdict.outcome) {
        (true, _) if detail == Detail::Short => "`cargo xtask run -v --filter SCENARIO` shows what differs in a cell.",
        (false, Outcome::Fail) => &findings::remedy(&run.verdict, "run"),
        _ => return String::new(),
    };
    match form {
        Form::Text(_) => format!("\nNext: {}\n", said.replace('`', "")),
        Form::Markdown => format!("\nNext: {said}\n"),
    }
}

#[cfg(test)]
mod tests;
