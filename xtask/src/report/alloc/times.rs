//! Times of one workload, against the first allocator.

use crate::{
    data::alloc::{AllocRun, AllocTiming},
    report::{
        run::times::{interval, time, verdict},
        table::{Column, Form, Grid},
    },
};

/// The times as text; nothing where there are none.
pub fn table(run: &AllocRun, form: Form) -> String {
    let Some(first) = run.timings.first() else { return String::new() };
    let title = format!(
        "Times of `{}`, which never gate (taken in turns; the ratio to {} of the same round, with its interval of 95 %):",
        first.workload, first.allocator
    );
    format!("\n{}{}", form.heading(&title), grid(run).render(form))
}

/// A row for each allocator and engine that was timed.
pub fn grid(run: &AllocRun) -> Grid {
    let titles = [
        ("engine", Column::Text),
        ("allocator", Column::Text),
        ("median", Column::Number),
        ("to the first", Column::Number),
        ("verdict", Column::Text),
    ];
    let mut grid = Grid::new(&titles);
    for timing in &run.timings {
        grid.row(cells(timing));
    }
    grid
}

fn cells(timing: &AllocTiming) -> Vec<String> {
    let ratio = timing.ratio.as_ref();
    vec![
        timing.engine.to_string(),
        timing.allocator.clone(),
        time(timing.median_ns),
        ratio.map_or("-".into(), interval),
        ratio.map_or("-", verdict).to_string(),
    ]
}
