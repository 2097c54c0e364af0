//! What a run does to the baseline: only better is recorded, worse only with a reason, and nothing while a finding stands.

use super::compare::{Expected, Golden, golden_key};
use crate::data::{
    baseline::{Accepted, Baseline, Entry},
    policy::Gate,
    run::{Measurement, Run},
    verdict::{Finding, FindingKind as Kind, Outcome, Recorded, Remedy, Verdict},
};

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
    /// The golden import lists that change.
    pub golden: Golden,
    /// Outcome, findings and what was recorded.
    pub verdict: Verdict,
}

/// Settles `findings` as far as `mode` allows: all of them, or nothing is written.
pub fn settle(run: &Run, expected: &Expected, findings: Vec<Finding>, mode: &Mode) -> Settled {
    let not_selected_count = (expected.cells.len() - expected.selected.len()) as u64;
    // Half a matrix measured with new tools would leave one file with numbers of two toolchains.
    let splits = not_selected_count > 0 && incomparable(&findings);
    let recorded = match (findings.iter().map(|finding| finding.kind.remedy()).max(), mode) {
        (None | Some(Remedy::Fix), _) | (_, Mode::Check) => Recorded::Nothing,
        (Some(Remedy::Accept), Mode::Record) => Recorded::Nothing,
        (Some(Remedy::Accept), Mode::Accept { .. }) if splits => Recorded::Nothing,
        (Some(Remedy::Accept), Mode::Accept { .. }) => Recorded::Accepted,
        (Some(Remedy::Record), _) if expected.baseline.is_none() => Recorded::First,
        (Some(Remedy::Record), _) => Recorded::Better,
    };
    let outcome = if findings.is_empty() || recorded != Recorded::Nothing { Outcome::Pass } else { Outcome::Fail };
    let (baseline, golden) = match recorded {
        Recorded::Nothing => (None, Golden::new()),
        _ => (Some(bless(run, expected, &findings, mode)), bless_golden(run, expected.golden, &findings)),
    };
    let baseline = baseline.filter(|new| Some(new) != expected.baseline);
    Settled { baseline, golden, verdict: Verdict { outcome, findings, recorded, not_selected_count } }
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
                let accepted = if old.is_some() { accepted(mode, None, value) } else { Vec::new() };
                entries.insert(measurement.metric, Entry { value, best: value, accepted });
            }
            Some(entry) if moves(measurement, entry, expected, findings) => {
                if value > entry.value {
                    entry.accepted.extend(accepted(mode, Some(entry.value), value));
                }
                *entry = Entry { value, best: entry.best.min(value), accepted: std::mem::take(&mut entry.accepted) };
            }
            Some(_) => {}
        }
    }
    match old {
        Some(old) if old.variants == variants && !incomparable(findings) => old.clone(),
        _ => Baseline { provenance: run.provenance.clone(), variants },
    }
}

/// Whether an entry takes the run's value. A gated value that is worse inside its band stays what it was, so that steps inside
/// the band cannot add up; one that is only shown follows its variant.
fn moves(measurement: &Measurement, entry: &Entry, expected: &Expected, findings: &[Finding]) -> bool {
    let of_variant = |finding: &&Finding| finding.variant == measurement.variant;
    let own = findings.iter().filter(of_variant).any(
        |finding| matches!(finding.kind, Kind::Worse { metric, .. } | Kind::Better { metric, .. } if metric == measurement.metric),
    );
    let follows = measurement.value < entry.value || expected.policy.gate(measurement.metric) == Gate::Shown;
    incomparable(findings) || own || (follows && findings.iter().any(|finding| of_variant(&finding)))
}

fn accepted(mode: &Mode, from: Option<u64>, to: u64) -> Vec<Accepted> {
    match mode {
        Mode::Accept { reason, date } => vec![Accepted { from, to, reason: reason.clone(), date: date.clone() }],
        // A metric that is only shown may rise while the gated ones fall: code that became data.
        Mode::Check | Mode::Record => Vec::new(),
    }
}

fn bless_golden(run: &Run, golden: &Golden, findings: &[Finding]) -> Golden {
    let mut lists = Golden::new();
    for (variant, imports) in &run.imports {
        let key = golden_key(variant);
        let list = lists.entry(key.clone()).or_insert_with(|| golden.get(&key).cloned().unwrap_or_default());
        list.extend(imports.iter().cloned());
    }
    for finding in findings {
        if let (Kind::ImportRemoved { import }, Some(list)) = (&finding.kind, lists.get_mut(&golden_key(&finding.variant))) {
            list.remove(import);
        }
    }
    lists.retain(|key, list| golden.get(key) != Some(list));
    lists
}
