//! A baseline, a run, a mode, and what comes of it.

use super::*;

const ROWS: [&str; 2] = ["hello/wasmtime-jit", "hello/wamr-interpreter"];

struct Case {
    tools: Tools,
    rows: BTreeSet<String>,
    selected: BTreeSet<String>,
    failed: BTreeMap<String, String>,
    baseline: Option<RowsBaseline>,
    unrecorded: Unrecorded,
    band: u64,
}

fn case() -> Case {
    let rows: BTreeSet<String> = ROWS.map(String::from).into();
    let tools =
        [("wasmtime", "48"), ("wamr", "2"), ("rustc", "1.95")].map(|(tool, version)| (tool.to_string(), version.to_string()));
    Case {
        tools: tools.into(),
        selected: rows.clone(),
        rows,
        failed: BTreeMap::new(),
        baseline: None,
        unrecorded: Unrecorded::Yet,
        band: 0,
    }
}

fn values(jit: u64, wamr: u64) -> Vec<RowMeasurement> {
    let of = |row: &str, value| RowMeasurement { row: row.into(), metric: "fuel_count".into(), value };
    vec![of(ROWS[0], jit), of(ROWS[1], wamr), RowMeasurement { metric: "load_ns".into(), ..of(ROWS[0], 0) }]
}

/// Rows of an engine depend on that engine, and all of them on rustc.
fn depends(row: &str, tool: &str) -> bool {
    tool == "rustc" || row.contains(tool)
}

impl Case {
    fn settle(&self, measurements: &[RowMeasurement], mode: &Mode) -> SettledRows {
        let bands = BTreeMap::from([("fuel_count", Band::Units(self.band))]);
        let standard = Standard {
            tools: &self.tools,
            rows: &self.rows,
            selected: &self.selected,
            failed: &self.failed,
            baseline: self.baseline.as_ref(),
            unrecorded: self.unrecorded,
            bands: &bands,
            depends: &depends,
        };
        settle(measurements, &standard, compare(measurements, &standard), mode)
    }

    fn only(mut self, row: &str) -> Case {
        self.selected = [row.to_string()].into();
        self
    }
}

/// What the first run wrote.
fn recorded() -> Case {
    let settled = case().settle(&values(100, 50), &Mode::Record);
    assert_eq!((settled.verdict.outcome, settled.verdict.recorded), (Outcome::Pass, Recorded::First));
    let baseline = settled.baseline.unwrap();
    assert_eq!(baseline.rows[ROWS[0]].0.keys().collect::<Vec<_>>(), ["fuel_count"], "only what gates is kept");
    assert_eq!(RowsBaseline::parse(&baseline.render()).unwrap(), baseline);
    Case { baseline: Some(baseline), unrecorded: Unrecorded::AnyMore, ..case() }
}

fn accept() -> Mode {
    Mode::Accept { reason: "why".into(), date: "2026-11-21".into() }
}

/// The findings as text, and whether anything is written.
#[track_caller]
fn comes_to(settled: &SettledRows, outcome: Outcome, recorded: Recorded, findings: &[&str]) {
    let kind = |finding: &RowFinding| serde_json::to_value(finding).unwrap()["kind"].as_str().unwrap().to_string();
    let kinds: Vec<String> = settled.verdict.findings.iter().map(kind).collect();
    assert_eq!((settled.verdict.outcome, settled.verdict.recorded), (outcome, recorded), "{kinds:?}");
    assert_eq!(kinds, findings);
    assert!(settled.baseline.is_none() || recorded != Recorded::Nothing);
}

#[test]
fn the_same_is_a_pass_that_writes_nothing() {
    for mode in [Mode::Check, Mode::Record, accept()] {
        let settled = recorded().settle(&values(100, 50), &mode);
        comes_to(&settled, Outcome::Pass, Recorded::Nothing, &[]);
        assert_eq!(settled.baseline, None);
    }
}

#[test]
fn worse_fails_until_it_is_accepted_and_stays_above_the_best() {
    let case = recorded();
    for mode in [Mode::Check, Mode::Record] {
        comes_to(&case.settle(&values(101, 50), &mode), Outcome::Fail, Recorded::Nothing, &["worse"]);
    }
    let settled = case.settle(&values(101, 50), &accept());
    comes_to(&settled, Outcome::Pass, Recorded::Accepted, &["worse"]);
    let entry = &settled.baseline.unwrap().rows[ROWS[0]].0["fuel_count"];
    assert_eq!((entry.value, entry.best, entry.accepted[0].from, entry.accepted[0].to), (101, 100, Some(100), 101));
}

#[test]
fn better_is_recorded_and_fails_where_nothing_may_be_written() {
    let case = recorded();
    comes_to(&case.settle(&values(99, 50), &Mode::Check), Outcome::Fail, Recorded::Nothing, &["better"]);
    let settled = case.settle(&values(99, 50), &Mode::Record);
    comes_to(&settled, Outcome::Pass, Recorded::Better, &["better"]);
    let entry = &settled.baseline.unwrap().rows[ROWS[0]].0["fuel_count"];
    assert_eq!((entry.value, entry.best, entry.accepted.len()), (99, 99, 0));
}

#[test]
fn inside_a_band_nothing_moves() {
    let case = Case { band: 5, ..recorded() };
    comes_to(&case.settle(&values(105, 45), &Mode::Record), Outcome::Pass, Recorded::Nothing, &[]);
    let settled = case.settle(&values(94, 52), &Mode::Record);
    comes_to(&settled, Outcome::Pass, Recorded::Better, &["better"]);
    assert_eq!(settled.baseline.unwrap().rows[ROWS[1]].0["fuel_count"].value, 50);
}

