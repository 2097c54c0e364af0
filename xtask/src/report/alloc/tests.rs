//! The report of a small run, as a person reads it.

use super::*;
use crate::{
    analysis::alloc::tests::run,
    data::alloc::{Certificate, ControlResult, Refused, WorkloadFacts},
};

fn sample() -> AllocRun {
    let mut run = run();
    run.verdict.outcome = Outcome::Pass;
    run.workloads.push(WorkloadFacts {
        name: "day".into(),
        about: "hours of sessions".into(),
        op_count: 4,
        peak_live_bytes: 100,
        sha256: "00".into(),
    });
    let refused = Some(Refused { check: "grows".into(), reason: "it gave null (65536)".into(), is_trap: false });
    run.controls.push(ControlResult {
        name: "control-empty".into(),
        wanted: "grows".into(),
        wanted_reason: "null".into(),
        certificate: Certificate { passed: Vec::new(), refused },
    });
    run
}

#[test]
fn a_run_is_shown_whole() {
    insta::assert_snapshot!(render(&sample(), Form::Text(usize::MAX)));
}

#[test]
fn markdown_has_the_picture_and_tables() {
    let text = render(&sample(), Form::Markdown);
    assert!(text.contains("![Size, fuel and memory](alloc.svg)") && text.contains("| day | 150.0 |"), "{text}");
    assert!(picture(&sample()).unwrap().contains(">talc</text>"));
}

#[test]
fn without_numbers_there_is_no_picture() {
    let mut run = sample();
    run.replays.clear();
    assert_eq!(picture(&run), None);
}
