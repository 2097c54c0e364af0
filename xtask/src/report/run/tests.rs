//! The report as a person reads it, in both forms.

use super::*;
use crate::{
    analysis::timings::timings,
    data::{
        cost_times::CostTime,
        grid::{EngineFigures, GRID_SCHEMA, GridArtifact, GridProvenance, Reason, Row},
        rows::{RowFinding, RowFindingKind, RowMeasurement, RowsVerdict},
        timing::{Phase, Program, Ratio, Sample},
    },
};
use std::collections::BTreeMap;

fn row(scenario: &str, cells: [Cell; 7]) -> Row {
    Row {
        scenario: scenario.into(),
        transcript: Some("0123456789abcdef".into()),
        cells: Engine::ALL.into_iter().zip(cells).collect(),
    }
}

fn absent(reason: &str) -> Cell {
    Cell::NotApplicable { reason: reason.into() }
}

fn failed(said: &str, detail: &str) -> Cell {
    Cell::Fail { reasons: vec![Reason { said: said.into(), detail: detail.into() }] }
}

fn samples() -> Vec<Sample> {
    let mut samples = Vec::new();
    for (engine, agent_ns, floor_ns) in
        [(Engine::WasmtimeJit, 61_000_000, 20_000_000), (Engine::WasmtimeAot, 4_000_000, 4_000_000)]
    {
        for round in 0..11u32 {
            let noise = u64::from(round % 3) * 100_000;
            for (program, value_ns) in
                [(Program::Agent, agent_ns + noise), (Program::Floor, floor_ns + u64::from(round % 2) * 100_000)]
            {
                samples.push(Sample { engine, program, phase: Phase::Start, round, value_ns });
                samples.push(Sample { engine, program, phase: Phase::Load, round, value_ns: value_ns / 2 });
            }
        }
    }
    samples
}

fn run(rows: Vec<Row>, verdict: RowsVerdict) -> GridRun {
    let count = |row: &str, metric: &str, value| RowMeasurement { row: row.into(), metric: metric.into(), value };
    let samples = samples();
    GridRun {
        schema: GRID_SCHEMA,
        command: "run".into(),
        provenance: GridProvenance {
            tools: BTreeMap::from([("wasmtime".to_string(), "48.0.8".to_string()), ("rustc".into(), "1.95.0".into())]),
            commit: None,
            dirty: false,
            host: "h".into(),
        },
        artifacts: vec![GridArtifact {
            variant: "agent/wasm32-wasip2/release-wasm/talc".into(),
            path: "a.wasm".into(),
            sha256: "fedcba9876543210".into(),
            raw_bytes: 137_611,
        }],
        rows,
        figures: vec![EngineFigures {
            host_peak_bytes: Some(7_700_000),
            floor_host_peak_bytes: Some(7_000_000),
            lines_per_second: Some(12_345),
            calls_per_second: Some(900),
            instance_slope_bytes: Some(0),
            ..EngineFigures::none(Engine::WasmtimeAot, Some(490_168))
        }],
        measurements: vec![
            count("message/wasmtime-jit", "fuel_count", 1_234_567),
            count("message/wasmtime-pulley", "fuel_count", 1_234_567),
            count("message/wasmtime-jit", "peak_memory_bytes", 1_179_648),
            count("message/wamr-interpreter", "peak_memory_bytes", 1_245_184),
            count("session/wasmtime-jit", "fuel_count", 9_000_000),
            count("session/wasmtime-winch", "fuel_count", 9_000_010),
            count("session/wasmtime-aot", "fuel_count", 9_000_001),
        ],
        timings: timings(&samples),
        step_samples: Vec::new(),
        cost_times: Vec::new(),
        samples,
        start_budget_ms: BTreeMap::from([(Engine::WasmtimeJit, 50), (Engine::WasmtimeAot, 10)]),
        verdict,
    }
}

fn good() -> Vec<Row> {
    let pass = || Cell::Pass;
    let llvm = || absent("there is no LLVM 16 here: apt-get install llvm-16-dev");
    let sandbox = "it is the runner's sandbox that is tested";
    vec![
        row("message", [pass(), pass(), pass(), pass(), pass(), pass(), llvm()]),
        row("session", [pass(), pass(), pass(), pass(), pass(), pass(), llvm()]),
        row("hostile-escape.dotdot", [absent(sandbox), pass(), pass(), pass(), pass(), pass(), llvm()]),
    ]
}

