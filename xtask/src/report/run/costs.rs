//! What scenarios measure of their own steps: what is printed and what things cost, in counts and in time.

use super::{
    counts::spread,
    short,
    times::{interval, time as duration},
};
use crate::{
    analysis::grid::{FUEL, PEAK_MEMORY},
    data::grid::GridRun,
    report::table::{Column, Form, Grid, grouped},
};
use runner_protocol::Engine;
use std::collections::BTreeSet;

/// The engines in the column of values; the baseline compiler counts the fuel of some instructions otherwise.
const COUNTING: [Engine; 5] =
    [Engine::WasmtimeJit, Engine::WasmtimeAot, Engine::WasmtimePulley, Engine::WamrInterpreter, Engine::WamrAot];

/// Both tables as text; nothing where no scenario measures its steps.
pub fn tables(run: &GridRun, form: Form) -> String {
    let mut text = String::new();
    let counts = counts(run);
    if !counts.is_empty() {
        let title = "Costs and counts of steps, which gate exactly (a cost is once; memory in bytes):";
        text.push_str(&format!("\n{}{}", form.heading(title), counts.render(form)));
    }
    let times = times(run);
    if !times.is_empty() {
        let title = "Times of costs, which never gate (medians; how many times as fast as another, with the interval of 95 %):";
        text.push_str(&format!("\n{}{}", form.heading(title), times.render(form)));
    }
    text
}

/// A row for each metric of a scenario's own.
pub fn counts(run: &GridRun) -> Grid {
    let columns = [
        ("scenario", Column::Name),
        ("metric", Column::Name),
        ("value", Column::Number),
        ("on winch", Column::Number),
        ("recall", Column::Number),
    ];
    let mut grid = Grid::new(&columns);
    for row in &run.rows {
        let ids: BTreeSet<String> = row.cells.keys().map(|engine| GridRun::row_id(&row.scenario, *engine)).collect();
        let own =
            run.measurements.iter().filter(|one| ids.contains(&one.row) && ![FUEL, PEAK_MEMORY].contains(&one.metric.as_str()));
        let metrics: BTreeSet<&str> = own.map(|one| one.metric.as_str()).collect();
        for metric in metrics {
            let cell = |engines: &[Engine]| spread(run, &row.scenario, metric, engines).unwrap_or_else(|| "-".into());
            grid.row([
                row.scenario.clone(),
                metric.to_string(),
                cell(&COUNTING),
                cell(&[Engine::WasmtimeWinch]),
                recall(run, &row.scenario, metric).unwrap_or_else(|| "-".into()),
            ]);
        }
    }
    grid
}

/// The share of what was wanted that was not missed, cut and not rounded: of a metric that counts what was missed, where there is one of what was wanted.
fn recall(run: &GridRun, scenario: &str, metric: &str) -> Option<String> {
    if !metric.ends_with("missed_count") {
        return None;
    }
    let value =
        |metric: &str| Engine::ALL.into_iter().filter_map(|engine| run.value(&GridRun::row_id(scenario, engine), metric)).max();
    let (missed, wanted) = (value(metric)?, value("wanted_count")?);
    let permille = wanted.checked_sub(missed)?.checked_mul(1_000)?.checked_div(wanted)?;
    Some(format!("{}.{:03}", permille / 1_000, permille % 1_000))
}

/// A row for each timed cost on each engine.
pub fn times(run: &GridRun) -> Grid {
    let columns = [
        ("scenario", Column::Name),
        ("cost", Column::Text),
        ("engine", Column::Text),
        ("once", Column::Number),
        ("a second", Column::Number),
        ("compared with", Column::Text),
        ("times as fast", Column::Number),
        ("rounds", Column::Number),
    ];
    let mut grid = Grid::new(&columns);
    for time in &run.cost_times {
        grid.row([
            time.scenario.clone(),
            time.cost.clone(),
            short(time.engine).to_string(),
            duration(time.median_ns),
            1_000_000_000_u64.checked_div(time.median_ns).map_or_else(|| "-".into(), grouped),
            time.against.clone().unwrap_or_else(|| "-".into()),
            time.speed.as_ref().map_or_else(|| "-".into(), interval),
            time.sample_count.to_string(),
        ]);
    }
    grid
}
