//! Compare and ratchet together: a baseline, a run, a mode, and what comes of it.

use super::*;
use crate::{
    analysis::ratchet::{Mode, Settled, settle},
    data::{
        forbidden::{SymbolCheck, SymbolHit, SymbolStage},
        run::{Measurement, Provenance, Toolchain},
        verdict::{Outcome, Recorded},
    },
};
use std::collections::BTreeMap;

const TALC: &str = "a/wasm32-wasip2/p/talc";
const LOL: &str = "a/wasm32-wasip2/p/lol";

const POLICY: &str = r#"
schema = 1
allocator.talc = { features = ["talc"] }
allocator.lol = { features = ["lol"] }
limit = [{ variants = "a/*", max = { raw_bytes = 2000 } }]
budget = [{ variants = "a/*", max = { raw_bytes = 1500 } }]
[[subject]]
package = "a"
forbidden-imports = ["wasi:sockets/*"]
matrix = [{ targets = ["wasm32-wasip2"], profiles = ["p"], allocators = ["talc", "lol"] }]
"#;

fn variant(id: &str) -> Variant {
    id.parse().unwrap()
}

/// Which list both variants are held to.
fn key(side: Side) -> ListKey {
    ListKey { side, subject: "a".into(), target: "wasm32-wasip2".into(), profile: None }
}

fn provenance(rustc: &str) -> Provenance {
    let toolchain = Toolchain { rustc: rustc.into(), optimizer: "o".into(), ..Toolchain::default() };
    Provenance { toolchain, commit: None, dirty: false, host: "h".into(), optimizer_origin: "npm".into() }
}

fn run(values: &[(&str, Metric, u64)]) -> Run {
    let imports = BTreeMap::from([(variant(TALC), vec!["x".to_string()]), (variant(LOL), vec!["x".to_string()])]);
    let mut run = Run::new("size", provenance("r1"));
    let measured =
        |(id, metric, value): &(&str, Metric, u64)| Measurement { variant: variant(id), metric: *metric, value: *value };
    run.measurements = values.iter().map(measured).collect();
    run.imports = imports;
    run
}

/// Raw and gzip of both variants.
fn usual(raw: u64, gzip: u64) -> Run {
    run(&[
        (TALC, Metric::RawBytes, raw),
        (TALC, Metric::GzipBytes, gzip),
        (TALC, Metric::CodeBytes, raw / 2),
        (LOL, Metric::RawBytes, 1000),
        (LOL, Metric::GzipBytes, 500),
        (LOL, Metric::CodeBytes, 400),
    ])
}

struct Case {
    baseline: Option<Baseline>,
    golden: Golden,
    unrecorded: Unrecorded,
    only: Option<&'static str>,
}

impl Case {
    fn settle(&self, run: &Run, mode: &Mode) -> Settled {
        let policy = Policy::parse(POLICY).unwrap();
        let cells = policy.cells();
        let selected =
            cells.iter().map(|c| c.variant.clone()).filter(|v| self.only.is_none_or(|only| v.to_string() == only)).collect();
        let expected = Expected {
            policy: &policy,
            cells: &cells,
            selected: &selected,
            baseline: self.baseline.as_ref(),
            unrecorded: self.unrecorded,
            golden: &self.golden,
        };
        settle(run, &expected, compare(run, &expected), mode)
    }
}

/// What the first run wrote.
fn recorded() -> Case {
    let settled = Case { baseline: None, golden: Golden::new(), unrecorded: Unrecorded::Yet, only: None }
        .settle(&usual(1000, 500), &Mode::Record);
    assert_eq!((settled.verdict.outcome, settled.verdict.recorded), (Outcome::Pass, Recorded::First));
    Case { baseline: settled.baseline, golden: settled.golden, unrecorded: Unrecorded::AnyMore, only: None }
}

fn accept() -> Mode {
    Mode::Accept { reason: "why".into(), date: "2026-11-21".into() }
}

fn kinds(settled: &Settled) -> Vec<Kind> {
    settled.verdict.findings.iter().map(|finding| finding.kind.clone()).collect()
}

