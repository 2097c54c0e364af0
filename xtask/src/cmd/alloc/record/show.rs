//! What was recorded, as a table.

use crate::report::table::{Column, Form, Grid, grouped};
use alloc_bench::trace::Trace;

/// A trace, and what its file is to it.
#[derive(Clone, Debug)]
pub struct Row {
    /// The trace's name.
    pub name: String,
    /// What was recorded; nothing where there is only a file.
    pub trace: Option<Trace>,
    /// The length of the file.
    pub file_bytes: u64,
    /// What became of the file.
    pub state: State,
}

/// What a file is to what was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It has the same bytes.
    Same,
    /// It had others.
    Changed,
    /// There was none.
    New,
    /// Nothing is recorded for it.
    Gone,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            State::Same => "same",
            State::Changed => "changed",
            State::New => "new",
            State::Gone => "gone",
        }
    }
}

/// The table, and one line for what follows from it.
pub fn render(rows: &[Row], is_check: bool, form: Form) -> String {
    let titles = [("trace", Column::Name), ("operations", Column::Number), ("peak live bytes", Column::Number)];
    let mut grid = Grid::new(&[&titles[..], &[("file bytes", Column::Number), ("", Column::Text)]].concat());
    for row in rows {
        let number = |of: &dyn Fn(&Trace) -> u64| row.trace.as_ref().map_or("-".to_string(), |trace| grouped(of(trace)));
        let op_count = number(&|trace| trace.ops().len() as u64);
        let peak = number(&|trace| trace.summary().peak_live_bytes);
        grid.row([row.name.clone(), op_count, peak, grouped(row.file_bytes), row.state.word().to_string()]);
    }
    let recorded: Vec<&Row> = rows.iter().filter(|row| row.state != State::Gone).collect();
    let file_bytes = recorded.iter().map(|row| row.file_bytes).sum();
    let stale_count = rows.iter().filter(|row| row.state != State::Same).count();
    let outcome = match (stale_count, is_check) {
        (0, _) => "nothing differs from what is there".to_string(),
        (_, true) => format!("{stale_count} differ from what is committed: run `cargo xtask alloc record` and commit the traces"),
        (_, false) => format!("{stale_count} written, or gone (`--prune` removes those): commit them"),
    };
    format!("{}traces: {}, {} bytes; {outcome}\n", grid.render(form), recorded.len(), grouped(file_bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc_bench::op::Op;

    #[test]
    fn what_differs_is_counted_and_the_cure_is_told() {
        let trace = Trace::new("t", vec![Op::Alloc { slot: 0, size: 1_234, align_power: 0 }]).unwrap();
        let row = |name: &str, trace: Option<Trace>, state| Row { name: name.into(), trace, file_bytes: 20, state };
        let rows = [row("agent-a", Some(trace), State::Same), row("agent-b", None, State::Gone)];
        let text = render(&rows, true, Form::Markdown);
        assert!(text.contains("| `agent-a` | 1 | 1,234 | 20 | same |\n| `agent-b` | - | - | 20 | gone |\n"), "{text}");
        assert!(text.contains("traces: 1, 20 bytes; 1 differ from what is committed: run `cargo xtask alloc record`"), "{text}");
        assert!(render(&rows[..1], false, Form::Markdown).contains("nothing differs"));
    }
}
