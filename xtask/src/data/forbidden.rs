//! Functions that must not be in what is shipped: `forbidden-symbols` of a policy, and what a check of them found.

use super::variant;
use serde::{Deserialize, Serialize};

/// One entry of `forbidden-symbols`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "forbidden-symbols takes patterns, and tables { symbols = [patterns], variants = \"pattern\" }")]
pub enum ForbiddenSymbols {
    /// A pattern for every variant of the subject.
    Everywhere(String),
    /// Patterns for some of them.
    In(LimitedSymbols),
}

/// Patterns that hold for the variants that another pattern selects.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitedSymbols {
    /// Names of functions, `*` standing for anything.
    pub symbols: Vec<String>,
    /// A variant's id, `*` standing for anything.
    pub variants: String,
}

impl ForbiddenSymbols {
    /// The patterns of this entry, wherever they hold.
    pub fn symbols(&self) -> &[String] {
        match self {
            Self::Everywhere(symbol) => std::slice::from_ref(symbol),
            Self::In(limited) => &limited.symbols,
        }
    }

    /// Whether the entry holds for the variant `id`.
    pub fn covers(&self, id: &str) -> bool {
        match self {
            Self::Everywhere(_) => true,
            Self::In(limited) => variant::matches(&limited.variants, id),
        }
    }
}

/// The patterns of `entries` that hold for the variant `id`.
pub fn patterns_for(entries: &[ForbiddenSymbols], id: &str) -> Vec<String> {
    entries.iter().filter(|entry| entry.covers(id)).flat_map(|entry| entry.symbols().iter().cloned()).collect()
}

/// What was looked for in one variant, and what was found: an empty list of hits is only worth as much as was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SymbolCheck {
    /// The patterns that hold for the variant.
    pub patterns: Vec<String>,
    /// How many names of functions were held against them, linked and shipped ones together.
    pub name_count: u64,
    /// The functions that one of them forbids, the shipped ones first.
    pub hits: Vec<SymbolHit>,
}

/// A forbidden function.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SymbolHit {
    /// Where it was found.
    pub stage: SymbolStage,
    /// Its name as a person writes it.
    pub symbol: String,
    /// The pattern that forbids it.
    pub pattern: String,
    /// The bytes of all functions of that name.
    pub bytes: u64,
}

/// Which of the two symbol tables of a variant names a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SymbolStage {
    /// The shipped code's: these bytes are in the file.
    Shipped,
    /// The linked module's only: the optimizer moved the function into its callers, or found it unused.
    Linked,
}
