//! The comment as it is read, and what a forged file can do to it.

use super::*;
use crate::{
    analysis::{
        comment::{SavedRows, Standard, fitted, rows_gate, size_gate},
        compare::{Expected, Golden, Unrecorded, compare},
        explain::{Explained, Tables},
        ratchet::{Mode, settle},
        symbols::{SymbolSize, SymbolTable},
    },
    data::{
        baseline::Accepted,
        comment::{Apart, COMMENT_BYTES_MAX, COMMENT_SCHEMA, Commit, GateName, LeftOut, Name},
        metric::Metric,
        policy::Policy,
        rows::{RowFinding, RowFindingKind, RowMeasurement, RowsVerdict},
        run::{Artifact, Measurement, Provenance, Run, SizeRun, Toolchain},
        variant::Variant,
        verdict::Outcome,
    },
};
use proptest::prelude::*;
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

/// A run of `raw` bytes made with a compiler.
fn run(raw: u64, rustc: &str, variants: &[Variant]) -> Run {
    let toolchain = Toolchain {
        rustc: rustc.into(),
        optimizer: "Binaryen 132 -Oz --converge".into(),
        encoder: "wit-component 0.263.0".into(),
        gzip: "gzip level 9".into(),
        brotli: "brotli quality 11".into(),
        ..Toolchain::default()
    };
    let provenance = Provenance { toolchain, commit: None, dirty: false, host: "h".into(), optimizer_origin: "npm".into() };
    let mut run = Run::new("size", provenance);
    for variant in variants {
        let own = if variant.subject == "floor" { 400 } else { raw };
        for (metric, value) in [(Metric::RawBytes, own), (Metric::GzipBytes, own / 2), (Metric::BrotliBytes, own / 3)] {
            run.measurements.push(Measurement { variant: variant.clone(), metric, value });
        }
        run.artifacts.push(Artifact { variant: variant.clone(), path: "p".into(), sha256: "s".into(), raw_bytes: own });
        run.imports.insert(variant.clone(), vec!["x".into()]);
    }
    run
}

/// 1,000 bytes are recorded; then a run of `raw` bytes with `rustc` is checked, and told at some commit.
fn size(raw: u64, rustc: &str) -> Gate {
    let policy = Policy::parse(POLICY).unwrap();
    let cells = policy.cells();
    let variants: Vec<Variant> = cells.iter().map(|cell| cell.variant.clone()).collect();
    let selected: BTreeSet<Variant> = variants.iter().cloned().collect();
    let none = Golden::new();
    let first = run(1000, "rustc 1.95.0", &variants);
    let expected = Expected {
        policy: &policy,
        cells: &cells,
        selected: &selected,
        baseline: None,
        unrecorded: Unrecorded::Yet,
        golden: &none,
    };
    let recorded = settle(&first, &expected, compare(&first, &expected), &Mode::Record);
    let mut baseline = recorded.baseline.unwrap();
    let before = baseline.clone();
    let entry = baseline.variants.get_mut(&variants[0]).unwrap().0.get_mut(&Metric::GzipBytes).unwrap();
    entry.best = 450;
    let accepted = |reason: &str, date: &str| Accepted { from: Some(450), to: 500, reason: reason.into(), date: date.into() };
    entry.accepted = vec![accepted("a parser for the configuration", "2026-11-20")];
    let mut second = run(raw, rustc, &variants);
    let expected = Expected { baseline: Some(&baseline), golden: &recorded.golden, ..expected };
    second.verdict = settle(&second, &expected, compare(&second, &expected), &Mode::Check).verdict;
    let table = |bytes: &[(&str, u64)]| -> SymbolTable {
        bytes.iter().map(|(name, bytes)| ((*name).to_string(), SymbolSize { bytes: *bytes, count: 1 })).collect()
    };
    let tables = |raw| Tables {
        shipped: table(&[("app::work", raw), ("<dyn core::fmt::Write as a::B<'_>>::write|str", raw / 2), ("data .rodata", 4)]),
        linked: table(&[("app::part_of_work", raw / 4)]),
    };
    let differs = |variant: &&Variant| variant.subject == "app" && raw != 1000;
    let explained = |variant: &Variant| (variant.clone(), Explained::new(&tables(1000), &tables(raw)));
    let explained = variants.iter().filter(differs).map(explained).collect();
    let commit = Commit::of(&"ab".repeat(20)).unwrap();
    // The accepted increase is older than the pull request where nothing else changed.
    let before = if raw == 1000 { &baseline } else { &before };
    let standard = Standard { baseline: Some(&baseline), before: Some(Some(before)), commit: Some(&commit) };
    size_gate(&SizeRun { run: second, explained, splits: Vec::new() }, &policy, standard)
}

