//! What is said of `cargo xtask size`.

use super::{
    Draft, Standard,
    accepted::{Recorded, accepted},
};
use crate::{
    analysis::{
        explain::Explained,
        symbol_diff::{self, difference},
    },
    data::{
        baseline::Baseline,
        comment::{Apart, Change, Found, Gate, GateName, Growth, Kind, MetricName, Name, Unit, Value},
        metric::Metric,
        policy::{self, Policy},
        run::{Measurement, Run, SizeRun, Split},
        variant::Variant,
        verdict::{Finding, FindingKind},
    },
};
use std::collections::BTreeMap;

/// How many crates, symbols and inlined functions are named of one change.
const NAMED: [usize; 3] = [8, 12, 8];

/// The gate of a run, with what the policy leaves it.
pub fn size_gate(saved: &SizeRun, policy: &Policy, standard: Standard<Baseline>) -> Gate {
    let (run, verdict) = (&saved.run, &saved.run.verdict);
    let gated: Vec<Metric> = Metric::ALL.into_iter().filter(|metric| policy.gate(*metric) != policy::Gate::Shown).collect();
    let mut variants: Vec<&Variant> = run.artifacts.iter().map(|artifact| &artifact.variant).collect();
    let others = run.failures.keys().chain(verdict.findings.iter().map(|finding| &finding.variant));
    for variant in others {
        if !variants.contains(&variant) {
            variants.push(variant);
        }
    }
    let values = |variant: &Variant| {
        let value = |metric: &Metric| value(run, policy, standard.baseline, variant, *metric);
        gated.iter().filter_map(value).collect()
    };
    let tools = verdict.findings.iter().filter_map(|finding| match &finding.kind {
        FindingKind::Incomparable { tool, old, new, .. } => {
            Some((tool.clone(), old.clone(), new.clone(), Name::of(&finding.variant.to_string())))
        }
        _ => None,
    });
    let recorded = standard.baseline.into_iter().flat_map(|baseline| &baseline.variants).flat_map(|(variant, entries)| {
        let before = standard.before.map(|before| before.and_then(|before| before.variants.get(variant)));
        let gated = entries.0.iter().filter(|(metric, _)| gated.contains(metric));
        gated.map(move |(metric, entry)| Recorded {
            row: variant.to_string(),
            metric: metric.name(),
            entry,
            before: before.map(|before| before.and_then(|entries| entries.0.get(metric))),
        })
    });
    // Of the baseline and not of the verdict: shares of a run count a floor that they have in common twice.
    let measured = run.measurements.iter();
    let is_merged = |one: &&Measurement| {
        let entries = standard.baseline.and_then(|baseline| baseline.variants.get(&one.variant));
        entries.and_then(|entries| entries.0.get(&one.metric)).is_some_and(|entry| entry.measure_again)
    };
    Draft {
        name: GateName::Size,
        outcome: verdict.outcome,
        exit: verdict.exit(),
        recorded: verdict.recorded,
        not_selected_count: verdict.not_selected_count,
        measure_again_count: measured.filter(is_merged).count() as u64,
        remedy: verdict.findings.iter().map(|finding| finding.kind.remedy()).max(),
        base: standard.commit.cloned(),
        found: verdict.findings.iter().map(found).collect(),
        rows: variants.into_iter().map(|variant| (variant.to_string(), values(variant))).collect(),
        tools: tools.collect(),
        splits: saved.splits.iter().filter_map(apart).collect(),
        growths: growths(&saved.explained),
        accepted: accepted(recorded),
    }
    .gate()
}

fn apart(split: &Split) -> Option<Apart> {
    let Split { variant, metric, baseline, base, head, .. } = split;
    let (row, metric) = (Name::of(&variant.to_string()), MetricName::of(&metric.name())?);
    Some(Apart { row, metric, baseline: *baseline, base: *base, head: *head })
}

