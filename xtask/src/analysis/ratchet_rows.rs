//! The ratchet over rows: what differs from the committed numbers, and what may be written. Only better is recorded, worse only with a reason.

use super::{compare::Unrecorded, ratchet::Mode};
use crate::data::{
    baseline::{Accepted, Entry},
    rows::{
        Band, ROWS_SCHEMA, RowFinding, RowFindingKind as Kind, RowMeasurement, RowsBaseline, RowsVerdict, Tools, may_be_zero,
    },
    verdict::{Outcome, Recorded, Remedy},
};
use std::collections::{BTreeMap, BTreeSet};

/// What a run is held to.
#[derive(Clone)]
pub struct Standard<'a> {
    /// What the run was made with.
    pub tools: &'a Tools,
    /// Every row that there is.
    pub rows: &'a BTreeSet<String>,
    /// Those that this invocation measures.
    pub selected: &'a BTreeSet<String>,
    /// Row -> why it did not work.
    pub failed: &'a BTreeMap<String, String>,
    /// The committed numbers.
    pub baseline: Option<&'a RowsBaseline>,
    /// What it means that there are none.
    pub unrecorded: Unrecorded,
    /// The metrics that gate -> how far a value may be off.
    pub bands: &'a BTreeMap<&'a str, Band>,
    /// Whether the numbers of a row depend on a tool.
    pub depends: &'a dyn Fn(&str, &str) -> bool,
}

/// What is to be written, and the judgement that then holds.
#[derive(Clone, Debug)]
pub struct SettledRows {
    /// The new baseline, where it changes.
    pub baseline: Option<RowsBaseline>,
    /// Outcome, findings and what was recorded.
    pub verdict: RowsVerdict,
}

/// Everything that differs, worst first. An empty list is a pass.
pub fn compare(measurements: &[RowMeasurement], standard: &Standard) -> Vec<RowFinding> {
    let mut findings = failures(standard.failed);
    let values = values(measurements, standard, &mut findings);
    match standard.baseline {
        None => {
            let kind = if standard.unrecorded == Unrecorded::AnyMore { Kind::BaselineGone } else { Kind::NoBaseline };
            let rows: BTreeSet<&str> = values.keys().map(|(row, _)| *row).collect();
            findings.extend(rows.into_iter().map(|row| finding(row, kind.clone())));
        }
        Some(baseline) => {
            findings.extend(values.iter().filter_map(|((row, metric), new)| against(row, metric, *new, baseline, standard)));
            findings.extend(missing(&values, baseline, standard));
        }
    }
    for finding in &mut findings {
        let held_to = finding.kind.metric().and_then(|metric| entry(&finding.row, metric, standard));
        finding.measure_again = held_to.is_some_and(|entry| entry.measure_again);
    }
    findings.sort_by(|a, b| (&a.kind, &a.row).cmp(&(&b.kind, &b.row)));
    findings
}

/// What did not work: row -> why.
pub fn failures(failed: &BTreeMap<String, String>) -> Vec<RowFinding> {
    failed.iter().map(|(row, reason)| finding(row, Kind::Failed { reason: reason.clone() })).collect()
}

fn finding(row: &str, kind: Kind) -> RowFinding {
    RowFinding::new(row, kind)
}

fn entry<'a>(row: &str, metric: &str, standard: &Standard<'a>) -> Option<&'a Entry> {
    standard.baseline?.rows.get(row)?.0.get(metric)
}

type Values<'a> = BTreeMap<(&'a str, &'a str), u64>;

/// The values that gate. A zero, two of one kind, or one of a row that nobody knows is invalid.
fn values<'a>(measurements: &'a [RowMeasurement], standard: &Standard, findings: &mut Vec<RowFinding>) -> Values<'a> {
    let mut values = Values::new();
    for RowMeasurement { row, metric, value } in measurements {
        if !standard.bands.contains_key(metric.as_str()) {
            continue;
        }
        let before = values.insert((row.as_str(), metric.as_str()), *value);
        let reason = match () {
            () if *value == 0 && !may_be_zero(metric) => "it is 0, which nothing that ran has",
            () if before.is_some() => "it was measured twice",
            () if !standard.selected.contains(row) => "the row was not selected",
            () => continue,
        };
        findings.push(finding(row, Kind::Invalid { metric: metric.clone(), reason: reason.into() }));
    }
    values
}

fn against(row: &str, metric: &str, new: u64, baseline: &RowsBaseline, standard: &Standard) -> Option<RowFinding> {
    let metric_name = || metric.to_string();
    let Some(entry) = baseline.rows.get(row).and_then(|entries| entries.0.get(metric)) else {
        return Some(finding(row, Kind::NotInBaseline { metric: metric_name(), new }));
    };
    if let Some((tool, old, new)) = other_tool(row, baseline, standard) {
        return Some(finding(row, Kind::Incomparable { metric: metric_name(), tool, old, new }));
    }
    let (old, band) = (entry.value, standard.bands.get(metric).map_or(0, |band| band.units_of(entry.value)));
    if new.abs_diff(old) <= band {
        return None;
    }
    let metric = metric_name();
    Some(finding(row, if new > old { Kind::Worse { metric, old, new } } else { Kind::Better { metric, old, new } }))
}

/// The first tool that the row depends on and that differs: its name, then and now.
fn other_tool(row: &str, baseline: &RowsBaseline, standard: &Standard) -> Option<(String, String, String)> {
    let none = "none";
    let names: BTreeSet<&String> = baseline.provenance.keys().chain(standard.tools.keys()).collect();
    names.into_iter().filter(|tool| (standard.depends)(row, tool)).find_map(|tool| {
        let version = |tools: &Tools| tools.get(tool).map_or(none, String::as_str).to_string();
        let (old, new) = (version(&baseline.provenance), version(standard.tools));
        (old != new).then(|| (tool.clone(), old, new))
    })
}

