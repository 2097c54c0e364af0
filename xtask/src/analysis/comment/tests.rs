//! What becomes of findings, values and reasons.

use super::*;
use crate::data::{
    comment::MetricName,
    rows::{RowFinding, RowFindingKind, RowMeasurement, RowsBaseline, RowsVerdict},
};

fn baseline(text: &str) -> RowsBaseline {
    RowsBaseline::parse(&format!(r#"{{"schema":1,"provenance":{{}},"rows":{text}}}"#)).unwrap()
}

fn saved(measured: &[(&str, u64)], findings: Vec<(&str, RowFindingKind)>) -> SavedRows {
    let measurement =
        |(row, value): &(&str, u64)| RowMeasurement { row: (*row).into(), metric: "fuel_count".into(), value: *value };
    let findings: Vec<RowFinding> =
        findings.into_iter().map(|(row, kind)| RowFinding { row: row.into(), kind, measure_again: false }).collect();
    let outcome = if findings.is_empty() { Outcome::Pass } else { Outcome::Fail };
    SavedRows {
        schema: 1,
        measurements: measured.iter().map(measurement).collect(),
        verdict: RowsVerdict { outcome, findings, ..RowsVerdict::default() },
        subjects: Vec::new(),
    }
}

fn metric() -> String {
    "fuel_count".into()
}

#[test]
fn rows_are_sorted_into_changed_and_not_and_those_without_a_baseline_are_nobodys() {
    let baseline = baseline(
        r#"{"a":{"fuel_count":{"value":10,"best":10}},"b":{"fuel_count":{"value":20,"best":20}},"gone":{"fuel_count":{"value":1,"best":1}}}"#,
    );
    let saved = saved(
        &[("a", 10), ("b", 25), ("native", 3)],
        vec![
            ("gone", RowFindingKind::RowGone),
            ("b", RowFindingKind::Worse { metric: metric(), old: 20, new: 25 }),
            ("c", RowFindingKind::Failed { reason: "it\nfell".into() }),
        ],
    );
    let gate = rows_gate(GateName::Run, &saved, Standard { baseline: Some(&baseline), before: None, commit: None });
    let names = |rows: &[Row]| rows.iter().map(|row| row.name.to_string()).collect::<Vec<_>>();
    assert_eq!(
        (names(&gate.changed), names(&gate.unchanged)),
        (vec!["c".into(), "b".into(), "gone".into()], vec!["a".to_string()])
    );
    assert_eq!((gate.exit, gate.remedy), (1, Some(Remedy::Fix)));
    let fuel = MetricName::of("fuel_count").unwrap();
    assert_eq!(gate.changed[1].values, [Value { metric: fuel, old: Some(20), new: Some(25), left: None }]);
    assert_eq!(gate.found[0].about, Some(Name::of("it fell")));
}

#[test]
fn tools_are_counted_by_rows_and_new_reasons_come_first() {
    let entry = |reason: &str| {
        format!(
            r#"{{"fuel_count":{{"value":12,"best":10,"accepted":[{{"from":10,"to":12,"reason":"{reason}","date":"2026-11-20"}}]}}}}"#
        )
    };
    let before = baseline(&format!(r#"{{"a":{}}}"#, entry("old")));
    let now = baseline(&format!(r#"{{"a":{},"b":{}}}"#, entry("old"), entry("new")));
    let tool = |metric: &str| RowFindingKind::Incomparable {
        metric: metric.into(),
        tool: "rustc".into(),
        old: "1".into(),
        new: "2".into(),
    };
    let saved = saved(
        &[("a", 12), ("b", 12)],
        vec![("a", tool("fuel_count")), ("a", tool("peak_memory_bytes")), ("b", tool("fuel_count"))],
    );
    let gate = |before| rows_gate(GateName::Run, &saved, Standard { baseline: Some(&now), before, commit: None });
    let told = gate(Some(Some(&before)));
    assert_eq!((told.tools.len(), told.tools[0].row_count, told.counts[0].row_count), (1, 2, 2));
    let reasons = |gate: &Gate| gate.accepted.iter().map(|rows| (rows.reason.to_string(), rows.is_new)).collect::<Vec<_>>();
    assert_eq!(reasons(&told), [("new".to_string(), true), ("old".into(), false)]);
    assert!(reasons(&gate(Some(None))).iter().all(|(_, is_new)| *is_new));
    assert!(reasons(&gate(None)).iter().all(|(_, is_new)| !is_new), "nobody knows");
}

#[test]
fn a_file_is_as_long_as_can_be_read() {
    let names: Vec<String> = (0..600).map(|number| format!("{number}{}", "ä".repeat(110))).collect();
    let measured: Vec<(&str, u64)> = names.iter().map(|name| (name.as_str(), 2)).collect();
    let findings = measured.iter().map(|(row, _)| (*row, RowFindingKind::Worse { metric: metric(), old: 1, new: 2 })).collect();
    let gate = rows_gate(GateName::Run, &saved(&measured, findings), Standard { baseline: None, before: None, commit: None });
    let gates: Vec<Gate> = GateName::ALL.into_iter().map(|name| Gate { name, ..gate.clone() }).collect();
    let (comment, text) =
        fitted(Comment { schema: 1, pull_request: None, head: None, gates, missing: Vec::new(), left_out: Vec::new() });
    assert!(text.len() as u64 <= COMMENT_BYTES_MAX && comment.gates[0].changed_count == 600);
    assert!(comment.gates[0].changed.len() >= 250, "{}", comment.gates[0].changed.len());
    assert_eq!(Comment::parse(&text).unwrap(), comment);
}
