//! What a run does to the baseline: only better is recorded, worse only with a reason, and nothing while a finding stands.

use super::compare::{Expected, Golden, ListKey, Side, Unrecorded};
use crate::data::{
    baseline::{Accepted, Baseline, Entry},
    policy::Gate,
    run::{Measurement, Provenance, Run},
    verdict::{Finding, FindingKind as Kind, Outcome, Recorded, Remedy, Verdict},
};
use std::collections::BTreeSet;

/// What the invocation may write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Nothing: a stale or worse baseline fails, and so does a better one that is not recorded.
    Check,
    /// Better values.
    Record,
    /// Worse and changed values too.
    Accept {
        /// Why; it stays in the file.
        reason: String,
        /// The day: `2026-11-21`.
        date: String,
    },
}

/// What is to be written, and the judgement that then holds.
#[derive(Debug)]
pub struct Settled {
    /// The new baseline, where it changes.
    pub baseline: Option<Baseline>,
    /// The golden lists that change.
    pub golden: Golden,
    /// Outcome, findings and what was recorded.
    pub verdict: Verdict,
}

/// Settles `findings` as far as `mode` allows: all of them, or nothing is written.
pub fn settle(run: &Run, expected: &Expected, findings: Vec<Finding>, mode: &Mode) -> Settled {
    let not_selected_count = (expected.cells.len() - expected.selected.len()) as u64;
    let measure_again_count = run.measurements.iter().filter(|measurement| is_merged(measurement, expected)).count() as u64;
    // Half a matrix measured with new tools would leave one file with numbers of two toolchains.
    let splits = not_selected_count > 0 && incomparable(&findings);
    let recorded = match (findings.iter().map(|finding| finding.kind.remedy()).max(), mode) {
        (_, Mode::Check) => Recorded::Nothing,
        (Some(Remedy::Accept), Mode::Record) => Recorded::Nothing,
        (Some(Remedy::Accept), Mode::Accept { .. }) if splits => Recorded::Nothing,
        (Some(Remedy::Accept), Mode::Accept { .. }) => Recorded::Accepted,
        (None, _) if measure_again_count > 0 => Recorded::Confirmed,
        (None | Some(Remedy::Fix), _) => Recorded::Nothing,
        (Some(Remedy::Record), _) if expected.baseline.is_none() => Recorded::First,
        (Some(Remedy::Record), _) => Recorded::Better,
    };
    let outcome = if findings.is_empty() || recorded != Recorded::Nothing { Outcome::Pass } else { Outcome::Fail };
    let (baseline, golden) = match recorded {
        Recorded::Nothing => (None, Golden::new()),
        _ => (Some(bless(run, expected, &findings, mode)), bless_golden(run, expected, &findings)),
    };
    let baseline = baseline.filter(|new| Some(new) != expected.baseline);
    Settled { baseline, golden, verdict: Verdict { outcome, findings, recorded, not_selected_count, measure_again_count } }
}

fn incomparable(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| matches!(finding.kind, Kind::Incomparable { .. }))
}

fn bless(run: &Run, expected: &Expected, findings: &[Finding], mode: &Mode) -> Baseline {
    let old = expected.baseline;
    let mut variants = old.map(|baseline| baseline.variants.clone()).unwrap_or_default();
    for finding in findings.iter().filter(|finding| finding.kind == Kind::VariantNotInPolicy) {
        variants.remove(&finding.variant);
    }
    for measurement in &run.measurements {
        let entries = &mut variants.entry(measurement.variant.clone()).or_default().0;
        let value = measurement.value;
        match entries.get_mut(&measurement.metric) {
            None => {
                // A first value needs no reason; one after a baseline that is gone is not the first.
                let is_first = old.is_none() && expected.unrecorded == Unrecorded::Yet;
                let accepted = if is_first { Vec::new() } else { accepted(mode, None, value) };
                entries.insert(measurement.metric, Entry::measured(value, value, accepted));
            }
            Some(entry) if moves(measurement, entry, expected, findings) => {
                if value > entry.value {
                    entry.accepted.extend(accepted(mode, Some(entry.value), value));
                }
                *entry = Entry::measured(value, entry.best.min(value), std::mem::take(&mut entry.accepted));
            }
            // It is measured now, and holds inside its band.
            Some(entry) => entry.measure_again = false,
        }
    }
    match old {
        Some(old) if old.variants == variants && !incomparable(findings) => old.clone(),
        _ => Baseline { provenance: provenance(run, old), variants },
    }
}

