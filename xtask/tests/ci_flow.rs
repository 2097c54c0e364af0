//! `cargo xtask ci`, whole, with fake tools: on one machine, on several, and with what goes wrong between them.
#![cfg(unix)]

mod fake;

use fake::{Fake, Ran, VARIANT, module};
use std::{fs, process::Command};

const REPORT: &str = "target/xtask/ci/report.json";

/// A workspace with two allocators and recorded baselines.
fn recorded() -> Fake {
    let fake = Fake::new();
    fake.size(&[]).expect(0, &["PASS"]);
    fake
}

fn ci(fake: &Fake, arguments: &[&str]) -> Ran {
    let all: Vec<&str> = ["ci"].iter().chain(arguments).copied().collect();
    Ran::from(fake.command(&all).output().unwrap())
}

fn git(fake: &Fake, arguments: &[&str]) {
    let ran = Command::new("git")
        .args(["-c", "user.name=t", "-c", "user.email=t@t"])
        .args(arguments)
        .current_dir(fake.path(""))
        .output();
    assert!(ran.unwrap().status.success(), "git {arguments:?}");
}

#[test]
fn one_verdict_one_exit_code_and_three_files() {
    let fake = recorded();
    let ran =
        ci(&fake, &[]).expect(0, &["PASS: everything is what the baselines say", "Left out: run (`the policy has nothing for"]);
    assert!(ran.stderr.contains("report.html"), "{}", ran.stderr);
    let report: serde_json::Value = serde_json::from_str(&fake.read(REPORT)).unwrap();
    assert_eq!((&report["outcome"], &report["gates"]["size"]["state"]), (&"pass".into(), &"ended".into()));
    assert_eq!(fake.read("target/xtask/ci/report.md"), ran.stdout);
    assert!(fake.read("target/xtask/ci/report.html").starts_with("<!DOCTYPE html>"));
    fake.links("app", &module(2500, "fd_write"));
    let baseline = fake.read("baselines/size.json");
    ci(&fake, &[]).expect(1, &["FAIL: size: 1 variant worse", VARIANT]);
    assert_eq!(fake.read("baselines/size.json"), baseline, "ci only reads");
    let said =
        Ran::from(fake.command(&["report", "comment", "--report", &fake.path(REPORT).to_string_lossy()]).output().unwrap());
    said.expect(1, &["FAIL: size: 1 variant worse"]);
}

#[test]
fn shards_give_the_same_report() {
    let fake = recorded();
    ci(&fake, &[]).expect(0, &[]);
    let whole = fake.read(REPORT);
    fs::create_dir_all(fake.path("shards/deep")).unwrap();
    for (share, to) in [("1/2", "shards"), ("2/2", "shards/deep")] {
        let from = fake.path(ci(&fake, &["shard", share]).expect(0, &["target/xtask/ci/shard-"]).stdout.trim());
        fs::rename(&from, fake.path(to).join(from.file_name().unwrap())).unwrap();
    }
    fs::remove_file(fake.path(REPORT)).unwrap();
    ci(&fake, &["merge", &fake.path("shards").to_string_lossy()]).expect(0, &["PASS"]);
    assert_eq!(fake.read(REPORT), whole);
    fs::remove_dir_all(fake.path("shards/deep")).unwrap();
    ci(&fake, &["merge", &fake.path("shards").to_string_lossy()]).expect(2, &["the share 2/2 is missing"]);
    ci(&fake, &["merge", &fake.path("nowhere").to_string_lossy()]).expect(2, &["cannot read the folder"]);
}

#[test]
fn a_gate_without_a_verdict_is_said_and_is_no_pass() {
    let fake = recorded();
    fake.write("baselines/size.json", "{");
    ci(&fake, &[]).expect(2, &["FAIL: size: left no result", "size came to no verdict (exit status 2)"]);
    ci(&fake, &["shard", "1/1"]).expect(2, &[]);
    ci(&fake, &["--only", "pgo"]).expect(2, &["the policy has no [pgo"]);
    ci(&fake, &["--skip", "size"]).expect(2, &["no gate is left to run"]);
    ci(&fake, &["shard", "3/2"]).expect(2, &["`3/2` is no share"]);
}

#[test]
fn what_no_changed_file_can_move_is_left_out() {
    let fake = recorded();
    fake.tool("git", "exec git \"$@\"");
    fake.write(".gitignore", "/target\n/bin\n/linked\n*.log\n");
    git(&fake, &["init", "-q"]);
    git(&fake, &["add", "-A"]);
    git(&fake, &["commit", "-qm", "base"]);
    fake.write("README.md", "# words\n");
    ci(&fake, &["--base", "HEAD"]).expect(0, &["Nothing was judged", "Left out: size (`no file that it reads changed since"]);
    ci(&fake, &["matrix", "--base", "HEAD"]).expect(0, &[r#"{"include":[{"name":"share 1/1","share":"1/1"}]}"#]);
    ci(&fake, &["matrix", "--base", "", "--shares", "1"]).expect(0, &["share 1/1"]);
    ci(&fake, &["--base", "HEAD", "--only", "size"]).expect(0, &["PASS"]);
    fake.write("Cargo.lock", "# other\n");
    ci(&fake, &["matrix", "--base", "HEAD", "--shares", "2"]).expect(0, &["share 1/2", "share 2/2"]);
    ci(&fake, &["--base", "no-such-branch"]).expect(2, &["git does not know the revision `no-such-branch`"]);
}
