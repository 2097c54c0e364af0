//! Which symbols and which sections make up the difference of two builds.

pub use crate::data::symbol_diff::{Change, ChangeKind, SymbolDiff};

use super::ledger::Ledger;
use super::symbols::{SymbolSize, SymbolTable, by_group};
use std::collections::{BTreeMap, BTreeSet};

impl SymbolDiff {
    /// `new_bytes - old_bytes`.
    pub fn delta_bytes(&self) -> i64 {
        difference(self.old_bytes, self.new_bytes)
    }
}

/// What changed from the `old` table to the `new` one. Symbols with the same bytes and count are left out.
pub fn diff(old: &SymbolTable, new: &SymbolTable) -> SymbolDiff {
    let total = |table: &SymbolTable| table.values().fold(0u64, |sum, size| sum.saturating_add(size.bytes));
    SymbolDiff {
        old_bytes: total(old),
        new_bytes: total(new),
        changes: changes(old, new),
        groups: changes(&by_group(old), &by_group(new)),
    }
}

/// What changed between the summaries of two ledgers: sections, and modules other than the main one as a whole.
pub fn diff_sections(old: &Ledger, new: &Ledger) -> Vec<Change> {
    let table = |ledger: &Ledger| -> SymbolTable {
        let rows = ledger.summary().into_iter();
        rows.map(|row| (row.path, SymbolSize { bytes: row.bytes, count: row.count })).collect()
    };
    changes(&table(old), &table(new))
}

fn changes(old: &BTreeMap<String, SymbolSize>, new: &BTreeMap<String, SymbolSize>) -> Vec<Change> {
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let mut changes: Vec<Change> = names.into_iter().filter_map(|name| change(name, old.get(name), new.get(name))).collect();
    // Stable, and the names are sorted: changes of one size stay in the order of their names.
    changes.sort_by_key(|change| std::cmp::Reverse(change.delta_bytes.unsigned_abs()));
    changes
}

fn change(name: &str, old: Option<&SymbolSize>, new: Option<&SymbolSize>) -> Option<Change> {
    let kind = match (old, new) {
        (None, None) => return None,
        (None, Some(_)) => ChangeKind::Added,
        (Some(_), None) => ChangeKind::Removed,
        (Some(old), Some(new)) => match new.bytes.cmp(&old.bytes) {
            std::cmp::Ordering::Greater => ChangeKind::Grew,
            std::cmp::Ordering::Less => ChangeKind::Shrunk,
            std::cmp::Ordering::Equal if old.count != new.count => ChangeKind::Regrouped,
            std::cmp::Ordering::Equal => return None,
        },
    };
    let (old, new) = (old.copied().unwrap_or_default(), new.copied().unwrap_or_default());
    Some(Change {
        name: name.to_owned(),
        change: kind,
        old_bytes: old.bytes,
        new_bytes: new.bytes,
        delta_bytes: difference(old.bytes, new.bytes),
        old_count: old.count,
        new_count: new.count,
    })
}

/// `new - old`, at most what an `i64` holds: tables are read from files, and those may say anything.
pub fn difference(old: u64, new: u64) -> i64 {
    let delta = i128::from(new) - i128::from(old);
    i64::try_from(delta).unwrap_or(if delta < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(symbols: &[(&str, u64, u64)]) -> SymbolTable {
        symbols.iter().map(|&(name, bytes, count)| (name.to_owned(), SymbolSize { bytes, count })).collect()
    }

    #[test]
    fn each_way_to_change_and_the_order() {
        use ChangeKind::*;
        let old = table(&[("a::gone", 30, 1), ("a::grew", 10, 1), ("b::same", 5, 1), ("b::shrank", 50, 2), ("c::split", 8, 1)]);
        let new = table(&[("a::grew", 40, 1), ("b::same", 5, 1), ("b::shrank", 49, 2), ("c::split", 8, 2), ("z::new", 2000, 1)]);
        let diff = diff(&old, &new);
        let changes: Vec<_> = diff.changes.iter().map(|c| (c.name.as_str(), c.change, c.delta_bytes)).collect();
        assert_eq!(
            changes,
            [
                ("z::new", Added, 2000),
                ("a::gone", Removed, -30),
                ("a::grew", Grew, 30),
                ("b::shrank", Shrunk, -1),
                ("c::split", Regrouped, 0)
            ]
        );
        assert_eq!((diff.old_bytes, diff.new_bytes, diff.delta_bytes()), (103, 2102, 1999));
        assert_eq!(diff.changes.iter().map(|c| c.delta_bytes).sum::<i64>(), diff.delta_bytes());
        let groups: Vec<_> = diff.groups.iter().map(|c| (c.name.as_str(), c.delta_bytes)).collect();
        assert_eq!(groups, [("z", 2000), ("b", -1), ("a", 0), ("c", 0)]);
    }

    #[test]
    fn equal_tables_do_not_differ() {
        let one = table(&[("a", 1, 1)]);
        let diff = diff(&one, &one);
        assert_eq!((diff.changes.len(), diff.groups.len(), diff.delta_bytes()), (0, 0, 0));
    }

    #[test]
    fn sizes_that_no_build_has_do_not_overflow() {
        let diff = diff(&table(&[("a", u64::MAX, 1), ("b", u64::MAX, 1)]), &table(&[]));
        assert_eq!((diff.delta_bytes(), diff.changes[0].delta_bytes), (i64::MIN, i64::MIN));
    }

    #[test]
    fn sections_differ_by_the_summary() {
        let ledger = |text: &str| super::super::ledger::ledger(&wat::parse_str(text).unwrap(), None).unwrap();
        let changes = diff_sections(&ledger("(module (memory 1))"), &ledger(r#"(module (memory 1) (data "12345"))"#));
        let data = changes.iter().find(|change| change.name == "main/data").unwrap();
        assert_eq!((data.change, data.delta_bytes), (ChangeKind::Added, 5));
        assert!(changes.iter().all(|change| change.name != "main/memory"), "it did not change");
    }
}