#[test]
fn the_same_numbers_pass_in_every_mode_and_write_nothing() {
    for mode in [Mode::Check, Mode::Record, accept()] {
        let settled = recorded().settle(&usual(1000, 500), &mode);
        assert_eq!((settled.verdict.outcome, settled.verdict.recorded), (Outcome::Pass, Recorded::Nothing));
        assert!(settled.baseline.is_none() && settled.golden.is_empty());
    }
}

#[test]
fn worse_fails_until_accepted_and_the_reason_stays_beside_the_best() {
    let worse = usual(1001, 500);
    for mode in [Mode::Check, Mode::Record] {
        let settled = recorded().settle(&worse, &mode);
        assert_eq!(kinds(&settled), [Kind::Worse { metric: Metric::RawBytes, old: 1000, new: 1001 }]);
        assert_eq!(settled.verdict.outcome, Outcome::Fail);
        assert!(settled.baseline.is_none());
    }
    let settled = recorded().settle(&worse, &accept());
    assert_eq!((settled.verdict.outcome, settled.verdict.recorded), (Outcome::Pass, Recorded::Accepted));
    let baseline = settled.baseline.unwrap();
    let entry = &baseline.variants[&variant(TALC)].0[&Metric::RawBytes];
    assert_eq!((entry.value, entry.best, entry.accepted.len()), (1001, 1000, 1));
    assert_eq!((entry.accepted[0].from, entry.accepted[0].to, entry.accepted[0].reason.as_str()), (Some(1000), 1001, "why"));
}

#[test]
fn better_fails_the_check_and_a_plain_run_records_it() {
    let better = usual(990, 500);
    let settled = recorded().settle(&better, &Mode::Check);
    assert_eq!(kinds(&settled), [Kind::Better { metric: Metric::RawBytes, old: 1000, new: 990 }]);
    assert_eq!(settled.verdict.outcome, Outcome::Fail);
    let settled = recorded().settle(&better, &Mode::Record);
    assert_eq!((settled.verdict.outcome, settled.verdict.recorded), (Outcome::Pass, Recorded::Better));
    let baseline = settled.baseline.unwrap();
    let entries = &baseline.variants[&variant(TALC)].0;
    assert_eq!((entries[&Metric::RawBytes].value, entries[&Metric::RawBytes].best), (990, 990));
    assert_eq!(entries[&Metric::CodeBytes].value, 495, "what is only shown follows");
}

#[test]
fn inside_the_band_nothing_moves_so_small_steps_cannot_add_up() {
    assert_eq!(kinds(&recorded().settle(&usual(1000, 564), &Mode::Check)), []);
    assert_eq!(kinds(&recorded().settle(&usual(1000, 565), &Mode::Check)).len(), 1);
    // Raw is better and recorded; gzip is worse inside its band and stays.
    let settled = recorded().settle(&usual(990, 560), &Mode::Record);
    assert_eq!(settled.baseline.unwrap().variants[&variant(TALC)].0[&Metric::GzipBytes].value, 500);
}

#[test]
fn better_here_and_worse_there_records_nothing() {
    let mut mixed = usual(990, 500);
    mixed.measurements[3].value = 1001;
    let settled = recorded().settle(&mixed, &Mode::Record);
    assert_eq!((settled.verdict.outcome, settled.baseline.is_none()), (Outcome::Fail, true));
}

#[test]
fn another_compiler_is_incomparable_never_a_pass() {
    let mut other = usual(1000, 500);
    other.provenance = provenance("r2");
    let settled = recorded().settle(&other, &Mode::Record);
    assert!(kinds(&settled).iter().all(|kind| matches!(kind, Kind::Incomparable { tool, .. } if tool == "rustc")));
    assert_eq!((settled.verdict.outcome, settled.verdict.findings.len()), (Outcome::Fail, 6));
    let baseline = recorded().settle(&other, &accept()).baseline.unwrap();
    assert_eq!(baseline.provenance, provenance("r2"));
}

