//! Each workload is the same in every build, within the limits, and what its name says.

use super::*;
use crate::{op::Op, trace::fnv1a};
use proptest::prelude::*;

/// The FNV-1a of each seeded workload's operations. Measurements of different ones are not comparable, so a change has to be meant: then alloc.json is to
/// be made anew.
const FNV1A: [(&str, u32); 12] = [
    ("sizes-8-64", 0xda19_b5bd),
    ("sizes-64-1k", 0xbdb1_61c8),
    ("sizes-1k-16k", 0xa771_6154),
    ("sizes-16k-256k", 0x57e3_0e87),
    ("free-in-order", 0xf4ed_c147),
    ("free-in-reverse", 0x6727_4463),
    ("free-at-random", 0x635c_8729),
    ("long-among-short", 0x1774_e982),
    ("mixed-10000", 0x11cb_0882),
    ("grow-strings", 0x31d8_830b),
    ("grow-vectors", 0x5578_dc38),
    ("cap", 0xdc32_e987),
];

fn named(name: &str) -> Workload {
    seeded().into_iter().find(|workload| workload.name == name).unwrap()
}

fn recorded() -> BTreeMap<String, Trace> {
    let ops = |count: u32| -> Vec<Op> {
        let allocs = (0..count).map(|slot| Op::Alloc { slot, size: 20 + slot, align_power: 0 });
        let others = (0..count / 2).flat_map(|slot| [Op::Realloc { slot, size: 90 }, Op::Free { slot }]);
        allocs.chain(others).collect()
    };
    let trace = |count| Trace::new("test", ops(count)).unwrap();
    [("agent-one", trace(400)), ("agent-two", trace(900)), ("json", trace(5))].map(|(name, trace)| (name.into(), trace)).into()
}

#[test]
fn seeded_ones_are_the_same_in_every_build() {
    let found: Vec<(String, u32)> =
        seeded().into_iter().map(|workload| (workload.name.clone(), fnv1a(&workload.trace.body()))).collect();
    let wanted: Vec<(String, u32)> = FNV1A.iter().map(|(name, hash)| (name.to_string(), *hash)).collect();
    assert_eq!(found, wanted);
    assert_eq!(seeded(), seeded());
}

