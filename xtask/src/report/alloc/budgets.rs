//! Each allocator against what it should keep to.

use crate::{
    data::alloc::{AllocRun, Allocator, ENGINES},
    report::table::{Column, Form, Grid, grouped, signed},
};
use alloc_bench::workload::MIXED;

/// The allocator that the others are compared with: the target's own.
const DEFAULT: &str = "default";

/// The budgets as text.
pub fn table(run: &AllocRun, form: Form) -> String {
    let title = "Budgets, which never gate (idle: what the heap took and nothing lives in, after the 10,000 mixed allocations):";
    format!("\n{}{}", form.heading(title), grid(run).render(form))
}

/// A row for each allocator.
pub fn grid(run: &AllocRun) -> Grid {
    let titles = [
        ("allocator", Column::Text),
        ("program, bytes", Column::Number),
        ("its code", Column::Number),
        ("over the target's own", Column::Number),
        ("budget", Column::Text),
        ("idle after 10,000 mixed", Column::Number),
        ("of the heap", Column::Number),
        ("budget", Column::Text),
    ];
    let mut grid = Grid::new(&titles);
    let default = run.allocators.iter().find(|allocator| allocator.name == DEFAULT);
    for allocator in &run.allocators {
        grid.row(cells(run, allocator, default));
    }
    grid
}

fn cells(run: &AllocRun, allocator: &Allocator, default: Option<&Allocator>) -> Vec<String> {
    let over = default.map(|default| allocator.subject.raw_bytes as i64 - default.subject.raw_bytes as i64);
    let counts = run.counts(MIXED, &allocator.name, ENGINES[0]);
    let idle_ppm = counts.and_then(|counts| counts.idle_ppm());
    let size = over.zip(run.budget.over_default_bytes).map(|(over, budget)| kept(over <= budget as i64, &grouped(budget)));
    let idle = idle_ppm.zip(run.budget.idle_ppm).map(|(idle, budget)| kept(idle <= budget, &percent(budget)));
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".into());
    vec![
        allocator.name.clone(),
        grouped(allocator.subject.raw_bytes),
        grouped(allocator.subject.code_bytes),
        or_dash(over.map(signed)),
        or_dash(size),
        or_dash(counts.map(|counts| grouped(counts.idle_bytes()))),
        or_dash(idle_ppm.map(percent)),
        or_dash(idle),
    ]
}

fn kept(is_kept: bool, budget: &str) -> String {
    if is_kept { format!("within {budget}") } else { format!("OVER {budget}") }
}

/// Parts per million in percent, to a hundredth, rounded up: a loss is never told smaller than it is.
fn percent(ppm: u64) -> String {
    let hundredths = ppm.div_ceil(100);
    format!("{}.{:02} %", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percents_are_rounded_up() {
        assert_eq!([percent(50_000), percent(50_001), percent(0)], ["5.00 %", "5.01 %", "0.00 %"]);
    }
}
