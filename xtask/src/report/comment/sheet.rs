//! Parts of a comment, cut to a length by whole rows.

use super::markdown::Table;
use crate::report::table::grouped;

/// What is kept first where not all has room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// What was found that no number says.
    Found,
    /// Values that changed.
    Changed,
    /// The tools that differ.
    Tools,
    /// Crates and symbols.
    Growth,
    /// Values that cannot be compared.
    Incomparable,
    /// Increases of earlier days.
    Accepted,
    /// Values that did not change.
    Unchanged,
}

/// So many rows each table has before any has more.
const ROWS_FIRST: usize = 12;
/// Room for the line that says how many rows were left out.
const NOTE_BYTES: usize = 64;

/// A comment that is being put together.
#[derive(Default)]
pub struct Sheet {
    parts: Vec<Part>,
}

enum Part {
    Text(String),
    Rows { rank: Rank, head: String, rows: Vec<String>, left_out: u64 },
}

impl Sheet {
    /// Adds text that is never cut.
    pub fn text(&mut self, text: String) {
        self.parts.push(Part::Text(text));
    }

    /// Adds a table, of which `left_out` rows are missing already.
    pub fn rows(&mut self, rank: Rank, table: Table, left_out: u64) {
        let (head, rows) = table.lines();
        self.lines(rank, head, rows, left_out);
    }

    /// Adds lines that can be cut at any of them, below a head that goes with the first.
    pub fn lines(&mut self, rank: Rank, head: String, rows: Vec<String>, left_out: u64) {
        self.parts.push(Part::Rows { rank, head: format!("\n{head}"), rows, left_out });
    }

    /// The whole, in at most `bytes_max` bytes.
    pub fn render(self, bytes_max: usize) -> String {
        let fixed = |part: &Part| match part {
            Part::Text(text) => text.len(),
            Part::Rows { head, .. } => head.len() + NOTE_BYTES,
        };
        let mut room = bytes_max.saturating_sub(self.parts.iter().map(fixed).sum());
        let mut kept = vec![0; self.parts.len()];
        for most in [ROWS_FIRST, usize::MAX] {
            for (index, rows) in self.by_rank() {
                let more = rows.iter().skip(kept[index]).take(most - kept[index]);
                for row in more {
                    let Some(left) = room.checked_sub(row.len()) else { break };
                    room = left;
                    kept[index] += 1;
                }
            }
        }
        self.parts.iter().zip(kept).map(|(part, kept)| part.render(kept)).collect()
    }

    fn by_rank(&self) -> Vec<(usize, &[String])> {
        let mut tables: Vec<(Rank, usize, &[String])> = Vec::new();
        for (index, part) in self.parts.iter().enumerate() {
            if let Part::Rows { rank, rows, .. } = part {
                tables.push((*rank, index, rows));
            }
        }
        tables.sort_by_key(|(rank, index, _)| (*rank, *index));
        tables.into_iter().map(|(_, index, rows)| (index, rows)).collect()
    }
}

impl Part {
    fn render(&self, kept: usize) -> String {
        match self {
            Part::Text(text) => text.clone(),
            Part::Rows { head, rows, left_out, .. } => {
                let head = if kept == 0 { "" } else { head };
                let left_out = left_out.saturating_add((rows.len() - kept) as u64);
                let note = if left_out == 0 { String::new() } else { format!("\n{} more not shown here.\n", grouped(left_out)) };
                format!("{head}{}{note}", rows[..kept].concat())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_cut_whole_by_rank_and_counted() {
        let lines = |count: usize, c: char| vec![format!("{}\n", c.to_string().repeat(9)); count];
        let mut sheet = Sheet::default();
        sheet.text("title\n".into());
        sheet.lines(Rank::Unchanged, "u:\n".into(), lines(50, 'u'), 5);
        sheet.lines(Rank::Changed, "c:\n".into(), lines(50, 'c'), 0);
        let text = sheet.render(600);
        assert!(text.len() <= 600, "{}", text.len());
        let count = |c: char| text.lines().filter(|line| *line == c.to_string().repeat(9)).count();
        assert_eq!((count('u'), count('c')), (12, 33));
        assert!(text.contains("43 more not shown") && text.contains("17 more not shown"), "{text}");
    }

    #[test]
    fn a_table_without_room_leaves_its_number() {
        let mut sheet = Sheet::default();
        sheet.lines(Rank::Changed, "head\n".into(), vec!["row\n".into(); 3], 0);
        assert_eq!(sheet.render(0), "\n3 more not shown here.\n");
    }
}
