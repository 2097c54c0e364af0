//! Who is certified for what, and what became of the allocators that are broken on purpose.

use crate::{
    analysis::alloc::{level, slipped, standing::wanted},
    data::alloc::{AllocRun, Allocator, Certificate, Level},
    report::table::{Column, Form, Grid},
};
use alloc_bench::certify::Check;
use runner_protocol::Engine;

/// A row for each allocator and engine, a column for each check.
pub fn allocators(run: &AllocRun, form: Form) -> String {
    let checks = Check::ALL.map(|check| (check.name(), Column::Text));
    let columns: Vec<_> = [("allocator", Column::Text), ("engine", Column::Text)]
        .into_iter()
        .chain(checks)
        .chain([("the program at the cap", Column::Text), ("certified for", Column::Text)])
        .collect();
    let mut grid = Grid::new(&columns);
    let mut reasons = String::new();
    for allocator in &run.allocators {
        for (engine, certificate) in &allocator.certificates {
            grid.row(cells(allocator, *engine, certificate));
        }
        for refused in allocator.certificates.values().filter_map(|certificate| certificate.refused.as_ref()) {
            let line = format!("{}{}, `{}`: {}\n", form.bullet(), allocator.name, refused.check, refused.reason);
            if !reasons.contains(&line) {
                reasons.push_str(&line);
            }
        }
    }
    let blank = if reasons.is_empty() || form != Form::Markdown { "" } else { "\n" };
    format!("\n{}{}{blank}{reasons}", form.heading("Certification, in the guest:"), grid.render(form))
}

fn cells(allocator: &Allocator, engine: Engine, certificate: &Certificate) -> Vec<String> {
    let mark = |check: Check| match &certificate.refused {
        _ if certificate.passed.iter().any(|passed| passed == check.name()) => "yes",
        Some(refused) if refused.check == check.name() => "NO",
        _ => "-",
    };
    let at_cap = match &allocator.cap_failure {
        _ if !engine.counts_fuel() => "-",
        None => "says so and ends",
        Some(_) => "FAILS",
    };
    let level = match level(certificate) {
        Level::General => "any program",
        Level::OneShot if wanted(allocator) == Level::OneShot => "one-shot programs only",
        Level::OneShot => "one-shot programs only: REFUSED",
        Level::None => "nothing: REFUSED",
    };
    [allocator.name.clone(), engine.name().to_string()]
        .into_iter()
        .chain(Check::ALL.map(|check| mark(check).to_string()))
        .chain([at_cap.to_string(), level.to_string()])
        .collect()
}

/// A row for each allocator that is broken on purpose.
pub fn controls(run: &AllocRun, form: Form) -> String {
    if run.controls.is_empty() {
        return format!("\n{}", form.heading("Negative controls: none, so nothing shows that certification refuses anything."));
    }
    let mut grid = Grid::new(&[
        ("broken on purpose", Column::Text),
        ("refused by", Column::Text),
        ("because", Column::Text),
        ("", Column::Text),
    ]);
    for control in &run.controls {
        let refused = control.certificate.refused.as_ref();
        let verdict = if slipped(control).is_none() { "as it has to be" } else { "WRONG" };
        let by = refused.map_or("nothing", |refused| refused.check.as_str());
        let because = refused.map_or("-", |refused| refused.reason.as_str());
        grid.row([&control.name, by, because, verdict]);
    }
    format!("\n{}{}", form.heading("Negative controls:"), grid.render(form))
}
