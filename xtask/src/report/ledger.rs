//! The byte ledger for a person: where the bytes of a file are.

use super::table::{Column, Form, Grid, grouped, share, shown};
use crate::analysis::ledger::Ledger;

/// Sections and modules of a file, the largest first, and their sum.
///
/// At most `top` rows; the rest is added up in one, so that the column always adds up to the length of the file.
pub fn ledger(ledger: &Ledger, form: Form, top: usize) -> String {
    let summary = ledger.summary();
    let mut grid =
        Grid::new(&[("bytes", Column::Number), ("share", Column::Number), ("count", Column::Number), ("where", Column::Name)]);
    let mut row = |bytes: u64, count: u64, name: String| {
        grid.row([grouped(bytes), share(bytes, ledger.total_bytes), grouped(count), name]);
    };
    let (first, rest) = summary.split_at(shown(summary.len(), top));
    for part in first {
        row(part.bytes, part.count, part.path.clone());
    }
    if !rest.is_empty() {
        row(
            rest.iter().map(|part| part.bytes).sum(),
            rest.iter().map(|part| part.count).sum(),
            format!("({} more)", grouped(rest.len() as u64)),
        );
    }
    let title = format!("Where the {} bytes are", grouped(ledger.total_bytes));
    form.heading(&title) + &grid.render(form)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Ledger {
        let module =
            wat::parse_str(r#"(module (memory 1) (func $f i32.const 1 drop) (data "hello") (@custom "x" "1"))"#).unwrap();
        crate::analysis::ledger::ledger(&module, None).unwrap()
    }

    #[test]
    fn the_terminal_form() {
        insta::assert_snapshot!(ledger(&sample(), Form::Text(80), 99), @r"
        Where the 60 bytes are
          bytes   share  count  where
             27  45.0 %     11  main/framing
             11  18.3 %      1  main/custom/name
              5   8.3 %      1  main/code
              5   8.3 %      1  main/data
              4   6.7 %      1  main/type
              3   5.0 %      1  main/custom/x
              3   5.0 %      1  main/memory
              2   3.3 %      1  main/function
        ");
    }

    #[test]
    fn what_is_left_out_is_added_up() {
        insta::assert_snapshot!(ledger(&sample(), Form::Markdown, 2), @r"
        **Where the 60 bytes are**

        | bytes | share | count | where |
        | ---: | ---: | ---: | --- |
        | 27 | 45.0 % | 11 | `main/framing` |
        | 11 | 18.3 % | 1 | `main/custom/name` |
        | 22 | 36.7 % | 6 | `(6 more)` |
        ");
    }
}
