//! The algebra of merges, over both forms of file, and single cases by name.

use super::*;
use crate::data::{
    baseline::{Accepted, Entry},
    rows::Tools,
    run::{Provenance, Toolchain},
};
use proptest::{collection, option, prelude::*, sample::select};

/// Row -> metric -> the number: of sizes too, whose rows are variants.
type Numbers = BTreeMap<String, BTreeMap<String, Entry>>;

const ROWS: [&str; 3] = ["a/t/p/x", "b/t/p/x", "b/t/q/x"];
const METRICS: [&str; 2] = ["raw_bytes", "gzip_bytes"];

fn entry(value: u64, best: u64) -> Entry {
    Entry::measured(value, best, Vec::new())
}

fn one(row: &str, metric: &str, entry: Entry) -> Numbers {
    BTreeMap::from([(row.to_string(), BTreeMap::from([(metric.to_string(), entry)]))])
}

fn tools(rustc: &str) -> Tools {
    [("rustc", rustc), ("gzip", "g")].map(|(tool, version)| (tool.to_string(), version.to_string())).into()
}

fn rows_file(provenance: &Tools, numbers: &Numbers) -> BaselineFile {
    let rows = numbers.iter().map(|(row, metrics)| (row.clone(), RowEntries(metrics.clone()))).collect();
    BaselineFile::Rows(RowsBaseline { schema: ROWS_SCHEMA, provenance: provenance.clone(), rows })
}

fn sizes_file(tools: &Tools, numbers: &Numbers) -> BaselineFile {
    let of = |tool: &str| tools.get(tool).cloned().unwrap_or_default();
    let toolchain = Toolchain { rustc: of("rustc"), gzip: of("gzip"), ..Toolchain::default() };
    let provenance = Provenance { toolchain, commit: None, dirty: true, host: "h".into(), optimizer_origin: "npm".into() };
    let entries = |metrics: &BTreeMap<String, Entry>| {
        let metric = |name: &str| Metric::ALL.into_iter().find(|metric| metric.name() == name).unwrap();
        Entries(metrics.iter().map(|(name, entry)| (metric(name), entry.clone())).collect())
    };
    let variants = numbers.iter().map(|(row, metrics)| (row.parse().unwrap(), entries(metrics))).collect();
    let optimizers = BTreeMap::from([("binaryen-132".to_string(), Baseline { provenance, variants })]);
    BaselineFile::Sizes(Baselines { schema: BASELINE_SCHEMA, optimizers })
}

fn numbers_of(file: &BaselineFile) -> Numbers {
    match file {
        BaselineFile::Rows(file) => file.rows.iter().map(|(row, entries)| (row.clone(), entries.0.clone())).collect(),
        BaselineFile::Sizes(file) => {
            let variants = file.optimizers.values().flat_map(|baseline| &baseline.variants);
            let metrics = |entries: &Entries| entries.0.iter().map(|(metric, entry)| (metric.name(), entry.clone())).collect();
            variants.map(|(variant, entries)| (variant.to_string(), metrics(entries))).collect()
        }
    }
}

/// The merge of three tables made with the same tools.
fn merged(base: &Numbers, ours: &Numbers, theirs: &Numbers) -> Merged {
    let [base, ours, theirs] = [base, ours, theirs].map(|numbers| rows_file(&tools("1"), numbers));
    merge(Sides { base: Some(&base), ours: &ours, theirs: &theirs }, Side::Ours).unwrap()
}

fn accepted(to: u64, day: u8) -> Accepted {
    Accepted { from: None, to, reason: format!("to {to}"), date: format!("2026-11-{day:02}") }
}

#[test]
fn of_two_changes_the_lower_value_the_lower_best_and_all_reasons_stand_and_are_marked() {
    let with = |value, best, accepted: &[Accepted]| one(ROWS[0], "m", Entry::measured(value, best, accepted.to_vec()));
    let (first, theirs, ours) = (accepted(100, 1), accepted(110, 2), accepted(120, 3));
    let merged = merged(
        &with(100, 90, std::slice::from_ref(&first)),
        &with(120, 80, &[first.clone(), ours.clone()]),
        &with(110, 90, &[first.clone(), theirs.clone()]),
    );
    assert!(merged.conflicts.is_empty());
    let want = Entry { value: 110, best: 80, measure_again: true, accepted: vec![first, theirs, ours] };
    assert_eq!(numbers_of(&merged.file)[ROWS[0]]["m"], want);
}

