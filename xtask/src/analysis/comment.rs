//! From saved runs to what is said of them on a pull request.

mod accepted;
mod rows;
mod size;

pub use rows::{SavedRows, rows_gate};
pub use size::size_gate;

use crate::{
    analysis::symbol_diff::difference,
    data::{
        comment::{
            Apart, COMMENT_BYTES_MAX, Comment, Commit, Count, Found, GROWTHS_MAX, Gate, GateName, Growth, Kind, LIST_MAX, Name,
            Row, ToolChange, Value,
        },
        exit::Exit,
        verdict::{Outcome, Recorded, Remedy},
    },
};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

/// A baseline as it is, and as the pull request found it.
#[derive(Clone, Copy, Debug)]
pub struct Standard<'a, T> {
    /// In the work tree.
    pub baseline: Option<&'a T>,
    /// At the commit that the pull request starts from; absent where that is not known.
    pub before: Option<Option<&'a T>>,
    /// The commit that last changed it.
    pub commit: Option<&'a Commit>,
}

/// What all gates have, before it is sorted and cut.
struct Draft {
    name: GateName,
    outcome: Outcome,
    exit: Exit,
    recorded: Recorded,
    not_selected_count: u64,
    measure_again_count: u64,
    remedy: Option<Remedy>,
    base: Option<Commit>,
    found: Vec<Found>,
    /// Row -> its values.
    rows: Vec<(String, Vec<Value>)>,
    /// Tool, old and new version, and a row of which the numbers depend on it.
    tools: Vec<(String, String, String, Name)>,
    splits: Vec<Apart>,
    growths: Vec<Growth>,
    accepted: Vec<crate::data::comment::AcceptedRows>,
}

impl Draft {
    fn gate(self) -> Gate {
        let mut found = self.found;
        found.sort();
        let counts = counts(&found);
        let mut worst: BTreeMap<&Name, Kind> = BTreeMap::new();
        for one in &found {
            let kind = worst.entry(&one.row).or_insert(one.kind);
            *kind = (*kind).min(one.kind);
        }
        let (mut changed, mut unchanged) = (Vec::new(), Vec::new());
        for (row, values) in self.rows {
            let name = Name::of(&row);
            let worst = worst.get(&name).copied();
            let differs = values.iter().any(|value| value.old.zip(value.new).is_some_and(|(old, new)| old != new));
            let is_gated = worst.is_some() || values.iter().any(|value| value.old.is_some());
            match () {
                () if worst.is_some() || differs => changed.push(Row { name, worst, values }),
                () if is_gated => unchanged.push(Row { name, worst, values }),
                // Numbers that no baseline has or wants.
                () => {}
            }
        }
        changed.sort_by_cached_key(|row| (row.worst.is_none(), row.worst, Reverse(increase(row)), row.name.clone()));
        let mut gate = Gate {
            name: self.name,
            outcome: self.outcome,
            exit: self.exit as u8,
            recorded: self.recorded,
            not_selected_count: self.not_selected_count,
            measure_again_count: self.measure_again_count,
            remedy: self.remedy.filter(|_| self.outcome == Outcome::Fail),
            base: self.base,
            counts,
            changed_count: changed.len() as u64,
            changed,
            unchanged_count: unchanged.len() as u64,
            unchanged,
            tools: tools(&self.tools),
            splits: self.splits,
            growth_count: self.growths.len() as u64,
            growths: self.growths,
            accepted: self.accepted,
            found,
        };
        gate.growths.truncate(GROWTHS_MAX);
        cut(&mut gate, LIST_MAX);
        gate
    }
}

/// The file's text, with lists as long as it can hold.
pub fn fitted(mut comment: Comment) -> (Comment, Vec<u8>) {
    let mut longest = LIST_MAX;
    loop {
        let text = serde_json::to_vec(&comment).expect("names and numbers always serialize");
        if text.len() as u64 <= COMMENT_BYTES_MAX || longest == 0 {
            return (comment, text);
        }
        longest /= 2;
        comment.gates.iter_mut().for_each(|gate| cut(gate, longest));
    }
}

fn cut(gate: &mut Gate, longest: usize) {
    gate.found.truncate(longest);
    gate.changed.truncate(longest);
    gate.unchanged.truncate(longest);
    gate.tools.truncate(longest);
    gate.splits.truncate(longest);
    gate.accepted.truncate(longest);
}

fn counts(found: &[Found]) -> Vec<Count> {
    let mut rows: BTreeMap<Kind, BTreeSet<&Name>> = BTreeMap::new();
    for one in found {
        rows.entry(one.kind).or_default().insert(&one.row);
    }
    rows.into_iter().map(|(kind, rows)| Count { kind, row_count: rows.len() as u64 }).collect()
}

fn tools(differing: &[(String, String, String, Name)]) -> Vec<ToolChange> {
    let mut changes: BTreeMap<(&str, &str, &str), BTreeSet<&Name>> = BTreeMap::new();
    for (tool, old, new, row) in differing {
        changes.entry((tool, old, new)).or_default().insert(row);
    }
    let change = |((tool, old, new), rows): ((&str, &str, &str), BTreeSet<&Name>)| ToolChange {
        tool: Name::of(tool),
        old: Name::of(old),
        new: Name::of(new),
        row_count: rows.len() as u64,
    };
    changes.into_iter().map(change).collect()
}

/// By how much the first metric that differs grew.
fn increase(row: &Row) -> i64 {
    let deltas = row.values.iter().filter_map(|value| Some(difference(value.old?, value.new?)));
    deltas.into_iter().find(|delta| *delta != 0).unwrap_or_default()
}

#[cfg(test)]
mod tests;
