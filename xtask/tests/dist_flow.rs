//! `cargo xtask dist`, whole, with fake tools: what is built, refused, held to its limit, and put together.
#![cfg(target_os = "linux")]

mod fake;
mod pgo_fake;

use fake::{Fake, Ran, VARIANT};
use pgo_fake::{HOST, POLICY, workspace};
use std::fs;
use xtask::{
    analysis::digest::sha256,
    data::dist::{Profiled, Ran as Executed, Release},
};

const COMMIT: &str = "0123456789012345678901234567890123456789";
const ARM: &str = "aarch64-unknown-linux-musl";
const MAC: &str = "aarch64-apple-darwin";

/// A workspace that releases the program for `natives`.
fn releases(natives: &[&str], limit_bytes: u64) -> Fake {
    let fake = workspace();
    fake.write(
        "baselines/policy.toml",
        &format!("{POLICY}[dist]\nprogram = \"tool\"\nnatives = {natives:?}\nnative-limit-bytes = {limit_bytes}\n"),
    );
    fake.write("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n\n- something\n");
    // What git says: a commit, no tag, and the changes that a file lists.
    fake.tool("git", &format!("case \"$*\" in *refs/tags*) exit 1;; *rev-parse*) echo {COMMIT};; *status*) cat \"$FAKE/changes\" 2>/dev/null;; *) exit 1;; esac"));
    fs::create_dir_all(fake.path(&format!("sysroot/lib/rustlib/{ARM}/lib"))).unwrap();
    fake
}

fn dist(fake: &Fake, arguments: &[&str]) -> Ran {
    let all: Vec<&str> = ["dist"].iter().chain(arguments).copied().collect();
    let mut command = fake.command(&all);
    command.env("CARGO_TARGET_DIR", fake.path("a target"));
    Ran::from(command.output().unwrap())
}

fn release(fake: &Fake) -> Release {
    serde_json::from_str(&fake.read("a target/xtask/dist/release.json")).unwrap()
}

#[test]
fn what_can_be_linked_is_built_and_what_cannot_says_why() {
    let fake = releases(&[HOST, ARM, MAC], 1_000_000);
    dist(&fake, &[]).expect(
        0,
        &[
            "app 0.1.0 of 012345678901",
            "ran: native: all",
            "NOT RUN: it is for another machine",
            "aarch64-apple-darwin: x86_64-unknown-linux-gnu has no linker",
            "CHANGELOG.md has no section for 0.1.0; what stands under Unreleased was taken",
            "PASS: 2 files within",
        ],
    );
    let release = release(&fake);
    let [here, arm] = &release.files[..] else { panic!("{release:?}") };
    assert!(matches!(&here.profile, Profiled::Used { name } if name.ends_with(".profdata")), "{here:?}");
    assert!(matches!(&arm.profile, Profiled::None { reason } if reason.contains("cannot be trained")), "{arm:?}");
    assert!(matches!(here.ran, Executed::Passed { .. }) && matches!(arm.ran, Executed::Not { .. }));
    let log = fake.read("cargo.log");
    let cross = log.lines().find(|line| line.contains(ARM)).unwrap();
    assert!(cross.contains("-Clinker=rust-lld") && cross.contains("+crt-static") && !cross.contains("-Cprofile"), "{cross}");
    assert!(log.lines().filter(|line| line.contains(HOST)).all(|line| !line.contains("rust-lld")), "{log}");
    let sums = fake.read("a target/xtask/dist/SHA256SUMS");
    for line in sums.lines() {
        let (hash, name) = line.split_once("  ").unwrap();
        assert_eq!(sha256(&fake::bytes(&fake.path("a target/xtask/dist").join(name))), hash, "{name}");
    }
    let names: Vec<&str> = sums.lines().filter_map(|line| line.split_once("  ")).map(|(_, name)| name).collect();
    assert_eq!(names, ["CHANGELOG.md", "SIZES.md", &arm.file, &here.file, "release.json"]);
    assert_eq!(fake.read("a target/xtask/dist/CHANGELOG.md"), "- something\n");
}

#[test]
fn what_was_asked_for_and_cannot_be_built_is_an_error() {
    let fake = releases(&[HOST, MAC], 1_000_000);
    dist(&fake, &["--target", MAC])
        .expect(3, &["--target aarch64-apple-darwin: x86_64-unknown-linux-gnu has no linker", "on macOS"]);
    dist(&fake, &["--target", "x86_64-unknown-none"]).expect(2, &["the policy releases"]);
    assert!(!fake.path("a target/xtask/dist").exists());
    fs::remove_dir_all(fake.path(&format!("sysroot/lib/rustlib/{HOST}/lib"))).unwrap();
    dist(&fake, &[]).expect(3, &["nothing of the release can be built here"]);
}