fn comment(gates: Vec<Gate>) -> Comment {
    Comment {
        schema: COMMENT_SCHEMA,
        pull_request: Some(7),
        head: Commit::of(&"1".repeat(40)),
        gates,
        missing: Vec::new(),
        left_out: Vec::new(),
    }
}

/// Rows that fail, each with a finding for its fuel.
fn rows(names: impl Iterator<Item = String>) -> Gate {
    let (mut measurements, mut findings) = (Vec::new(), Vec::new());
    for (old, row) in (1_000..).zip(names) {
        let kind = RowFindingKind::Worse { metric: "fuel_count".into(), old, new: old * 2 };
        findings.push(RowFinding { row: row.clone(), kind, measure_again: false });
        measurements.push(RowMeasurement { row, metric: "fuel_count".into(), value: old * 2 });
    }
    let outcome = if findings.is_empty() { Outcome::Pass } else { Outcome::Fail };
    let verdict = RowsVerdict { outcome, findings, ..RowsVerdict::default() };
    let saved = SavedRows { schema: 1, measurements, verdict, subjects: Vec::new() };
    rows_gate(GateName::Run, &saved, Standard { baseline: None, before: None, commit: None })
}

#[test]
fn nothing_changed() {
    let comment = comment(vec![size(1000, "rustc 1.95.0"), rows(std::iter::empty())]);
    assert!(comment.is_quiet() && comment.exit() == 0);
    insta::assert_snapshot!(render(&comment));
}

#[test]
fn worse() {
    let mut comment = comment(vec![size(2500, "rustc 1.95.0"), rows(["chat/wasmtime-jit".into()].into_iter())]);
    comment.missing = vec![GateName::Pgo];
    assert_eq!(comment.exit(), 1);
    insta::assert_snapshot!(render(&comment));
}

#[test]
fn merged_values_what_was_left_out_and_what_the_tools_did_are_told() {
    let mut gate = size(2500, "rustc 1.95.0");
    gate.measure_again_count = 2;
    let (row, metric) = (gate.changed[0].name.clone(), gate.changed[0].values[0].metric.clone());
    gate.splits = vec![Apart { row, metric, baseline: 1_000, base: 980, head: 2_500 }];
    let mut comment = comment(vec![gate]);
    comment.left_out = vec![LeftOut { gate: GateName::Pgo, reason: Name::of("--skip pgo") }];
    let text = render(&comment);
    for words in
        ["Measure again: 2 values merged from two branches", "Left out: pgo (`--skip pgo`).", "| 1,000 | -20 | +1,520 | 2,500 |"]
    {
        let tight = |text: &str| text.replace(' ', "");
        assert!(tight(&text).contains(&tight(words)), "no {words} in {text}");
    }
}

#[test]
fn better() {
    insta::assert_snapshot!(render(&comment(vec![size(800, "rustc 1.95.0")])));
}

#[test]
fn the_toolchain_changed() {
    insta::assert_snapshot!(render(&comment(vec![size(1100, "rustc 1.96.0")])));
}