#[test]
fn what_one_branch_accepted_twice_stays_twice_whichever_side_it_is() {
    let with =
        |value, days: &[u8]| one(ROWS[0], "m", Entry::measured(value, 1, days.iter().map(|day| accepted(5, *day)).collect()));
    let (base, once, twice) = (with(5, &[]), with(6, &[1]), with(7, &[1, 1]));
    for merged in [merged(&base, &once, &twice), merged(&base, &twice, &once)] {
        assert_eq!(numbers_of(&merged.file)[ROWS[0]]["m"].accepted, [accepted(5, 1), accepted(5, 1)]);
    }
}

#[test]
fn a_row_that_both_changed_is_one_that_nobody_measured_though_each_moved_another_number() {
    let row =
        |m, n| BTreeMap::from([(ROWS[0].to_string(), BTreeMap::from([("m".into(), entry(m, m)), ("n".into(), entry(n, n))]))]);
    let merged = merged(&row(10, 20), &row(9, 20), &row(10, 30)).file;
    let metrics = &numbers_of(&merged)[ROWS[0]];
    assert_eq!((metrics["m"].value, metrics["n"].value), (9, 30));
    assert!(metrics["m"].measure_again && metrics["n"].measure_again);
}

#[test]
fn rows_that_one_branch_changed_are_its_own_and_need_no_measurement() {
    let of = |a, b| one(ROWS[0], "m", entry(a, a)).into_iter().chain(one(ROWS[1], "m", entry(b, b))).collect::<Numbers>();
    let merged = merged(&of(10, 10), &of(9, 10), &of(10, 12));
    assert_eq!(merged, Merged { file: rows_file(&tools("1"), &of(9, 12)), conflicts: vec![] });
}

#[test]
fn deleted_is_deleted_unless_the_other_branch_changed_it() {
    let (some, none) = (one(ROWS[0], "m", entry(10, 10)), Numbers::new());
    assert_eq!(numbers_of(&merged(&some, &none, &some).file), none);
    let conflict = merged(&some, &none, &one(ROWS[0], "m", entry(9, 9)));
    assert_eq!(conflict.conflicts, ["a/t/p/x is deleted in ours and changed in theirs"]);
    assert_eq!(numbers_of(&conflict.file), none);
}

#[test]
fn numbers_made_with_tools_that_the_other_branch_replaced_are_marked() {
    let of =
        |a| one(ROWS[0], "raw_bytes", entry(a, a)).into_iter().chain(one(ROWS[1], "raw_bytes", entry(5, 5))).collect::<Numbers>();
    for file in [rows_file, sizes_file] {
        let (base, ours, theirs) = (file(&tools("1"), &of(10)), file(&tools("2"), &of(10)), file(&tools("1"), &of(9)));
        let merged = merge(Sides { base: Some(&base), ours: &ours, theirs: &theirs }, Side::Ours).unwrap();
        let mut want = of(9);
        want.get_mut(ROWS[0]).unwrap().get_mut("raw_bytes").unwrap().measure_again = true;
        assert_eq!(merged, Merged { file: file(&tools("2"), &want), conflicts: vec![] });
    }
}

#[test]
fn a_tool_that_both_changed_apart_is_a_conflict_and_no_number_passes_for_either() {
    for file in [rows_file, sizes_file] {
        let numbers = one(ROWS[0], "raw_bytes", entry(10, 10));
        let [base, ours, theirs] = ["1", "2", "3"].map(|rustc| file(&tools(rustc), &numbers));
        for preferred in [Side::Base, Side::Ours, Side::Theirs] {
            let merged = merge(Sides { base: Some(&base), ours: &ours, theirs: &theirs }, preferred).unwrap();
            assert!(merged.conflicts[0].contains("rustc is changed in ours and changed in theirs"), "{:?}", merged.conflicts);
            assert_eq!(merged.file.measure_again_count(), 1);
        }
    }
}

#[test]
fn the_work_of_other_rows_marks_nothing() {
    let with = |work: &[(&str, &str)]| work.iter().map(|(tool, hash)| (tool.to_string(), hash.to_string())).collect::<Tools>();
    let (a, b) = (one(ROWS[0], "m", entry(1, 1)), one(ROWS[1], "m", entry(1, 1)));
    let both: Numbers = a.clone().into_iter().chain(b.clone()).collect();
    let (base, ours, theirs) = (
        rows_file(&with(&[]), &Numbers::new()),
        rows_file(&with(&[("workload a", "1")]), &a),
        rows_file(&with(&[("workload b", "2")]), &b),
    );
    let merged = merge(Sides { base: Some(&base), ours: &ours, theirs: &theirs }, Side::Ours).unwrap();
    assert_eq!(merged.file, rows_file(&with(&[("workload a", "1"), ("workload b", "2")]), &both));
}

