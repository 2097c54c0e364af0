//! A run against its baseline, its budgets and its golden import lists: findings, worst first.

use crate::data::{
    baseline::{Baseline, Entries},
    matrix::Cell,
    metric::Metric,
    policy::{Gate, Policy},
    run::Run,
    variant::{self, Variant},
    verdict::{Finding, FindingKind as Kind},
};
use std::collections::{BTreeMap, BTreeSet};

/// What it means that a baseline is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unrecorded {
    /// There never was one: a plain run may write the first.
    Yet,
    /// There was: deleting it must not be a way around the ratchet.
    AnyMore,
}

/// Subject and target -> its golden list of imports; absent where there is no file.
pub type Golden = BTreeMap<(String, String), BTreeSet<String>>;

/// What a run is held to.
pub struct Expected<'a> {
    /// The policy.
    pub policy: &'a Policy,
    /// Every cell of the policy.
    pub cells: &'a [Cell],
    /// Those that this invocation measures.
    pub selected: &'a BTreeSet<Variant>,
    /// The committed numbers under the run's optimizer, if there are any.
    pub baseline: Option<&'a Baseline>,
    /// What it means that there are none.
    pub unrecorded: Unrecorded,
    /// The golden lists of imports.
    pub golden: &'a Golden,
}

/// Everything that differs, worst first. An empty list is a pass.
pub fn compare(run: &Run, expected: &Expected) -> Vec<Finding> {
    let mut findings = Vec::new();
    for cell in expected.cells.iter().filter(|cell| expected.selected.contains(&cell.variant)) {
        let kinds = of_cell(run, cell, expected);
        findings.extend(kinds.into_iter().map(|kind| Finding { variant: cell.variant.clone(), kind }));
    }
    findings.extend(gone(expected));
    findings.extend(of_imports(run, expected));
    findings.sort_by(|a, b| (&a.kind, &a.variant).cmp(&(&b.kind, &b.variant)));
    findings
}

fn of_cell(run: &Run, cell: &Cell, expected: &Expected) -> Vec<Kind> {
    let variant = &cell.variant;
    if let Some(reason) = run.failures.get(variant) {
        return vec![Kind::Failed { reason: reason.clone() }];
    }
    let mut kinds = over_caps(run, variant, expected.policy);
    match expected.baseline {
        None if expected.unrecorded == Unrecorded::AnyMore => kinds.push(Kind::BaselineGone),
        None => kinds.push(Kind::NoBaseline),
        Some(baseline) => match baseline.variants.get(variant) {
            None => kinds.push(Kind::VariantNotInBaseline),
            Some(entries) => kinds.extend(of_metrics(run, variant, entries, baseline, expected.policy)),
        },
    }
    kinds
}

fn over_caps(run: &Run, variant: &Variant, policy: &Policy) -> Vec<Kind> {
    let id = variant.to_string();
    let mut kinds = Vec::new();
    for metric in Metric::ALL {
        let Some(new) = run.value(variant, metric) else { continue };
        if let Some(limit) = policy.limit(&id, metric).filter(|limit| new > *limit) {
            kinds.push(Kind::OverLimit { metric, limit, new });
        }
        if let Some(limit) = policy.budget(&id, metric).filter(|limit| new > *limit) {
            kinds.push(Kind::OverBudget { metric, limit, new });
        }
    }
    kinds
}

fn of_metrics(run: &Run, variant: &Variant, entries: &Entries, baseline: &Baseline, policy: &Policy) -> Vec<Kind> {
    let of = |metric| match (run.value(variant, metric), entries.0.get(&metric).map(|entry| entry.value)) {
        (None, None) => None,
        (None, Some(old)) => Some(Kind::NotMeasured { metric, old }),
        (Some(new), None) => Some(Kind::MetricNotInBaseline { metric, new }),
        (Some(new), Some(old)) => {
            let recorded = &baseline.provenance.toolchain;
            match recorded.difference(&run.provenance.toolchain, metric) {
                Some((tool, then, now)) => {
                    Some(Kind::Incomparable { metric, tool: tool.into(), old: then.into(), new: now.into() })
                }
                None => judge(metric, old, new, policy.gate(metric)),
            }
        }
    };
    Metric::ALL.into_iter().filter_map(of).collect()
}

/// Lower is better for every metric; a value inside the band is neither.
fn judge(metric: Metric, old: u64, new: u64, gate: Gate) -> Option<Kind> {
    let Gate::Band(band) = gate else { return None };
    if new > old && new - old > band {
        Some(Kind::Worse { metric, old, new })
    } else if old > new && old - new > band {
        Some(Kind::Better { metric, old, new })
    } else {
        None
    }
}

/// Entries of the baseline that the policy does not name, whether selected or not: a typo there would never be measured.
fn gone(expected: &Expected) -> Vec<Finding> {
    let named: BTreeSet<&Variant> = expected.cells.iter().map(|cell| &cell.variant).collect();
    let entries = expected.baseline.iter().flat_map(|baseline| baseline.variants.keys());
    let unnamed = entries.filter(|variant| !named.contains(variant));
    unnamed.map(|variant| Finding { variant: variant.clone(), kind: Kind::VariantNotInPolicy }).collect()
}

fn of_imports(run: &Run, expected: &Expected) -> Vec<Finding> {
    let mut findings = Vec::new();
    for cell in expected.cells {
        let Some(imports) = run.imports.get(&cell.variant) else { continue };
        let golden = expected.golden.get(&golden_key(&cell.variant));
        let forbids = |import: &String| cell.subject.forbidden_imports.iter().any(|pattern| variant::matches(pattern, import));
        for import in imports {
            let kind = match golden {
                _ if forbids(import) => Kind::ForbiddenImport { import: import.clone() },
                Some(golden) if !golden.contains(import) => Kind::ImportAdded { import: import.clone() },
                _ => continue,
            };
            findings.push(Finding { variant: cell.variant.clone(), kind });
        }
        if golden.is_none() {
            let kind = if expected.baseline.is_some() { Kind::ImportListGone } else { Kind::NoImportList };
            findings.push(Finding { variant: cell.variant.clone(), kind });
        }
    }
    findings.extend(expected.golden.iter().flat_map(|(key, golden)| unused_imports(run, expected, key, golden)));
    findings
}

/// Lines of a golden list that nothing imports; only known when every variant that the list is for was measured.
fn unused_imports(run: &Run, expected: &Expected, key: &(String, String), golden: &BTreeSet<String>) -> Vec<Finding> {
    let variants: Vec<&Variant> =
        expected.cells.iter().map(|cell| &cell.variant).filter(|variant| golden_key(variant) == *key).collect();
    let Some(lists) = variants.iter().map(|variant| run.imports.get(variant)).collect::<Option<Vec<_>>>() else {
        return Vec::new();
    };
    let Some(first) = variants.first() else { return Vec::new() };
    let unused = golden.iter().filter(|import| !lists.iter().any(|list| list.contains(import)));
    unused.map(|import| Finding { variant: (*first).clone(), kind: Kind::ImportRemoved { import: import.clone() } }).collect()
}

/// Which golden list a variant is held to: that of its subject and target.
pub fn golden_key(variant: &Variant) -> (String, String) {
    (variant.subject.clone(), variant.target.clone())
}

#[cfg(test)]
mod tests;
