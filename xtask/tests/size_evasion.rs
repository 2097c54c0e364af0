//! Ways around the gate of `cargo xtask size` that were found open once: each stays shut.
#![cfg(unix)]

mod fake;

use fake::{Fake, VARIANT, module};
use std::{fs, process::Stdio};

const BASELINE: &str = "baselines/size.json";

fn recorded() -> Fake {
    let fake = Fake::new();
    fake.size(&[]).expect(0, &["PASS: the first numbers were recorded"]);
    fake
}

#[test]
fn a_reader_that_goes_away_does_not_turn_a_failure_into_a_pass() {
    let fake = recorded();
    fake.links("app", &module(2500, "fd_write"));
    let mut child =
        fake.command(&["size", "--check", "--timings"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop((child.stdout.take(), child.stderr.take()));
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[test]
fn a_committed_baseline_is_not_reset_by_deleting_it() {
    let fake = recorded();
    fs::rename(fake.path(BASELINE), fake.path("committed.json")).unwrap();
    fake.tool("git", "case \"$1\" in show) cat \"$FAKE/committed.json\";; *) exit 128;; esac");
    fake.size(&[]).expect(1, &["whose baseline is gone", "git checkout"]);
    assert_eq!(fake.read(BASELINE), "");
    fake.size(&["--accept", "a new beginning"]).expect(0, &["accepted"]);
}

#[test]
fn another_pinned_optimizer_is_not_a_new_beginning() {
    let fake = recorded();
    fake.write("baselines/policy.toml", &(fake.read("baselines/policy.toml") + "[optimizer]\nbinaryen = 131\n"));
    let ran = fake.command(&["size"]).env("FAKE_BINARYEN", "131").output().unwrap();
    fake::Ran::from(ran).expect(1, &["the policy names another optimizer"]);
}

#[test]
fn a_golden_import_list_is_not_reset_by_deleting_it() {
    let fake = recorded();
    fs::remove_dir_all(fake.path("baselines/imports")).unwrap();
    fake.size(&[]).expect(1, &["whose golden import list is gone"]);
}

#[test]
fn numbers_edited_in_the_target_folder_are_measured_again() {
    let fake = recorded();
    let record = format!("target/xtask/size/{VARIANT}/record.json");
    let text = fake.read(&record);
    let at = text.find("\"raw_bytes\": ").unwrap();
    let end = at + text[at..].find(',').unwrap();
    fake.write(&record, &format!("{}\"raw_bytes\": 7{}", &text[..at], &text[end..]));
    fake.size(&["--check"]).expect(0, &["PASS: every variant is what the baseline says"]);
}

#[test]
fn another_workspace_is_built_by_the_compiler_that_it_names() {
    let fake = Fake::new();
    let ran = fake.command(&["size"]).env("RUSTUP_TOOLCHAIN", "1.95.0-of-this-tool").output().unwrap();
    fake::Ran::from(ran).expect(0, &[]);
    let toolchains: Vec<String> = fake.log("toolchain").iter().filter_map(|line| Some(line.split_once('|')?.0.into())).collect();
    assert_eq!(toolchains, ["", ""]);
}

#[test]
fn a_rustc_wrapper_is_named_and_left_out() {
    let fake = Fake::new();
    let ran = fake
        .command(&["size"])
        .env("RUSTC_WRAPPER", "/bin/false")
        .env("CARGO_BUILD_RUSTC_WRAPPER", "/bin/false")
        .output()
        .unwrap();
    fake::Ran::from(ran).expect(0, &["ignored RUSTC_WRAPPER=/bin/false", "ignored CARGO_BUILD_RUSTC_WRAPPER=/bin/false"]);
}

#[test]
fn a_profile_that_does_not_exist_is_a_mistake_of_the_policy() {
    let fake = Fake::new();
    fake.write("baselines/policy.toml", &fake.read("baselines/policy.toml").replace("\"release\"", "\"relese\""));
    fake.size(&[]).expect(2, &["the policy names the profile `relese`", "release"]);
}

#[test]
fn what_was_accepted_stays_in_sight() {
    let fake = recorded();
    fake.links("app", &module(700, "fd_write"));
    fake.size(&["--accept", "it does more"]).expect(0, &[]);
    fake.size(&["--check"]).expect(0, &["Above the best:", "raw_bytes is 200 above its best", "it does more"]);
    fake.size(&["--accept", "nothing at all"]).expect(0, &["nothing to accept"]);
}
