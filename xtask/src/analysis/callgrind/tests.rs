//! Files that Valgrind 3.19 wrote (`xtask/tests/data/pgo/README.md` says how), the rules of the format, and what holds of any text.

use super::*;
use proptest::prelude::*;

const LEGACY: &str = include_str!("../../../tests/data/pgo/callgrind-legacy.out");
const V0_INSTRUCTIONS: &str = include_str!("../../../tests/data/pgo/callgrind-v0-instructions.out");
const PLAIN: &str = include_str!("../../../tests/data/pgo/callgrind-plain.out");

fn profile(functions: &[(&str, u64)]) -> Profile {
    Profile {
        total: functions.iter().map(|(_, count)| count).sum(),
        functions: functions.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect(),
    }
}

fn file(body: &str) -> String {
    format!("version: 1\npositions: line\nevents: Ir\n{body}\n")
}

#[test]
fn counts_are_those_that_callgrind_annotate_prints() {
    let known = profile(&[
        ("__rustc::__rdl_alloc", 19 + 152),
        ("__rustc::__rust_alloc", 19),
        ("__rustc::__rust_no_alloc_shim_is_unstable_v2", 19),
        ("_int_malloc", 2142),
        ("alloc::raw_vec::RawVecInner<A>::finish_grow", 361 + 76 + 57),
        ("alloc::raw_vec::RawVecInner<A>::reserve::do_reserve_and_handle", 323 + 95 + 57 + 19),
        ("alloc_perturb", 68),
        ("malloc", 722 + 34),
        ("words::text::word", 1898 + 224 + 154 + 112 + 74 + 40),
    ]);
    assert_eq!(known.total, 6665);
    assert_eq!(parse(LEGACY), Ok(known));
}

#[test]
fn instruction_positions_several_events_and_jumps_give_the_same_counts() {
    let (lines, instructions) = (parse(LEGACY).unwrap(), parse(V0_INSTRUCTIONS).unwrap());
    assert_eq!(lines.total, instructions.total);
    // The scheme `v0` names the implementation of a method by its type alone.
    let same = |name: &str| assert_eq!(lines.functions[name], instructions.functions[name], "{name}");
    ["words::text::word", "malloc", "_int_malloc", "__rustc::__rdl_alloc"].into_iter().for_each(same);
}

#[test]
fn recursion_and_names_in_full() {
    assert_eq!(parse(PLAIN), Ok(profile(&[("words::even", 40 + 4), ("words::odd", 135 + 18 + 15 + 2)])));
}

#[test]
fn counts_that_are_missing_are_zero_and_callees_are_not_counted() {
    let body = "fn=(1) a\n1 5\n+1\n* 0x10\ncfn=(2) b\ncalls=3 +4\n* 900\njump=2 7\n9\nfn=(2)\n-1 1\ntotals: 22";
    assert_eq!(parse(&file(body)), Ok(profile(&[("a", 21), ("b", 1)])));
}

#[test]
fn functions_without_a_name_are_one_entry_per_object() {
    let body = "ob=(1) /x/one\nfn=(1) 0x10\n1 1\nfn=(2) ???\n1 2\nob=(2) /x/two\nfn=(1)\n1 4\ntotals: 7";
    assert_eq!(parse(&file(body)), Ok(profile(&[("[unnamed] in one", 3), ("[unnamed] in two", 4)])));
}

#[test]
fn parts_add_up() {
    let part = "events: Ir\nsummary: 3\nfn=(1) a\n1 3\ntotals: 3\n";
    assert_eq!(parse(&part.repeat(2)), Ok(profile(&[("a", 6)])));
    assert!(parse(&format!("{part}{}", part.replace(" 3\nfn", " 4\nfn"))).is_ok(), "a summary may be more");
    assert!(parse(&format!("{part}{}", part.replace("totals: 3", "totals: 4"))).is_err());
}

#[test]
fn what_is_wrong_is_said_in_one_line() {
    for (text, wanted) in [
        (String::new(), "not a file of callgrind: no line `events:`"),
        ("\u{7f}ELF".into(), "line 1: neither counts nor a key: \"\\u{7f}ELF\""),
        ("version: 2".into(), "line 1: version \"2\" of the format; 1 is known"),
        ("events: Dr Dw".into(), "line 1: no event Ir among \"Dr Dw\""),
        ("1 2".into(), "line 1: counts before `events:`"),
        (file("1 2"), "line 4: counts before the first function"),
        (file("fn=(9)"), "line 4: the name (9) is used before it is given"),
        (file("fn=a\n1 2\ntotals:"), "line 6: a sum without a number"),
        (file("fn=a\n1 0\ntotals: 0"), "no instruction was counted"),
        (file("fn=a\n1 x"), "line 5: not a number: \"x\""),
        (file("fn=a\n1x 2"), "line 5: not a position: \"1x\""),
        (file("fn=a\n1 2 3"), "line 5: more counts than events"),
        (file("fn=a\nzz=b"), "line 5: unknown key \"zz\""),
        (file("fn=a\ncalls=1 2\nfn=b"), "line 6: a call or jump without its line of counts"),
        (file("fn=a\ncalls=1 2"), "the file was cut off after a call or jump"),
        (file("fn=a\n1 2"), "the file was cut off, or has no sums: neither `summary:` nor `totals:`"),
        (file("fn=a\n1 2\ntotals: 3"), "`totals:` says 3, the counts add up to 2: the file was cut off or changed"),
        (file("summary: 3\nfn=a\n1 2"), "`summary:` says 3, the counts add up to 2: the file was cut off or changed"),
        (file("fn=a\n1 18446744073709551615\n1 1"), "line 6: the sum of the counts does not fit into 64 bits"),
    ] {
        assert_eq!(parse(&text), Err(wanted.to_owned()), "{text}");
    }
}

