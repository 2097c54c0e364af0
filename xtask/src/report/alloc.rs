//! The report of `cargo xtask alloc`: verdict, who is certified for what, controls, budgets, what was counted, and times.

pub mod budgets;
mod certificates;
mod counts;
pub mod times;

use super::{
    merged,
    plot::{Mark, Plot, Point, svg},
    rows,
    table::{Form, grouped},
};
use crate::{
    analysis::{
        alloc::{
            slipped,
            standing::{is_certified, standing},
        },
        symbols::escape,
    },
    data::{
        alloc::{AllocRun, Allocator, ENGINES, ReplayOutcome},
        rows::RowFindingKind,
        verdict::{Outcome, Recorded},
    },
};
use std::fmt::Write;

/// The file of the picture, beside the report.
pub const PICTURE: &str = "alloc.svg";

/// The report as text.
pub fn render(run: &AllocRun, form: Form) -> String {
    let mut text = headline(run, form);
    text.push_str(&failures(run, form));
    text.push_str(&certificates::allocators(run, form));
    text.push_str(&certificates::controls(run, form));
    text.push_str(&budgets::table(run, form));
    text.push_str(&counts::tables(run, form));
    text.push_str(&times::table(run, form));
    if run.verdict.recorded != Recorded::First {
        text.push_str(&rows::list(&run.verdict.findings, form));
    }
    text.push_str(&merged::line(run.verdict.measure_again_count, run.verdict.recorded, "cargo xtask alloc"));
    if form == Form::Markdown && picture(run).is_some() {
        let _ = write!(text, "\n![Size, fuel and memory]({PICTURE})\n");
    }
    text.push_str(&provenance(run, form));
    text.push_str(&next(run, form));
    text
}

/// Size against fuel against memory: a circle for each allocator that has all three.
pub fn picture(run: &AllocRun) -> Option<String> {
    let point = |allocator: &Allocator| {
        let standing = standing(run, &allocator.name, ENGINES[0])?;
        let mark = if allocator.is_one_shot { Mark::Excluded } else { Mark::Plain };
        let (x, y, size) = (allocator.subject.raw_bytes, standing.fuel_per_1000_ops, standing.mean_heap_bytes);
        Some(Point { name: allocator.name.clone(), x, y, size, mark })
    };
    let points: Vec<Point> = run.allocators.iter().filter_map(point).collect();
    let plot = Plot {
        title: "Allocators: size, fuel and memory".into(),
        x: "the shipped program with it, bytes".into(),
        y: "fuel of 1,000 operations, mean of the workloads".into(),
        size: Some("memory of the heap, mean of the workloads, bytes".into()),
        points,
    };
    if plot.points.is_empty() { None } else { Some(svg(&plot)) }
}

fn headline(run: &AllocRun, form: Form) -> String {
    let certified = run.allocators.iter().filter(|one| one.certificates.keys().all(|engine| is_certified(one, *engine))).count();
    let refused = run.controls.iter().filter(|control| slipped(control).is_none()).count();
    let replayed = run.replays.iter().filter(|replay| matches!(replay.outcome, ReplayOutcome::Counts(_))).count();
    let done = format!(
        "{certified} of {} allocators certified, {refused} of {} broken ones refused, {} of {} replays counted",
        run.allocators.len(),
        run.controls.len(),
        grouped(replayed as u64),
        grouped(run.replays.len() as u64),
    );
    let findings = rows::counted(&run.verdict.findings);
    let said = match (run.verdict.outcome, run.verdict.recorded) {
        (Outcome::Pass, Recorded::Nothing) => format!("PASS: {done}, and the counts are what the baseline says"),
        (Outcome::Pass, Recorded::First) => format!("PASS: {done}; the first counts were recorded"),
        (Outcome::Pass, Recorded::Better) => format!("PASS: {done}; recorded: {findings}"),
        (Outcome::Pass, Recorded::Accepted) => format!("PASS: {done}; accepted and recorded: {findings}"),
        (Outcome::Pass, Recorded::Confirmed) => {
            format!("PASS: {done}, and the counts are what the baseline says, which is recorded")
        }
        (Outcome::NotJudged, _) => format!("{done}; the counts were not judged"),
        (Outcome::Fail, _) => format!("FAIL: {findings}; {done}"),
    };
    let unselected = match run.verdict.not_selected_count {
        0 => String::new(),
        count => format!(" ({count} rows of counts were not selected)"),
    };
    match form {
        Form::Text(_) => format!("alloc: {said}{unselected}\n"),
        Form::Markdown => format!("## alloc: {said}{unselected}\n"),
    }
}

/// What failed alike is said once: an allocator that is not certified has no numbers for any workload.
fn failures(run: &AllocRun, form: Form) -> String {
    let mut lines: Vec<(&str, Vec<&str>)> = Vec::new();
    for finding in &run.verdict.findings {
        let RowFindingKind::Failed { reason } = &finding.kind else { continue };
        match lines.iter_mut().find(|(known, _)| known == reason) {
            Some((_, rows)) => rows.push(&finding.row),
            None => lines.push((reason, vec![&finding.row])),
        }
    }
    let mut text = String::new();
    for (reason, found) in &lines {
        let names = rows::first_of(found);
        let _ = writeln!(text, "{}{names}: {}", form.bullet(), escape(reason));
    }
    if text.is_empty() { text } else { format!("\n{}{text}", form.heading("What failed:")) }
}

fn provenance(run: &AllocRun, form: Form) -> String {
    let is_engine_or_tool = |name: &&String| !name.starts_with("workload ");
    let tools = run.provenance.tools.iter().filter(|(tool, _)| is_engine_or_tool(tool));
    let tools: Vec<String> = tools.map(|(tool, version)| format!("{tool}: {version}")).collect();
    let mut text = format!("\n{}", form.heading("What was replayed (a recorded trace is of the program's own run):"));
    for workload in &run.workloads {
        let _ = writeln!(
            text,
            "{}{}: {} ({} operations, {} bytes alive at most)",
            form.bullet(),
            workload.name,
            workload.about,
            grouped(workload.op_count),
            grouped(workload.peak_live_bytes)
        );
    }
    if !tools.is_empty() {
        let _ = writeln!(text, "{}{}", form.bullet(), tools.join("; "));
    }
    text
}

fn next(run: &AllocRun, form: Form) -> String {
    if run.verdict.outcome != Outcome::Fail {
        return String::new();
    }
    let said = rows::remedy(&run.verdict, "alloc");
    match form {
        Form::Text(_) => format!("\nNext: {}\n", said.replace('`', "")),
        Form::Markdown => format!("\nNext: {said}\n"),
    }
}

#[cfg(test)]
mod tests;
