//! A run against its baseline, its budgets and its golden lists: findings, worst first.

mod golden;

pub use golden::{Golden, ListKey, Side};

use crate::data::{
    baseline::{Baseline, Entries},
    forbidden::patterns_for,
    matrix::Cell,
    metric::Metric,
    policy::{Gate, Policy},
    run::Run,
    variant::Variant,
    verdict::{Finding, FindingKind as Kind},
};
use std::collections::BTreeSet;

/// What it means that a baseline is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unrecorded {
    /// There never was one: a plain run may write the first.
    Yet,
    /// There was: deleting it must not be a way around the ratchet.
    AnyMore,
}

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
    /// The golden lists of imports and exports.
    pub golden: &'a Golden,
}

/// Everything that differs, worst first. An empty list is a pass.
pub fn compare(run: &Run, expected: &Expected) -> Vec<Finding> {
    let mut findings = Vec::new();
    for cell in expected.cells.iter().filter(|cell| expected.selected.contains(&cell.variant)) {
        let kinds = of_cell(run, cell, expected);
        findings.extend(kinds.into_iter().map(|kind| of_baseline(&cell.variant, kind, expected.baseline)));
    }
    findings.extend(gone(expected));
    findings.extend(golden::of_imports(run, expected));
    findings.extend(golden::of_exports(run, expected));
    findings.sort_by(|a, b| (&a.kind, &a.variant).cmp(&(&b.kind, &b.variant)));
    findings
}

/// A finding that says so where the value it is held to was merged from two branches.
fn of_baseline(variant: &Variant, kind: Kind, baseline: Option<&Baseline>) -> Finding {
    let entries = baseline.and_then(|baseline| baseline.variants.get(variant));
    let entry = kind.metric().and_then(|metric| entries?.0.get(&metric));
    Finding { measure_again: entry.is_some_and(|entry| entry.measure_again), ..Finding::new(variant.clone(), kind) }
}

fn of_cell(run: &Run, cell: &Cell, expected: &Expected) -> Vec<Kind> {
    let variant = &cell.variant;
    if let Some(reason) = run.failures.get(variant) {
        return vec![Kind::Failed { reason: reason.clone() }];
    }
    let mut kinds = of_symbols(run, cell);
    kinds.extend(over_caps(run, variant, expected.policy));
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

/// The functions that the policy forbids. A check that names no function at all has checked nothing.
fn of_symbols(run: &Run, cell: &Cell) -> Vec<Kind> {
    let patterns = patterns_for(&cell.subject.forbidden_symbols, &cell.variant.to_string());
    match run.forbidden_symbols.get(&cell.variant) {
        _ if patterns.is_empty() => Vec::new(),
        Some(check) if check.patterns == patterns && check.name_count > 0 => {
            check.hits.iter().cloned().map(Kind::ForbiddenSymbol).collect()
        }
        Some(_) | None => vec![Kind::SymbolsNotChecked],
    }
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
            match recorded.difference(&run.provenance.toolchain, metric, &variant.profile) {
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
    unnamed.map(|variant| Finding::new(variant.clone(), Kind::VariantNotInPolicy)).collect()
}

#[cfg(test)]
mod tests;