fn bad() -> Vec<Row> {
    let mut rows = good();
    let detail = "- two\n+ 2\u{1b}\n";
    rows[1].cells.insert(Engine::WasmtimePulley, failed("it left something else than native", detail));
    for engine in [Engine::WasmtimeJit, Engine::WamrInterpreter] {
        rows[0].cells.insert(engine, failed("it ended with exit 1, not exit 0", "its stderr:\n  agent: no\n"));
    }
    rows
}

fn verdict(outcome: Outcome, findings: Vec<RowFinding>) -> RowsVerdict {
    RowsVerdict { outcome, findings, ..RowsVerdict::default() }
}

#[test]
fn a_pass_is_a_grid_with_counts_and_times() {
    let text = render(&run(good(), verdict(Outcome::Pass, Vec::new())), &Detail::Short, Form::Text(120));
    assert!(text.lines().all(|line| line.chars().count() <= 120));
    insta::assert_snapshot!(text);
}

#[test]
fn what_scenarios_measure_of_their_steps_is_shown() {
    let mut run = run(good(), verdict(Outcome::Pass, Vec::new()));
    let count = |row: &str, metric: &str, value| RowMeasurement { row: row.into(), metric: metric.into(), value };
    run.measurements.extend([
        count("message/wasmtime-jit", "wanted_count", 1_000),
        count("message/wasmtime-jit", "flat_missed_count", 16),
        count("message/wasmtime-winch", "flat_missed_count", 16),
        count("message/wasmtime-jit", "flat_query_fuel_count", 12_345_678),
        count("message/wasmtime-winch", "flat_query_fuel_count", 12_345_670),
    ]);
    let time = |cost: &str, median_ns, speed| CostTime {
        scenario: "message".into(),
        cost: cost.into(),
        engine: Engine::WasmtimeJit,
        median_ns,
        against: (cost != "scan-query").then(|| "scan-query".into()),
        speed,
        sample_count: 11,
    };
    let speed = Ratio { low_ppm: 4_100_000, median_ppm: 4_560_000, high_ppm: 5_000_000, pair_count: 11 };
    run.cost_times = vec![time("flat-query", 987_654, Some(speed)), time("scan-query", 4_500_000, None)];
    run.timings.clear();
    run.figures.clear();
    let text = render(&run, &Detail::Short, Form::Text(120));
    assert!(text.lines().all(|line| line.chars().count() <= 120));
    insta::assert_snapshot!(text);
}

#[test]
fn failed_cells_are_told_in_one_line_each() {
    insta::assert_snapshot!(render(&run(bad(), verdict(Outcome::Fail, Vec::new())), &Detail::Short, Form::Text(120)));
}

#[test]
fn failed_cells_are_told_in_full_in_markdown() {
    let worse = RowFindingKind::Worse { metric: "fuel_count".into(), old: 1_000, new: 1_100 };
    let failed = RowFindingKind::Failed { reason: "it ended with exit 1".into() };
    let findings = vec![RowFinding::new("message/wasmtime-jit", failed), RowFinding::new("session/wasmtime-jit", worse)];
    insta::assert_snapshot!(render(&run(bad(), verdict(Outcome::Fail, findings)), &Detail::Full, Form::Markdown));
}

#[test]
fn what_settles_findings_is_said() {
    let better = RowFindingKind::Better { metric: "fuel_count".into(), old: 1_100, new: 1_000 };
    let finding = |kind| vec![RowFinding::new("message/wasmtime-jit", kind)];
    let last = |findings| {
        render(&run(good(), verdict(Outcome::Fail, findings)), &Detail::Short, Form::Text(120))
            .lines()
            .last()
            .unwrap()
            .to_string()
    };
    assert_eq!(last(finding(better)), "Next: cargo xtask run without --check records this.");
    assert_eq!(last(finding(RowFindingKind::RowGone)), "Next: if this is meant, cargo xtask run --accept \"reason\" records it.");
    assert!(last(finding(RowFindingKind::NotMeasured { metric: "m".into(), old: 1 })).contains("no flag settles this"));
}

#[test]
fn of_one_engine_there_is_one_column_and_a_saved_run_reads_back() {
    let mut run = run(good(), verdict(Outcome::NotJudged, Vec::new()));
    run.rows.iter_mut().for_each(|row| row.cells.retain(|engine, _| *engine == Engine::WasmtimeJit));
    run.timings.clear();
    let text = render(&run, &Detail::Short, Form::Text(120));
    assert!(
        text.starts_with(
            "run: 3 cells pass, 0 do not apply; the counts were not judged\n\n  scenario               jit  transcript"
        ),
        "{text}"
    );
    assert!(!text.contains("n/a") && !text.contains("Times"));
    let json = serde_json::to_string(&run).unwrap();
    assert_eq!(serde_json::from_str::<GridRun>(&json).unwrap(), run);
}
