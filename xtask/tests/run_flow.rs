//! `cargo xtask run`, whole, with fake tools: what it plays, what it prints, and how it ends.
#![cfg(unix)]

mod fake;

use fake::{Fake, POLICY, Ran, VARIANT};
use xtask::data::{
    baseline::Entry,
    rows::{ROWS_SCHEMA, RowEntries, RowsBaseline},
};

const SCENARIO: &str = "summary = \"It ends.\"\nartifact = \"app\"\nnot-applicable.native = \"it is a fake\"\n[[step]]\n";

/// A workspace with one scenario.
fn with(scenario: &str) -> Fake {
    let fake = Fake::new();
    let run = format!("[run]\nscenarios = \"scenarios\"\n[run.artifact.app]\nvariants = [\"{VARIANT}\"]\n");
    fake.write("baselines/policy.toml", &format!("{POLICY}\n{run}"));
    fake.write("baselines/scenarios/ends.toml", scenario);
    fake
}

fn run(fake: &Fake, arguments: &[&str]) -> Ran {
    let all: Vec<&str> = ["run", "--engine", "wamr-interpreter", "--engine", "native"].iter().chain(arguments).copied().collect();
    Ran::from(fake.command(&all).output().unwrap())
}

#[test]
fn the_bytes_that_size_ships_are_what_runs() {
    let fake = with(SCENARIO);
    let json = run(&fake, &["--json"]).expect(0, &[]).stdout;
    let grid: serde_json::Value = serde_json::from_str(&json).unwrap();
    let size: serde_json::Value = serde_json::from_str(&fake.size(&["--json"]).expect(0, &[]).stdout).unwrap();
    assert_eq!(grid["artifacts"][0]["sha256"], size["artifacts"][0]["sha256"]);
    assert_eq!(grid["rows"][0]["cells"]["wamr-interpreter"]["state"], "pass");
    assert_eq!(grid["rows"][0]["cells"]["native"]["reason"], "it is a fake", "no cell is empty");
    assert_eq!(fake.read("target/xtask/runs/run.json"), json);
}

