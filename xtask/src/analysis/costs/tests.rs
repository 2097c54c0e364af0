//! Counts that guests print, and differences of steps.

use super::*;
use crate::analysis::grid::{Play, believed, measurements, row};
use crate::data::grid::Cell;
use proptest::prelude::*;
use runner_protocol::{Ended, Engine};

const TEXT: &str = r#"
summary = "s"
artifact = "a"
fuel = true
[at-most]
missed_count = 20
ask_fuel_count = { percent = 200, of = "rest_fuel_count" }
[cost.ask]
with = "asks"
without = "opens"
count = 3
of = ["fuel", "time"]
[cost.more]
with = "asks"
without = "opens"
of = ["memory"]
[cost.rest]
with = "opens"
of = ["fuel", "memory"]
[[step]]
name = "opens"
[[step]]
name = "asks"
counts = ["missed_count", "file_bytes"]
"#;

fn scenario() -> Scenario {
    Scenario::parse("s", TEXT).unwrap().remove(0)
}

/// Fuel and pages of the two steps, and what the second prints.
fn left(fuel: [u64; 2], pages: [u64; 2], stdout: &str) -> Observed {
    let step = |at: usize, stdout: &str| StepObserved {
        fuel_count: Some(fuel[at]),
        peak_memory_bytes: Some(pages[at] * 65_536),
        ..StepObserved::native(Ended::Exit { code: 0 }, stdout.into(), String::new())
    };
    Observed { steps: vec![step(0, ""), step(1, stdout)], ..Observed::default() }
}

const GOOD: &str = "hits: 1 2\nmissed_count 16\nfile_bytes 680588\n";

#[test]
fn what_is_printed_and_what_steps_take_is_measured() {
    let wanted = [
        ("ask_fuel_count", 4),
        ("file_bytes", 680_588),
        ("missed_count", 16),
        ("more_added_memory_bytes", 0),
        ("rest_fuel_count", 100),
        ("rest_memory_bytes", 131_072),
    ];
    let own = values(&scenario(), &left([100, 110], [2, 2], GOOD)).unwrap();
    assert_eq!(own, wanted.map(|(name, value)| (name.to_string(), value)).into(), "10 shared by 3 are 4: nothing is free");
    let rows = measurements(&scenario(), Engine::WasmtimeJit, &left([100, 110], [2, 3], GOOD));
    assert_eq!(rows.len(), 8);
    assert!(rows.iter().any(|one| one.metric == "more_added_memory_bytes" && one.value == 65_536));
}

#[test]
fn the_reference_has_what_it_prints() {
    let mut observed = left([0, 0], [0, 0], GOOD);
    observed.steps.iter_mut().for_each(|step| (step.fuel_count, step.peak_memory_bytes) = (None, None));
    let own = values(&scenario(), &observed).unwrap();
    assert_eq!(own.keys().collect::<Vec<_>>(), ["file_bytes", "missed_count"]);
}

#[test]
fn what_is_above_its_bound_fails_the_cell() {
    let cell = |observed: Observed| {
        let plays = [(Engine::WasmtimeJit, believed(&scenario(), Engine::WasmtimeJit, observed))].into();
        row(&scenario(), &[Engine::WasmtimeJit], &plays).cells[&Engine::WasmtimeJit].clone()
    };
    let said = |observed| match cell(observed) {
        Cell::Fail { reasons } => reasons.into_iter().map(|reason| reason.said).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(cell(left([100, 700], [2, 2], &GOOD.replace("16", "20"))), Cell::Pass);
    assert_eq!(said(left([100, 110], [2, 2], &GOOD.replace("16", "21"))), ["missed_count is 21, above the 20 that it may be"]);
    assert_eq!(
        said(left([100, 701], [2, 2], GOOD)),
        ["ask_fuel_count is 201, above the 200 that it may be, which is 200 % of rest_fuel_count"]
    );
}

#[test]
fn what_cannot_be_is_not_believed() {
    let cases = [
        (left([100, 110], [2, 2], "file_bytes 1\n"), "stdout of step `asks` has no line `missed_count NUMBER`"),
        (left([100, 110], [2, 2], &GOOD.repeat(2)), "has `missed_count` twice"),
        (left([100, 110], [2, 2], &GOOD.replace("16", "-1")), "without a number"),
        (left([100, 110], [2, 2], &GOOD.replace("16", "+1")), "without a number"),
        (left([100, 110], [2, 2], &GOOD.replace("16", "016")), "without a number"),
        (left([100, 110], [2, 2], &GOOD.replace("16", "")), "without a number"),
        (left([100, 110], [2, 2], &GOOD.replace("16", "99999999999999999999")), "without a number of 64 bits"),
        (left([100, 99], [2, 2], GOOD), "ask_fuel_count: step `asks` took 99, less than the 100 without it"),
        (left([100, 110], [2, 1], GOOD), "more_added_memory_bytes: step `asks` took 65536, less than"),
    ];
    for (observed, want) in cases {
        let Play::Distrusted(said) = believed(&scenario(), Engine::WasmtimeJit, observed.clone()) else { panic!("{want}") };
        assert!(said.contains(want), "{said} should contain {want}");
        let mut failed = observed;
        failed.steps[1].ended = vec![Ended::Exit { code: 1 }];
        assert!(
            matches!(believed(&scenario(), Engine::WasmtimeJit, failed), Play::Observed(_)),
            "it failed by itself: that is said"
        );
    }
}

proptest! {
    #[test]
    fn any_text_is_a_value_or_a_reason(stdout in "(missed_count ?|file_bytes ?|[0-9 \n+-]){0,20}") {
        let _ = values(&scenario(), &left([1, 2], [1, 1], &stdout));
    }
}
