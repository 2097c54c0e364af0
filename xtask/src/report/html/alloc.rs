//! The section of `alloc`: how the allocators stand, in short.

use super::{
    findings,
    gate::Standing,
    markup::Html,
    table::{Cell, Table, folded},
};
use crate::{
    analysis::alloc::{
        slipped,
        standing::{is_certified, standing, wanted},
    },
    data::alloc::{AllocRun, Allocator, ENGINES, Level},
    report::{
        alloc::{budgets, times},
        table::Column,
    },
};

/// Everything below the section's head.
pub fn body(run: &AllocRun) -> Html {
    let mut html = Html::new();
    html.add(&findings::of_rows(&run.verdict.findings));
    html.raw("<h3>Ranking</h3>\n").add(&ranking(run)).add(&controls(run));
    let grids = [("Budgets, which never gate", budgets::grid(run)), ("Times, which never gate", times::grid(run))];
    for (title, grid) in &grids {
        html.add(&folded(title, &Table::of(title, grid).html()));
    }
    html
}

/// A row for each allocator, the one that takes least fuel first; what is for one-shot programs only cannot win and stands last.
fn ranking(run: &AllocRun) -> Html {
    let mut ranked: Vec<_> =
        run.allocators.iter().map(|allocator| (allocator, standing(run, &allocator.name, ENGINES[0]))).collect();
    ranked.sort_by_key(|(allocator, standing)| {
        let fuel = standing.map_or(u64::MAX, |standing| standing.fuel_per_1000_ops);
        (allocator.is_one_shot, fuel, allocator.name.clone())
    });
    let mut table = Table::new(
        "Allocators, the least fuel first (means of the workloads that all of them served whole)",
        &[
            ("allocator", Column::Name),
            ("certified for", Column::Text),
            ("program, bytes", Column::Number),
            ("fuel of 1,000 operations", Column::Number),
            ("heap, bytes", Column::Number),
            ("what to know", Column::Text),
        ],
    );
    for (allocator, standing) in ranked {
        let note = allocator.note.as_deref().map_or_else(Cell::none, Cell::text);
        table.row([
            Cell::name(&allocator.name),
            certified(allocator),
            Cell::number(allocator.subject.raw_bytes),
            Cell::maybe(standing.map(|standing| standing.fuel_per_1000_ops)),
            Cell::maybe(standing.map(|standing| standing.mean_heap_bytes)),
            note,
        ]);
    }
    table.html()
}

fn certified(allocator: &Allocator) -> Cell {
    let is_good = allocator.certificates.keys().all(|engine| is_certified(allocator, *engine)) && allocator.cap_failure.is_none();
    match (is_good, wanted(allocator)) {
        (false, _) => Cell::html(Standing::Fail.chip("refused"), "0"),
        (true, Level::OneShot) => Cell::html(Standing::Pass.chip("one-shot programs"), "1"),
        (true, _) => Cell::html(Standing::Pass.chip("any program"), "2"),
    }
}

/// Whether what is broken on purpose was refused.
fn controls(run: &AllocRun) -> Html {
    let mut html = Html::new();
    let slips: Vec<String> =
        run.controls.iter().filter_map(|control| slipped(control).map(|why| format!("{}: {why}", control.name))).collect();
    let (standing, said) = match (run.controls.len(), slips.len()) {
        (0, _) => (Standing::Absent, "no negative control, so nothing shows that certification refuses anything".to_string()),
        (count, 0) => (Standing::Pass, format!("all {count} allocators that are broken on purpose were refused")),
        (count, _) => {
            (Standing::Fail, format!("of {count} allocators that are broken on purpose some passed: {}", slips.join("; ")))
        }
    };
    html.raw("<p>").add(&standing.chip(&said)).raw("</p>\n");
    html
}
