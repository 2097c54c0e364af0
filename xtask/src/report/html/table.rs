//! Tables of the page: with a caption, heads that say what they head, and values that a script can sort by.

use super::markup::Html;
use crate::report::table::{Column, Grid, grouped, signed};

/// A table.
#[derive(Clone, Debug)]
pub struct Table {
    caption: String,
    columns: Vec<(String, Column)>,
    rows: Vec<Vec<Cell>>,
}

/// Tables of more rows scroll below their heads.
const TALL: usize = 24;
/// Words of more letters are long.
const LONG: usize = 36;

/// A cell: what is shown, and what it is sorted by.
#[derive(Clone, Debug)]
pub struct Cell {
    html: Html,
    sort: Option<String>,
}

impl Cell {
    /// Words.
    pub fn text(text: &str) -> Cell {
        Cell { html: Html::of(text), sort: None }
    }

    /// A path or symbol.
    pub fn name(name: &str) -> Cell {
        let mut html = Html::new();
        html.element("code", &[], name);
        Cell { html, sort: None }
    }

    /// A whole number.
    pub fn number(value: u64) -> Cell {
        Cell { html: Html::of(&grouped(value)), sort: Some(value.to_string()) }
    }

    /// A difference, with its sign and, where it is one, with a mark that is not a colour.
    pub fn delta(value: i64) -> Cell {
        let mut html = Html::new();
        match value {
            0 => html.element("span", &[("class", "same")], "="),
            1.. => html.element("span", &[("class", "up")], &format!("▲ {}", signed(value))),
            _ => html.element("span", &[("class", "down")], &format!("▼ {}", signed(value))),
        };
        Cell { html, sort: Some(value.to_string()) }
    }

    /// A number or a dash.
    pub fn maybe(value: Option<u64>) -> Cell {
        value.map_or_else(Cell::none, Cell::number)
    }

    /// Nothing to say.
    pub fn none() -> Cell {
        Cell::text("–")
    }

    /// What is shown, where it stands outside a table.
    pub fn into_html(self) -> Html {
        self.html
    }

    /// Markup, sorted by `sort`.
    pub fn html(html: Html, sort: &str) -> Cell {
        Cell { html, sort: Some(sort.to_string()) }
    }
}

impl Table {
    /// A table of these columns. The first column heads the rows.
    pub fn new(caption: &str, columns: &[(&str, Column)]) -> Table {
        let columns = columns.iter().map(|(title, column)| ((*title).to_string(), *column)).collect();
        Table { caption: caption.to_string(), columns, rows: Vec::new() }
    }

    /// The same as a table of the reports on the terminal.
    pub fn of(caption: &str, grid: &Grid) -> Table {
        let cell = |(cell, (_, column)): (&String, &(String, Column))| match column {
            Column::Name => Cell::name(cell),
            Column::Text | Column::Number => Cell::text(cell),
        };
        let cells = |row: &Vec<String>| row.iter().zip(grid.columns()).map(cell).collect();
        Table { caption: caption.to_string(), columns: grid.columns().to_vec(), rows: grid.rows().iter().map(cells).collect() }
    }

    /// Adds a row, a cell a column.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) -> &mut Table {
        self.rows.push(cells.into_iter().collect());
        self
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The table in a box of its own, which scrolls where it is too narrow; nothing without rows.
    pub fn html(&self) -> Html {
        let mut html = Html::new();
        if self.rows.is_empty() {
            return html;
        }
        let class = if self.rows.len() > TALL { "scroll tall" } else { "scroll" };
        html.open("div", &[("class", class), ("role", "group"), ("aria-label", &self.caption), ("tabindex", "0")]);
        html.open("table", &[]).element("caption", &[], &self.caption).raw("<thead><tr>");
        let classes: Vec<&str> = self.columns.iter().enumerate().map(|(index, (_, column))| self.class(index, *column)).collect();
        for ((title, _), class) in self.columns.iter().zip(&classes) {
            html.element("th", &[("scope", "col"), ("class", class)], title);
        }
        html.raw("</tr></thead>\n<tbody>");
        for row in &self.rows {
            html.raw("<tr>");
            for (index, (cell, class)) in row.iter().zip(&classes).enumerate() {
                let sort = cell.sort.as_deref().map(|sort| ("data-v", sort));
                let kind = Some(*class).filter(|class| !class.is_empty()).map(|class| ("class", class));
                if index == 0 {
                    let attributes: Vec<_> = [("scope", "row")].into_iter().chain(kind).chain(sort).collect();
                    html.open("th", &attributes).add(&cell.html).close("th");
                } else {
                    let attributes: Vec<_> = kind.into_iter().chain(sort).collect();
                    html.open("td", &attributes).add(&cell.html).close("td");
                }
            }
            html.raw("</tr>\n");
        }
        html.raw("</tbody></table></div>\n");
        html
    }

    /// How a column is set: words that are long need room, or they are broken into a pillar.
    fn class(&self, index: usize, column: Column) -> &'static str {
        let length = |row: &Vec<Cell>| row.get(index).map_or(0, |cell| cell.html.shown_length());
        match column {
            Column::Number => "n",
            Column::Name => "name",
            Column::Text if self.rows.iter().any(|row| length(row) > LONG) => "wide",
            Column::Text => "",
        }
    }
}

/// Something that is folded away until it is asked for.
pub fn folded(title: &str, inner: &Html) -> Html {
    let mut html = Html::new();
    if !inner.is_empty() {
        html.raw("<details>").element("summary", &[], title).add(inner).raw("</details>\n");
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_have_a_scope_and_values_sort() {
        let mut table = Table::new("T & t", &[("name", Column::Name), ("bytes", Column::Number), ("delta", Column::Number)]);
        table.row([Cell::name("<T>::f"), Cell::number(1234), Cell::delta(-5)]);
        let text = table.html().into_text();
        for part in [
            "<caption>T &amp; t</caption>",
            "<th scope=\"col\" class=\"n\">bytes</th>",
            "<th scope=\"row\" class=\"name\"><code>&lt;T&gt;::f</code></th>",
            "<td class=\"n\" data-v=\"1234\">1,234</td>",
            "data-v=\"-5\"><span class=\"down\">▼ -5</span>",
        ] {
            assert!(text.contains(part), "no {part} in {text}");
        }
        assert!(Table::new("empty", &[]).html().is_empty());
    }
}
