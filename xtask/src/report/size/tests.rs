//! The report as a person reads it, in both forms.

use super::*;
use crate::{
    analysis::{
        compare::{Expected, Golden, Unrecorded, compare},
        explain::Tables,
        ratchet::{Mode, settle},
        symbols::{SymbolSize, SymbolTable},
    },
    data::{
        certificate::{Certificate, engine_for},
        metric::Metric,
        run::{Measurement, Provenance, Run, Toolchain},
    },
};
use std::collections::BTreeSet;

const POLICY: &str = r#"
schema = 1
allocator.leak = { note = "never frees" }
budget = [{ variants = "app/*", max = { raw_bytes = 2000 } }]
[[subject]]
package = "app"
floor = "floor"
matrix = [{ targets = ["wasm32-wasip1"], profiles = ["release"], allocators = ["default", "leak"] }]
"#;

fn run(raw: u64, cells: &[Cell]) -> Run {
    let toolchain = Toolchain {
        rustc: "rustc 1.95.0".into(),
        optimizer: "Binaryen 132".into(),
        encoder: "wit-component 0.263.0".into(),
        gzip: "gzip level 9".into(),
        brotli: "brotli quality 11".into(),
        ..Toolchain::default()
    };
    let provenance = Provenance { toolchain, commit: None, dirty: false, host: "h".into(), optimizer_origin: "npm".into() };
    let mut run = Run::new("size", provenance);
    for cell in cells {
        let variant = &cell.variant;
        let own = if variant.subject == "floor" { 400 } else { raw };
        for (metric, value) in [(Metric::RawBytes, own), (Metric::GzipBytes, own / 2), (Metric::BrotliBytes, own / 3)] {
            run.measurements.push(Measurement { variant: variant.clone(), metric, value });
        }
        run.imports.insert(variant.clone(), vec!["x".into()]);
        let engine = engine_for(&variant.target);
        let certificate = Certificate { engine, version: "wamr 1".into(), sha256: "abc".into(), scenarios: vec!["ends".into()] };
        run.certificates.insert(variant.clone(), certificate);
        if variant.subject == "app" {
            run.floors.insert(variant.clone(), Variant { subject: "floor".into(), ..variant.clone() });
        }
    }
    run
}

/// A first run of 1,000 bytes is recorded; then one of `raw` is reported.
fn report(raw: u64, form: Form) -> String {
    let policy = Policy::parse(POLICY).unwrap();
    let cells = policy.cells();
    let selected: BTreeSet<Variant> = cells.iter().map(|cell| cell.variant.clone()).collect();
    let none = Golden::new();
    let first = run(1000, &cells);
    let expected = Expected {
        policy: &policy,
        cells: &cells,
        selected: &selected,
        baseline: None,
        unrecorded: Unrecorded::Yet,
        golden: &none,
    };
    let recorded = settle(&first, &expected, compare(&first, &expected), &Mode::Record);
    let baseline = recorded.baseline.unwrap();
    let mut second = run(raw, &cells);
    let expected = Expected { baseline: Some(&baseline), golden: &recorded.golden, ..expected };
    second.verdict = settle(&second, &expected, compare(&second, &expected), &Mode::Check).verdict;
    let table = |name: &str, bytes| SymbolTable::from([(name.to_string(), SymbolSize { bytes, count: 1 })]);
    let tables = |bytes| Tables { shipped: table("app::work", bytes), linked: table("app::part_of_work", bytes) };
    let diff = Explained::new(&tables(500), &tables(raw - 500));
    let explained = second.verdict.findings.iter().map(|finding| (finding.variant.clone(), diff.clone())).collect();
    let saved = SizeRun { run: second, explained, splits: Vec::new() };
    let report = Report {
        saved: &saved,
        policy: &policy,
        cells: &cells,
        baseline: Some(&baseline),
        command: "cargo xtask size",
        base: "cargo xtask diff --base HEAD",
    };
    render(&report, form)
}

#[test]
fn a_pass_is_a_headline_and_a_table() {
    insta::assert_snapshot!(report(1000, Form::Text(100)));
}

#[test]
fn growth_says_what_grew_and_what_to_do() {
    insta::assert_snapshot!(report(2500, Form::Text(100)));
}

#[test]
fn a_saving_in_markdown() {
    insta::assert_snapshot!(report(900, Form::Markdown));
}