#[test]
fn thousands_of_rows_fit_by_whole_rows() {
    let many = (0..6_000).map(|number| format!("scenario-{number:04}-with-a-name-as-long-as-they-are/wasmtime-jit"));
    let (comment, file) = fitted(comment(vec![size(2500, "rustc 1.95.0"), rows(many)]));
    assert!(file.len() as u64 <= COMMENT_BYTES_MAX);
    let body = body(&comment);
    assert!(body.len() < 65_536 && is_marked(&body), "{} bytes", body.len());
    let gate = &comment.gates[1];
    assert_eq!((gate.changed_count, gate.changed.len()), (6_000, 500));
    let shown = body.lines().filter(|line| line.starts_with("| `scenario-")).count();
    assert!(body.contains(&format!("{} more not shown here.", grouped(6_000 - shown as u64))), "{shown}");
    // The rows alone would be three times as many lines.
    let start: Vec<&str> = body.lines().take(56).collect();
    insta::assert_snapshot!(start.join("\n"));
}

#[test]
fn the_longest_file_that_can_be_read_is_cut_and_still_whole() {
    let long = |c: char| c.to_string().repeat(230);
    let names = |c: char| (0..500).map(move |number| format!("{number:04}{}", long(c)));
    let (comment, _) = fitted(comment(vec![rows(names('|')), Gate { name: GateName::Alloc, ..rows(names('&')) }]));
    let body = body(&comment);
    assert!(body.len() < 65_536 && is_marked(&body));
    well_formed(&body);
}

/// Outside of code there is nothing but our own words, and all rows of a table have its columns.
fn well_formed(body: &str) {
    let mut columns = None;
    for line in body.lines() {
        let outside: String = line.split('`').step_by(2).collect();
        assert!(line.matches('`').count() % 2 == 0 || line.starts_with("```"), "{line}");
        let plain = ["<details><summary>", "</summary>", "</details>", MARKER]
            .iter()
            .fold(outside, |text, known| text.replace(known, ""));
        assert!(!plain.contains(['<', '@', '[', '&']) && !plain.contains("http"), "{line}");
        assert!(!line.contains("##[") && !line.trim_start().starts_with("::"), "{line}");
        let found = line.starts_with('|').then(|| line.replace("\\|", "").matches('|').count());
        if let (Some(found), Some(columns)) = (found, columns) {
            assert_eq!(found, columns, "{line}");
        }
        columns = found;
    }
    assert_eq!(body.matches("<details>").count(), body.matches("</details>").count());
}

#[test]
fn names_from_outside_do_nothing() {
    let evil = [
        "<script>alert(1)</script>",
        "@everyone",
        "[x](http://evil)",
        "a|b\\|c\\",
        "`@b` <b>",
        "a\n\n# b\n::error::c",
        "##[error]d",
        "&lt;",
    ];
    let mut comment = comment(vec![size(2500, "rustc `@me` <b>"), rows(evil.iter().map(|name| (*name).to_string()))]);
    for growth in &mut comment.gates[0].growths {
        for (change, name) in growth.symbols.iter_mut().zip(evil) {
            change.name = Name::of(name);
        }
        growth.row = Name::of(evil[4]);
    }
    for rows in &mut comment.gates[0].accepted {
        rows.reason = Name::of(evil[2]);
        rows.is_new = true;
    }
    for found in &mut comment.gates[1].found {
        found.kind = crate::data::comment::Kind::Failed;
        found.about = Some(found.row.clone());
    }
    let body = body(&comment);
    well_formed(&body);
    assert!(body.contains("`<script>alert(1)</script>`") && body.contains("'@b' <b>"), "{body}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn no_name_does(names in prop::collection::vec(".{0,60}", 1..6)) {
        let comment = comment(vec![rows(names.into_iter())]);
        well_formed(&body(&comment));
        let (comment, file) = fitted(comment);
        prop_assert_eq!(Comment::parse(&file).unwrap(), comment);
    }
}

#[test]
fn our_comment_is_known_by_its_last_line() {
    let body = body(&comment(vec![rows(std::iter::empty())]));
    assert!(is_marked(&body) && is_marked(&body.replace('\n', "\r\n")) && is_marked(&format!("{body}\n")));
    assert!(!is_marked(&format!("{body}\nsaid somebody else")) && !is_marked(&format!("> {MARKER}")));
    assert!(is_same(&body.replace('\n', "\r\n"), &body) && !is_same("else", &body));
}