#[test]
fn a_file_that_was_cut_off_is_not_a_smaller_profile() {
    let whole = parse(LEGACY).unwrap();
    for at in 0..LEGACY.len() {
        match parse(&LEGACY[..at]) {
            // The summary at the start says what has to come; what is behind the last count does not matter.
            Ok(profile) => assert_eq!(profile, whole, "{at}"),
            Err(why) => assert!(!why.contains('\n')),
        }
    }
}

#[test]
fn the_largest_change_comes_first_and_ties_go_by_name() {
    let before = profile(&[("gone", 10), ("same", 5), ("slower", 100), ("z", 1), ("a", 1)]);
    let after = profile(&[("new", 70), ("same", 5), ("slower", 500), ("z", 2), ("a", 2)]);
    let delta = |name: &str, before_count, after_count| FunctionDelta { name: name.into(), before_count, after_count };
    let all = [delta("slower", 100, 500), delta("new", 0, 70), delta("gone", 10, 0), delta("a", 1, 2), delta("z", 1, 2)];
    assert_eq!(diff(&before, &after, 20), all);
    assert_eq!(diff(&before, &after, 2), all[..2]);
    assert_eq!(diff(&before, &after, 0), []);
    assert_eq!(diff(&before, &before, 20), []);
}

#[test]
fn profiles_are_merged_by_name() {
    assert_eq!(merge(&[]), Profile::default());
    let merged = merge(&[profile(&[("a", 1), ("b", 2)]), profile(&[("b", 3), ("c", 4)])]);
    assert_eq!(merged, profile(&[("a", 1), ("b", 5), ("c", 4)]));
    let huge = profile(&[("a", u64::MAX)]);
    assert_eq!(merge(&[huge.clone(), huge.clone()]), huge);
}

fn any_profile() -> impl Strategy<Value = Profile> {
    prop::collection::btree_map("[a-e]", 1u64..1000, 1..6)
        .prop_map(|functions| Profile { total: functions.values().sum(), functions })
}

proptest! {
    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        _ = parse(&text);
        _ = parse(&file(&text));
    }

    #[test]
    fn lines_of_the_format_in_any_order_are_answered_and_what_is_read_adds_up(
        lines in prop::collection::vec("(fn|cfn|ob|cob|fl|calls|jcnd)=(\\([0-3]\\))?( ?[a-c']{0,3}[0-9]?)|[+*-]?[0-9]{0,3}( [0-9]{1,4}){0,2}|(summary|totals|events|positions): (Ir|[0-9]{1,3}|line)", 0..20),
    ) {
        if let Ok(profile) = parse(&file(&lines.join("\n"))) {
            prop_assert_eq!(profile.functions.values().sum::<u64>(), profile.total);
            prop_assert!(profile.functions.values().all(|count| *count > 0));
        }
    }

    #[test]
    fn a_changed_byte_is_refused_or_leaves_a_sum_that_holds(at in 0..LEGACY.len(), byte in 0x20u8..0x7f) {
        let mut bytes = LEGACY.as_bytes().to_vec();
        bytes[at] = byte;
        if let Ok(profile) = parse(&String::from_utf8_lossy(&bytes)) {
            prop_assert_eq!(profile.functions.values().sum::<u64>(), profile.total);
        }
    }

    #[test]
    fn what_is_written_is_read(wanted in any_profile()) {
        let mut text = file("");
        for (name, count) in &wanted.functions {
            text.push_str(&format!("fn={name}\n1 {}\n+2 {}\n", count / 2, count - count / 2));
        }
        text.push_str(&format!("totals: {}\n", wanted.total));
        prop_assert_eq!(parse(&text), Ok(wanted));
    }

    #[test]
    fn a_difference_is_that_of_the_totals(before in any_profile(), after in any_profile()) {
        let deltas = diff(&before, &after, usize::MAX);
        let sum: i64 = deltas.iter().map(|delta| delta.after_count as i64 - delta.before_count as i64).sum();
        prop_assert_eq!(sum, after.total as i64 - before.total as i64);
        let sizes: Vec<u64> = deltas.iter().map(|delta| delta.after_count.abs_diff(delta.before_count)).collect();
        prop_assert!(sizes.is_sorted_by(|a, b| a >= b) && !sizes.contains(&0));
        prop_assert_eq!(merge(&[before.clone(), after.clone()]), merge(&[after, before]));
    }
}