/// What the numbers are of that the baseline then has: of a compiler that no measured variant uses, only the old ones are.
fn provenance(run: &Run, old: Option<&Baseline>) -> Provenance {
    let mut provenance = run.provenance.clone();
    let Some(old) = old.map(|old| &old.provenance.toolchain) else { return provenance };
    let measured: BTreeSet<&String> = run.measurements.iter().map(|measurement| &measurement.variant.profile).collect();
    let own = &run.provenance.toolchain.rustc_of_profile;
    if measured.iter().all(|profile| own.contains_key(*profile)) {
        provenance.toolchain.rustc.clone_from(&old.rustc);
    }
    let unmeasured = old.rustc_of_profile.iter().filter(|(profile, _)| !measured.contains(profile));
    provenance.toolchain.rustc_of_profile.extend(unmeasured.map(|(profile, rustc)| (profile.clone(), rustc.clone())));
    provenance
}

/// Whether an entry takes the run's value. A gated value that is worse inside its band stays what it was, so that steps inside
/// the band cannot add up; one that is only shown follows its variant.
fn moves(measurement: &Measurement, entry: &Entry, expected: &Expected, findings: &[Finding]) -> bool {
    let of_variant = |finding: &&Finding| finding.variant == measurement.variant;
    let own = findings.iter().filter(of_variant).any(
        |finding| matches!(finding.kind, Kind::Worse { metric, .. } | Kind::Better { metric, .. } if metric == measurement.metric),
    );
    let follows = measurement.value < entry.value || expected.policy.gate(measurement.metric) == Gate::Shown;
    let remade = findings.iter().filter(of_variant).any(|finding| matches!(finding.kind, Kind::Incomparable { .. }));
    remade || own || (follows && (entry.measure_again || findings.iter().any(|finding| of_variant(&finding))))
}

/// Whether the value that a measurement is held to was merged from two branches and not measured since.
fn is_merged(measurement: &Measurement, expected: &Expected) -> bool {
    let entries = expected.baseline.and_then(|baseline| baseline.variants.get(&measurement.variant));
    entries.and_then(|entries| entries.0.get(&measurement.metric)).is_some_and(|entry| entry.measure_again)
}

fn accepted(mode: &Mode, from: Option<u64>, to: u64) -> Vec<Accepted> {
    match mode {
        Mode::Accept { reason, date } => vec![Accepted { from, to, reason: reason.clone(), date: date.clone() }],
        // A metric that is only shown may rise while the gated ones fall: code that became data.
        Mode::Check | Mode::Record => Vec::new(),
    }
}

fn bless_golden(run: &Run, expected: &Expected, findings: &[Finding]) -> Golden {
    let golden = expected.golden;
    let mut lists = Golden::new();
    for cell in expected.cells {
        for (side, names) in [(Side::Imports, run.imports.get(&cell.variant)), (Side::Exports, run.exports.get(&cell.variant))] {
            let Some(names) = names else { continue };
            let key = ListKey::of(side, cell);
            let list = lists.entry(key.clone()).or_insert_with(|| golden.get(&key).cloned().unwrap_or_default());
            list.extend(names.iter().cloned());
        }
    }
    for finding in findings {
        let (side, name) = match &finding.kind {
            Kind::ImportRemoved { import } => (Side::Imports, import),
            Kind::ExportRemoved { export } => (Side::Exports, export),
            _ => continue,
        };
        let cell = expected.cells.iter().find(|cell| cell.variant == finding.variant);
        if let Some(list) = cell.and_then(|cell| lists.get_mut(&ListKey::of(side, cell))) {
            list.remove(name);
        }
    }
    lists.retain(|key, list| golden.get(key) != Some(list));
    lists
}
