//! What changed between two builds, symbol by symbol.

use serde::{Deserialize, Serialize};

/// The difference of two tables. Its changes add up to `new_bytes - old_bytes`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SymbolDiff {
    /// All symbols of the old table.
    pub old_bytes: u64,
    /// All symbols of the new table.
    pub new_bytes: u64,
    /// What differs, by the size of the difference and then by name.
    pub changes: Vec<Change>,
    /// The same summed by crate, or class in brackets.
    pub groups: Vec<Change>,
}

/// A name whose bytes or count differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Symbol, crate, or path of a ledger row.
    pub name: String,
    /// How it changed.
    pub change: ChangeKind,
    /// Bytes before, 0 if it was not there.
    pub old_bytes: u64,
    /// Bytes now, 0 if it is gone.
    pub new_bytes: u64,
    /// `new_bytes - old_bytes`.
    pub delta_bytes: i64,
    /// How many had the name before.
    pub old_count: u64,
    /// How many have it now.
    pub new_count: u64,
}

/// How a symbol changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It has more bytes.
    Grew,
    /// It has fewer bytes.
    Shrunk,
    /// As many bytes, in another number of functions.
    Regrouped,
}

/// What changed at both stages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explained {
    /// In the shipped code: these bytes are in the file.
    pub shipped: SymbolDiff,
    /// In the linked module: these are not, but their names are those of the source.
    pub linked: SymbolDiff,
}
