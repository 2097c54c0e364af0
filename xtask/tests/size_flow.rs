//! `cargo xtask size`, whole, with fake tools: what it writes, what it prints, and how it ends.
#![cfg(unix)]

mod fake;

use fake::{Fake, POLICY, RUSTC, Ran, VARIANT, module};
use std::{
    fs,
    os::unix::process::CommandExt,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

const BASELINE: &str = "baselines/size.json";

fn recorded() -> Fake {
    let fake = Fake::new();
    fake.size(&[]).expect(0, &["PASS: the first numbers were recorded", VARIANT]);
    fake
}

#[test]
fn the_first_run_records_and_the_second_does_nothing() {
    let fake = recorded();
    let baseline = fake.read(BASELINE);
    assert_eq!(fake.log("wasm-opt").len(), 2);
    fake.size(&["--check"]).expect(0, &["PASS: every variant is what the baseline says"]);
    fake.size(&[]).expect(0, &["PASS"]);
    assert_eq!(fake.log("wasm-opt").len(), 2, "nothing changed, so nothing is optimized again");
    assert_eq!(fake.read(BASELINE), baseline);
}

#[test]
fn what_is_built_is_locked_remapped_and_free_of_the_users_flags() {
    let fake = Fake::new();
    let mut command = fake.command(&["size"]);
    command.env("RUSTFLAGS", "-Ctarget-cpu=native").env("CARGO_PROFILE_RELEASE_LTO", "off");
    let ran = Ran::from(command.output().unwrap());
    ran.expect(0, &["ignored RUSTFLAGS=-Ctarget-cpu=native", "ignored CARGO_PROFILE_RELEASE_LTO=off"]);
    let line = &fake.log("cargo")[0];
    assert!(line.contains("--locked") && line.contains("--remap-path-prefix=") && line.contains("[]["), "{line}");
    assert!(!line.contains("target-cpu"), "{line}");
    // With rust-src installed, and only then, rustc would name the standard library's files where they lie.
    assert!(line.contains("/sysroot/lib/rustlib/src/rust=/rustc/abc"), "{line}");
    let optimizer = &fake.log("wasm-opt")[0];
    assert!(optimizer.ends_with("-Oz --converge -g --mvp-features --enable-mutable-globals"), "{optimizer}");
}

#[test]
fn growth_fails_and_names_variant_metric_old_new_and_function() {
    let fake = recorded();
    let baseline = fake.read(BASELINE);
    fake.links("app", &module(2500, "fd_write"));
    for arguments in [&["--check"][..], &[]] {
        let ran =
            fake.size(arguments).expect(1, &["FAIL: 1 variant worse", VARIANT, "raw_bytes is worse", "app::work", "+2,000"]);
        assert!(ran.stdout.contains("--accept \"reason\""));
        assert_eq!(fake.read(BASELINE), baseline);
    }
    fake.size(&["--accept", "it does more"]).expect(0, &["accepted and recorded"]);
    assert!(fake.read(BASELINE).contains("\"reason\": \"it does more\""));
    fake.size(&["--check"]).expect(0, &[]);
    fake.links("app", &module(500, "fd_write"));
    fake.size(&["--check"]).expect(1, &["better"]);
}

#[test]
fn a_saving_fails_the_check_with_the_command_that_records_it() {
    let fake = recorded();
    let baseline = fake.read(BASELINE);
    fake.links("app", &module(100, "fd_write"));
    fake.size(&["--check"]).expect(1, &["raw_bytes is better", "record it: cargo xtask size"]);
    assert_eq!(fake.read(BASELINE), baseline);
    fake.size(&[]).expect(0, &["PASS: recorded"]);
    fake.size(&["--check"]).expect(0, &[]);
}

#[test]
fn the_json_names_the_file_that_was_measured() {
    let fake = Fake::new();
    let ran = fake.size(&["--json"]).expect(0, &[]);
    let run: serde_json::Value = serde_json::from_str(&ran.stdout).expect("stdout is one JSON document");
    for artifact in run["artifacts"].as_array().unwrap() {
        let bytes = fake::bytes(&fake.path(artifact["path"].as_str().unwrap()));
        assert_eq!(artifact["sha256"].as_str().unwrap(), xtask::analysis::digest::sha256(&bytes));
        assert_eq!(artifact["raw_bytes"].as_u64().unwrap(), bytes.len() as u64);
    }
    assert_eq!(run["artifacts"].as_array().unwrap().len(), 2);
    assert_eq!(run["verdict"]["outcome"], "pass");
}

#[test]
fn a_compile_error_is_shown_once_and_records_nothing() {
    let fake = recorded();
    let baseline = fake.read(BASELINE);
    fake.write("compile-error", "error[E0425]: cannot find value `x`\n");
    let ran = fake.size(&[]).expect(4, &["error[E0425]", "does not build", "FAIL: 2 variants failed"]);
    assert_eq!(ran.stderr.matches("E0425").count(), 1);
    assert_eq!(fake.read(BASELINE), baseline);
}

#[test]
fn a_missing_or_wrong_optimizer_ends_with_the_choices() {
    let fake = Fake::new();
    let mut command = fake.command(&["size"]);
    let ran = Ran::from(command.env("FAKE_BINARYEN", "116").output().unwrap());
    ran.expect(3, &["`wasm-opt version 116 (fake)`, not the pinned version 132", "node is not on PATH", "--optimizer embedded"]);
    fake.without("wasm-opt");
    fake.size(&[]).expect(3, &["no wasm-opt is on PATH", "Node 18"]);
    fake.size(&["--optimizer", "native"]).expect(3, &["no wasm-opt is on PATH"]);
    assert_eq!(fake.read(BASELINE), "");
}

#[test]
fn npm_brings_the_optimizer_whole_or_not_at_all() {
    let fake = Fake::new();
    fs::rename(fake.path("bin/wasm-opt"), fake.path("wasm-opt-of-npm")).unwrap();
    fake.tool("node", "shift; exec /bin/sh \"$FAKE/wasm-opt-of-npm\" \"$@\"");
    fake.tool("npm", "echo 'npm error network' >&2; exit 1");
    fake.size(&[]).expect(3, &["npm cannot install Binaryen 132", "npm error network"]);
    fake.tool(
        "npm",
        "mkdir -p node_modules/binaryen/bin && touch node_modules/binaryen/bin/wasm-opt && echo \"$@\" >> $FAKE/npm.log",
    );
    fake.size(&[]).expect(0, &["installing Binaryen 132 from npm"]);
    fake.size(&["--check"]).expect(0, &[]);
    assert_eq!(fake.log("npm"), ["ci --ignore-scripts --no-audit --no-fund"]);
    let left: Vec<_> = fs::read_dir(fake.path("target/xtask/npm")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn an_optimizer_that_lies_gets_no_row() {
    let fake = Fake::new();
    fake.write("optimizer-does-nothing", "");
    fake.size(&[]).expect(4, &["changed nothing or did harm"]);
    fs::remove_file(fake.path("optimizer-does-nothing")).unwrap();
    fake.write("optimizer-breaks", "");
    fake.size(&[]).expect(4, &["cannot validate what the optimizer wrote"]);
    assert_eq!(fake.read(BASELINE), "");
}

#[test]
fn a_target_that_cannot_be_installed_is_a_missing_tool() {
    let fake = Fake::new();
    fs::remove_dir_all(fake.path("sysroot/lib/rustlib/wasm32-wasip1")).unwrap();
    fake.size(&[]).expect(3, &["rustup target add wasm32-wasip1", "could not download"]);
    fake.tool("rustup", "mkdir -p \"$FAKE/sysroot/lib/rustlib/$3/lib\"");
    fake.size(&[]).expect(0, &["installing the target wasm32-wasip1"]);
}

#[test]
fn a_baseline_that_cannot_be_read_is_left_as_it_is() {
    for (text, want) in
        [("not JSON", "expected"), ("{\"schema\": 9, \"optimizers\": {}}", "schema 9"), ("{}", "missing field"), ("", "EOF")]
    {
        let fake = Fake::new();
        fake.write(BASELINE, text);
        for arguments in [&[][..], &["--check"], &["--accept", "why"]] {
            fake.size(arguments).expect(2, &["cannot be used", want]);
        }
        assert_eq!(fake.read(BASELINE), text);
        assert!(fake.log("cargo").is_empty(), "nothing is built for a baseline that cannot be used");
    }
}

#[test]
fn policies_that_are_wrong_end_before_anything_is_built() {
    let cases = [
        (POLICY.replace("floor =", "flor ="), "unknown field `flor`"),
        (POLICY.replace("[\"default\"]", "[\"defualt\"]"), "did you mean `default`?"),
        (POLICY.replace("[\"default\"]", "[]"), "is empty"),
        (POLICY.replace("\"app", "\"apt"), "names the package `apt`"),
        (POLICY.replace("floor =", "features = [\"fast\"]\nfloor ="), "the feature `fast`"),
        (POLICY.replace("\"app/*\"", "\"ap/*\""), "selects no variant"),
        ("schema".to_string(), "key with no value"),
    ];
    for (policy, want) in cases {
        let fake = Fake::new();
        fake.write("baselines/policy.toml", &policy);
        let ran = fake.size(&[]).expect(2, &["policy"]);
        assert!(ran.stderr.contains(want), "{want}: {}", ran.stderr);
        assert!(fake.log("cargo").is_empty());
    }
    let fake = Fake::new();
    fs::remove_file(fake.path("baselines/policy.toml")).unwrap();
    fake.size(&[]).expect(2, &["there is no policy at"]);
    Fake::new().size(&["--only", "nothing"]).expect(2, &["selects no variant", VARIANT]);
    Fake::new().size(&["--accept", " "]).expect(2, &["needs a reason"]);
}

#[test]
fn numbers_of_another_toolchain_are_incomparable() {
    let fake = recorded();
    fake.tool("rustc", &RUSTC.replace("VERSION", "1.96.0"));
    fake.size(&["--check"]).expect(1, &["incomparable", "rustc 1.95.0 (fake)", "rustc 1.96.0 (fake)", "cargo xtask diff --base"]);
    fake.size(&["--accept", "rustc 1.96"]).expect(0, &["accepted"]);
    fake.size(&["--check"]).expect(0, &[]);
}

#[test]
fn limits_and_imports_hold() {
    let fake = recorded();
    fake.links("app", &module(9000, "fd_write"));
    fake.size(&["--accept", "why"]).expect(1, &["over the hard limit of 9,000"]);
    fake.links("app", &module(500, "fd_read"));
    fake.size(&["--check"]).expect(1, &["imports wasi_snapshot_preview1.fd_read, which its golden list lacks"]);
    fake.links("app", &module(500, "sock_send"));
    fake.size(&["--accept", "why"]).expect(1, &["which the policy forbids"]);
}

#[test]
fn an_interrupt_leaves_nothing_half_written() {
    let fake = Fake::new();
    fake.write("optimizer-hangs", "");
    let mut command = fake.command(&["size"]);
    let mut child = command.process_group(0).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    for _ in 0..600 {
        if fake.path("optimizer-started").exists() {
            break;
        }
        thread::sleep(Duration::from_millis(20));
    }
    assert!(fake.path("optimizer-started").exists(), "the optimizer never started");
    // The whole group gets the signal, as on Ctrl-C; TERM, because a shell makes its background jobs ignore INT.
    let kill = Command::new("/bin/kill").args(["-TERM", "--", &format!("-{}", child.id())]).status().unwrap();
    assert!(kill.success());
    assert_eq!(child.wait().unwrap().code(), None, "it ends by the signal");
    assert_eq!(fake.read(BASELINE), "");
    fs::remove_file(fake.path("optimizer-hangs")).unwrap();
    fake.size(&[]).expect(0, &["the first numbers were recorded"]);
    let left = fs::read_dir(fake.path("target/xtask/cache/optimized")).unwrap().filter_map(Result::ok);
    assert!(left.into_iter().all(|entry| !entry.file_name().to_string_lossy().starts_with('.')), "the next run sweeps up");
}

#[test]
fn a_target_folder_that_cannot_be_written_is_named() {
    let fake = Fake::new();
    fake.write("target/xtask", "a file where a folder should be");
    fake.size(&[]).expect(2, &["cannot create the folder", "CARGO_TARGET_DIR"]);
}

#[test]
fn a_damaged_artifact_is_made_again() {
    let fake = recorded();
    let shipped = format!("target/xtask/size/{VARIANT}/app.wasm");
    let before = fake::bytes(&fake.path(&shipped));
    fake.write(&shipped, "damaged");
    fake.size(&["--check"]).expect(0, &[]);
    assert_eq!(fake::bytes(&fake.path(&shipped)), before);
}

#[test]
fn two_runs_at_once_wait_for_each_other() {
    let fake = Fake::new();
    let spawn = || fake.command(&["size"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let children = [spawn(), spawn(), spawn()];
    for child in children {
        let ran = Ran::from(child.wait_with_output().unwrap());
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    }
    assert_eq!(fake.log("wasm-opt").len(), 2, "the later runs found what the first had made");
}