#[test]
fn what_no_number_depends_on_is_no_conflict() {
    let of = |commit: Option<&str>, host: &str, value| {
        let BaselineFile::Sizes(mut file) = sizes_file(&tools("1"), &one(ROWS[0], "raw_bytes", entry(value, value))) else {
            panic!()
        };
        let provenance = &mut file.optimizers.get_mut("binaryen-132").unwrap().provenance;
        (provenance.commit, provenance.dirty, provenance.host) = (commit.map(String::from), false, host.into());
        BaselineFile::Sizes(file)
    };
    let (base, ours, theirs) = (of(Some("0"), "linux", 10), of(Some("1"), "windows", 9), of(Some("2"), "mac", 10));
    let merged = merge(Sides { base: Some(&base), ours: &ours, theirs: &theirs }, Side::Ours).unwrap();
    let BaselineFile::Sizes(file) = merged.file else { panic!() };
    let provenance = &file.optimizers["binaryen-132"].provenance;
    assert_eq!((provenance.commit.as_deref(), provenance.dirty, provenance.host.as_str()), (None, true, "mac and windows"));
    assert!(merged.conflicts.is_empty());
}

#[test]
fn a_file_that_cannot_be_read_is_a_conflict_that_names_the_side() {
    let good = rows_file(&tools("1"), &one(ROWS[0], "m", entry(10, 10))).render();
    let bad = |from: &str, to: &str| good.replace(from, to);
    let sizes = sizes_file(&tools("1"), &Numbers::new()).render();
    for (base, ours, theirs, want) in [
        ("{", &*good, &*good, "base: EOF"),
        (&good, "", &good, "ours: EOF"),
        (&good, &good, &bad("\"schema\": 1", "\"schema\": 2"), "theirs: it has schema 2"),
        (&good, &good, &bad("\"value\"", "\"valeu\""), "theirs: unknown field `valeu`"),
        ("", &good, &sizes, "not of one form"),
    ] {
        match merge_bytes(Sides { base: Some(base.as_bytes()), ours: ours.as_bytes(), theirs: theirs.as_bytes() }) {
            Outcome::Conflict { texts, reasons } => {
                assert!(reasons.len() == 1 && reasons[0].contains(want), "{reasons:?} should contain {want}");
                assert_eq!((texts.ours, texts.theirs), (ours.as_bytes().to_vec(), theirs.as_bytes().to_vec()));
            }
            outcome => panic!("{outcome:?}"),
        }
    }
}

fn any_accepted() -> impl Strategy<Value = Accepted> {
    (option::of(1..4_u64), 1..4_u64, 1..4_u8).prop_map(|(from, to, day)| Accepted { from, ..accepted(to, day) })
}

fn any_entry() -> impl Strategy<Value = Entry> {
    (1..6_u64, 0..4_u64, prop::bool::weighted(0.2), collection::vec(any_accepted(), 0..3))
        .prop_map(|(best, over, measure_again, accepted)| Entry { value: best + over, best, measure_again, accepted })
}

fn any_numbers() -> impl Strategy<Value = Numbers> {
    let metrics = collection::btree_map(select(&METRICS[..]).prop_map(String::from), any_entry(), 1..3);
    collection::btree_map(select(&ROWS[..]).prop_map(String::from), metrics, 0..4)
}

/// Tables that come of another by leaving rows as they are and taking others from a third.
fn changed(base: Numbers) -> impl Strategy<Value = Numbers> {
    (any_numbers(), collection::btree_map(select(&ROWS[..]), any::<bool>(), 3)).prop_map(move |(other, takes)| {
        let pick = |row: &str| if takes.get(row).copied().unwrap_or(false) { other.get(row) } else { base.get(row) };
        ROWS.iter().filter_map(|row| Some((row.to_string(), pick(row)?.clone()))).collect()
    })
}

fn any_tools() -> impl Strategy<Value = Tools> {
    prop_oneof![4 => Just("1"), 1 => Just("2"), 1 => Just("3")].prop_map(tools)
}

/// Base, ours and theirs, each with its tools.
fn any_sides() -> impl Strategy<Value = [(Tools, Numbers); 3]> {
    let numbers = any_numbers().prop_flat_map(|base| (Just(base.clone()), changed(base.clone()), changed(base)));
    (numbers, [any_tools(), any_tools(), any_tools()])
        .prop_map(|((base, ours, theirs), [b, o, t])| [(b, base), (o, ours), (t, theirs)])
}

/// The same with the reasons in an order of their own.
fn without_order(file: &BaselineFile) -> Numbers {
    let mut numbers = numbers_of(file);
    for entry in numbers.values_mut().flat_map(BTreeMap::values_mut) {
        entry.accepted.sort_by(|a, b| (&a.date, a.from, a.to).cmp(&(&b.date, b.from, b.to)));
    }
    numbers
}

