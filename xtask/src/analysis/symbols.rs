//! How many bytes each symbol has in a module that still has its names.
//!
//! A table is small enough to commit: with the tables of two builds a delta can be explained on a machine that has
//! neither. The bytes of a table add up to the length of the module without its custom sections.

mod names;
mod text;

pub use names::{Names, Unattributed, named_core, named_module, names, names_of_twin};
pub use text::{escape, parse, render};

use super::demangle::{UNNAMED, normalise, owner_of};
use super::sections::{Part, walk};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// Symbols by normalised name.
///
/// Functions have the name [`normalise`] gives them. What is not a function has a pseudo name with a space in it that no
/// symbol begins with: `data .rodata` for the contents of a data segment, `section type` for a section that is not divided,
/// and `framing`.
pub type SymbolTable = BTreeMap<String, SymbolSize>;

/// What all symbols of one name have together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SymbolSize {
    /// Bytes of the function bodies, without length prefix, or of the segments.
    pub bytes: u64,
    /// How many functions, segments or sections there are.
    pub count: u64,
}

impl SymbolSize {
    /// Adds one more of `bytes`.
    pub fn add(&mut self, bytes: u64, count: u64) {
        self.bytes = self.bytes.saturating_add(bytes);
        self.count = self.count.saturating_add(count);
    }
}

/// The table of a core module that has names, or of the main module of a component that has.
pub fn symbol_table(twin: &[u8]) -> Result<SymbolTable, Unattributed> {
    let (containers, main) = named_module(twin)?;
    let names = names(twin, &containers, main)?;
    let mut functions: HashMap<Option<&str>, SymbolSize> = HashMap::new();
    let mut table = SymbolTable::new();
    walk(twin, |span| {
        let bytes = span.bytes();
        let mut add = |name: String, count| table.entry(name).or_default().add(bytes, count);
        match span.part {
            _ if span.container != main => {}
            Part::Body(index) => functions.entry(names.function(index)).or_default().add(bytes, 1),
            Part::Segment(index) => add(format!("data {}", names.segment(index)), 1),
            Part::Section(kind, _) => add(format!("section {}", kind.name()), 1),
            Part::Header | Part::SectionFrame | Part::BodyFrame | Part::SegmentFrame => add("framing".to_owned(), 1),
            Part::Custom(_) => {}
        }
    })?;
    for (raw, size) in functions {
        table.entry(function_name(raw)).or_default().add(size.bytes, size.count);
    }
    Ok(table)
}

/// The normalised name of a function with the symbol `raw`, or what stands for none.
pub fn function_name(raw: Option<&str>) -> String {
    raw.map_or_else(|| UNNAMED.to_owned(), normalise)
}

/// What the symbol of this name in a [`SymbolTable`] is counted under: its owner, or `[data]`, `[sections]`.
pub fn group_of(name: &str) -> String {
    match name.split_once(' ').map_or(name, |(head, _)| head) {
        "data" => "[data]".to_owned(),
        "section" | "framing" => "[sections]".to_owned(),
        _ => owner_of(name).to_string(),
    }
}

/// The table summed by crate; what is of no crate is in brackets: `[c]`, `[data]`.
pub fn by_group(table: &SymbolTable) -> SymbolTable {
    let mut groups = SymbolTable::new();
    for (name, size) in table {
        groups.entry(group_of(name)).or_default().add(size.bytes, size.count);
    }
    groups
}

#[cfg(test)]
mod tests;
