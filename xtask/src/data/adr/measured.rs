//! What a decision is made from: committed numbers by criterion, case and option.

use crate::data::{adr::Over, baseline::Baseline, rows::RowsBaseline, rows::Tools};
use std::collections::BTreeMap;

/// The numbers of one baseline file, whichever form it has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// What they were made with.
    pub tools: Tools,
    /// Row -> metric -> the number.
    pub rows: BTreeMap<String, BTreeMap<String, u64>>,
}

impl From<&RowsBaseline> for Table {
    fn from(baseline: &RowsBaseline) -> Table {
        let metrics = |entries: &BTreeMap<String, _>| entries.iter().map(value).collect();
        let rows = baseline.rows.iter().map(|(row, entries)| (row.clone(), metrics(&entries.0))).collect();
        Table { tools: baseline.provenance.clone(), rows }
    }
}

fn value((metric, entry): (&String, &crate::data::baseline::Entry)) -> (String, u64) {
    (metric.clone(), entry.value)
}

impl From<&Baseline> for Table {
    fn from(baseline: &Baseline) -> Table {
        let toolchain = &baseline.provenance.toolchain;
        let named = [
            ("rustc", &toolchain.rustc),
            ("optimizer", &toolchain.optimizer),
            ("encoder", &toolchain.encoder),
            ("gzip", &toolchain.gzip),
            ("brotli", &toolchain.brotli),
        ];
        let of_profile = toolchain.rustc_of_profile.iter().map(|(profile, rustc)| (format!("rustc of {profile}"), rustc.clone()));
        let tools = named.map(|(name, version)| (name.to_string(), version.clone())).into_iter().chain(of_profile).collect();
        let rows = baseline.variants.iter().map(|(variant, entries)| {
            let metrics = entries.0.iter().map(|(metric, entry)| (metric.name(), entry.value)).collect();
            (variant.to_string(), metrics)
        });
        Table { tools, rows: rows.collect() }
    }
}

/// The numbers of a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
    /// What can be chosen, sorted by name.
    pub options: Vec<Choice>,
    /// What counts, in the policy's order.
    pub criteria: Vec<Criterion>,
    /// Baseline file -> what its numbers were made with.
    pub tools: BTreeMap<String, Tools>,
}

/// Something that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its name.
    pub name: String,
    /// Why it can never win.
    pub excluded: Option<String>,
}

/// The numbers of one criterion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Criterion {
    /// What readers call it.
    pub name: String,
    /// The unit of its values.
    pub unit: String,
    /// What counts of several cases.
    pub over: Over,
    /// How much it counts.
    pub weight: u64,
    /// How far a value moves between measurements; 0 if it repeats exactly.
    pub spread_ppm: u64,
    /// At least one.
    pub cases: Vec<Case>,
}

/// The numbers of one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// What the pattern's `*` stood for; empty where it has none.
    pub name: String,
    /// One for each of [`Measured::options`]; only an excluded one may lack it.
    pub values: Vec<Option<u64>>,
}

impl Measured {
    /// The places of the options that can win.
    pub fn candidates(&self) -> Vec<usize> {
        (0..self.options.len()).filter(|option| self.options[*option].excluded.is_none()).collect()
    }

    /// The policy's weights.
    pub fn weights(&self) -> Vec<u64> {
        self.criteria.iter().map(|criterion| criterion.weight).collect()
    }
}

impl Criterion {
    /// The mean over the cases, rounded down; nothing for an option that lacks one.
    pub fn mean(&self, option: usize) -> Option<u64> {
        let values = self.cases.iter().map(|case| case.values[option].map(u128::from)).collect::<Option<Vec<u128>>>()?;
        // A mean is no more than the largest of them.
        u64::try_from(values.iter().sum::<u128>().checked_div(values.len() as u128)?).ok()
    }
}