fn laws(file: fn(&Tools, &Numbers) -> BaselineFile, sides: &[(Tools, Numbers); 3]) -> Result<(), TestCaseError> {
    let [base, ours, theirs] = sides.each_ref().map(|(tools, numbers)| file(tools, numbers));
    let of = |base, ours, theirs, preferred| merge(Sides { base: Some(base), ours, theirs }, preferred).unwrap();
    for (base, one, other, want) in [(&base, &ours, &ours, &ours), (&base, &base, &theirs, &theirs), (&base, &ours, &base, &ours)]
    {
        prop_assert_eq!(&of(base, one, other, Side::Ours), &Merged { file: want.clone(), conflicts: vec![] });
    }
    let merged = of(&base, &ours, &theirs, Side::Ours);
    let swapped = of(&base, &theirs, &ours, Side::Theirs);
    prop_assert_eq!(without_order(&merged.file), without_order(&swapped.file));
    prop_assert_eq!(merged.conflicts.len(), swapped.conflicts.len());
    prop_assert_eq!(&BaselineFile::parse(merged.file.render().as_bytes()).unwrap(), &merged.file);
    if !merged.conflicts.is_empty() {
        prop_assert_ne!(of(&base, &ours, &theirs, Side::Theirs).file.render(), merged.file.render());
        return Ok(());
    }
    let at = |numbers: &Numbers, row: &str, metric: &str| numbers.get(row).and_then(|metrics| metrics.get(metric)).cloned();
    let [base, ours, theirs] = [&sides[0].1, &sides[1].1, &sides[2].1];
    for row in ROWS {
        for metric in METRICS {
            let [b, o, t] = [base, ours, theirs].map(|numbers| at(numbers, row, metric));
            let Some(found) = at(&numbers_of(&merged.file), row, metric) else {
                prop_assert!(o.is_none() || t.is_none(), "what both have stays");
                continue;
            };
            let has: Vec<&Entry> = [&o, &t].into_iter().flatten().collect();
            prop_assert!(has.iter().any(|entry| entry.value == found.value), "a value that no side has");
            prop_assert!(has.iter().any(|entry| entry.best == found.best), "a best that no side has");
            let changed: Vec<&Entry> = [&o, &t].into_iter().filter(|side| **side != b).flatten().collect();
            for entry in changed {
                prop_assert!(found.value <= entry.value && found.best <= entry.best, "looser than a side that changed it");
                prop_assert!(entry.accepted.iter().all(|reason| found.accepted.contains(reason)), "a reason is lost");
            }
            if !found.measure_again {
                let holder = [(&sides[1], &o), (&sides[2], &t)];
                let made =
                    holder.iter().any(|((tools, _), entry)| entry.as_ref() == Some(&found) && at_tools(&merged.file, tools));
                prop_assert!(made, "unmarked, and no side made it so with the tools of the file");
                let apart =
                    [ours, theirs].into_iter().all(|side| side.get(row) != base.get(row)) && ours.get(row) != theirs.get(row);
                prop_assert!(!apart || (o == b && t == b), "unmarked in a row that both changed");
            }
        }
    }
    Ok(())
}

/// Whether the merged file names these tools.
fn at_tools(file: &BaselineFile, tools: &Tools) -> bool {
    match file {
        BaselineFile::Rows(file) => file.provenance == *tools,
        BaselineFile::Sizes(file) => {
            file.optimizers.values().all(|baseline| baseline.provenance.toolchain.rustc == tools["rustc"])
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn the_laws_hold_for_rows(sides in any_sides()) {
        laws(rows_file, &sides)?;
    }

    #[test]
    fn the_laws_hold_for_sizes(sides in any_sides()) {
        laws(sizes_file, &sides)?;
    }

    #[test]
    fn no_bytes_are_a_panic_and_none_that_cannot_be_read_a_merge(
        (tools, numbers) in (any_tools(), any_numbers()), at in 0..2000_usize, junk in any::<Vec<u8>>()
    ) {
        let good = rows_file(&tools, &numbers).render().into_bytes();
        let mut bad = good.clone();
        let at = at.min(bad.len());
        bad.splice(at..(at + junk.len()).min(bad.len()), junk);
        let is_good = BaselineFile::parse(&bad).is_ok();
        for (ours, theirs) in [(&good, &bad), (&bad, &good)] {
            let outcome = merge_bytes(Sides { base: Some(&good), ours, theirs });
            prop_assert_eq!(matches!(outcome, Outcome::Merged { .. }), is_good);
        }
    }
}
