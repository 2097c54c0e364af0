//! `cargo xtask size` in a real repository: what was loosened by hand since a commit is refused before anything is built.
#![cfg(unix)]

mod fake;

use fake::{Fake, POLICY, Ran, VARIANT, module};
use std::process::Command;

const BASELINE: &str = "baselines/size.json";
const PATH: &str = "baselines/policy.toml";

/// A workspace whose first numbers and policy are committed.
fn committed() -> Fake {
    let fake = Fake::new();
    fake.tool("git", "exec git \"$@\"");
    fake.size(&[]).expect(0, &["the first numbers were recorded"]);
    git(&fake, &["init", "--quiet", "--initial-branch=main"]);
    fake.write(".git/info/exclude", "/target\n/bin\n/sysroot\n/linked\n*.log\n");
    commit(&fake);
    fake
}

fn commit(fake: &Fake) {
    git(fake, &["add", "--all"]);
    git(fake, &["-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--message", "m"]);
}

fn git(fake: &Fake, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.args(arguments).current_dir(fake.path("")).env_clear().env("PATH", "/usr/bin:/bin").env("HOME", fake.path(""));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Runs it where nothing of this repository's own workflow is known.
fn check(fake: &Fake) -> Ran {
    fake.size(&["--check"])
}

/// The baseline with the variant's raw bytes and their best higher by `by`.
fn raised(fake: &Fake, by: u64) -> String {
    let mut file = xtask::data::baseline::Baselines::parse(&fake.read(BASELINE)).unwrap();
    for entries in file.optimizers.values_mut().filter_map(|of| of.variants.get_mut(&VARIANT.parse().unwrap())) {
        let entry = entries.0.get_mut(&xtask::data::metric::Metric::RawBytes).unwrap();
        (entry.value, entry.best) = (entry.value + by, entry.best + by);
    }
    file.render()
}

#[test]
fn growth_does_not_pass_by_raising_the_baseline_with_it() {
    let fake = committed();
    check(&fake).expect(0, &["PASS"]);
    fake.links("app", &module(700, "fd_write"));
    let text = raised(&fake, 200);
    fake.write(BASELINE, &text);
    for arguments in [&["--check"][..], &[], &["--accept", "why"]] {
        fake.size(arguments).expect(2, &["raised by hand since commit", VARIANT, "no accepted step is new", "git checkout"]);
    }
    assert_eq!(fake.read(BASELINE), text, "it is left as it is");
    git(&fake, &["checkout", "--quiet", "-b", "branch"]);
    commit(&fake);
    check(&fake).expect(2, &["raised by hand since commit"]);
    fake.write("other.txt", "the branch goes on");
    commit(&fake);
    check(&fake).expect(2, &["raised by hand since commit"]);
}

#[test]
fn what_is_accepted_passes_in_later_commits_too() {
    let fake = committed();
    fake.links("app", &module(700, "fd_write"));
    fake.size(&["--accept", "it does more"]).expect(0, &["accepted"]);
    check(&fake).expect(0, &["PASS"]);
    commit(&fake);
    check(&fake).expect(0, &["PASS"]);
    fake.links("app", &module(600, "fd_write"));
    fake.size(&[]).expect(0, &["PASS"]);
    commit(&fake);
    check(&fake).expect(0, &["PASS"]);
}

#[test]
fn a_baseline_that_is_gone_comes_back_with_its_reason() {
    let fake = committed();
    std::fs::remove_file(fake.path(BASELINE)).unwrap();
    fake.links("app", &module(700, "fd_write"));
    fake.size(&["--accept", "a new beginning"]).expect(0, &["accepted"]);
    assert!(fake.read(BASELINE).contains("a new beginning"));
    check(&fake).expect(0, &["PASS"]);
}

#[test]
fn a_limit_is_not_raised_without_a_reason_that_is_new() {
    let fake = committed();
    fake.write(PATH, &POLICY.replace("9000", "9001"));
    check(&fake).expect(2, &["allows more than commit", "the limit of", "9000, became 9001", "`reason`"]);
    let with = |reason: &str| POLICY.replace("raw_bytes = 9000 }", &format!("raw_bytes = 9001 }}\nreason = \"{reason}\""));
    fake.write(PATH, &with("  "));
    check(&fake).expect(2, &["empty `reason`"]);
    fake.write(PATH, &with("a parser"));
    check(&fake).expect(0, &["PASS"]);
    commit(&fake);
    check(&fake).expect(0, &["PASS"]);
    commit_again_with(&fake, &with("a parser").replace("9001", "9002"));
    check(&fake).expect(2, &["9001, became 9002"]);
}

fn commit_again_with(fake: &Fake, policy: &str) {
    fake.write(PATH, policy);
    commit(fake);
}

#[test]
fn a_file_that_is_not_as_the_tool_writes_it_is_refused() {
    let fake = committed();
    let text = fake.read(BASELINE);
    let compact: serde_json::Value = serde_json::from_str(&text).unwrap();
    fake.write(BASELINE, &compact.to_string());
    check(&fake).expect(2, &["cannot be used", "is not what this tool writes there"]);
    fake.write(BASELINE, &text.replace('\n', "\r\n"));
    check(&fake).expect(0, &["PASS"]);
}
