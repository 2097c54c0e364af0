//! What something costs: what one step of a scenario takes beyond another, and the bounds of what is measured.

use serde::Deserialize;

/// What something costs: what the step `with` takes beyond the step `without`, divided by `count`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Cost {
    /// The name of the step that does it.
    pub with: String,
    /// The name of the one that does the same without it; all of `with` counts where none is named.
    pub without: Option<String>,
    /// How often `with` does it.
    #[serde(default = "once")]
    pub count: u64,
    /// What is measured of it.
    pub of: Vec<Quantity>,
    /// The cost whose time its own is compared with, on the same engine in the same run.
    pub against: Option<String>,
}

fn once() -> u64 {
    1
}

/// What is measured of a cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quantity {
    /// Fuel, which gates.
    Fuel,
    /// How far linear memory grows, in pages of 64 KiB; gates.
    Memory,
    /// Time, which is shown.
    Time,
}

/// The most that a metric may be.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "a number, or `{ percent = 20, of = \"METRIC\" }`")]
pub enum Bound {
    /// So much.
    Units(u64),
    /// A share of another metric of the same row.
    Share(Share),
}

/// A share of another metric.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Share {
    /// So many hundredths.
    pub percent: u64,
    /// Of this metric.
    pub of: String,
}

impl Cost {
    /// Whether this is measured.
    pub fn has(&self, quantity: Quantity) -> bool {
        self.of.contains(&quantity)
    }

    /// The metrics of the cost `name` that gate, with the unit at the end: `flat_query_fuel_count`.
    pub fn metrics(&self, name: &str) -> Vec<(Quantity, String)> {
        let stem = name.replace('-', "_");
        let metric = |quantity: &Quantity| {
            let unit = match (quantity, &self.without) {
                (Quantity::Fuel, _) => "fuel_count",
                (Quantity::Memory, None) => "memory_bytes",
                (Quantity::Memory, Some(_)) => "added_memory_bytes",
                (Quantity::Time, _) => return None,
            };
            Some((*quantity, format!("{stem}_{unit}")))
        };
        self.of.iter().filter_map(metric).collect()
    }
}
