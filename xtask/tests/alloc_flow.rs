//! `cargo xtask alloc`, whole, with fake tools: what it certifies, replays and records, and how it ends.
#![cfg(unix)]

mod fake;

use alloc_bench::{certify::Check, op::Op, request::Request, trace::Trace, workload};
use fake::{Fake, Ran, module_alone};
use std::{fs, path::PathBuf};
use xtask::analysis::digest::sha256;

const POLICY: &str = r#"
schema = 1
[[subject]]
package = "app"
matrix = [{ targets = ["wasm32-wasip2"], profiles = ["release"], allocators = ["default", "other"] }]
[allocator.other]
features = ["other"]
[run]
scenarios = "scenarios"
[alloc]
package = "base"
bin = "base"
profile = "release"
subject = "app"
cap-scenario = "cap"
allocators = ["default", "other"]
timed = "free-in-order"
[alloc.budget]
over-default-bytes = 1024
idle-ppm = 50000
[alloc.control.broken]
features = ["broken"]
check = "resizes"
reason = "lost its contents"
"#;

const CAP: &str = "summary = \"It ends.\"\nartifact = \"app\"\n[[step]]\n";

/// The workload that the tests replay.
const WORKLOAD: &str = "free-in-order";

/// A workspace whose guests are certified and replay [`WORKLOAD`] well; the control is refused as it has to be.
fn fake() -> Fake {
    let fake = Fake::new();
    fake.write("baselines/policy.toml", POLICY);
    fake.write("baselines/scenarios/cap.toml", CAP);
    for package in ["app", "base"] {
        fake.links(package, &module_alone(300));
    }
    for check in Check::ALL {
        says(&fake, "", Request::Certify(check), b"", &format!(r#"{{"check":"{}","memory_bytes":65536}}"#, check.name()));
    }
    says(
        &fake,
        "broken-",
        Request::Certify(Check::Resizes),
        b"",
        r#"{"refused":"a resized block has lost its contents","value":1}"#,
    );
    replays(&fake, "", &workload(), 0);
    fake
}

/// The workload that the tests replay.
fn workload() -> Trace {
    workload::seeded().into_iter().find(|one| one.name == WORKLOAD).unwrap().trace
}

const REPLAY: Request = Request::Replay { then_fill: false };
const FILL: Request = Request::Replay { then_fill: true };

/// Has the guests whose allocator's name begins the prefix replay `trace`, and all with an empty one; so many blocks lose their contents.
fn replays(fake: &Fake, prefix: &str, trace: &Trace, corrupt_count: u64) {
    for (request, left, fuel) in [(REPLAY, 0, 5_000_000), (Request::Dry, 0, 1_000_000), (FILL, 4_000_000, 9_000_000)] {
        says(fake, prefix, request, &trace.body(), &replayed(trace, left, corrupt_count));
        fake.write(&format!("fuel/{}", key(request, &trace.body())), &fuel.to_string());
    }
}

/// How a request's file is called.
fn key(request: Request, body: &[u8]) -> String {
    sha256(&[&request.encode()[..], body].concat())
}

fn says(fake: &Fake, prefix: &str, request: Request, body: &[u8], answer: &str) {
    fake.write(&format!("answers/{prefix}{}", key(request, body)), answer);
}

fn replayed(trace: &Trace, left: u64, corrupt_count: u64) -> String {
    let (ops, summary) = (trace.ops().len(), trace.summary());
    format!(
        r#"{{"op_count":{ops},"failed_count":0,"corrupt_count":{corrupt_count},"peak_live_bytes":{},"live_bytes":{},"memory_bytes":6553600,"base_bytes":65536,"left_bytes":{left}}}"#,
        summary.peak_live_bytes, summary.end_live_bytes
    )
}

fn alloc(fake: &Fake, arguments: &[&str]) -> Ran {
    let all: Vec<&str> = ["alloc", "--workload", WORKLOAD].iter().chain(arguments).copied().collect();
    Ran::from(fake.command(&all).output().unwrap())
}

fn trace_file(fake: &Fake, name: &str, bytes: &[u8]) -> PathBuf {
    let path = fake.path(name);
    fs::write(&path, bytes).unwrap();
    path
}

fn on_trace(fake: &Fake, bytes: &[u8]) -> Ran {
    let path = trace_file(fake, "mine.trace", bytes);
    Ran::from(fake.command(&["alloc", "--samples", "0", "--trace", path.to_str().unwrap()]).output().unwrap())
}

fn small_trace() -> Trace {
    let ops = vec![Op::Alloc { slot: 0, size: 8, align_power: 3 }, Op::Free { slot: 0 }];
    Trace::new("mine", ops).unwrap()
}

#[test]
fn everything_is_certified_replayed_and_shown() {
    let fake = fake();
    let ran =
        alloc(&fake, &["--samples", "6"]).expect(1, &["without a baseline", "1 of 1 broken ones refused", "2 of 2 allocators"]);
    for words in ["any program", "as it has to be", "within 1,024", "Fuel of an operation", "Times of `free-in-order`"] {
        assert!(ran.stdout.contains(words), "no {words} in {}", ran.stdout);
    }
    assert!(fake.read("target/xtask/runs/alloc.svg").starts_with("<svg"));
    assert!(fake.read("target/xtask/runs/alloc.md").contains("| allocator |"));
    let json: serde_json::Value = serde_json::from_str(&fake.read("target/xtask/runs/alloc.json")).unwrap();
    assert_eq!(json["replays"][0]["counts"]["fuel_count"], 4_000_000);
    assert_eq!(fake.read("baselines/alloc.json"), "", "a part of the workloads is no first baseline");
}

#[test]
fn an_allocator_that_is_refused_has_no_numbers_and_fails() {
    let fake = fake();
    says(&fake, "other-", Request::Certify(Check::Churns), b"", r#"{"refused":"memory kept growing","value":70}"#);
    let ran =
        alloc(&fake, &["--samples", "0"]).expect(1, &["certify/other/wamr-interpreter", "memory kept growing (70)", "REFUSED"]);
    assert!(ran.stdout.contains("other is not certified on"), "{}", ran.stdout);
}

#[test]
fn a_control_that_slips_through_fails_the_run() {
    let fake = fake();
    let answer = format!("answers/broken-{}", key(Request::Certify(Check::Resizes), b""));
    fs::remove_file(fake.path(&answer)).unwrap();
    alloc(&fake, &["--samples", "0"]).expect(1, &["control/broken", "was certified", "WRONG"]);
}

#[test]
fn a_guest_that_breaks_blocks_is_a_row_that_fails_and_one_that_says_nothing_no_measurement() {
    let fake = fake();
    replays(&fake, "other-", &workload(), 3);
    alloc(&fake, &["--samples", "0"]).expect(1, &["free-in-order/other/wamr-interpreter", "3 blocks did not keep"]);
    says(&fake, "other-", FILL, &workload().body(), "");
    alloc(&fake, &["--samples", "0"]).expect(4, &["the guest of other on", "printed no answer"]);
}

#[test]
fn a_trace_of_ones_own_is_replayed_and_not_judged() {
    let fake = fake();
    replays(&fake, "", &small_trace(), 0);
    on_trace(&fake, &small_trace().render()).expect(0, &["the counts were not judged", "mine: a trace of the command line"]);
}

#[test]
fn traces_that_are_wrong_are_told_apart() {
    let good = small_trace().render();
    let with = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        bytes
    };
    let large = Op::Alloc { slot: 0, size: 20 << 20, align_power: 0 };
    let cases = [
        (with(4, 9), "version 9"),
        (good[..good.len() - 2].to_vec(), "mine.trace cannot be used"),
        (with(0, b'B'), "no allocation trace"),
        (with(good.len() - 1, !good[good.len() - 1]), "checksum"),
        (Trace::new("large", vec![large]).unwrap().render(), "too large for a guest"),
        (b"".to_vec(), "no allocation trace"),
    ];
    for (bytes, want) in cases {
        on_trace(&fake(), &bytes).expect(2, &[want]);
    }
}

#[test]
fn what_is_asked_wrong_is_told_before_anything_is_built() {
    let fake = fake();
    alloc(&fake, &["--allocator", "tlac"]).expect(2, &["--allocator tlac", "default, other"]);
    alloc(&fake, &["--workload", "nothing-of-the-sort"]).expect(2, &["selects none", "mixed-10000"]);
    alloc(&fake, &["--accept", " "]).expect(2, &["--accept needs a reason"]);
    fake.write("baselines/alloc.json", "{\"schema\": 1}");
    alloc(&fake, &[]).expect(2, &["alloc.json", "cannot be used"]);
    assert_eq!(fake.read("baselines/alloc.json"), "{\"schema\": 1}", "it is left as it was");
    fake.write("baselines/policy.toml", fake::POLICY);
    alloc(&fake, &[]).expect(2, &["no [alloc]"]);
    assert_eq!(fake.log("cargo"), Vec::<String>::new());
}
