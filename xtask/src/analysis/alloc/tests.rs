//! What certificates are worth, which replays count, and what of a run fails.

use super::{standing::failed, *};
use crate::data::{
    alloc::{ALLOC_SCHEMA, Allocator, ENGINES, Refused, SubjectSize},
    alloc_policy::AllocBudget,
    grid::GridProvenance,
    rows::RowsVerdict,
};
use std::collections::BTreeMap;

fn certificate(passed: usize, reason: &str) -> Certificate {
    let refused =
        Check::ALL.get(passed).map(|check| Refused { check: check.name().into(), reason: reason.into(), is_trap: false });
    Certificate { passed: Check::ALL[..passed].iter().map(|check| check.name().to_string()).collect(), refused }
}

#[test]
fn an_allocator_that_never_frees_is_for_one_shot_and_one_that_cannot_grow_for_nothing() {
    let levels: Vec<Level> = (0..=Check::ALL.len()).map(|passed| level(&certificate(passed, ""))).collect();
    let [none, one_shot] = [Level::None, Level::OneShot];
    assert_eq!(levels[..6], [none; 6]);
    assert_eq!(levels[6..], [one_shot, one_shot, one_shot, Level::General]);
    let mut trapped = certificate(6, "unreachable executed");
    trapped.refused.as_mut().unwrap().is_trap = true;
    assert_eq!(level(&trapped), none, "nothing is known of one that breaks");
    assert!(one_shot < Level::General);
}

#[test]
fn a_control_is_refused_by_its_check_and_for_its_reason_or_it_slipped() {
    let control = |certificate| ControlResult {
        name: "c".into(),
        wanted: Check::ALL[1].name().into(),
        wanted_reason: "not aligned".into(),
        certificate,
    };
    assert_eq!(slipped(&control(certificate(1, "a block is not aligned to (16)"))), None);
    for (passed, reason, want) in
        [(9, "", "was certified"), (1, "it gave null", "it gave null"), (0, "not aligned", "`grows` did")]
    {
        let said = slipped(&control(certificate(passed, reason))).unwrap();
        assert!(said.contains(want), "{said}");
    }
}

const REPLAYED: Replayed = Replayed {
    op_count: 4,
    failed_count: 0,
    corrupt_count: 0,
    peak_live_bytes: 100,
    live_bytes: 60,
    memory_bytes: 131_072,
    base_bytes: 70_000,
    left_bytes: 0,
};
const SUMMARY: Summary =
    Summary { alloc_count: 3, realloc_count: 0, free_count: 1, peak_live_bytes: 100, end_live_bytes: 60, peak_live_count: 3 };

fn played() -> Played {
    let filled = Replayed { left_bytes: 900, ..REPLAYED };
    Played { replay: (REPLAYED, Some(1000)), dry: Some((REPLAYED, Some(400))), filled, limit_bytes: 71_000 }
}

#[test]
fn fuel_is_the_allocators_own_and_what_is_lost_is_neither_alive_nor_left() {
    let counts = counts(&played(), 4, &SUMMARY).unwrap();
    assert_eq!((counts.fuel_count, counts.lost_bytes(), counts.heap_bytes()), (Some(600), 40, 61_072));
}

#[test]
fn replays_that_do_not_agree_count_nothing() {
    let base = played();
    let with = |replay: Replayed| Played { replay: (replay, Some(1000)), filled: replay, ..base };
    let cases = [
        (with(Replayed { corrupt_count: 1, ..REPLAYED }), "did not keep"),
        (with(Replayed { op_count: 3, ..REPLAYED }), "all of 4 operations"),
        (with(Replayed { live_bytes: 61, ..REPLAYED }), "other live bytes"),
        (Played { filled: Replayed { memory_bytes: 196_608, ..REPLAYED }, ..base }, "not deterministic"),
        (Played { replay: (REPLAYED, Some(400)), ..base }, "nothing was allocated"),
        (Played { replay: (REPLAYED, None), ..base }, "counted no fuel"),
        (Played { filled: Replayed { corrupt_count: 2, ..base.filled }, ..base }, "2 blocks did not keep"),
        (Played { replay: (REPLAYED, Some(3)), ..base }, "nothing was allocated"),
    ];
    for (played, want) in cases {
        let error = counts(&played, 4, &SUMMARY).unwrap_err();
        assert!(error.contains(want), "{error} should contain {want}");
    }
    let at_the_cap = with(Replayed { failed_count: 1, live_bytes: 10, ..REPLAYED });
    let fuel_count = counts(&at_the_cap, 4, &SUMMARY).unwrap().fuel_count;
    assert_eq!(fuel_count, None, "what could not be had is not alive, and what is refused is cheap");
}

/// A run of one allocator and one workload in which nothing is wrong.
pub fn run() -> AllocRun {
    let general = certificate(9, "");
    let allocator = Allocator {
        name: "talc".into(),
        note: None,
        is_one_shot: false,
        certificates: ENGINES.into_iter().map(|engine| (engine, general.clone())).collect(),
        cap_failure: None,
        subject: SubjectSize { raw_bytes: 100, code_bytes: 80 },
    };
    let replay = |engine| Replay {
        workload: "day".into(),
        allocator: "talc".into(),
        engine,
        outcome: counts(&played(), 4, &SUMMARY).into(),
    };
    let replays = ENGINES.map(replay).to_vec();
    AllocRun {
        schema: ALLOC_SCHEMA,
        command: "alloc".into(),
        provenance: GridProvenance::default(),
        artifacts: Vec::new(),
        allocators: vec![allocator],
        controls: Vec::new(),
        workloads: Vec::new(),
        measurements: measurements(&replays),
        replays,
        timings: Vec::new(),
        budget: AllocBudget::default(),
        verdict: RowsVerdict::default(),
    }
}

#[test]
fn everything_that_is_wrong_is_a_row_that_failed() {
    assert_eq!(failed(&run()), BTreeMap::new());
    let mut bad = run();
    bad.allocators[0].certificates.insert(ENGINES[1], certificate(6, "memory grew"));
    bad.allocators[0].cap_failure = Some("it hung".into());
    bad.replays[0].outcome = ReplayOutcome::Failure("it trapped".into());
    let control = ControlResult {
        name: "broken".into(),
        wanted: "grows".into(),
        wanted_reason: "x".into(),
        certificate: certificate(9, ""),
    };
    bad.controls.push(control);
    let rows: Vec<String> = failed(&bad).into_keys().collect();
    assert_eq!(rows, ["cap/talc", "certify/talc/wamr-interpreter", "control/broken", "day/talc/wasmtime-jit"]);
    bad.allocators[0].is_one_shot = true;
    assert!(!failed(&bad).contains_key("certify/talc/wamr-interpreter"), "that is all that it has to be");
}

#[test]
fn each_number_that_gates_is_measured() {
    let metrics: Vec<(String, u64)> = run().measurements.into_iter().map(|one| (one.metric, one.value)).collect();
    let first: Vec<(&str, u64)> = metrics[..5].iter().map(|(metric, value)| (metric.as_str(), *value)).collect();
    let memory = [("peak_heap_bytes", 61_072), ("idle_bytes", 61_012), ("lost_bytes", 40), ("failed_count", 0)];
    assert_eq!((first[0], &first[1..]), (("fuel_count", 600), &memory[..]));
}
