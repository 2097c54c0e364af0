//! Why cells failed, and why some are not applicable.

use super::{Detail, short};
use crate::{
    analysis::symbols::escape,
    data::grid::{Cell, GridRun, Reason},
    report::table::Form,
};
use runner_protocol::Engine;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

/// A line for each reason, with what differs below it if that is wanted.
pub fn failures(run: &GridRun, detail: Detail, form: Form) -> String {
    let mut text = String::new();
    for row in &run.rows {
        // What hits all engines alike is said once.
        let mut said: Vec<(&Reason, Vec<Engine>)> = Vec::new();
        for (engine, cell) in &row.cells {
            let Cell::Fail { reasons } = cell else { continue };
            for reason in reasons {
                match said.iter_mut().find(|(known, _)| *known == reason) {
                    Some((_, engines)) => engines.push(*engine),
                    None => said.push((reason, vec![*engine])),
                }
            }
        }
        for (reason, engines) in said {
            let names: Vec<&str> = engines.into_iter().map(short).collect();
            let _ = writeln!(text, "{}{} on {}: {}", form.bullet(), row.scenario, names.join(", "), escape(&reason.said));
            if detail == Detail::Full && !reason.detail.is_empty() {
                text.push_str(&block(&reason.detail, form));
            }
        }
    }
    if text.is_empty() { text } else { format!("\n{}{text}", form.heading("What failed:")) }
}

fn block(detail: &str, form: Form) -> String {
    let (indent, fences) = if form == Form::Markdown { ("  ", ("  ```text\n", "  ```\n")) } else { ("      ", ("", "")) };
    let lines: String = detail.lines().map(|line| format!("{indent}{}\n", escape(line))).collect();
    format!("{}{lines}{}", fences.0, fences.1)
}

/// Each reason once, with the engines that it is about and how many cells.
pub fn not_applicable(run: &GridRun, form: Form) -> String {
    let mut reasons: BTreeMap<&str, (BTreeSet<Engine>, usize)> = BTreeMap::new();
    for row in &run.rows {
        for (engine, cell) in &row.cells {
            if let Cell::NotApplicable { reason } = cell {
                let (engines, count) = reasons.entry(reason).or_default();
                engines.insert(*engine);
                *count += 1;
            }
        }
    }
    let mut text = String::new();
    for (reason, (engines, count)) in reasons {
        let names: Vec<&str> = engines.into_iter().map(short).collect();
        let cells = if count == 1 { "1 cell".to_string() } else { format!("{count} cells") };
        let _ = writeln!(text, "{}{} ({cells}): {}", form.bullet(), names.join(", "), escape(reason));
    }
    if text.is_empty() { text } else { format!("\n{}{text}", form.heading("Not applicable (n/a):")) }
}