/// What the baseline has and the run has not.
fn missing(values: &Values, baseline: &RowsBaseline, standard: &Standard) -> Vec<RowFinding> {
    let mut findings = Vec::new();
    for (row, entries) in &baseline.rows {
        if !standard.rows.contains(row) {
            findings.push(finding(row, Kind::RowGone));
            continue;
        }
        // Of a row that failed that is all there is to say.
        if !standard.selected.contains(row) || standard.failed.contains_key(row) {
            continue;
        }
        for (metric, entry) in &entries.0 {
            if !values.contains_key(&(row.as_str(), metric.as_str())) {
                findings.push(finding(row, Kind::NotMeasured { metric: metric.clone(), old: entry.value }));
            }
        }
    }
    findings
}

/// Settles `findings` as far as `mode` allows: all of them, or nothing is written.
pub fn settle(measurements: &[RowMeasurement], standard: &Standard, findings: Vec<RowFinding>, mode: &Mode) -> SettledRows {
    let not_selected_count = standard.rows.difference(standard.selected).count() as u64;
    let is_merged = |one: &&RowMeasurement| entry(&one.row, &one.metric, standard).is_some_and(|entry| entry.measure_again);
    let measure_again_count = measurements.iter().filter(is_merged).count() as u64;
    let splits = not_selected_count > 0 && findings.iter().any(|finding| finding.kind.is_for_all());
    let recorded = match (findings.iter().map(|finding| finding.kind.remedy()).max(), mode) {
        (_, Mode::Check) => Recorded::Nothing,
        _ if splits => Recorded::Nothing,
        (Some(Remedy::Accept), Mode::Record) => Recorded::Nothing,
        (Some(Remedy::Accept), Mode::Accept { .. }) => Recorded::Accepted,
        (None, _) if measure_again_count > 0 => Recorded::Confirmed,
        (None | Some(Remedy::Fix), _) => Recorded::Nothing,
        (Some(Remedy::Record), _) if standard.baseline.is_none() => Recorded::First,
        (Some(Remedy::Record), _) => Recorded::Better,
    };
    let outcome = if findings.is_empty() || recorded != Recorded::Nothing { Outcome::Pass } else { Outcome::Fail };
    let baseline = (recorded != Recorded::Nothing).then(|| bless(measurements, standard, &findings, mode));
    let baseline = baseline.filter(|new| Some(new) != standard.baseline);
    SettledRows { baseline, verdict: RowsVerdict { outcome, findings, recorded, not_selected_count, measure_again_count } }
}

fn bless(measurements: &[RowMeasurement], standard: &Standard, findings: &[RowFinding], mode: &Mode) -> RowsBaseline {
    let mut rows = standard.baseline.map(|baseline| baseline.rows.clone()).unwrap_or_default();
    rows.retain(|row, _| standard.rows.contains(row));
    let moved: BTreeSet<(&str, Option<&str>)> =
        findings.iter().map(|finding| (finding.row.as_str(), metric_of(&finding.kind))).collect();
    for RowMeasurement { row, metric, value } in measurements {
        if !standard.bands.contains_key(metric.as_str()) {
            continue;
        }
        let entries = &mut rows.entry(row.clone()).or_default().0;
        match entries.get_mut(metric) {
            None => {
                // A first value needs no reason; one after a baseline that is gone is not the first.
                let is_first = standard.baseline.is_none() && standard.unrecorded == Unrecorded::Yet;
                let accepted = if is_first { Vec::new() } else { accepted(mode, None, *value) };
                entries.insert(metric.clone(), Entry::measured(*value, *value, accepted));
            }
            // A value inside its band stays what it was, so that steps inside the band cannot add up; of one that nobody measured the
            // lower one is known now.
            Some(entry) if moved.contains(&(row, Some(metric))) || (entry.measure_again && *value < entry.value) => {
                if *value > entry.value {
                    entry.accepted.extend(accepted(mode, Some(entry.value), *value));
                }
                *entry = Entry::measured(*value, entry.best.min(*value), std::mem::take(&mut entry.accepted));
            }
            Some(entry) => entry.measure_again = false,
        }
    }
    RowsBaseline { schema: ROWS_SCHEMA, provenance: provenance(measurements, standard), rows }
}

/// What the numbers are made with that the baseline then has: of a tool that no measured row depends on, the others are still of the old version.
fn provenance(measurements: &[RowMeasurement], standard: &Standard) -> Tools {
    let mut tools = standard.tools.clone();
    for (tool, version) in standard.baseline.iter().flat_map(|baseline| &baseline.provenance) {
        if !measurements.iter().any(|one| (standard.depends)(&one.row, tool)) {
            tools.insert(tool.clone(), version.clone());
        }
    }
    tools
}

fn metric_of(kind: &Kind) -> Option<&str> {
    match kind {
        Kind::Worse { metric, .. } | Kind::Better { metric, .. } | Kind::Incomparable { metric, .. } => Some(metric),
        _ => None,
    }
}

fn accepted(mode: &Mode, from: Option<u64>, to: u64) -> Vec<Accepted> {
    match mode {
        Mode::Accept { reason, date } => vec![Accepted { from, to, reason: reason.clone(), date: date.clone() }],
        Mode::Check | Mode::Record => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