#[test]
fn another_compiler_is_not_accepted_for_half_a_matrix() {
    let mut other = usual(1000, 500);
    other.provenance = provenance("r2");
    let settled = Case { only: Some(TALC), ..recorded() }.settle(&other, &accept());
    assert_eq!((settled.verdict.outcome, settled.baseline.is_none()), (Outcome::Fail, true));
}

#[test]
fn another_gzip_touches_only_gzip() {
    let mut other = usual(1000, 500);
    other.provenance.toolchain.gzip = "g2".into();
    let settled = recorded().settle(&other, &Mode::Check);
    assert!(kinds(&settled).iter().all(|kind| matches!(kind, Kind::Incomparable { metric: Metric::GzipBytes, .. })));
}

#[test]
fn a_deleted_metric_and_a_deleted_variant_have_verdicts_of_their_own() {
    let mut case = recorded();
    case.baseline.as_mut().unwrap().variants.get_mut(&variant(TALC)).unwrap().0.remove(&Metric::RawBytes);
    case.baseline.as_mut().unwrap().variants.remove(&variant(LOL));
    let settled = case.settle(&usual(1000, 500), &Mode::Record);
    assert_eq!(kinds(&settled), [Kind::VariantNotInBaseline, Kind::MetricNotInBaseline { metric: Metric::RawBytes, new: 1000 }]);
    assert_eq!((settled.verdict.outcome, settled.baseline.is_none()), (Outcome::Fail, true));
    let healed = case.settle(&usual(1000, 500), &accept()).baseline.unwrap();
    assert_eq!(healed.variants[&variant(LOL)].0[&Metric::RawBytes].accepted[0].from, None);
}

#[test]
fn a_metric_that_was_not_measured_cannot_be_accepted_away() {
    let mut lacking = usual(1000, 500);
    lacking.measurements.remove(0);
    for mode in [Mode::Check, Mode::Record, accept()] {
        let settled = recorded().settle(&lacking, &mode);
        assert_eq!(kinds(&settled), [Kind::NotMeasured { metric: Metric::RawBytes, old: 1000 }]);
        assert_eq!((settled.verdict.outcome, settled.baseline.is_none()), (Outcome::Fail, true));
    }
}

#[test]
fn a_variant_that_the_policy_lost_is_removed_only_with_a_reason() {
    let mut case = recorded();
    let extra = case.baseline.as_ref().unwrap().variants[&variant(LOL)].clone();
    case.baseline.as_mut().unwrap().variants.insert(variant("a/wasm32-wasip2/p/old"), extra);
    assert_eq!(kinds(&case.settle(&usual(1000, 500), &Mode::Record)), [Kind::VariantNotInPolicy]);
    let healed = case.settle(&usual(1000, 500), &accept()).baseline.unwrap();
    assert_eq!(healed.variants.len(), 2);
}

#[test]
fn budgets_and_limits_are_not_settled_by_any_flag() {
    let settled = recorded().settle(&usual(2001, 500), &accept());
    assert!(matches!(
        kinds(&settled)[..],
        [Kind::OverLimit { limit: 2000, .. }, Kind::OverBudget { limit: 1500, .. }, Kind::Worse { .. }]
    ));
    assert_eq!((settled.verdict.outcome, settled.baseline.is_none()), (Outcome::Fail, true));
}

#[test]
fn a_failed_variant_has_no_row_and_fails() {
    let mut failed = run(&[(LOL, Metric::RawBytes, 1000), (LOL, Metric::GzipBytes, 500), (LOL, Metric::CodeBytes, 400)]);
    failed.failures.insert(variant(TALC), "it does not build".into());
    failed.imports.remove(&variant(TALC));
    let settled = recorded().settle(&failed, &accept());
    assert_eq!(kinds(&settled), [Kind::Failed { reason: "it does not build".into() }]);
    assert_eq!(settled.verdict.outcome, Outcome::Fail);
}

