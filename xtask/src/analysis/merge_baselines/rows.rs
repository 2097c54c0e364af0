//! Rows of numbers, metric by metric: which value stands, and which has to be measured again.

use super::{Merger, Side, Sides, Way, ways};
use crate::data::baseline::{Accepted, Entry};
use std::{collections::BTreeMap, fmt::Display};

/// Row -> metric -> the number.
pub type Table<K, M> = BTreeMap<K, BTreeMap<M, Entry>>;

/// Three versions of a table.
pub struct Tables<'a, K, M> {
    /// Whether a side made its number of a row and metric with the tools that the merged file names.
    pub made_alike: &'a dyn Fn(Side, &K, &M) -> bool,
    /// The versions.
    pub sides: Sides<Table<K, M>>,
}

/// Merges the tables of `place`.
///
/// A row that one branch alone changed is that branch's. Of a row that both changed, each number that either moved is marked: the
/// file that has one branch's code and the other's data is not the file that either measured.
pub fn table<K, M>(merger: &mut Merger, place: &str, tables: &Tables<K, M>) -> Table<K, M>
where
    K: Clone + Display + Ord,
    M: Clone + Display + Ord,
{
    let sides = &tables.sides;
    let mut merged = Table::new();
    for (row, way) in ways(Sides { base: sides.base.as_ref(), ours: &sides.ours, theirs: &sides.theirs }) {
        let place = if place.is_empty() { row.to_string() } else { format!("{place}: {row}") };
        let metrics = match way {
            Way::Take(taken) => taken.cloned(),
            Way::Merge(sides) => Some(both_changed(merger, &place, sides)),
            Way::Conflict(sides) => merger.choose(&place, "", sides).map(all_marked),
        };
        let Some(mut metrics) = metrics else { continue };
        for (metric, entry) in &mut metrics {
            entry.measure_again |= !tables.is_of_its_tools(row, metric, entry);
        }
        merged.insert(row.clone(), metrics);
    }
    merged
}

impl<K: Ord, M: Ord> Tables<'_, K, M> {
    /// Whether the side that has this number made it with the tools that the merged file names. There is one list of tools a file:
    /// where one branch has new tools, the other's numbers would else pass for theirs.
    fn is_of_its_tools(&self, row: &K, metric: &M, entry: &Entry) -> bool {
        let has = |table: &Table<K, M>| table.get(row).and_then(|metrics| metrics.get(metric)) == Some(entry);
        let made = |side, table| has(table) && (self.made_alike)(side, row, metric);
        made(Side::Ours, &self.sides.ours) || made(Side::Theirs, &self.sides.theirs)
    }
}

fn both_changed<M: Clone + Display + Ord>(
    merger: &mut Merger,
    place: &str,
    sides: Sides<&BTreeMap<M, Entry>>,
) -> BTreeMap<M, Entry> {
    let mut merged = BTreeMap::new();
    for (metric, way) in ways(sides) {
        let before = sides.base.and_then(|base| base.get(metric));
        let entry = match way {
            Way::Take(taken) if taken == before => taken.cloned(),
            Way::Take(taken) => taken.cloned().map(marked),
            Way::Merge(sides) => Some(stricter(sides.ours, sides.theirs)),
            Way::Conflict(sides) => merger.choose(place, &metric.to_string(), sides).map(marked),
        };
        merged.extend(entry.map(|entry| (metric.clone(), entry)));
    }
    merged
}

fn marked(entry: Entry) -> Entry {
    Entry { measure_again: true, ..entry }
}

fn all_marked<M: Ord>(metrics: BTreeMap<M, Entry>) -> BTreeMap<M, Entry> {
    metrics.into_iter().map(|(metric, entry)| (metric, marked(entry))).collect()
}

/// The lower value and the lower best, with the reasons of both.
fn stricter(ours: &Entry, theirs: &Entry) -> Entry {
    Entry {
        value: ours.value.min(theirs.value),
        best: ours.best.min(theirs.best),
        measure_again: true,
        accepted: united(&ours.accepted, &theirs.accepted),
    }
}

/// All reasons, oldest first, what both have once; those of one day in the order of their branch, ours first. What one branch accepted
/// twice happened twice.
fn united(ours: &[Accepted], theirs: &[Accepted]) -> Vec<Accepted> {
    let (mut all, mut shared) = (ours.to_vec(), ours.to_vec());
    for one in theirs {
        match shared.iter().position(|other| other == one) {
            Some(at) => drop(shared.swap_remove(at)),
            None => all.push(one.clone()),
        }
    }
    all.sort_by(|a, b| a.date.cmp(&b.date));
    all
}
