//! Rows with their values, what they were, and what is left of their budgets.

use super::{
    markdown::{Table, cell},
    sheet::{Rank, Sheet},
    verdict::label,
};
pub use crate::analysis::symbol_diff::difference;
use crate::{
    data::comment::{Gate, Kind, MetricName, Row, Value},
    report::table::{Column, grouped, signed},
};

/// The rows that changed, but for those of other tools.
pub fn changed(sheet: &mut Sheet, gate: &Gate) {
    let rows: Vec<&Row> = gate.changed.iter().filter(|row| !is_apart(row)).collect();
    if !rows.is_empty() {
        sheet.rows(Rank::Changed, table(gate, &rows, Which::Changed), left_out(gate));
    }
}

/// The rows of other tools.
pub fn apart(sheet: &mut Sheet, gate: &Gate) {
    let rows: Vec<&Row> = gate.changed.iter().filter(|row| is_apart(row)).collect();
    if !rows.is_empty() {
        let is_all = rows.len() == gate.changed.len();
        sheet.rows(Rank::Incomparable, table(gate, &rows, Which::Changed), if is_all { left_out(gate) } else { 0 });
    }
}

fn is_apart(row: &Row) -> bool {
    row.worst == Some(Kind::Incomparable)
}

/// How many changed rows the file has not.
fn left_out(gate: &Gate) -> u64 {
    gate.changed_count.saturating_sub(gate.changed.len() as u64)
}

/// The rows that did not.
pub fn unchanged(sheet: &mut Sheet, gate: &Gate) {
    let rows: Vec<&Row> = gate.unchanged.iter().collect();
    let left_out = gate.unchanged_count.saturating_sub(rows.len() as u64);
    sheet.rows(Rank::Unchanged, table(gate, &rows, Which::Unchanged), left_out);
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    Changed,
    Unchanged,
}

fn table(gate: &Gate, rows: &[&Row], which: Which) -> Table {
    let metrics = metrics(rows, which);
    let budgets: Vec<&MetricName> =
        metrics.iter().copied().filter(|metric| has(rows, metric, |value| value.left.is_some())).collect();
    let mut columns = vec![(gate.name.noun().to_string(), Column::Name)];
    columns.extend(metrics.iter().map(|metric| (title(metric.as_str()), Column::Number)));
    columns.extend(budgets.iter().map(|metric| (left_title(metric, budgets.len()), Column::Number)));
    if which == Which::Changed {
        columns.push(("verdict".into(), Column::Text));
    }
    let columns: Vec<(&str, Column)> = columns.iter().map(|(title, column)| (title.as_str(), *column)).collect();
    let mut table = Table::new(&columns);
    for row in rows {
        let value = |metric: &MetricName| row.values.iter().find(|value| value.metric == *metric);
        let mut cells = vec![cell(&row.name)];
        cells.extend(metrics.iter().map(|metric| value(metric).map_or_else(|| "-".into(), said)));
        let left = |metric: &&MetricName| value(metric).and_then(|value| value.left).map_or_else(|| "-".into(), plain);
        cells.extend(budgets.iter().map(left));
        if which == Which::Changed {
            cells.push(row.worst.map_or("within its tolerance", label).into());
        }
        table.row(cells);
    }
    table
}

/// The metrics of these rows in their order; of changed ones those that did change, and the first.
fn metrics<'a>(rows: &[&'a Row], which: Which) -> Vec<&'a MetricName> {
    let mut metrics: Vec<&MetricName> = Vec::new();
    // A row may lack one: the row with the most knows the order best.
    let longest = rows.iter().max_by_key(|row| row.values.len());
    for value in longest.into_iter().chain(rows).flat_map(|row| &row.values) {
        if !metrics.contains(&&value.metric) && metrics.len() < 12 {
            metrics.push(&value.metric);
        }
    }
    let first = metrics.first().copied();
    let stays = |metric: &&MetricName| {
        which == Which::Unchanged || first == Some(*metric) || has(rows, metric, |value| value.old != value.new)
    };
    metrics.into_iter().filter(stays).collect()
}

fn has(rows: &[&Row], metric: &MetricName, is: impl Fn(&Value) -> bool) -> bool {
    rows.iter().flat_map(|row| &row.values).any(|value| value.metric == *metric && is(value))
}

fn said(value: &Value) -> String {
    match (value.old, value.new) {
        (Some(old), Some(new)) if old == new => grouped(new),
        (Some(old), Some(new)) => format!("{} ({})", grouped(new), signed(difference(old, new))),
        (None, Some(new)) => format!("{} (new)", grouped(new)),
        (Some(old), None) => format!("none (was {})", grouped(old)),
        (None, None) => "-".into(),
    }
}

/// A metric as a heading: `raw` of `raw_bytes`.
pub fn title(metric: &str) -> String {
    let short = ["_bytes", "_count"].into_iter().find_map(|unit| metric.strip_suffix(unit)).unwrap_or(metric);
    short.replace('_', " ")
}

fn left_title(metric: &MetricName, budgets: usize) -> String {
    if budgets == 1 { "budget left".into() } else { format!("{} budget left", title(metric.as_str())) }
}

/// With a sign only where it is negative.
fn plain(value: i64) -> String {
    u64::try_from(value).map_or_else(|_| signed(value), grouped)
}