#[test]
fn imports_are_held_to_the_golden_list() {
    let mut more = usual(1000, 500);
    more.imports.insert(variant(TALC), vec!["x".into(), "y".into()]);
    assert_eq!(kinds(&recorded().settle(&more, &Mode::Record)), [Kind::ImportAdded { import: "y".into() }]);
    let key = key(Side::Imports);
    assert_eq!(recorded().settle(&more, &accept()).golden[&key], ["x".to_string(), "y".to_string()].into());

    let mut fewer = usual(1000, 500);
    fewer.imports.values_mut().for_each(Vec::clear);
    assert_eq!(kinds(&recorded().settle(&fewer, &Mode::Check)), [Kind::ImportRemoved { import: "x".into() }]);
    assert!(recorded().settle(&fewer, &Mode::Record).golden[&key].is_empty());

    let mut sockets = usual(1000, 500);
    sockets.imports.insert(variant(TALC), vec!["wasi:sockets/tcp@0.2.6".into(), "x".into()]);
    let settled = recorded().settle(&sockets, &accept());
    assert!(matches!(kinds(&settled)[..], [Kind::ForbiddenImport { .. }]));
    assert_eq!(settled.verdict.outcome, Outcome::Fail);
}

#[test]
fn deleting_what_was_recorded_is_no_way_around_the_ratchet() {
    let case = Case { golden: Golden::new(), ..recorded() };
    assert_eq!(kinds(&case.settle(&usual(1000, 500), &Mode::Record)), [Kind::ImportListGone, Kind::ImportListGone]);
    assert!(case.settle(&usual(1000, 500), &Mode::Record).golden.is_empty());
    assert_eq!(case.settle(&usual(1000, 500), &accept()).golden.len(), 1);

    let case = Case { baseline: None, ..recorded() };
    let settled = case.settle(&usual(1001, 500), &Mode::Record);
    assert_eq!(kinds(&settled), [Kind::BaselineGone, Kind::BaselineGone]);
    assert_eq!((settled.verdict.outcome, settled.baseline.is_none()), (Outcome::Fail, true));
    assert!(case.settle(&usual(1001, 500), &accept()).baseline.is_some());
}

/// A policy that forbids a symbol, and a run whose check is `check`.
fn forbidding(check: Option<(&[&str], u64)>) -> Vec<Kind> {
    let policy = POLICY.replace(
        "forbidden-imports",
        "forbidden-symbols = [{ symbols = [\"std::net::*\"], variants = \"*/talc\" }]\nforbidden-imports",
    );
    let policy = Policy::parse(&policy).unwrap();
    let cells = policy.cells();
    let case = recorded();
    let mut run = usual(1000, 500);
    if let Some((symbols, name_count)) = check {
        let hit = |symbol: &&str| SymbolHit {
            stage: SymbolStage::Linked,
            symbol: (*symbol).into(),
            pattern: "std::net::*".into(),
            bytes: 9,
        };
        let check = SymbolCheck { patterns: vec!["std::net::*".into()], name_count, hits: symbols.iter().map(hit).collect() };
        run.forbidden_symbols.insert(variant(TALC), check);
    }
    let selected = cells.iter().map(|cell| cell.variant.clone()).collect();
    let expected = Expected {
        policy: &policy,
        cells: &cells,
        selected: &selected,
        baseline: case.baseline.as_ref(),
        unrecorded: case.unrecorded,
        golden: &case.golden,
    };
    let findings = compare(&run, &expected);
    let settled = settle(&run, &expected, findings, &accept());
    assert_eq!(settled.verdict.outcome == Outcome::Pass, settled.verdict.findings.is_empty(), "no flag passes this");
    kinds(&settled)
}

#[test]
fn a_forbidden_symbol_fails_whatever_the_flag_and_so_does_a_check_that_was_not_made() {
    assert_eq!(forbidding(Some((&[], 7))), []);
    let kinds = forbidding(Some((&["std::net::a", "std::net::b"], 7)));
    assert!(matches!(&kinds[..], [Kind::ForbiddenSymbol(a), Kind::ForbiddenSymbol(b)] if a.symbol != b.symbol), "{kinds:?}");
    assert_eq!(forbidding(Some((&[], 0))), [Kind::SymbolsNotChecked], "no names, nothing checked");
    assert_eq!(forbidding(None), [Kind::SymbolsNotChecked]);
}