#[test]
fn a_cell_that_fails_fails_the_run_and_v_shows_what_came() {
    let fake = with(&format!("{SCENARIO}[step.expect]\nstdout = \"hello\\n\"\n"));
    run(&fake, &[]).expect(1, &["FAIL", "ends", "stdout"]);
    run(&fake, &["-v"]).expect(1, &["hello"]);
    let fake = with(SCENARIO);
    fake.write("runner-ends", r#"{"trap":{"reason":"unreachable executed"}}"#);
    run(&fake, &[]).expect(1, &["unreachable executed"]);
}

#[test]
fn a_runner_that_dies_lies_or_refuses_is_a_cell_that_fails() {
    for (file, code, words) in [
        ("runner-dies", 1, "was ended by a signal"),
        ("runner-refuses", 1, "why it does not"),
        // Nothing that it says is of use then.
        ("runner-lies", 4, "ran 0000, not"),
    ] {
        let fake = with(SCENARIO);
        fake.write(file, "error: why it does not");
        run(&fake, &[]).expect(code, &[words]);
    }
}

#[test]
fn what_is_written_wrong_is_told_with_its_place() {
    run(&with("summary = \"s\"\nartifact = \"app\"\nartefact = \"b\"\n[[step]]\n"), &[]).expect(2, &["ends.toml:3", "artefact"]);
    run(&with(&SCENARIO.replace("\"app\"", "\"other\"")), &[]).expect(1, &["other"]);
    run(&with(SCENARIO), &["--filter", "begins"]).expect(2, &["--filter begins selects no scenario", "ends"]);
    run(&with(SCENARIO), &["--accept", " "]).expect(2, &["--accept needs a reason"]);
    let fake = with(SCENARIO);
    fake.write("baselines/run.json", "{\"schema\": 1, \"rows\": {}}");
    run(&fake, &[]).expect(2, &["run.json", "cannot be used"]);
    assert_eq!(fake.read("baselines/run.json"), "{\"schema\": 1, \"rows\": {}}", "it is left as it was");
    let fake = with(SCENARIO);
    fake.write("baselines/policy.toml", POLICY);
    run(&fake, &[]).expect(2, &["no [run]"]);
}

const MEASURED: &str = r#"
summary = "It finds."
artifact = "app"
fuel = true
not-applicable.native = "it is a fake"
at-most = { missed_count = 20 }
[cost.find]
with = "finds"
without = "opens"
count = 10
of = ["time"]
against = "open"
[cost.open]
with = "opens"
of = ["time"]
[cost.more]
with = "finds"
without = "opens"
of = ["memory"]
[[step]]
name = "opens"
[[step]]
name = "finds"
counts = ["missed_count", "wanted_count"]
"#;

/// A workspace in which the second step prints this, and takes ten times what the first takes besides.
fn measured(says: &str) -> Fake {
    let fake = with(MEASURED);
    fake.write("says/step-1", says);
    fake.write("takes/step-0", "1000000");
    fake.write("takes/step-1", "3000000");
    fake.write("memory/step-1", "131072");
    fake
}

const FOUND: &str = "missed_count 16\nwanted_count 1000\n";

#[test]
fn what_steps_print_and_take_is_recorded_and_gates() {
    let fake = measured(FOUND);
    // One engine of several is no first baseline.
    let json = run(&fake, &["--json", "--samples", "9"]).expect(1, &["no_baseline"]).stdout;
    let grid: serde_json::Value = serde_json::from_str(&json).unwrap();
    let time = &grid["cost_times"][0];
    assert_eq!((time["cost"].as_str(), time["median_ns"].as_u64()), (Some("find"), Some(200_000)));
    assert_eq!((time["speed"]["median_ppm"].as_u64(), time["speed"]["pair_count"].as_u64()), (Some(5_000_000), Some(9)));
    // Round 0 is not kept, and the cell itself is one more.
    assert_eq!(fake.log("runner").iter().filter(|line| *line == "wamr-interpreter").count(), 2 + 2 * 10);
    let of_row = |one: &&serde_json::Value| one["row"] == "ends/wamr-interpreter";
    let entry = |one: &serde_json::Value| {
        let value = one["value"].as_u64().unwrap();
        (one["metric"].as_str().unwrap().to_string(), Entry::measured(value, value, Vec::new()))
    };
    let entries = RowEntries(grid["measurements"].as_array().unwrap().iter().filter(of_row).map(entry).collect());
    let baseline = RowsBaseline {
        schema: ROWS_SCHEMA,
        provenance: serde_json::from_value(grid["provenance"]["tools"].clone()).unwrap(),
        rows: [("ends/wamr-interpreter".to_string(), entries)].into(),
    };
    fake.write("baselines/run.json", &baseline.render());
    let row = |metric: &str| {
        let baseline: serde_json::Value = serde_json::from_str(&fake.read("baselines/run.json")).unwrap();
        baseline["rows"]["ends/wamr-interpreter"][metric]["value"].as_u64()
    };
    assert_eq!((row("missed_count"), row("wanted_count"), row("more_added_memory_bytes")), (Some(16), Some(1_000), Some(65_536)));
    run(&fake, &["--check", "--samples", "0"]).expect(0, &["PASS", "missed_count", "0.984"]);
    fake.write("says/step-1", &FOUND.replace("16", "17"));
    run(&fake, &["--check", "--samples", "0"]).expect(1, &["missed_count", "17"]);
    fake.write("says/step-1", &FOUND.replace("16", "15"));
    run(&fake, &["--check", "--samples", "0"]).expect(1, &["missed_count"]);
    run(&fake, &["--samples", "0"]).expect(0, &["recorded"]);
    assert_eq!(row("missed_count"), Some(15));
}

#[test]
fn a_count_above_its_bound_fails_and_one_that_is_not_there_is_invalid() {
    run(&measured("missed_count 21\nwanted_count 1000\n"), &["--samples", "0"]).expect(1, &["missed_count is 21, above the 20"]);
    let fake = measured("missed_count 1\n");
    run(&fake, &["--samples", "0"]).expect(4, &["stdout of step `finds` has no line `wanted_count NUMBER`"]);
    assert!(!fake.path("baselines/run.json").exists());
    let fake = measured(FOUND);
    fake.write("takes/step-1", "1000000");
    run(&fake, &["--samples", "3"]).expect(4, &["`find` took no time on wamr-interpreter in 3 of 3 rounds"]);
    let fake = measured(FOUND);
    fake.write("memory/step-1", "1");
    run(&fake, &["--samples", "0"]).expect(4, &["more_added_memory_bytes", "less than the 65536 without it"]);
}
