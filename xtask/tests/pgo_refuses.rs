//! `cargo xtask pgo` with fake tools: what it does not go on with, and what it says then.
#![cfg(target_os = "linux")]

mod fake;
mod pgo_fake;

use pgo_fake::{HOST, INSTRUMENTED, MUSL, POLICY, all, command, pgo, workspace};
use std::{
    fs,
    os::unix::process::CommandExt,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

#[test]
fn half_of_the_raw_profiles_is_a_bad_profile() {
    let fake = workspace();
    pgo(&fake, &["train"]).expect(0, &[]);
    pgo(&fake, &["merge"]).expect(0, &[]);
    fs::remove_dir_all(fake.path("a target/xtask/pgo/tool/raw-train/00-all")).unwrap();
    pgo(&fake, &["info"]).expect(4, &["1 of the 2 raw profiles", "train --again"]);
    pgo(&fake, &["merge"]).expect(4, &["1 of the 2 raw profiles"]);
    all(&fake, &["prove"]).expect(4, &["the profile of tool is bad"]);
    all(&fake, &[]).expect(0, &["training again"]);
}

#[test]
fn a_profile_of_another_version_or_of_other_code_is_bad() {
    let fake = workspace();
    pgo(&fake, &["train"]).expect(0, &[]);
    fake.write("instrumented", &INSTRUMENTED.replace("\\012", "\\010"));
    pgo(&fake, &["train", "--again"]).expect(0, &[]);
    pgo(&fake, &["merge"]).expect(4, &["of version 8 and this toolchain's of 10"]);
    fake.write("instrumented", INSTRUMENTED);
    pgo(&fake, &["train", "--again"]).expect(0, &[]);
    fake.write("warnings", "warning: x: function control flow change detected (hash mismatch) app::hot Hash = 1\n");
    all(&fake, &["prove"]).expect(4, &["cargo says 1 times that the profile does not fit"]);
}

#[test]
fn a_training_that_goes_wrong_leaves_nothing_to_build_with() {
    let cases = [("exit 7", "not exit code 0"), (":", "left 0 raw profiles"), ("kill -KILL $$", "not exit code 0")];
    for (program, want) in cases {
        let fake = workspace();
        fake.write("instrumented", program);
        pgo(&fake, &["train"]).expect(4, &[want]);
        pgo(&fake, &["merge"]).expect(4, &["no raw profile above zero bytes"]);
    }
}

#[test]
fn a_training_that_leaves_a_process_behind_is_refused() {
    let fake = workspace();
    let script = r#"script = "/bin/sleep 60 >/dev/null 2>&1 & \"$PROGRAM\" twice""#;
    fake.write("baselines/policy.toml", &POLICY.replace(r#"script = "\"$PROGRAM\" twice""#, script));
    pgo(&fake, &["train"]).expect(4, &["the work `script` fails", "it left a process behind"]);
}

#[test]
fn what_is_missing_is_told_with_the_cure() {
    let fake = workspace();
    fake.without("valgrind");
    all(&fake, &["--quick"]).expect(0, &["NOT JUDGED", "valgrind is not on PATH; perf is not on PATH", "times only, not gated"]);
    fake.write("compile-error", "");
    all(&fake, &[]).expect(4, &["does not build as instrumented", "it does not compile"]);
    fs::remove_file(fake.path(&format!("sysroot/lib/rustlib/{HOST}/bin/llvm-profdata"))).unwrap();
    all(&fake, &[]).expect(3, &["rustup component add llvm-tools", "copy "]);
    fake.without("rustup");
    all(&fake, &[]).expect(3, &["rustup component add llvm-tools"]);
}

/// A run that is stopped, by TERM because a shell's background jobs ignore INT. The program that was being trained lives on, in a group of its own: nothing of what it writes is used.
#[test]
fn a_stopped_training_leaves_nothing_that_is_used_later() {
    let fake = workspace();
    pgo(&fake, &["train"]).expect(0, &["2 runs left 2 raw profiles"]);
    fake.write("instrumented", &format!("{INSTRUMENTED}: > \"$FAKE_STARTED\"; exec /bin/sleep 600\n"));
    let started = fake.path("started");
    // The program gets nothing of our environment: the path stands in it.
    let hanging = fake.read("instrumented").replace("$FAKE_STARTED", &started.display().to_string());
    fake.write("instrumented", &hanging);
    let mut child = command(&fake, &["train", "--again"]).process_group(0).stderr(Stdio::null()).spawn().unwrap();
    while !started.exists() {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it was stopped");
        thread::sleep(Duration::from_millis(10));
    }
    let group = format!("-{}", child.id());
    assert!(Command::new("/bin/kill").args(["-TERM", "--", &group]).status().unwrap().success());
    assert!(!child.wait().unwrap().success());
    pgo(&fake, &["merge"]).expect(4, &["no raw profile above zero bytes"]);
    fake.write("instrumented", INSTRUMENTED);
    pgo(&fake, &["train"]).expect(0, &["training on 2 workloads", "2 runs left 2 raw profiles"]);
}

#[test]
fn flags_that_a_stage_would_leave_unheard_are_refused() {
    let fake = workspace();
    for arguments in [["train", "--check"], ["build", "--check"], ["info", "--check"]] {
        pgo(&fake, &arguments).expect(2, &["--check and --accept judge a proof"]);
    }
    pgo(&fake, &["train"]).expect(0, &[]);
    for stage in ["instrument", "merge", "info", "prove"] {
        pgo(&fake, &[stage, "--again"]).expect(2, &["--again trains once more"]);
    }
    pgo(&fake, &["merge"]).expect(0, &["merging 2 raw profiles"]);
}

#[test]
fn profiles_of_other_work_or_other_code_are_not_used() {
    let fake = workspace();
    pgo(&fake, &["train"]).expect(0, &[]);
    fake.write("baselines/in.txt", "other input\n");
    for stage in ["merge", "prove", "info"] {
        pgo(&fake, &[stage]).expect(4, &["of other code or of other work"]);
    }
    all(&fake, &[]).expect(0, &["training on 2 workloads (train)"]);
    let missing = fake.path("nowhere.profdata");
    pgo(&fake, &["info", "--profile", missing.to_str().unwrap()])
        .expect(4, &["the profile is BAD", "--profile needs a merged profile"]);
}

#[test]
fn held_out_work_that_is_trained_on_under_another_name_is_refused() {
    let fake = workspace();
    fake.write("baselines/copy.txt", "some input\n");
    let held_out = "held-out = [{ name = \"new\", arguments = [\"all\"], stdin = \"copy.txt\" }]\n";
    let text: String = POLICY.lines().filter(|line| !line.starts_with("held-out")).map(|line| format!("{line}\n")).collect();
    fake.write("baselines/policy.toml", &text.replace("[[pgo", &format!("{held_out}[[pgo")));
    all(&fake, &[]).expect(2, &["`new` is given the same as `all` in the training"]);
    let endless = POLICY.replace("stdin-repeat = 2", "stdin-repeat = 9223372036854775807");
    fake.write("baselines/policy.toml", &endless);
    all(&fake, &[]).expect(2, &["has a standard input over"]);
}

#[test]
fn a_row_that_cannot_be_had_any_more_is_missed() {
    let fake = workspace();
    fs::create_dir_all(fake.path(&format!("sysroot/lib/rustlib/{MUSL}/lib"))).unwrap();
    all(&fake, &[]).expect(0, &["  static-musl"]);
    fs::remove_dir_all(fake.path(&format!("sysroot/lib/rustlib/{MUSL}"))).unwrap();
    all(&fake, &["--check"]).expect(1, &["tool/static-musl", "cannot install the target"]);
    // Of what is not looked at the headline says how much.
    all(&fake, &["--quick", "--check"]).expect(0, &["PASS: as the baseline says; 6 rows were left out"]);
}

#[test]
fn what_is_released_and_cannot_be_had_takes_nothing_else_down() {
    let fake = workspace();
    fake.write("baselines/policy.toml", &POLICY.replace("package = \"app\"", "package = \"app\"\nship = { musl = true }"));
    all(&fake, &[]).expect(0, &["shipped (opt-level 3, fat LTO, static with musl, with a profile of its own): not applicable"]);
    pgo(&fake, &["build"]).expect(3, &["cannot install the target x86_64-unknown-linux-musl"]);
}

#[test]
fn a_profile_from_elsewhere_is_not_judged() {
    let fake = workspace();
    fake.write("mine.profdata", "anything");
    let path = fake.path("mine.profdata");
    all(&fake, &["--profile", path.to_str().unwrap()]).expect(0, &["NOT JUDGED", "mine.profdata: 2 of 3 functions ran"]);
}

#[test]
fn what_is_asked_wrong_is_told_before_anything_is_built() {
    let fake = workspace();
    all(&fake, &["--subject", "tol"]).expect(2, &["--subject tol: the policy has tool"]);
    all(&fake, &["--accept", " "]).expect(2, &["--accept needs a reason"]);
    fs::remove_file(fake.path("baselines/in.txt")).unwrap();
    all(&fake, &[]).expect(2, &["pgo.tool.train: `all` needs", "in.txt"]);
    fake.write("baselines/policy.toml", &POLICY.replace("package = \"app\"", "package = \"ap\""));
    all(&fake, &[]).expect(2, &["the policy names the package `ap`"]);
    fake.write("baselines/policy.toml", fake::POLICY);
    all(&fake, &[]).expect(2, &["no [pgo.NAME]"]);
    assert_eq!(fake.log("cargo"), Vec::<String>::new());
}
