//! Releases as values.

use super::*;
use crate::data::dist::{DIST_SCHEMA, Profiled, Ran, ReleaseFile};

/// A release of these targets, whose files have 90 of 100 bytes.
pub fn release(targets: &[&str]) -> Release {
    Release {
        schema: DIST_SCHEMA,
        command: "dist".into(),
        name: "app".into(),
        version: "0.1.0".into(),
        tag: None,
        commit: Some("0123456789012345678901234567890123456789".into()),
        dirty: false,
        files: targets.iter().map(|target| file(target, 90)).collect(),
        not_built: Vec::new(),
        notes: Vec::new(),
        findings: Vec::new(),
        outcome: Outcome::Pass,
    }
}

fn file(target: &str, raw_bytes: u64) -> ReleaseFile {
    ReleaseFile {
        file: format!("app-0.1.0-{target}"),
        target: target.into(),
        variant: None,
        sha256: "00".repeat(32),
        raw_bytes,
        gzip_bytes: raw_bytes / 2,
        brotli_bytes: raw_bytes / 3,
        bounds: vec![Bound { kind: BoundKind::Limit, metric: Metric::RawBytes, max: 100, value: raw_bytes }],
        settings: "opt-level 3, fat LTO".into(),
        profile: Profiled::None { reason: "none is wanted".into() },
        ran: Ran::Passed { by: "native: start".into() },
        tools: BTreeMap::from([("rustc".to_string(), "rustc 1.95.0".to_string())]),
        host: "x86_64-unknown-linux-gnu".into(),
    }
}

#[test]
fn a_machine_builds_what_it_can_link() {
    let linux = "x86_64-unknown-linux-gnu";
    assert_eq!(way(linux, "x86_64-unknown-linux-musl", true), Way::Trained);
    assert_eq!(way(linux, linux, false), Way::Trained);
    assert_eq!(way("aarch64-unknown-linux-gnu", "aarch64-unknown-linux-musl", true), Way::Trained);
    let said = |host, target, is_musl| match way(host, target, is_musl) {
        Way::Trained => "trained".to_string(),
        Way::Plain { reason } => format!("plain: {reason}"),
        Way::NotHere { reason } => format!("not here: {reason}"),
    };
    assert!(
        said(linux, "aarch64-unknown-linux-musl", true).starts_with("plain: the program for aarch64 cannot be trained on x86_64")
    );
    assert!(said("aarch64-apple-darwin", "aarch64-apple-darwin", true).starts_with("plain: profiles"));
    assert!(said(linux, "x86_64-apple-darwin", true).contains("build it on macOS (x86_64)"));
    assert!(said(linux, "aarch64-unknown-linux-gnu", true).contains("build it on Linux (aarch64)"));
    assert!(said("x86_64-pc-windows-msvc", "x86_64-unknown-linux-musl", true).starts_with("not here"));
}

#[test]
fn the_tighter_bound_of_a_metric_holds() {
    let policy = Policy::parse(
        "schema = 1\n[[subject]]\npackage = \"app\"\nmatrix = [{ targets = [\"wasm32-wasip2\"], profiles = [\"p\"], allocators = [\"default\"] }]\n\
         [[limit]]\nvariants = \"app/*\"\nmax = { raw_bytes = 200, gzip_bytes = 90 }\n[[budget]]\nvariants = \"app/*\"\nmax = { raw_bytes = 150 }\n",
    )
    .unwrap();
    let metrics = BTreeMap::from([(Metric::RawBytes, 160), (Metric::GzipBytes, 90), (Metric::BrotliBytes, 5)]);
    let found = bounds(&policy, "app/wasm32-wasip2/p/default", &metrics);
    let shown: Vec<_> = found.iter().map(|bound| (bound.kind, bound.max, bound.value)).collect();
    assert_eq!(shown, [(BoundKind::Budget, 150, 160), (BoundKind::Limit, 90, 90)]);
}

#[test]
fn over_a_bound_fails_and_at_it_does_not() {
    let mut one = release(&["a"]);
    one.files[0].bounds[0].value = 100;
    judge(&mut one, None);
    assert_eq!(one.outcome, Outcome::Pass);
    one.files[0].bounds[0].value = 101;
    judge(&mut one, None);
    assert_eq!((one.outcome, one.findings.len()), (Outcome::Fail, 1));
    judge(&mut one, Some(&["a", "b"]));
    assert!(matches!(&one.findings[1], DistFinding::Lacks { target } if target == "b"), "{:?}", one.findings);
}

#[test]
fn parts_become_one_release() {
    let whole = merge(vec![release(&["b"]), Release { dirty: true, ..release(&["a"]) }], &["a", "b"]).unwrap();
    let targets: Vec<&str> = whole.files.iter().map(|file| file.target.as_str()).collect();
    assert_eq!((targets, whole.dirty, whole.outcome), (vec!["a", "b"], true, Outcome::Pass));
    let lacking = merge(vec![release(&["b"])], &["a", "b"]).unwrap();
    assert_eq!(lacking.findings, [DistFinding::Lacks { target: "a".into() }]);
    let other = Release { commit: None, ..release(&["a"]) };
    assert!(merge(vec![release(&["b"]), other], &[]).unwrap_err().contains("two releases: commit 0123"));
    assert!(merge(vec![release(&["b"]), release(&["b"])], &[]).unwrap_err().contains("two parts have app-0.1.0-b"));
    assert!(merge(Vec::new(), &[]).is_err());
}

#[test]
fn sums_are_those_of_sha256sum() {
    assert_eq!(sums([("a", "00"), ("b", "11")]), "00  a\n11  b\n");
}

#[test]
fn a_release_is_read_as_it_was_written() {
    let one = release(&["a"]);
    let text = serde_json::to_string(&one).unwrap();
    assert_eq!(serde_json::from_str::<Release>(&text).unwrap(), one);
    assert!(serde_json::from_str::<Release>(&text.replace("\"dirty\"", "\"dirt\"")).is_err());
}
