//! What is said of the gates whose counts are rows: `run`, `alloc` and `pgo`.

use super::{
    Draft, Standard,
    accepted::{Recorded, accepted},
};
use crate::{
    analysis::{alloc, grid},
    data::{
        alloc::AllocRun,
        comment::{Change, Found, Gate, GateName, Growth, Kind, MetricName, Name, Unit, Value},
        grid::GridRun,
        pgo::{self, FunctionChange, PgoRun, Proof, build::Build},
        rows::{RowFinding, RowFindingKind, RowMeasurement, RowsBaseline, RowsVerdict},
        verdict,
    },
};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// What is needed of a saved run, which has much more.
#[derive(Clone, Debug, Deserialize)]
pub struct SavedRows {
    /// The version of its form.
    pub schema: u32,
    /// The counts.
    pub measurements: Vec<RowMeasurement>,
    /// The judgement.
    pub verdict: RowsVerdict,
    /// The programs of `pgo`: with the functions that became worse.
    #[serde(default)]
    pub subjects: Vec<SavedProof>,
}

impl From<&GridRun> for SavedRows {
    fn from(run: &GridRun) -> SavedRows {
        let (measurements, verdict) = (run.measurements.clone(), run.verdict.clone());
        SavedRows { schema: run.schema, measurements, verdict, subjects: Vec::new() }
    }
}

impl From<&AllocRun> for SavedRows {
    fn from(run: &AllocRun) -> SavedRows {
        let (measurements, verdict) = (run.measurements.clone(), run.verdict.clone());
        SavedRows { schema: run.schema, measurements, verdict, subjects: Vec::new() }
    }
}

impl From<&PgoRun> for SavedRows {
    fn from(run: &PgoRun) -> SavedRows {
        let saved = |proof: &Proof| SavedProof { subject: proof.subject.clone(), regressions: proof.regressions.clone() };
        let (measurements, verdict) = (run.measurements.clone(), run.verdict.clone());
        SavedRows { schema: run.schema, measurements, verdict, subjects: run.subjects.iter().map(saved).collect() }
    }
}

/// What is needed of a program of `pgo`.
#[derive(Clone, Debug, Deserialize)]
pub struct SavedProof {
    /// Its name.
    pub subject: String,
    /// The functions that became worse, of each build that did.
    #[serde(default)]
    pub regressions: BTreeMap<Build, Vec<FunctionChange>>,
}

/// The gate of a run.
pub fn rows_gate(name: GateName, saved: &SavedRows, standard: Standard<RowsBaseline>) -> Gate {
    let verdict = &saved.verdict;
    let ids: BTreeSet<&String> =
        saved.measurements.iter().map(|one| &one.row).chain(verdict.findings.iter().map(|one| &one.row)).collect();
    let measured: BTreeMap<(&str, &str), u64> =
        saved.measurements.iter().map(|one| ((one.row.as_str(), one.metric.as_str()), one.value)).collect();
    let told = told(&verdict.findings);
    let value = |row: &str, metric: &str| {
        let new = measured.get(&(row, metric)).copied();
        let recorded = || Some(standard.baseline?.rows.get(row)?.0.get(metric)?.value);
        let old = told.get(&(row, metric)).copied().unwrap_or_else(recorded);
        (old.is_some() || new.is_some()).then_some(())?;
        Some(Value { metric: MetricName::of(metric)?, old, new, left: None })
    };
    let values = |row: &str| metrics(name).into_iter().filter_map(|metric| value(row, metric)).collect();
    let tools = verdict.findings.iter().filter_map(|finding| match &finding.kind {
        RowFindingKind::Incomparable { tool, old, new, .. } => {
            Some((tool.clone(), old.clone(), new.clone(), Name::of(&finding.row)))
        }
        _ => None,
    });
    let recorded = standard.baseline.into_iter().flat_map(|baseline| &baseline.rows).flat_map(|(row, entries)| {
        let before = standard.before.map(|before| before.and_then(|before| before.rows.get(row)));
        entries.0.iter().map(move |(metric, entry)| Recorded {
            row: row.clone(),
            metric: metric.clone(),
            entry,
            before: before.map(|before| before.and_then(|entries| entries.0.get(metric))),
        })
    });
    Draft {
        name,
        outcome: verdict.outcome,
        exit: verdict.exit(),
        recorded: verdict.recorded,
        not_selected_count: verdict.not_selected_count,
        measure_again_count: if verdict.recorded == verdict::Recorded::Nothing { verdict.measure_again_count } else { 0 },
        remedy: verdict.findings.iter().map(|finding| finding.kind.remedy()).max(),
        base: standard.commit.cloned(),
        found: verdict.findings.iter().map(found).collect(),
        rows: ids.into_iter().map(|row| (row.clone(), values(row))).collect(),
        tools: tools.collect(),
        splits: Vec::new(),
        growths: saved.subjects.iter().flat_map(growths).collect(),
        accepted: accepted(recorded),
    }
    .gate()
}

/// The metrics that gate, in the order they are shown.
fn metrics(name: GateName) -> Vec<&'static str> {
    match name {
        GateName::Size => Vec::new(),
        GateName::Run => vec![grid::FUEL, grid::PEAK_MEMORY],
        GateName::Alloc => alloc::METRICS.to_vec(),
        GateName::Pgo => pgo::METRICS.iter().map(|(metric, _)| *metric).collect(),
    }
}

/// Row and metric -> the old value as a finding has it: the baseline may have been written since.
fn told(findings: &[RowFinding]) -> BTreeMap<(&str, &str), Option<u64>> {
    let mut told = BTreeMap::new();
    for finding in findings {
        let (metric, old) = match &finding.kind {
            RowFindingKind::Worse { metric, old, .. } | RowFindingKind::Better { metric, old, .. } => (metric, Some(*old)),
            RowFindingKind::NotMeasured { metric, old } => (metric, Some(*old)),
            RowFindingKind::NotInBaseline { metric, .. } => (metric, None),
            _ => continue,
        };
        told.insert((finding.row.as_str(), metric.as_str()), old);
    }
    told
}

fn found(finding: &RowFinding) -> Found {
    let about = match &finding.kind {
        RowFindingKind::Failed { reason } | RowFindingKind::Invalid { reason, .. } => Some(Name::of(reason)),
        _ => None,
    };
    let metric = finding.kind.metric().and_then(MetricName::of);
    Found { kind: Kind::from(&finding.kind), row: Name::of(&finding.row), metric, about, limit: None }
}

/// The functions that take more instructions than recorded, of each build that is worse.
fn growths(proof: &SavedProof) -> Vec<Growth> {
    let builds = proof.regressions.iter().filter(|(_, functions)| !functions.is_empty());
    let growth = |(build, functions): (&Build, &Vec<FunctionChange>)| Growth {
        row: Name::of(&PgoRun::row_id(&proof.subject, *build)),
        more_row_count: 0,
        unit: Unit::Instructions,
        crates: Vec::new(),
        symbols: functions
            .iter()
            .map(|one| Change { name: Name::of(&one.name), old: one.before_count, new: one.after_count })
            .collect(),
        inlined: Vec::new(),
        more_symbol_count: 0,
    };
    builds.map(growth).collect()
}
