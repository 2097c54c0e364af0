//! Rows of the grid: every engine has a cell, and equal means equal.

use super::*;
use crate::data::observed::StepObserved;
use runner_protocol::Ended;

fn scenario(more: &str) -> Scenario {
    Scenario::parse("s", &format!("summary = 's'\nartifact = 'a'\n{more}[[step]]\n")).unwrap().remove(0)
}

fn left(stdout: &str) -> Observed {
    let step = StepObserved {
        fuel_count: Some(7),
        peak_memory_bytes: Some(65_536),
        ..StepObserved::native(Ended::Exit { code: 0 }, stdout.into(), String::new())
    };
    Observed { steps: vec![step.clone(), step], ..Observed::default() }
}

fn play(stdout: &str) -> Play {
    let mut observed = left(stdout);
    observed.steps.pop();
    Play::Observed(Box::new(observed))
}

#[test]
fn every_engine_has_a_cell() {
    let scenario = scenario("[not-applicable]\nwamr-aot = 'it has no such thing'\n");
    let plays = BTreeMap::from([
        (Engine::Native, play("a")),
        (Engine::WasmtimeJit, play("a")),
        (Engine::WasmtimeWinch, Play::Unavailable("no Winch on this machine".into())),
        (Engine::WasmtimeAot, Play::Failed("the runner was killed".into())),
        (Engine::WasmtimePulley, play("b")),
    ]);
    let row = row(&scenario, &Engine::ALL, &plays);
    assert_eq!(row.cells.len(), Engine::ALL.len());
    let state = |engine: Engine| serde_json::to_value(&row.cells[&engine]).unwrap()["state"].as_str().unwrap().to_string();
    assert_eq!(
        Engine::ALL.map(state),
        ["pass", "pass", "not_applicable", "fail", "fail", "fail", "not_applicable"],
        "the interpreter was not played, Pulley said something else"
    );
    assert_eq!(row.transcript.unwrap().len(), 64);
}

#[test]
fn the_one_that_differs_is_told_how() {
    let plays = BTreeMap::from([(Engine::WasmtimeJit, play("one\ntwo\n")), (Engine::WasmtimePulley, play("one\n2\n"))]);
    let row = row(&scenario(""), &[Engine::WasmtimeJit, Engine::WasmtimePulley], &plays);
    assert_eq!(row.cells[&Engine::WasmtimeJit], Cell::Pass);
    let Cell::Fail { reasons } = &row.cells[&Engine::WasmtimePulley] else { panic!("{row:?}") };
    assert!(reasons[0].said.contains("something else than wasmtime-jit"));
    assert!(reasons[0].detail.contains("- two\n+ 2\n"), "{}", reasons[0].detail);
}

#[test]
fn a_row_that_nobody_played_has_no_hash() {
    let plays = BTreeMap::from([(Engine::Native, Play::Failed("no".into()))]);
    assert_eq!(row(&scenario(""), &[Engine::Native], &plays).transcript, None);
}

#[test]
fn what_repeats_is_measured() {
    let measured = |scenario: &Scenario, engine| -> Vec<(String, u64)> {
        measurements(scenario, engine, &left(""))
            .into_iter()
            .map(|one| (format!("{} {}", one.row, one.metric), one.value))
            .collect()
    };
    let exact = scenario("fuel = true\n");
    let of = |text: &str, value| (text.to_string(), value);
    assert_eq!(
        measured(&exact, Engine::WasmtimeJit),
        [of("s/wasmtime-jit fuel_count", 14), of("s/wasmtime-jit peak_memory_bytes", 65_536)]
    );
    assert_eq!(measured(&exact, Engine::WamrAot), [of("s/wamr-aot peak_memory_bytes", 65_536)]);
    assert_eq!(measured(&exact, Engine::Native), []);
    assert_eq!(measured(&scenario(""), Engine::WasmtimeJit), []);
}
