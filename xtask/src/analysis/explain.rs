//! Why a size changed, by symbol: as shipped, and as linked.
//!
//! The optimizer moves a function with one caller into that caller, whatever the source says about inlining. The shipped bytes are then
//! the caller's, but the function that a person added is only known by name in the linked module.

pub use crate::data::symbol_diff::Explained;

use super::symbol_diff::{Change, diff};
use super::symbols::SymbolTable;
use std::collections::BTreeSet;

/// The symbol tables of one variant at both stages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tables {
    /// Of the shipped code.
    pub shipped: SymbolTable,
    /// Of the linked module.
    pub linked: SymbolTable,
}

impl Explained {
    /// What changed from `old` to `new`.
    pub fn new(old: &Tables, new: &Tables) -> Explained {
        Explained { shipped: diff(&old.shipped, &new.shipped), linked: diff(&old.linked, &new.linked) }
    }

    /// Functions that changed in the linked module and that no change of the shipped code names, largest change first.
    pub fn inlined(&self) -> Vec<Change> {
        let named: BTreeSet<&str> = self.shipped.changes.iter().map(|change| change.name.as_str()).collect();
        let is_function = |name: &str| name != "framing" && !name.starts_with("data ") && !name.starts_with("section ");
        let unnamed = |change: &&Change| is_function(&change.name) && !named.contains(change.name.as_str());
        self.linked.changes.iter().filter(unnamed).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::symbols::SymbolSize;

    fn table(symbols: &[(&str, u64)]) -> SymbolTable {
        symbols.iter().map(|(name, bytes)| ((*name).to_string(), SymbolSize { bytes: *bytes, count: 1 })).collect()
    }

    #[test]
    fn a_function_that_went_into_its_caller_is_still_named() {
        let old = Tables { shipped: table(&[("main", 10)]), linked: table(&[("main", 12), ("data .rodata", 5)]) };
        let new =
            Tables { shipped: table(&[("main", 2010)]), linked: table(&[("main", 14), ("added", 2000), ("data .rodata", 6)]) };
        let explained = Explained::new(&old, &new);
        assert_eq!(explained.shipped.changes[0].name, "main");
        let names: Vec<String> = explained.inlined().into_iter().map(|change| change.name).collect();
        assert_eq!(names, ["added"]);
    }
}
