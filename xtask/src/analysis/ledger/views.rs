//! Coarser and narrower views of a ledger.

use super::{Ledger, Row};
use crate::analysis::sections::Kind;
use std::collections::BTreeMap;

impl Ledger {
    /// A row for each section of a main module and of a component, custom sections by name, and one for each other module as
    /// a whole.
    ///
    /// Adds up to the length of the file, as the detailed rows do. The largest comes first, equal ones by path.
    pub fn summary(&self) -> Vec<Row> {
        group(self.rows.iter(), |row| {
            let role = row.place.rsplit('/').next().unwrap_or_default();
            if row.kind == Kind::Custom && is_divided(role) {
                // Few, and each has a reason of its own to be there.
                (row.path.clone(), row.kind)
            } else if is_divided(role) {
                (format!("{}/{}", row.place, row.kind.name()), row.kind)
            } else {
                (row.place.to_string(), Kind::Module)
            }
        })
    }

    /// The functions of the main module summed by crate, the largest first; empty without names.
    pub fn crates(&self) -> Vec<Row> {
        group(self.functions(), |row| (row.owner.clone().unwrap_or_default(), Kind::Code))
    }

    /// The rows of single functions of the main module, sorted by path; empty without names.
    pub fn functions(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.owner.is_some())
    }
}

fn is_divided(role: &str) -> bool {
    role == "main" || role.starts_with("component")
}

/// The largest first; rows of one size by path, so that the order does not depend on anything else.
pub fn largest_first<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Vec<&'a Row> {
    let mut rows: Vec<&Row> = rows.into_iter().collect();
    rows.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.path.cmp(&b.path)));
    rows
}

impl Row {
    /// The name of a function, without place and crate; the whole path of any other row.
    pub fn function(&self) -> &str {
        let Some(owner) = &self.owner else { return &self.path };
        let head = self.place.len() + "/code/".len() + owner.len() + "/".len();
        self.path.get(head..).unwrap_or(&self.path)
    }
}

fn group<'a>(rows: impl Iterator<Item = &'a Row>, key: impl Fn(&Row) -> (String, Kind)) -> Vec<Row> {
    let mut groups: BTreeMap<String, Row> = BTreeMap::new();
    for row in rows {
        let (path, kind) = key(row);
        let empty = || Row { path: path.clone(), kind, bytes: 0, count: 0, owner: row.owner.clone(), place: row.place.clone() };
        let group = groups.entry(path.clone()).or_insert_with(empty);
        group.bytes += row.bytes;
        group.count += row.count;
    }
    let mut groups: Vec<Row> = groups.into_values().collect();
    groups.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.path.cmp(&b.path)));
    groups
}
