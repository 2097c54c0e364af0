//! What is seen of each engine besides counts and times.

use super::short;
use crate::{
    data::grid::{EngineFigures, GridRun},
    report::table::{Column, Form, Grid, grouped, signed},
};

/// The figures as text; nothing where there are none.
pub fn table(run: &GridRun, form: Form) -> String {
    if run.figures.is_empty() {
        return String::new();
    }
    let title = "Processes, one run each (in bytes; memory at its highest for one message; slope: growth with each instance):";
    format!("\n{}{}", form.heading(title), grid(run).render(form))
}

/// A row for each engine.
pub fn grid(run: &GridRun) -> Grid {
    let titles = ["file", "process", "over the floor's", "lines a second", "calls a second", "slope"];
    let numbers = titles.map(|title| (title, Column::Number));
    let columns: Vec<_> = [("engine", Column::Text)].into_iter().chain(numbers).collect();
    let mut grid = Grid::new(&columns);
    for figures in &run.figures {
        grid.row(cells(figures));
    }
    grid
}

fn cells(figures: &EngineFigures) -> Vec<String> {
    let number = |value: Option<u64>| value.map_or_else(|| "-".to_string(), grouped);
    let net = figures.host_peak_bytes.zip(figures.floor_host_peak_bytes);
    vec![
        short(figures.engine).to_string(),
        number(figures.file_bytes),
        number(figures.host_peak_bytes),
        net.map_or_else(|| "-".to_string(), |(peak, floor)| signed(peak as i64 - floor as i64)),
        number(figures.lines_per_second),
        number(figures.calls_per_second),
        figures.instance_slope_bytes.map_or_else(|| "-".to_string(), |slope| slope.to_string()),
    ]
}
