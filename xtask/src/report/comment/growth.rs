//! Crates and functions that grew or shrank.

use super::{
    first_of,
    markdown::{Table, cell},
    plural,
    sheet::{Rank, Sheet},
    values::difference,
};
use crate::{
    data::comment::{Change, Gate, Growth, Unit},
    report::table::{Column, grouped, signed},
};

/// A table of crates and one of functions for each change.
pub fn lists(sheet: &mut Sheet, gate: &Gate) {
    for growth in &gate.growths {
        let place = first_of(&growth.row, growth.more_row_count);
        match growth.unit {
            Unit::Bytes => sheet.text(format!("\n**What grew and shrank** in the main module of {place}:\n")),
            Unit::Instructions => sheet.text(format!("\n**What takes more instructions** in {place}:\n")),
        }
        table(sheet, growth, "crate", &growth.crates, 0);
        table(sheet, growth, "function", &growth.symbols, growth.more_symbol_count);
        table(sheet, growth, "function, moved into others by the optimizer", &growth.inlined, 0);
    }
    let more = gate.growth_count.saturating_sub(gate.growths.len() as u64);
    if more > 0 {
        sheet.text(format!("\n{} of symbols not shown here.\n", plural(more, "other list")));
    }
}

fn table(sheet: &mut Sheet, growth: &Growth, title: &str, changes: &[Change], left_out: u64) {
    if changes.is_empty() {
        return;
    }
    let unit = match growth.unit {
        Unit::Bytes => "bytes",
        Unit::Instructions => "instructions",
    };
    let mut table = Table::new(&[(unit, Column::Number), ("was", Column::Number), ("is", Column::Number), (title, Column::Name)]);
    for change in changes {
        let delta = signed(difference(change.old, change.new));
        table.row(vec![delta, grouped(change.old), grouped(change.new), cell(&change.name)]);
    }
    sheet.rows(Rank::Growth, table, left_out);
}
