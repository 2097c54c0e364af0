//! The difference of two builds for a person: sections first, then crates, then the functions themselves.

use super::table::{Column, Form, Grid, grouped, shown, signed};
use crate::analysis::symbol_diff::{Change, ChangeKind, SymbolDiff};

/// What grew and what shrank, `top` rows a table. Empty if nothing differs.
pub fn diff(sections: &[Change], symbols: Option<&SymbolDiff>, form: Form, top: usize) -> String {
    let mut parts = vec![table("Sections", "where", sections, form, top)];
    if let Some(symbols) = symbols {
        parts.push(table("By crate", "crate", &symbols.groups, form, top));
        parts.push(table("By symbol", "symbol", &symbols.changes, form, top));
    }
    parts.retain(|part| !part.is_empty());
    parts.join("\n")
}

/// Only the symbols: what explains the delta of one number. Empty if nothing differs.
pub fn symbols(symbols: &SymbolDiff, form: Form, top: usize) -> String {
    table("What changed, by symbol", "symbol", &symbols.changes, form, top)
}

/// Functions of the linked modules that the shipped code no longer names. Empty if there are none.
pub fn inlined(changes: &[Change], form: Form, top: usize) -> String {
    let table = table("Before the optimizer moved functions into their callers", "symbol", changes, form, top);
    if table.is_empty() { table } else { format!("\n{table}") }
}

fn table(title: &str, of: &str, changes: &[Change], form: Form, top: usize) -> String {
    if changes.is_empty() {
        return String::new();
    }
    let mut grid = Grid::new(&[
        ("delta", Column::Number),
        ("old", Column::Number),
        ("new", Column::Number),
        ("", Column::Text),
        (of, Column::Name),
    ]);
    let (first, rest) = changes.split_at(shown(changes.len(), top));
    for change in first {
        let numbers = [signed(change.delta_bytes), grouped(change.old_bytes), grouped(change.new_bytes)];
        grid.row(numbers.into_iter().chain([note(change), change.name.clone()]));
    }
    if !rest.is_empty() {
        let sum = |of: fn(&Change) -> u64| grouped(rest.iter().map(of).fold(0, u64::saturating_add));
        let delta = rest.iter().map(|change| change.delta_bytes).fold(0, i64::saturating_add);
        let (old, new) = (sum(|change| change.old_bytes), sum(|change| change.new_bytes));
        grid.row([signed(delta), old, new, String::new(), format!("({} more)", grouped(rest.len() as u64))]);
    }
    let total = changes.iter().map(|change| change.delta_bytes).fold(0, i64::saturating_add);
    form.heading(&format!("{title}: {} bytes", signed(total))) + &grid.render(form)
}

/// What the numbers do not say: that a symbol is new or gone, and that there are more or fewer of it.
fn note(change: &Change) -> String {
    match change.change {
        ChangeKind::Added => "new".to_owned(),
        ChangeKind::Removed => "gone".to_owned(),
        _ if change.old_count != change.new_count => {
            format!("count {} -> {}", grouped(change.old_count), grouped(change.new_count))
        }
        ChangeKind::Grew | ChangeKind::Shrunk | ChangeKind::Regrouped => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::symbols::parse;

    fn sample() -> SymbolDiff {
        let old = parse("100\t1\tagent::a\n30\t2\tagent::b\n7\t1\tcore::c\n9\t1\tdata .rodata\n").unwrap();
        let new = parse("2100\t1\tagent::a\n40\t3\tagent::b\n11\t1\tdata .rodata\n1500\t1\tserde::d\n").unwrap();
        crate::analysis::symbol_diff::diff(&old, &new)
    }

    #[test]
    fn the_terminal_form() {
        let diff_of = sample();
        insta::assert_snapshot!(diff(&[], Some(&diff_of), Form::Text(80), 3), @r"
        By crate: +3,505 bytes
           delta  old    new                crate
          +2,010  130  2,140  count 3 -> 4  agent
          +1,500    0  1,500  new           serde
              -7    7      0  gone          core
              +2    9     11                [data]

        By symbol: +3,505 bytes
           delta  old    new                symbol
          +2,000  100  2,100                agent::a
          +1,500    0  1,500  new           serde::d
             +10   30     40  count 2 -> 3  agent::b
              -5   16     11                (2 more)
        ");
    }

    #[test]
    fn the_markdown_form_of_the_symbols_alone() {
        insta::assert_snapshot!(symbols(&sample(), Form::Markdown, 9), @r"
        **What changed, by symbol: +3,505 bytes**

        | delta | old | new |  | symbol |
        | ---: | ---: | ---: | --- | --- |
        | +2,000 | 100 | 2,100 |  | `agent::a` |
        | +1,500 | 0 | 1,500 | new | `serde::d` |
        | +10 | 30 | 40 | count 2 -> 3 | `agent::b` |
        | -7 | 7 | 0 | gone | `core::c` |
        | +2 | 9 | 11 |  | `data .rodata` |
        ");
    }

    #[test]
    fn nothing_differs() {
        assert_eq!(diff(&[], Some(&SymbolDiff::default()), Form::Text(80), 9), "");
    }
}
