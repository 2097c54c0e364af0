//! The comment on a pull request: the verdict in one line, what changed, and what to do about it. The rest is folded.
//!
//! It is made from [`Comment`] alone, which may be forged: every name in it goes through [`markdown::code`] or [`markdown::cell`].

mod findings;
mod growth;
mod markdown;
mod next;
mod sheet;
mod values;
mod verdict;

pub use values::title;
pub use verdict::label;

use crate::data::comment::{AcceptedRows, Apart, Comment, Gate, ToolChange};
use crate::data::verdict::Recorded;
use crate::report::merged;
use crate::report::table::{Column, grouped, signed};
use markdown::{Table, cell, code};
use sheet::{Rank, Sheet};

/// What marks our comment: its last line. A reader does not see it.
pub const MARKER: &str = "<!-- cargo xtask report comment -->";

/// GitHub's limit is 65,536 characters. Bytes are at least as many, and something is left for what a server may count besides.
const BODY_BYTES_MAX: usize = 65_000;

/// The comment as Markdown, without its mark.
pub fn render(comment: &Comment) -> String {
    let mut sheet = Sheet::default();
    sheet.text(format!("## {}\n", verdict::headline(comment)));
    if let Some(others) = verdict::others(comment) {
        sheet.text(format!("\n{others}\n"));
    }
    for gate in comment.gates.iter().filter(|gate| !gate.is_quiet()) {
        shown(&mut sheet, gate);
    }
    for gate in &comment.gates {
        folded(&mut sheet, gate);
    }
    if let Some(head) = &comment.head {
        sheet.text(format!("\nMeasured at {}.\n", head.short()));
    }
    sheet.render(BODY_BYTES_MAX - MARKER.len() - 1)
}

/// The comment as it is posted.
pub fn body(comment: &Comment) -> String {
    format!("{}\n{MARKER}", render(comment))
}

/// Whether a posted comment has our mark, where we put it.
pub fn is_marked(body: &str) -> bool {
    body.trim_end().lines().next_back().is_some_and(|line| line.trim_end() == MARKER)
}

/// Whether a posted comment says the same: the server may have touched line ends.
pub fn is_same(posted: &str, body: &str) -> bool {
    posted.replace("\r\n", "\n").trim_end() == body.trim_end()
}

fn shown(sheet: &mut Sheet, gate: &Gate) {
    sheet.text(format!("\n### {}: {}\n", gate.name, verdict::said(gate)));
    values::changed(sheet, gate);
    findings::list(sheet, gate);
    tools(sheet, gate);
    growth::lists(sheet, gate);
    accepted(sheet, gate, true);
    sheet.text(merged::line(gate.measure_again_count, Recorded::Nothing, &format!("`cargo xtask {}`", gate.name)));
    if let Some(next) = next::next(gate) {
        sheet.text(format!("\n{next}"));
    }
}

fn folded(sheet: &mut Sheet, gate: &Gate) {
    let standing = gate.accepted.iter().filter(|rows| !rows.is_new).count();
    if standing > 0 {
        let count: u64 = gate.accepted.iter().filter(|rows| !rows.is_new).map(|rows| rows.step_count).sum();
        sheet.text(fold(&format!("{}: {} accepted earlier", gate.name, plural(count, "increase"))));
        accepted(sheet, gate, false);
        sheet.text("\n</details>\n".into());
    }
    if gate.is_quiet() && gate.changed_count > 0 {
        sheet.text(fold(&format!("{}: {} moved within the tolerance", gate.name, plural(gate.changed_count, gate.name.noun()))));
        values::changed(sheet, gate);
        sheet.text("\n</details>\n".into());
    }
    if gate.unchanged_count > 0 {
        sheet.text(fold(&format!("{}: {} as the baseline says", gate.name, plural(gate.unchanged_count, gate.name.noun()))));
        values::unchanged(sheet, gate);
        sheet.text("\n</details>\n".into());
    }
}

fn fold(summary: &str) -> String {
    format!("\n<details><summary>{summary}</summary>\n")
}

/// What the toolchain did is apart from what the source did: the two cannot be told from one number.
fn tools(sheet: &mut Sheet, gate: &Gate) {
    if !gate.tools.is_empty() {
        let said = "these numbers differ by the tools, by the source, or by both, and are not judged.";
        sheet.text(format!("\n**Other tools than those of the baseline:** {said}\n"));
        let rows = format!("{}s", gate.name.noun());
        let columns = [("tool", Column::Name), ("baseline", Column::Name), ("now", Column::Name), (&*rows, Column::Number)];
        let mut table = Table::new(&columns);
        for ToolChange { tool, old, new, row_count } in &gate.tools {
            table.row(vec![cell(tool), cell(old), cell(new), grouped(*row_count)]);
        }
        sheet.rows(Rank::Tools, table, 0);
    }
    if !gate.splits.is_empty() {
        sheet.text("\n**What the tools did, and what the source did:**\n".into());
        let columns = [
            (gate.name.noun(), Column::Name),
            ("metric", Column::Text),
            ("baseline", Column::Number),
            ("tools", Column::Number),
            ("source", Column::Number),
            ("now", Column::Number),
        ];
        let mut table = Table::new(&columns);
        for Apart { row, metric, baseline, base, head } in &gate.splits {
            let (tools, source) = (values::difference(*baseline, *base), values::difference(*base, *head));
            let numbers = [grouped(*baseline), signed(tools), signed(source), grouped(*head)];
            table.row([cell(row), values::title(metric.as_str())].into_iter().chain(numbers).collect());
        }
        sheet.rows(Rank::Tools, table, 0);
    }
    values::apart(sheet, gate);
}

/// Each reason with what was accepted for it: kept or left out as a whole.
fn accepted(sheet: &mut Sheet, gate: &Gate, is_new: bool) {
    let reasons: Vec<String> = gate.accepted.iter().filter(|rows| rows.is_new == is_new).map(reason).collect();
    if reasons.is_empty() {
        return;
    }
    if is_new {
        sheet.text("\n**Accepted with this pull request:**\n".into());
    }
    sheet.lines(if is_new { Rank::Changed } else { Rank::Accepted }, String::new(), reasons, 0);
}

fn reason(rows: &AcceptedRows) -> String {
    let mut text = format!("- {}, {}:\n", code(&rows.date), code(&rows.reason));
    for step in &rows.steps {
        let change = match step.from {
            Some(from) => format!("{} → {} ({})", grouped(from), grouped(step.to), signed(values::difference(from, step.to))),
            None => format!("{} (new)", grouped(step.to)),
        };
        text.push_str(&format!("  - {}: {} {change}\n", code(&step.row), values::title(step.metric.as_str())));
    }
    let more = rows.step_count.saturating_sub(rows.steps.len() as u64);
    if more > 0 {
        text.push_str(&format!("  - and {} more\n", grouped(more)));
    }
    text
}

/// `1 row`, `2 rows`.
fn plural(count: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// A name and how many others there are.
fn first_of(name: &crate::data::comment::Name, more: u64) -> String {
    if more == 0 { code(name) } else { format!("{} and {} more", code(name), grouped(more)) }
}

#[cfg(test)]
mod tests;
