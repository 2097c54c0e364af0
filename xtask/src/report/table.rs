//! Tables, and numbers as people read them. One grid, two forms: a terminal and Markdown.

use crate::analysis::symbols::escape;
use comfy_table::{CellAlignment, Table};
use std::fmt::Write;

/// What a report is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Lines of at most so many characters, where names can be cut to make it so; `usize::MAX` for a file or pipe.
    Text(usize),
    /// A comment on GitHub.
    Markdown,
}

impl Form {
    /// What stands before a line of a list.
    pub fn bullet(self) -> &'static str {
        if self == Form::Markdown { "- " } else { "  " }
    }

    /// A line that says what follows it.
    pub fn heading(self, text: &str) -> String {
        match self {
            Form::Text(_) => format!("{text}\n"),
            Form::Markdown => format!("**{text}**\n\n"),
        }
    }
}

/// How the cells of a column are set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// Words, at the left.
    Text,
    /// Numbers, at the right.
    Number,
    /// A path or symbol, at the left: cut in the middle where there is no room, as code in Markdown.
    Name,
}

/// A table before it has a form.
#[derive(Clone, Debug)]
pub struct Grid {
    columns: Vec<(String, Column)>,
    rows: Vec<Vec<String>>,
}

impl Grid {
    /// A table of these columns, without rows.
    pub fn new(columns: &[(&str, Column)]) -> Self {
        Self { columns: columns.iter().map(|(title, column)| ((*title).to_owned(), *column)).collect(), rows: Vec::new() }
    }

    /// Adds a row, a cell a column.
    pub fn row(&mut self, cells: impl IntoIterator<Item = impl Into<String>>) -> &mut Self {
        self.rows.push(cells.into_iter().map(Into::into).collect());
        self
    }

    /// Whether no row was added.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The title of each column, and how it is set.
    pub fn columns(&self) -> &[(String, Column)] {
        &self.columns
    }

    /// The rows, a cell a column.
    pub fn rows(&self) -> &[Vec<String>] {
        &self.rows
    }

    /// The table as text that ends with a newline.
    pub fn render(&self, form: Form) -> String {
        match form {
            Form::Text(width) => self.text(width),
            Form::Markdown => self.markdown(),
        }
    }

