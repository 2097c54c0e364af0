//! The grid: a row a scenario, a column an engine, and the name of what all of them left.

use super::{engines, short};
use crate::{
    data::grid::{Cell, GridRun},
    report::table::{Column, Form, Grid},
};

/// How much of a hash tells two rows apart for a person.
const HASH_CHARS: usize = 8;

/// The grid as a table.
pub fn table(run: &GridRun, form: Form) -> String {
    let engines = engines(run);
    let heads = engines.iter().map(|engine| (short(*engine), Column::Text));
    let columns: Vec<_> = [("scenario", Column::Name)].into_iter().chain(heads).chain([("transcript", Column::Text)]).collect();
    let mut grid = Grid::new(&columns);
    for row in &run.rows {
        let cells = engines.iter().map(|engine| row.cells.get(engine).map_or("-", word).to_string());
        let hash = row.transcript.as_deref().map_or("-", |hash| hash.get(..HASH_CHARS).unwrap_or(hash));
        grid.row([row.scenario.clone()].into_iter().chain(cells).chain([hash.to_string()]));
    }
    grid.render(form)
}

fn word(cell: &Cell) -> &'static str {
    match cell {
        Cell::Pass => "ok",
        Cell::Fail { .. } => "FAIL",
        Cell::NotApplicable { .. } => "n/a",
    }
}
