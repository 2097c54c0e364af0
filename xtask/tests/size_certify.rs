//! `cargo xtask size` with fake tools: a variant gets its row only after its own bytes ran.
#![cfg(unix)]

mod fake;

use fake::{Fake, VARIANT};

const BASELINE: &str = "baselines/size.json";

/// A workspace in which the runner meets the file `name` with `text`.
fn with(name: &str, text: &str) -> Fake {
    let fake = Fake::new();
    fake.write(name, text);
    fake
}

#[test]
fn the_row_says_what_ran_it_and_the_same_bytes_are_run_once() {
    let fake = Fake::new();
    fake.size(&[]).expect(0, &["ran on", "wamr-interpreter"]);
    assert_eq!(fake.log("runner"), ["wamr-interpreter", "wamr-interpreter"], "the subject and its floor");
    fake.size(&["--check"]).expect(0, &["wamr-interpreter"]);
    assert_eq!(fake.log("runner").len(), 2, "nothing changed, so nothing is run again");
    let json = fake.size(&["--json"]).expect(0, &[]).stdout;
    let run: serde_json::Value = serde_json::from_str(&json).unwrap();
    let certificate = &run["certificates"][VARIANT];
    assert_eq!(certificate["sha256"], run["artifacts"][0]["sha256"]);
    assert_eq!((&certificate["engine"], &certificate["version"]), (&"wamr-interpreter".into(), &"fake 1".into()));
}

#[test]
fn a_variant_that_traps_is_a_failed_row_with_the_reason_and_not_a_small_one() {
    let fake = with("runner-ends", r#"{"trap":{"reason":"unreachable executed"}}"#);
    fake.size(&[]).expect(4, &["failed", "wamr-interpreter", "unreachable executed"]);
    assert_eq!(fake.read(BASELINE), "", "nothing is recorded of what does not run");
}

#[test]
fn one_that_ends_badly_or_cannot_be_run_is_a_failed_row() {
    with("runner-ends", r#"{"exit":{"code":1}}"#).size(&[]).expect(4, &["failed", "exit"]);
    with("runner-ends", r#"{"stopped":{"limit":"deadline_ms","reason":"30 s are over"}}"#).size(&[]).expect(4, &["deadline_ms"]);
    with("runner-refuses", "error: it imports env::nothing, which no host has").size(&[]).expect(4, &["env::nothing"]);
}

#[test]
fn a_runner_that_ran_other_bytes_or_died_is_not_believed() {
    with("runner-lies", "").size(&[]).expect(4, &["ran 0000, not"]);
    with("runner-dies", "").size(&[]).expect(4, &["was ended by a signal", "run it again"]);
}

#[test]
fn the_missing_runner_and_scenario_are_named() {
    let fake = Fake::new();
    fake.without("runner-wamr");
    fake.size(&[]).expect(3, &["cannot read the runner"]);
    let policy = |extra: &str| fake::POLICY.replace("floor = \"base\"", &format!("floor = \"base\"\n{extra}"));
    let fake = with("baselines/policy.toml", &policy("certify = [\"start\"]"));
    fake.size(&[]).expect(2, &["`certify`", "[run]"]);
}

#[test]
fn the_scenarios_of_the_policy_are_what_is_run() {
    let policy = fake::POLICY.replace("floor = \"base\"", "floor = \"base\"\ncertify = [\"hello\"]");
    let fake = with("baselines/policy.toml", &format!("{policy}\n[run]\nscenarios = \"scenarios\"\n"));
    let scenario = "summary = \"It says hello.\"\nartifact = \"app\"\n[[step]]\n[step.expect]\nstdout = \"hello\\n\"\n";
    fake.write("baselines/scenarios/hello.toml", scenario);
    fake.size(&[]).expect(4, &["does not pass the scenario `hello`", "stdout"]);
    fake.write("baselines/scenarios/hello.toml", &scenario.replace("hello\\n", ""));
    fake.size(&[]).expect(0, &["PASS"]);
    let json = fake.size(&["--json"]).expect(0, &[]).stdout;
    assert!(json.contains("\"hello\""), "{json}");
}