#[test]
fn all_are_named_ordered_and_within_the_limits() {
    let workloads = all(&recorded()).unwrap();
    let names: Vec<&str> = workloads.iter().map(|workload| workload.name.as_str()).collect();
    assert_eq!(names[..4], ["agent-one", "agent-two", "json", DAY]);
    for Workload { name, about, trace } in &workloads {
        assert!(name.len() <= 24 && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{name}");
        assert!(!about.is_empty() && about.len() <= 60, "{name}: {about}");
        assert!(trace.ops().len() <= 50_000, "{name}: {}", trace.ops().len());
        let peak = trace.summary().peak_live_bytes;
        assert!(name == CAP || peak < 6 << 20, "{name}: {peak}");
    }
    assert!(names.contains(&MIXED) && names.contains(&CAP));
    assert!(all(&BTreeMap::new()).unwrap().iter().all(|workload| workload.name != DAY));
    let twice = [(MIXED.to_string(), named(CAP).trace)].into();
    assert_eq!(all(&twice).unwrap_err(), TraceError::Twice(MIXED.into()));
}

#[test]
fn a_size_bucket_has_its_sizes() {
    for (name, first, last) in [("sizes-8-64", 8, 64), ("sizes-64-1k", 64, 1024), ("sizes-16k-256k", 16 << 10, 256 << 10)] {
        for op in named(name).trace.ops() {
            assert!(!matches!(op, Op::Alloc { size, .. } if !(first..=last).contains(size)), "{name}: {op:?}");
        }
    }
}

/// Of each free: how many blocks that are alive are older, and how many are younger.
fn places(trace: &Trace) -> Vec<(usize, usize)> {
    let (mut live, mut places) = (Vec::new(), Vec::new());
    for op in trace.ops() {
        match op {
            Op::Alloc { slot, .. } => live.push(*slot),
            Op::Free { slot } => {
                let at = live.iter().position(|other| other == slot).unwrap();
                live.remove(at);
                places.push((at, live.len() - at));
            }
            Op::Realloc { .. } => {}
        }
    }
    places
}

#[test]
fn orders_are_what_they_are_called() {
    let [in_order, in_reverse, at_random] = ["free-in-order", "free-in-reverse", "free-at-random"].map(named);
    assert!(places(&in_order.trace).iter().all(|(older, _)| *older == 0));
    assert!(places(&in_reverse.trace).iter().all(|(_, younger)| *younger == 0));
    let random = places(&at_random.trace);
    assert!(random.iter().filter(|(older, younger)| *older > 0 && *younger > 0).count() > random.len() * 9 / 10);
    let allocs = |workload: &Workload| -> Vec<u32> {
        workload.trace.ops().iter().filter_map(|op| if let Op::Alloc { size, .. } = op { Some(*size) } else { None }).collect()
    };
    assert_eq!(allocs(&in_order), allocs(&in_reverse));
    assert_eq!(allocs(&in_order), allocs(&at_random));
}

#[test]
fn the_mixed_one_keeps_half_and_frees_it_out_of_order() {
    let trace = named(MIXED).trace;
    let summary = trace.summary();
    assert_eq!(summary.alloc_count, 10_000);
    assert!((4_800..5_200).contains(&summary.free_count), "{summary:?}");
    assert!((500_000..2_500_000).contains(&summary.end_live_bytes), "{summary:?}");
    let random = places(&trace);
    assert!(random.iter().filter(|(_, younger)| *younger > 0).count() > random.len() * 9 / 10);
}

#[test]
fn what_grows_doubles_and_some_of_it_is_cut() {
    for name in ["grow-strings", "grow-vectors"] {
        let trace = named(name).trace;
        let mut sizes = BTreeMap::new();
        let (mut doubled_count, mut cut_count) = (0, 0);
        for op in trace.ops() {
            match *op {
                Op::Alloc { slot, size, .. } => drop(sizes.insert(slot, size)),
                Op::Realloc { slot, size } => {
                    let old = sizes.insert(slot, size).unwrap();
                    assert!(size == 2 * old || size < old, "{name}: {old} -> {size}");
                    *if size < old { &mut cut_count } else { &mut doubled_count } += 1;
                }
                Op::Free { .. } => {}
            }
        }
        assert!(doubled_count > trace.ops().len() / 2 && cut_count > 200, "{name}: {doubled_count} {cut_count}");
        assert_eq!(trace.summary().end_live_bytes, 0);
    }
}

#[test]
fn long_ones_stay_while_all_around_them_go() {
    let trace = named("long-among-short").trace;
    let least_live = trace.ops().iter().scan(0_i64, |live, op| {
        *live += match op {
            Op::Alloc { .. } => 1,
            Op::Free { .. } => -1,
            Op::Realloc { .. } => 0,
        };
        Some(*live)
    });
    // All that are long are alive when the last short one goes.
    assert!(least_live.skip(500).take(20_000).all(|live| live >= 500 / 21));
    assert_eq!(trace.summary().alloc_count, 500 + 500 * 20 + 500);
}

#[test]
fn the_cap_is_passed_and_then_given_back() {
    let summary = named(CAP).trace.summary();
    assert!(summary.peak_live_bytes > 24 << 20 && summary.end_live_bytes == 0, "{summary:?}");
}

#[test]
fn a_day_is_all_given_back_and_not_one_run_alone() {
    let day = all(&recorded()).unwrap().into_iter().find(|workload| workload.name == DAY).unwrap();
    let summary = day.trace.summary();
    assert!(day.trace.ops().len() > 40_000, "{}", day.trace.ops().len());
    assert_eq!((summary.end_live_bytes, summary.alloc_count), (0, summary.free_count));
    assert!(summary.peak_live_count > 900);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]
    #[test]
    fn a_day_is_composed_of_anything(lengths in prop::collection::vec(1_usize..3000, 1..5)) {
        let runs: BTreeMap<String, Trace> = (0..).zip(&lengths).map(|(at, length)| {
            let mut ops = named(MIXED).trace.ops().to_vec();
            ops.truncate(*length);
            (format!("{AGENT}{at}"), Trace::new("test", ops).unwrap())
        }).collect();
        let day = day::workload(&runs).unwrap().unwrap();
        prop_assert!(day.trace.ops().len() <= 50_000);
        prop_assert_eq!(day.trace.summary().end_live_bytes, 0);
        prop_assert_eq!(day::workload(&runs).unwrap().unwrap(), day);
    }
}
