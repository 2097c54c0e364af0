//! Crates and functions for a person: whose code a file is made of.

use super::table::{Column, Form, Grid, grouped, share, shown};
use crate::analysis::ledger::{Attribution, Ledger, Row, largest_first};

/// The crates and the functions of the main module, the largest first, so many of each; a sentence if they are not known.
///
/// Shares are of all function bodies of the main module.
pub fn symbols(ledger: &Ledger, form: Form, top_crates: usize, top_functions: usize) -> String {
    if let Attribution::Unavailable { reason } = &ledger.attribution {
        return format!("Functions by name are not available: {reason}.\n");
    }
    let crates = ledger.crates();
    let functions = largest_first(ledger.functions());
    let whole = crates.iter().map(|row| row.bytes).sum();
    let named = |row: &Row| row.path.clone();
    let mut text = form.heading(&format!("Code by crate, {} bytes", grouped(whole)));
    text += &table("crate", &crates.iter().collect::<Vec<_>>(), named, whole, top_crates).render(form);
    text.push('\n');
    text += &form.heading("Largest functions");
    text + &table("function", &functions, |row| row.function().to_owned(), whole, top_functions).render(form)
}

fn table(title: &str, rows: &[&Row], name: impl Fn(&Row) -> String, whole: u64, top: usize) -> Grid {
    let mut grid =
        Grid::new(&[("bytes", Column::Number), ("share", Column::Number), ("count", Column::Number), (title, Column::Name)]);
    let (first, rest) = rows.split_at(shown(rows.len(), top));
    let mut row = |bytes, count, name| {
        grid.row([grouped(bytes), share(bytes, whole), grouped(count), name]);
    };
    for part in first {
        row(part.bytes, part.count, name(part));
    }
    if !rest.is_empty() {
        let sum = |of: fn(&Row) -> u64| rest.iter().map(|part| of(part)).sum();
        row(sum(|row| row.bytes), sum(|row| row.count), format!("({} more)", grouped(rest.len() as u64)));
    }
    grid
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, top: usize) -> String {
        let ledger = crate::analysis::ledger::ledger(&wat::parse_str(text).unwrap(), None).unwrap();
        symbols(&ledger, Form::Text(80), top, top)
    }

    #[test]
    fn crates_and_functions() {
        let module = r#"(module (func $agent::main i32.const 1 drop) (func $agent::b) (func $malloc nop) (func $free))"#;
        insta::assert_snapshot!(of(module, 2), @r"
        Code by crate, 12 bytes
          bytes   share  count  crate
              7  58.3 %      2  agent
              5  41.7 %      2  [c]

        Largest functions
          bytes   share  count  function
              5  41.7 %      1  agent::main
              3  25.0 %      1  malloc
              4  33.3 %      2  (2 more)
        ");
    }

    #[test]
    fn the_reason_if_there_are_no_names() {
        insta::assert_snapshot!(of("(module (func))", 2), @r"
        Functions by name are not available: the file has no names (it is stripped) and there is no twin.
        ");
    }
}
