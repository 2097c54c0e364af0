//! Markdown that shows names as they are: as code, in which GitHub finds no mention, link, HTML or reference.

use crate::{data::comment::Name, report::table::Column};

/// A name in running text.
pub fn code(name: &Name) -> String {
    // A span of code ends at the next backtick, whatever stands before it.
    format!("`{}`", name.as_str().replace('`', "'"))
}

/// A name in a cell. A pipe ends a cell inside code too; after a backslash not every reader sees that it is escaped.
pub fn cell(name: &Name) -> String {
    code(name).replace("\\|", "\\¦").replace('|', "\\|")
}

/// How far cells are filled up to stand below each other: a long name is not worth so many blanks in all other rows.
const PAD_MAX: usize = 72;

/// A table before it is cut.
pub struct Table {
    columns: Vec<(String, Column)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table of these columns, whose titles are plain words.
    pub fn new(columns: &[(&str, Column)]) -> Table {
        Table { columns: columns.iter().map(|(title, column)| ((*title).to_string(), *column)).collect(), rows: Vec::new() }
    }

    /// Adds a row: cells that are Markdown already, one a column.
    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// Its head of two lines, and its rows: lines that stand below each other in a terminal too.
    pub fn lines(&self) -> (String, Vec<String>) {
        let width = |index: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(index)).chain([&self.columns[index].0]);
            cells.map(|cell| cell.chars().count().min(PAD_MAX)).max().unwrap_or_default().max(4)
        };
        let widths: Vec<usize> = (0..self.columns.len()).map(width).collect();
        let line = |cells: &[String]| {
            let padded = cells.iter().zip(&widths).zip(&self.columns).map(|((cell, width), (_, column))| match column {
                Column::Number => format!("{cell:>width$}"),
                Column::Text | Column::Name => format!("{cell:<width$}"),
            });
            format!("| {} |\n", padded.collect::<Vec<_>>().join(" | "))
        };
        let titles: Vec<String> = self.columns.iter().map(|(title, _)| title.clone()).collect();
        let rule = |(width, (_, column)): (&usize, &(String, Column))| match column {
            Column::Number => format!("{}:", "-".repeat(width - 1)),
            Column::Text | Column::Name => "-".repeat(*width),
        };
        let rules: Vec<String> = widths.iter().zip(&self.columns).map(rule).collect();
        (format!("{}{}", line(&titles), line(&rules)), self.rows.iter().map(|row| line(row)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_names() {
        let of = |text: &str| (code(&Name::of(text)), cell(&Name::of(text)));
        assert_eq!(of("<a as B>::c"), ("`<a as B>::c`".into(), "`<a as B>::c`".into()));
        assert_eq!(of("a`@b`"), ("`a'@b'`".into(), "`a'@b'`".into()));
        assert_eq!(of("a|b\\|c"), ("`a|b\\|c`".into(), "`a\\|b\\¦c`".into()));
        assert_eq!(of("a\n\n# b"), ("`a  # b`".into(), "`a  # b`".into()));
    }

    #[test]
    fn columns_stand_below_each_other() {
        let mut table = Table::new(&[("row", Column::Name), ("raw", Column::Number)]);
        table.row(vec!["`a`".into(), "1".into()]);
        table.row(vec!["`abc`".into(), "1,000".into()]);
        let (head, rows) = table.lines();
        assert_eq!(head, "| row   |   raw |\n| ----- | ----: |\n");
        assert_eq!(rows, ["| `a`   |     1 |\n", "| `abc` | 1,000 |\n"]);
    }
}