#[test]
fn the_exports_of_a_library_hold_in_both_directions() {
    let exporting = |names: &[&str]| {
        let mut run = usual(1000, 500);
        run.exports.insert(variant(TALC), names.iter().map(ToString::to_string).collect());
        run
    };
    let none = Case { baseline: None, golden: Golden::new(), unrecorded: Unrecorded::Yet, only: None };
    let first = none.settle(&exporting(&["a:b/c"]), &Mode::Record);
    assert!(kinds(&first).contains(&Kind::NoExportList));
    let case = Case { baseline: first.baseline, golden: first.golden, unrecorded: Unrecorded::AnyMore, only: None };
    assert_eq!(kinds(&case.settle(&exporting(&["a:b/c"]), &Mode::Check)), []);
    let other = exporting(&["a:b/d"]);
    let settled = case.settle(&other, &Mode::Record);
    let (added, removed) = ("a:b/d".to_string(), "a:b/c".to_string());
    assert_eq!(kinds(&settled), [Kind::ExportAdded { export: added }, Kind::ExportRemoved { export: removed }]);
    assert_eq!((settled.verdict.outcome, settled.golden.len()), (Outcome::Fail, 0));
    let accepted = case.settle(&other, &accept());
    let key = key(Side::Exports);
    assert_eq!(accepted.golden[&key].iter().collect::<Vec<_>>(), ["a:b/d"]);
    let lost = Case { golden: Golden::new(), ..case };
    assert!(kinds(&lost.settle(&other, &Mode::Record)).contains(&Kind::ExportListGone));
}

/// What a merge of two branches left of raw and code bytes.
fn merged() -> Case {
    let mut case = recorded();
    let entries = &mut case.baseline.as_mut().unwrap().variants.get_mut(&variant(TALC)).unwrap().0;
    for metric in [Metric::RawBytes, Metric::GzipBytes, Metric::CodeBytes] {
        entries.get_mut(&metric).unwrap().measure_again = true;
    }
    case
}

#[test]
fn merged_values_that_hold_pass_the_check_and_are_recorded_as_measured() {
    let settled = merged().settle(&usual(1000, 500), &Mode::Check);
    assert_eq!((settled.verdict.outcome, settled.verdict.measure_again_count), (Outcome::Pass, 3));
    assert!(settled.baseline.is_none(), "a check writes nothing");
    // Gzip is worse inside its band, and stays; it is measured all the same.
    for gzip in [500, 564] {
        let settled = merged().settle(&usual(1000, gzip), &Mode::Record);
        assert_eq!((settled.verdict.outcome, settled.verdict.recorded), (Outcome::Pass, Recorded::Confirmed));
        assert_eq!(settled.baseline, recorded().baseline);
    }
    let settled = merged().settle(&usual(1000, 490), &Mode::Record);
    assert_eq!(settled.baseline.unwrap().variants[&variant(TALC)].0[&Metric::GzipBytes].value, 490, "what is lower is known now");
}

#[test]
fn a_merged_value_is_held_to_and_a_finding_against_it_says_what_it_is() {
    let settled = merged().settle(&usual(1001, 500), &Mode::Record);
    assert_eq!((settled.verdict.outcome, settled.verdict.recorded), (Outcome::Fail, Recorded::Nothing));
    assert!(settled.verdict.findings[0].measure_again && settled.baseline.is_none());
    for (raw, mode, recorded) in [(1001, accept(), Recorded::Accepted), (990, Mode::Record, Recorded::Better)] {
        let settled = merged().settle(&usual(raw, 500), &mode);
        assert_eq!((settled.verdict.recorded, settled.verdict.measure_again_count), (recorded, 3));
        let entries = &settled.baseline.unwrap().variants[&variant(TALC)].0;
        assert!(entries.values().all(|entry| !entry.measure_again) && entries[&Metric::RawBytes].value == raw);
    }
}
