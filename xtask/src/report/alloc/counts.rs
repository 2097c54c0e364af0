//! What was counted exactly: a table for each number, a row for each workload, a column for each allocator.

use crate::{
    data::alloc::{AllocRun, ENGINES, ReplayCounts},
    report::table::{Column, Form, Grid, grouped},
};
use runner_protocol::Engine;

/// A number of a replay, as it is printed.
type Shown = fn(&ReplayCounts) -> Option<String>;

/// Title, engine and number of each table.
const TABLES: [(&str, Engine, Shown); 9] = [
    ("Fuel of an operation, the allocator's own, on Wasmtime (exact; the sum of the replay gates):", ENGINES[0], fuel),
    ("Pages of 64 KiB that the heap took on Wasmtime (its bytes gate):", ENGINES[0], pages),
    ("Memory that the heap took over the most that was alive, on Wasmtime:", ENGINES[0], overhead),
    ("Idle at the end on Wasmtime, in bytes: the heap took it and nothing lives in it (gates):", ENGINES[0], idle),
    ("Lost at the end on Wasmtime, in bytes: of all memory neither alive nor to be had (gates):", ENGINES[0], lost),
    ("Operations that got no memory, on Wasmtime (gates):", ENGINES[0], failures),
    ("Pages of 64 KiB that the heap took on WAMR (its bytes gate):", ENGINES[1], pages),
    ("Idle at the end on WAMR, in bytes (gates):", ENGINES[1], idle),
    ("Operations that got no memory, on WAMR (gates):", ENGINES[1], failures),
];

/// All tables.
pub fn tables(run: &AllocRun, form: Form) -> String {
    TABLES.iter().map(|(title, engine, shown)| table(run, title, *engine, *shown, form)).collect()
}

/// Workloads where each allocator has 0 are left to a line.
fn table(run: &AllocRun, title: &str, engine: Engine, shown: Shown, form: Form) -> String {
    let names = run.allocators.iter().map(|allocator| (allocator.name.as_str(), Column::Number));
    let columns: Vec<_> = [("workload", Column::Text)].into_iter().chain(names).collect();
    let mut grid = Grid::new(&columns);
    let mut silent = 0;
    for workload in &run.workloads {
        let cell = |name: &str| run.counts(&workload.name, name, engine).and_then(shown).unwrap_or_else(|| "-".into());
        let cells: Vec<String> = run.allocators.iter().map(|allocator| cell(&allocator.name)).collect();
        match cells.iter().all(|cell| cell == "0") {
            true => silent += 1,
            false => drop(grid.row([workload.name.clone()].into_iter().chain(cells))),
        }
    }
    let rest = match silent {
        0 => String::new(),
        1 => format!("{}1 workload: 0 with each\n", form.bullet()),
        count => format!("{}{count} workloads: 0 with each\n", form.bullet()),
    };
    let body = if grid.is_empty() { String::new() } else { grid.render(form) };
    let gap = if rest.is_empty() || form != Form::Markdown { "" } else { "\n" };
    format!("\n{}{body}{gap}{rest}", form.heading(title))
}

fn fuel(counts: &ReplayCounts) -> Option<String> {
    let tenths = (counts.fuel_count? * 10).checked_div(counts.op_count)?;
    Some(format!("{}.{}", grouped(tenths / 10), tenths % 10))
}

fn pages(counts: &ReplayCounts) -> Option<String> {
    Some(grouped(counts.heap_bytes().div_ceil(65_536)))
}

fn overhead(counts: &ReplayCounts) -> Option<String> {
    let hundredths = (counts.heap_bytes() * 100).checked_div(counts.peak_live_bytes)?;
    Some(format!("{}.{:02}", grouped(hundredths / 100), hundredths % 100))
}

fn idle(counts: &ReplayCounts) -> Option<String> {
    Some(grouped(counts.idle_bytes()))
}

fn lost(counts: &ReplayCounts) -> Option<String> {
    Some(grouped(counts.lost_bytes()))
}

fn failures(counts: &ReplayCounts) -> Option<String> {
    Some(grouped(counts.failed_count))
}
