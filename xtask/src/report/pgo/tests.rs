//! A report from a run.

use super::*;
use crate::data::{
    pgo::{BuildProof, Figures, Itself, PGO_SCHEMA, health::Health},
    rows::RowsVerdict,
};
use std::collections::BTreeMap;

fn run(held_out: Option<u64>) -> PgoRun {
    let figures = |count| Figures {
        held_out_instruction_count: count,
        training_instruction_count: count,
        raw_bytes: 9,
        ..Figures::default()
    };
    let measured =
        |build, count| BuildProof { build, summary: build.summary().into(), state: State::Measured(Box::new(figures(count))) };
    let reason = "nowhere".to_string();
    let proof = Proof {
        subject: "tool".into(),
        counter: if held_out.is_some() { Counter::Callgrind } else { Counter::Nothing },
        noise_ppm: held_out.map(|_| 12),
        itself: Itself::default(),
        builds: vec![
            measured(Build::Reference, held_out.map(|_| 1_000_000)),
            measured(Build::Pgo, held_out),
            BuildProof {
                build: Build::PgoBolt,
                summary: Build::PgoBolt.summary().into(),
                state: State::NotApplicable { reason: reason.clone() },
            },
        ],
        health: Health::default(),
        shipped_health: None,
        functions: Vec::new(),
        regressions: BTreeMap::new(),
        wasm: reason,
        notes: Vec::new(),
    };
    let verdict = RowsVerdict { outcome: Outcome::NotJudged, ..RowsVerdict::default() };
    PgoRun {
        schema: PGO_SCHEMA,
        command: "pgo".into(),
        provenance: crate::data::grid::GridProvenance::default(),
        artifacts: Vec::new(),
        subjects: vec![proof],
        measurements: Vec::new(),
        verdict,
    }
}

#[test]
fn gains_losses_and_nothing_are_told_apart() {
    for (count, want) in [(900_000, "10.00 % fewer"), (1_100_000, "10.00 % more"), (999_000, "no gain")] {
        let text = render(&run(Some(count)), Form::Text(usize::MAX));
        assert!(text.contains(want), "{text}");
    }
    assert!(render(&run(None), Form::Markdown).contains("times only, not gated"));
}

#[test]
fn what_has_no_figures_says_why() {
    let text = render(&run(Some(900_000)), Form::Text(usize::MAX));
    assert!(text.contains("pgo-bolt (that, laid out anew by llvm-bolt): not applicable: nowhere"), "{text}");
    assert!(text.contains("WebAssembly: not applicable: nowhere") && text.contains("0.00 % apart (12 millionths)"), "{text}");
}
