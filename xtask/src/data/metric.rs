//! What is counted. Every metric of every command is named here, once.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A counted property of one shipped artifact. Lower is better for each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Length of the shipped file.
    RawBytes,
    /// Length after gzip at level 9.
    GzipBytes,
    /// Length after brotli at quality 11, window 22.
    BrotliBytes,
    /// Length of the core modules: for a component the main module and whatever else is nested in it.
    CoreBytes,
    /// Contents of the code sections of all core modules.
    CodeBytes,
    /// Contents of the data sections of all core modules.
    DataBytes,
    /// Contents of the import sections of all core modules and, for a component, of its own imports.
    ImportBytes,
    /// Functions with a body in all core modules.
    FunctionCount,
    /// Pages of 64 KiB that the memories ask for at the start, all memories added up.
    InitialMemoryPages,
}

impl Metric {
    /// All of them, in the order they are printed.
    pub const ALL: [Metric; 9] = [
        Metric::RawBytes,
        Metric::GzipBytes,
        Metric::BrotliBytes,
        Metric::CoreBytes,
        Metric::CodeBytes,
        Metric::DataBytes,
        Metric::ImportBytes,
        Metric::FunctionCount,
        Metric::InitialMemoryPages,
    ];

    /// The name in JSON, in the policy and in messages: `raw_bytes`.
    pub fn name(self) -> String {
        // The serde name is the only table of names; a unit variant always serializes to a string.
        match serde_json::to_value(self) {
            Ok(serde_json::Value::String(name)) => name,
            _ => unreachable!("a unit variant serializes to a string"),
        }
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_in_declaration_order_and_names_end_in_the_unit() {
        assert!(Metric::ALL.is_sorted());
        for metric in Metric::ALL {
            let name = metric.name();
            assert!(["_bytes", "_count", "_pages"].iter().any(|unit| name.ends_with(unit)), "{name}");
        }
    }
}
