//! The table of `cargo xtask size`: a row a variant, the floors below.

use super::Report;
use crate::{
    data::{
        matrix::{Cell, Part},
        metric::Metric,
        variant::Variant,
    },
    report::table::{Column, Form, Grid, grouped, signed},
};
use runner_protocol::Engine;

/// One variant's figures, in bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Its id.
    pub variant: String,
    /// Whether it is a floor.
    pub is_floor: bool,
    /// The length of the shipped file; absent where the variant failed, as all that follow.
    pub raw: Option<u64>,
    /// The length after gzip.
    pub gzip: Option<u64>,
    /// The length after brotli.
    pub brotli: Option<u64>,
    /// Raw bytes against the baseline.
    pub delta: Option<i64>,
    /// Raw bytes left in the budget.
    pub budget_left: Option<i64>,
    /// Raw bytes above the floor.
    pub over_floor: Option<i64>,
    /// The engine that executed the file.
    pub ran_on: Option<Engine>,
}

/// The rows in the policy's order: subjects, then floors.
pub fn rows(report: &Report) -> Vec<Row> {
    let value = |variant: &Variant, metric| report.saved.run.value(variant, metric);
    let row = |cell: &Cell| {
        let variant = &cell.variant;
        let raw = value(variant, Metric::RawBytes);
        let entries = report.baseline.and_then(|baseline| baseline.variants.get(variant));
        let old = entries.and_then(|entries| entries.0.get(&Metric::RawBytes)).map(|entry| entry.value);
        let budget = report.policy.budget(&variant.to_string(), Metric::RawBytes);
        let budget = budget.or_else(|| report.policy.limit(&variant.to_string(), Metric::RawBytes));
        let floor = report.saved.run.floors.get(variant).and_then(|floor| value(floor, Metric::RawBytes));
        Row {
            variant: variant.to_string(),
            is_floor: !matches!(cell.part, Part::Subject { .. }),
            raw,
            gzip: value(variant, Metric::GzipBytes),
            brotli: value(variant, Metric::BrotliBytes),
            delta: difference(raw, old),
            budget_left: difference(budget, raw),
            over_floor: difference(raw, floor),
            ran_on: report.saved.run.certificates.get(variant).map(|certificate| certificate.engine),
        }
    };
    report.cells.iter().map(row).collect()
}

fn difference(a: Option<u64>, b: Option<u64>) -> Option<i64> {
    Some(a? as i64 - b? as i64)
}

/// The rows as a table.
pub fn table(rows: &[Row], form: Form) -> String {
    let numbers = ["raw", "gzip", "brotli", "delta", "budget left", "over the floor"].map(|title| (title, Column::Number));
    let columns: Vec<_> = [("variant", Column::Text)].into_iter().chain(numbers).chain([("ran on", Column::Text)]).collect();
    let mut grid = Grid::new(&columns);
    for row in rows {
        grid.row(cells(row));
    }
    grid.render(form)
}

fn cells(row: &Row) -> Vec<String> {
    let bytes = |value: Option<u64>| value.map_or_else(|| "failed".to_string(), grouped);
    let delta = match row.delta {
        Some(0) => "=".to_string(),
        Some(delta) => signed(delta),
        None => "new".to_string(),
    };
    let none = || "-".to_string();
    let floor = if row.is_floor { "floor".to_string() } else { row.over_floor.map_or_else(none, grouped_signed) };
    vec![
        row.variant.clone(),
        bytes(row.raw),
        bytes(row.gzip),
        bytes(row.brotli),
        if row.raw.is_some() { delta } else { none() },
        row.budget_left.map_or_else(none, grouped_signed),
        floor,
        row.ran_on.map_or_else(none, |engine| engine.to_string()),
    ]
}

/// With a sign only where it is negative.
fn grouped_signed(value: i64) -> String {
    match u64::try_from(value) {
        Ok(value) => grouped(value),
        Err(_) => signed(value),
    }
}
