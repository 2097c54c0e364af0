//! What was counted exactly: fuel and linear memory.

use crate::{
    analysis::grid::{FUEL, PEAK_MEMORY},
    data::grid::GridRun,
    report::table::{Column, Form, Grid, grouped},
};
use runner_protocol::Engine;

/// The columns: what is counted, and the engines that have to count the same. Winch counts the fuel of some instructions otherwise than Cranelift.
const COLUMNS: [(&str, &str, &[Engine]); 4] = [
    ("fuel", FUEL, &[Engine::WasmtimeJit, Engine::WasmtimeAot, Engine::WasmtimePulley]),
    ("fuel, winch", FUEL, &[Engine::WasmtimeWinch]),
    ("peak memory, component", PEAK_MEMORY, &COMPONENT),
    ("peak memory, module", PEAK_MEMORY, &[Engine::WamrInterpreter, Engine::WamrAot]),
];
const COMPONENT: [Engine; 4] = [Engine::WasmtimeJit, Engine::WasmtimeWinch, Engine::WasmtimeAot, Engine::WasmtimePulley];

/// The counts as text; nothing where there are none.
pub fn table(run: &GridRun, form: Form) -> String {
    let grid = grid(run);
    if grid.is_empty() {
        return String::new();
    }
    format!("\n{}{}", form.heading("Counts, which gate exactly (memory in bytes):"), grid.render(form))
}

/// A row for each scenario that has counts.
pub fn grid(run: &GridRun) -> Grid {
    let numbers = COLUMNS.map(|(title, ..)| (title, Column::Number));
    let columns: Vec<_> = [("scenario", Column::Name)].into_iter().chain(numbers).collect();
    let mut grid = Grid::new(&columns);
    for row in &run.rows {
        let cells = COLUMNS.map(|(_, metric, engines)| spread(run, &row.scenario, metric, engines));
        if cells.iter().any(Option::is_some) {
            grid.row([row.scenario.clone()].into_iter().chain(cells.map(|cell| cell.unwrap_or_else(|| "-".into()))));
        }
    }
    grid
}

/// The value on all of the engines; the smallest and the largest where they differ.
pub fn spread(run: &GridRun, scenario: &str, metric: &str, engines: &[Engine]) -> Option<String> {
    let value = |engine: &Engine| run.value(&GridRun::row_id(scenario, *engine), metric);
    let mut values: Vec<u64> = engines.iter().filter_map(value).collect();
    values.sort_unstable();
    let (first, last) = (values.first()?, values.last()?);
    Some(if first == last { grouped(*first) } else { format!("{} to {}", grouped(*first), grouped(*last)) })
}