#[test]
fn what_is_invalid_or_failed_is_never_recorded() {
    let case = recorded();
    comes_to(&case.settle(&values(0, 50), &accept()), Outcome::Fail, Recorded::Nothing, &["invalid", "better"]);
    let twice = [values(100, 50), values(100, 50)].concat();
    comes_to(&case.settle(&twice, &accept()), Outcome::Fail, Recorded::Nothing, &["invalid", "invalid"]);
    comes_to(&case.settle(&values(100, 50)[1..], &accept()), Outcome::Fail, Recorded::Nothing, &["not_measured"]);
    let failed = Case { failed: [(ROWS[0].to_string(), "it trapped".to_string())].into(), ..case };
    comes_to(&failed.settle(&values(100, 49)[1..], &accept()), Outcome::Fail, Recorded::Nothing, &["failed", "better"]);
}

#[test]
fn rows_that_come_and_go_take_a_reason() {
    let mut case = recorded();
    case.rows = [ROWS[0], "new/wasmtime-jit"].map(String::from).into();
    case.selected = case.rows.clone();
    let mut measured = values(100, 50);
    measured[1].row = "new/wasmtime-jit".into();
    comes_to(&case.settle(&measured, &Mode::Record), Outcome::Fail, Recorded::Nothing, &["not_in_baseline", "row_gone"]);
    let settled = case.settle(&measured, &accept());
    comes_to(&settled, Outcome::Pass, Recorded::Accepted, &["not_in_baseline", "row_gone"]);
    let rows = settled.baseline.unwrap().rows;
    assert_eq!(rows.keys().collect::<Vec<_>>(), [ROWS[0], "new/wasmtime-jit"]);
    assert_eq!(rows["new/wasmtime-jit"].0["fuel_count"].accepted[0].from, None);
}

#[test]
fn another_tool_is_no_regression_and_no_pass_for_the_rows_that_depend_on_it() {
    let mut case = recorded();
    case.tools.insert("wamr".into(), "3".into());
    comes_to(&case.settle(&values(100, 50), &Mode::Record), Outcome::Fail, Recorded::Nothing, &["incomparable"]);
    let settled = case.settle(&values(100, 60), &accept());
    comes_to(&settled, Outcome::Pass, Recorded::Accepted, &["incomparable"]);
    let baseline = settled.baseline.unwrap();
    assert_eq!((baseline.provenance["wamr"].as_str(), baseline.rows[ROWS[1]].0["fuel_count"].value), ("3", 60));
    // Half of the rows under new tools would leave a file of two toolchains.
    comes_to(&case.only(ROWS[1]).settle(&values(100, 60)[1..2], &accept()), Outcome::Fail, Recorded::Nothing, &["incomparable"]);
}

#[test]
fn what_was_not_selected_stays_as_it_is_and_of_its_own_tools() {
    let mut case = recorded().only(ROWS[0]);
    case.tools.remove("wamr");
    let settled = case.settle(&values(90, 0)[..1], &Mode::Record);
    comes_to(&settled, Outcome::Pass, Recorded::Better, &["better"]);
    assert_eq!(settled.verdict.not_selected_count, 1);
    let baseline = settled.baseline.unwrap();
    assert_eq!((baseline.provenance["wamr"].as_str(), baseline.rows[ROWS[1]].0["fuel_count"].value), ("2", 50));
}

#[test]
fn a_baseline_that_was_deleted_and_a_first_one_of_a_part_are_not_written_silently() {
    let gone = Case { baseline: None, ..recorded() };
    comes_to(
        &gone.settle(&values(100, 50), &Mode::Record),
        Outcome::Fail,
        Recorded::Nothing,
        &["baseline_gone", "baseline_gone"],
    );
    comes_to(&gone.settle(&values(100, 50), &accept()), Outcome::Pass, Recorded::Accepted, &["baseline_gone", "baseline_gone"]);
    let part = case().only(ROWS[0]);
    comes_to(&part.settle(&values(100, 50)[..1], &Mode::Record), Outcome::Fail, Recorded::Nothing, &["no_baseline"]);
}

#[test]
fn merged_counts_are_held_to_until_a_run_that_records_measures_them() {
    let mut merged = recorded();
    for entries in merged.baseline.as_mut().unwrap().rows.values_mut() {
        entries.0.values_mut().for_each(|entry| entry.measure_again = true);
    }
    let checked = merged.settle(&values(100, 50), &Mode::Check);
    comes_to(&checked, Outcome::Pass, Recorded::Nothing, &[]);
    assert_eq!((checked.baseline, checked.verdict.measure_again_count), (None, 2));
    let worse = merged.settle(&values(101, 50), &Mode::Record);
    comes_to(&worse, Outcome::Fail, Recorded::Nothing, &["worse"]);
    assert!(worse.verdict.findings[0].measure_again);
    let confirmed = merged.settle(&values(100, 50), &Mode::Record);
    comes_to(&confirmed, Outcome::Pass, Recorded::Confirmed, &[]);
    assert_eq!(confirmed.baseline, recorded().baseline);
    let better = merged.settle(&values(99, 50), &Mode::Record);
    comes_to(&better, Outcome::Pass, Recorded::Better, &["better"]);
    assert!(better.baseline.unwrap().rows.values().all(|entries| entries.0.values().all(|entry| !entry.measure_again)));
    // What was not selected was not measured.
    let part = merged.only(ROWS[0]).settle(&values(100, 50)[..1], &Mode::Record);
    comes_to(&part, Outcome::Pass, Recorded::Confirmed, &[]);
    let rows = part.baseline.unwrap().rows;
    assert!(!rows[ROWS[0]].0["fuel_count"].measure_again && rows[ROWS[1]].0["fuel_count"].measure_again);
}
