//! `cargo xtask run`, whole, with fake tools: what it plays, what it prints, and how it ends.
#![cfg(unix)]

mod fake;

use fake::{Fake, POLICY, Ran, VARIANT};

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