/// A metric of a variant: the findings know the old value also where the baseline was written since.
fn value(run: &Run, policy: &Policy, baseline: Option<&Baseline>, variant: &Variant, metric: Metric) -> Option<Value> {
    let (new, id) = (run.value(variant, metric), variant.to_string());
    let told = run.verdict.findings.iter().filter(|finding| finding.variant == *variant).find_map(|finding| match finding.kind {
        FindingKind::Worse { metric: of, old, .. }
        | FindingKind::Better { metric: of, old, .. }
        | FindingKind::NotMeasured { metric: of, old }
            if of == metric =>
        {
            Some(Some(old))
        }
        FindingKind::MetricNotInBaseline { metric: of, .. } if of == metric => Some(None),
        FindingKind::VariantNotInBaseline | FindingKind::NoBaseline | FindingKind::BaselineGone => Some(None),
        _ => None,
    });
    let recorded = || Some(baseline?.variants.get(variant)?.0.get(&metric)?.value);
    let old = told.unwrap_or_else(recorded);
    let cap = policy.budget(&id, metric).or_else(|| policy.limit(&id, metric));
    let left = cap.zip(new).map(|(cap, new)| difference(new, cap));
    (old.is_some() || new.is_some()).then_some(())?;
    Some(Value { metric: MetricName::of(&metric.name())?, old, new, left })
}

fn found(finding: &Finding) -> Found {
    use FindingKind as F;
    let metric = match &finding.kind {
        F::OverLimit { metric, .. } | F::OverBudget { metric, .. } | F::Worse { metric, .. } | F::Better { metric, .. } => {
            Some(metric)
        }
        F::Incomparable { metric, .. } | F::MetricNotInBaseline { metric, .. } | F::NotMeasured { metric, .. } => Some(metric),
        _ => None,
    };
    let about = match &finding.kind {
        F::Failed { reason } => Some(reason),
        F::ForbiddenImport { import } | F::ImportAdded { import } | F::ImportRemoved { import } => Some(import),
        F::ExportAdded { export } | F::ExportRemoved { export } => Some(export),
        F::ForbiddenSymbol(hit) => Some(&hit.symbol),
        _ => None,
    };
    let limit = match finding.kind {
        F::OverLimit { limit, .. } | F::OverBudget { limit, .. } => Some(limit),
        _ => None,
    };
    Found {
        kind: Kind::from(&finding.kind),
        row: Name::of(&finding.variant.to_string()),
        metric: metric.and_then(|metric| MetricName::of(&metric.name())),
        about: about.map(|text| Name::of(text)),
        limit,
    }
}

/// Each distinct list once: a change in the subject moves all its variants alike.
fn growths(explained: &BTreeMap<Variant, Explained>) -> Vec<Growth> {
    let mut groups: Vec<(&Explained, &Variant, u64)> = Vec::new();
    for (variant, explained) in explained.iter().filter(|(_, explained)| !explained.shipped.changes.is_empty()) {
        match groups.iter_mut().find(|(known, ..)| known.shipped.changes == explained.shipped.changes) {
            Some((.., more)) => *more += 1,
            None => groups.push((explained, variant, 0)),
        }
    }
    groups.sort_by_key(|(explained, ..)| std::cmp::Reverse(explained.shipped.delta_bytes()));
    let growth = |(explained, variant, more_row_count): (&Explained, &Variant, u64)| Growth {
        row: Name::of(&variant.to_string()),
        more_row_count,
        unit: Unit::Bytes,
        crates: changes(&explained.shipped.groups, NAMED[0]),
        symbols: changes(&explained.shipped.changes, NAMED[1]),
        inlined: changes(&explained.inlined(), NAMED[2]),
        more_symbol_count: explained.shipped.changes.len().saturating_sub(NAMED[1]) as u64,
    };
    groups.into_iter().map(growth).collect()
}

fn changes(changes: &[symbol_diff::Change], most: usize) -> Vec<Change> {
    let change =
        |change: &symbol_diff::Change| Change { name: Name::of(&change.name), old: change.old_bytes, new: change.new_bytes };
    changes.iter().take(most).map(change).collect()
}