    fn text(&self, width: usize) -> String {
        let mut table = Table::new();
        table.load_style(comfy_table::presets::NOTHING);
        table.set_header(self.columns.iter().map(|(title, _)| title.clone()).collect::<Vec<_>>());
        let room = self.room_for_names(width);
        for row in &self.rows {
            let cells = row.iter().zip(&self.columns).map(|(cell, (_, column))| match column {
                Column::Name => cut_middle(&escape(cell), room),
                Column::Text | Column::Number => escape(cell),
            });
            table.add_row(cells.collect::<Vec<_>>());
        }
        for (column, (_, kind)) in table.column_iter_mut().zip(&self.columns) {
            column.set_padding((2, 0));
            if *kind == Column::Number {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table.trim_fmt() + "\n"
    }

    /// What the other columns, each with its two blanks, leave for the names, but enough to tell names apart.
    fn room_for_names(&self, width: usize) -> usize {
        let mut taken = 0;
        for (index, (title, column)) in self.columns.iter().enumerate() {
            taken += 2;
            if *column != Column::Name {
                let cells = self.rows.iter().filter_map(|row| row.get(index)).map(|cell| cell.chars().count());
                taken += cells.max().unwrap_or(0).max(title.chars().count());
            }
        }
        let names = self.columns.iter().filter(|(_, column)| *column == Column::Name).count().max(1);
        (width.saturating_sub(taken) / names).max(20)
    }

    fn markdown(&self) -> String {
        let mut text = String::new();
        let titles = self.columns.iter().map(|(title, _)| title.as_str());
        let _ = writeln!(text, "| {} |", titles.collect::<Vec<_>>().join(" | "));
        let rules = self.columns.iter().map(|(_, column)| if *column == Column::Number { "---:" } else { "---" });
        let _ = writeln!(text, "| {} |", rules.collect::<Vec<_>>().join(" | "));
        for row in &self.rows {
            let cells = row.iter().zip(&self.columns).map(|(cell, (_, column))| match column {
                Column::Name => code(cell),
                Column::Text | Column::Number => plain(cell),
            });
            let _ = writeln!(text, "| {} |", cells.collect::<Vec<_>>().join(" | "));
        }
        text
    }
}

/// `1234567` as `1,234,567`.
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A difference: `+1,234`, `-1,234`, `0`.
pub fn signed(delta: i64) -> String {
    let sign = match delta {
        0 => "",
        1.. => "+",
        _ => "-",
    };
    format!("{sign}{}", grouped(delta.unsigned_abs()))
}

/// `part` of `whole` in percent, rounded to a tenth: `12.3 %`. `-` of nothing.
pub fn share(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "-".to_owned();
    }
    let tenths = (u128::from(part) * 2_000 / u128::from(whole)).div_ceil(2);
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// How many of `len` rows a table of `top` rows shows before one that adds up the rest: a single row needs no such row.
pub fn shown(len: usize, top: usize) -> usize {
    if len.saturating_sub(top) <= 1 { len } else { top }
}

/// A text of at most `width` characters, of which a longer one keeps its beginning and its end.
pub fn cut_middle(text: &str, width: usize) -> String {
    let length = text.chars().count();
    if length <= width {
        return text.to_owned();
    }
    let kept = width.saturating_sub(1);
    let (head, tail) = (kept.div_ceil(2), kept / 2);
    text.chars().take(head).chain(['…']).chain(text.chars().skip(length - tail)).collect()
}

/// A Markdown cell that is read as it is written: symbols are full of `<`, `_` and `|`.
fn code(cell: &str) -> String {
    let cell = escape(cell).replace('`', "'").replace('|', "\\|");
    if cell.is_empty() { cell } else { format!("`{cell}`") }
}

fn plain(cell: &str) -> String {
    escape(cell).replace('|', "\\|").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_three() {
        for (n, text) in [(0, "0"), (12, "12"), (999, "999"), (1_000, "1,000"), (123_456, "123,456"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(n), text);
        }
        assert_eq!(grouped(u64::MAX), "18,446,744,073,709,551,615");
        assert_eq!([signed(0), signed(1_500), signed(-1_500)], ["0", "+1,500", "-1,500"]);
        assert_eq!(signed(i64::MIN), "-9,223,372,036,854,775,808");
    }

    #[test]
    fn shares_are_rounded_to_a_tenth() {
        assert_eq!(
            [share(1, 3), share(2, 3), share(1, 1), share(0, 9), share(0, 0)],
            ["33.3 %", "66.7 %", "100.0 %", "0.0 %", "-"]
        );
        assert_eq!(share(u64::MAX, u64::MAX), "100.0 %");
    }

    #[test]
    fn long_names_keep_both_ends() {
        assert_eq!(cut_middle("abcdefgh", 8), "abcdefgh");
        assert_eq!(cut_middle("abcdefgh", 5), "ab…gh");
        assert_eq!(cut_middle("äöüäöü", 4), "äö…ü");
        assert_eq!(cut_middle("abc", 0), "…");
    }

    #[test]
    fn the_rest_is_two_rows_at_least() {
        assert_eq!([shown(0, 2), shown(2, 2), shown(3, 2), shown(4, 2), shown(4, 0), shown(9, usize::MAX)], [0, 2, 3, 2, 0, 9]);
    }

    fn sample() -> Grid {
        let mut grid = Grid::new(&[("bytes", Column::Number), ("function", Column::Name)]);
        grid.row(["1,234", "<alloc::string::String as core::fmt::Write>::write_str"]).row(["5", "a|b\n`c`"]);
        grid
    }

    #[test]
    fn text_fits_the_width() {
        let text = sample().render(Form::Text(40));
        assert_eq!(text, "  bytes  function\n  1,234  <alloc::string:…ite>::write_str\n      5  a|b\\u{a}`c`\n");
        assert!(text.lines().all(|line| line.chars().count() <= 40));
        assert!(sample().render(Form::Text(usize::MAX)).contains("<alloc::string::String as core::fmt::Write>::write_str"));
    }

    #[test]
    fn markdown_shows_names_as_code_and_keeps_its_columns() {
        assert_eq!(
            sample().render(Form::Markdown),
            "| bytes | function |\n| ---: | --- |\n| 1,234 | `<alloc::string::String as core::fmt::Write>::write_str` |\n| 5 | `a\\|b\\u{a}'c'` |\n"
        );
    }
}