#[test]
fn a_file_above_its_limit_fails() {
    let fake = releases(&[HOST], 100);
    dist(&fake, &[]).expect(1, &["above its limit of 100", "FAIL"]);
    assert_eq!(release(&fake).exit() as u8, 1);
}

#[test]
fn a_tag_is_for_a_clean_work_tree_with_a_changelog() {
    let fake = releases(&[HOST], 1_000_000);
    dist(&fake, &["--tag", "v0.2.0"]).expect(2, &["v0.2.0 cannot be released", "has version 0.1.0"]);
    dist(&fake, &["--tag", "v0.1.0"]).expect(2, &["CHANGELOG.md has no section for 0.1.0"]);
    fake.write("CHANGELOG.md", "## [0.1.0] - 2026-01-01\n\n- first\n\n## [0.0.1]\n- old\n");
    fake.write("changes", " M a.rs\n");
    dist(&fake, &["--tag", "v0.1.0"]).expect(2, &["the work tree has changes"]);
    assert_eq!(fake.read("cargo.log"), "", "it is refused before anything is built");
    dist(&fake, &[]).expect(0, &["with changes that no commit has", "nobody else can build these files"]);
    fs::remove_file(fake.path("changes")).unwrap();
    dist(&fake, &["--tag", "v0.1.0"]).expect(0, &["PASS"]);
    assert_eq!((release(&fake).tag.as_deref(), release(&fake).notes.len()), (Some("v0.1.0"), 0));
    assert_eq!(fake.read("a target/xtask/dist/CHANGELOG.md"), "- first\n");
}

#[test]
fn parts_are_put_together_only_if_they_are_what_they_say() {
    let fake = releases(&[HOST, ARM], 1_000_000);
    for (folder, target) in [("parts/a", HOST), ("parts/b", ARM)] {
        dist(&fake, &["--target", target]).expect(0, &["PASS: 1 file"]);
        fs::create_dir_all(fake.path("parts")).unwrap();
        fs::rename(fake.path("a target/xtask/dist"), fake.path(folder)).unwrap();
    }
    let parts = fake.path("parts").display().to_string();
    dist(&fake, &["--merge", &parts]).expect(0, &["PASS: 2 files"]);
    let whole = release(&fake);
    assert_eq!(whole.files.iter().map(|file| file.target.as_str()).collect::<Vec<_>>(), [HOST, ARM]);
    fs::rename(fake.path("parts/b"), fake.path("b")).unwrap();
    dist(&fake, &["--merge", &parts]).expect(1, &["there is no file for aarch64-unknown-linux-musl"]);
    fake.write("CHANGELOG.md", "## [0.1.0]\n\n- first\n");
    dist(&fake, &["--merge", &parts, "--tag", "v0.1.0"]).expect(2, &["of another release (app 0.1.0, tag none"]);
    fake.write(&format!("parts/a/app-0.1.0-{HOST}"), "another program");
    dist(&fake, &["--merge", &parts]).expect(2, &["is not the file that release.json says"]);
    fake.write("parts/a/release.json", "{}");
    dist(&fake, &["--merge", &parts]).expect(2, &["parts/a/release.json cannot be used"]);
    dist(&fake, &["--merge", &fake.path("app").display().to_string()]).expect(2, &["there is no release.json"]);
}

#[test]
fn wasm_files_are_those_that_size_ships_and_ran() {
    let fake = Fake::new();
    let policy = |budget: &str| {
        format!(
            "{}{budget}[pgo.tool]\npackage = \"app\"\ntrain = [{{ arguments = [\"a\"] }}]\nheld-out = [{{ arguments = [\"b\"] }}]\n[dist]\nprogram = \"tool\"\nvariants = [\"{VARIANT}\"]\n\
             native-limit-bytes = 1\n",
            fake::POLICY
        )
    };
    fake.write("baselines/policy.toml", &policy(""));
    let ran = || Ran::from(fake.command(&["dist"]).output().unwrap());
    ran().expect(0, &["app-0.1.0-wasip1.wasm", "wamr-interpreter (fake 1)", "of no commit"]);
    let shipped = fake::bytes(&fake.path(&format!("target/xtask/size/{VARIANT}/app.wasm")));
    assert_eq!(fake::bytes(&fake.path("target/xtask/dist/app-0.1.0-wasip1.wasm")), shipped);
    fake.write("baselines/policy.toml", &policy("[[budget]]\nvariants = \"app/*\"\nmax = { raw_bytes = 50 }\n"));
    ran().expect(1, &["above its budget of 50"]);
    fake.write("runner-ends", r#"{"trap":{"reason":"unreachable executed"}}"#);
    fs::remove_dir_all(fake.path("target/xtask/certified")).unwrap();
    ran().expect(4, &["unreachable executed"]);
}
