//! Shares of a run of `size`, joined.

use super::*;
use crate::data::{
    ci::GateRun,
    metric::Metric,
    rows::{RowMeasurement, RowsVerdict},
    run::{Measurement, Provenance, Run, SizeRun, Toolchain},
    share::Share,
    variant::Variant,
    verdict::{Finding, FindingKind},
};
use proptest::prelude::*;

const POLICY: &str = r#"
schema = 1
goal = [{ variants = "*", raw_bytes = 1 }]
[[subject]]
package = "a"
matrix = [{ targets = ["wasm32-wasip1", "wasm32-wasip2"], profiles = ["p"], allocators = ["default"] }]
"#;

fn policy() -> Policy {
    Policy::parse(POLICY).unwrap()
}

fn size(values: &[(&str, u64)]) -> GateState {
    let toolchain = Toolchain { rustc: "rustc 1".into(), ..Toolchain::default() };
    let mut run = Run::new(
        "size",
        Provenance { toolchain, commit: Some("c".into()), dirty: false, host: "h".into(), optimizer_origin: "npm".into() },
    );
    for (id, value) in values {
        let variant: Variant = id.parse().unwrap();
        run.measurements.push(Measurement { variant, metric: Metric::RawBytes, value: *value });
    }
    // What is about no variant that was measured is found by every share.
    let gone = Finding::new("gone/t/p/a".parse().unwrap(), FindingKind::VariantNotInPolicy);
    run.verdict.findings.push(gone);
    run.verdict.not_selected_count = 2 - values.len() as u64;
    let saved = SizeRun { run, explained: BTreeMap::new(), splits: Vec::new() };
    GateState::Ended { exit_code: 1, run: Box::new(GateRun::Size(Box::new(saved))) }
}

fn shard(share: &str, size: GateState) -> Shard {
    let left_out = GateState::LeftOut { reason: "--skip run".into() };
    let gates = BTreeMap::from([(GateName::Size, size), (GateName::Run, left_out)]);
    Shard { schema: CI_SCHEMA, share: share.parse().unwrap(), gates }
}

const ONE: (&str, u64) = ("a/wasm32-wasip1/p/default", 7);
const OTHER: (&str, u64) = ("a/wasm32-wasip2/p/default", 5);

#[test]
fn shares_are_the_report_of_one_machine() {
    let whole = report(vec![shard("1/1", size(&[ONE, OTHER]))], &policy()).unwrap();
    let halves = vec![shard("2/2", size(&[OTHER])), shard("1/2", size(&[ONE]))];
    let joined = report(halves, &policy()).unwrap();
    assert_eq!(serde_json::to_string(&joined).unwrap(), serde_json::to_string(&whole).unwrap());
    assert_eq!((joined.exit_code, joined.outcome), (1, Outcome::Fail));
    let GateState::Ended { run, .. } = &joined.gates[&GateName::Size] else { panic!("{joined:?}") };
    let GateRun::Size(size) = &**run else { panic!("{run:?}") };
    assert_eq!((size.run.measurements.len(), size.run.verdict.findings.len()), (2, 1));
    assert_eq!(size.run.goals[0].best.as_ref().unwrap().to_string(), OTHER.0, "the best of all shares");
}

#[test]
fn a_share_knows_the_compilers_of_its_own_profiles_only() {
    let with = |share: &str, state: GateState, profile: &str| {
        let mut shard = shard(share, state);
        if let Some(GateState::Ended { run, .. }) = shard.gates.get_mut(&GateName::Size)
            && let GateRun::Size(size) = &mut **run
        {
            size.run.provenance.toolchain.rustc_of_profile.insert(profile.into(), "rustc of its own".into());
        }
        shard
    };
    let joined = report(vec![with("1/2", size(&[ONE]), "tiny"), with("2/2", size(&[OTHER]), "other")], &policy()).unwrap();
    let GateState::Ended { run, .. } = &joined.gates[&GateName::Size] else { panic!("{joined:?}") };
    let GateRun::Size(size) = &**run else { panic!("{run:?}") };
    assert_eq!(size.run.provenance.toolchain.rustc_of_profile.len(), 2);
}

#[test]
fn what_is_missing_doubled_of_another_version_or_at_odds_is_refused() {
    let said = |shards: Vec<Shard>| report(shards, &policy()).unwrap_err();
    let (one, other) = (shard("1/2", size(&[ONE])), shard("2/2", size(&[OTHER])));
    assert!(said(Vec::new()).contains("there is no share"));
    assert_eq!(said(vec![one.clone()]), "the share 2/2 is missing");
    assert_eq!(said(vec![other.clone()]), "the share 1/2 is missing");
    assert_eq!(said(vec![one.clone(), other.clone(), one.clone()]), "the share 1/2 is there twice");
    assert!(said(vec![one.clone(), shard("2/3", size(&[OTHER]))]).contains("not of one division"));
    let versions = [1, 2, 3].map(|schema| Shard { schema, share: Share { index: schema, count: 3 }, ..one.clone() });
    assert!(said(versions.into()).contains("is of schema 2, and this tool's is 1"));
    let at_odds = shard("2/2", size(&[OTHER, (ONE.0, ONE.1 + 1)]));
    assert!(said(vec![one.clone(), at_odds]).contains("do not agree on the value"));
    let mut other_tools = other.clone();
    if let Some(GateState::Ended { run, .. }) = other_tools.gates.get_mut(&GateName::Size)
        && let GateRun::Size(size) = &mut **run
    {
        size.run.provenance.toolchain.rustc = "rustc 2".into();
    }
    assert!(said(vec![one.clone(), other_tools]).contains("with the tools in common"));
    let left_out = shard("2/2", GateState::LeftOut { reason: "--skip size".into() });
    assert!(said(vec![one.clone(), left_out]).contains("was left out in others"));
    let mut fewer = other;
    fewer.gates.remove(&GateName::Run);
    assert!(said(vec![one, fewer]).contains("run: 1 of 2 shares have it"));
}

#[test]
fn a_gate_without_a_verdict_in_one_share_has_none() {
    let broke = GateState::Broke { exit_code: 3, error: "no wasm-opt".into() };
    let joined = report(vec![shard("1/2", size(&[ONE])), shard("2/2", broke.clone())], &policy()).unwrap();
    assert_eq!((&joined.gates[&GateName::Size], joined.exit_code, joined.outcome), (&broke, 3, Outcome::Fail));
}

#[test]
fn a_shard_that_says_0_of_a_run_that_failed_is_not_believed() {
    let GateState::Ended { run, .. } = size(&[ONE, OTHER]) else { panic!("it ended") };
    let forged = GateState::Ended { exit_code: 0, run };
    let joined = report(vec![shard("1/1", forged)], &policy()).unwrap();
    assert_eq!((joined.exit_code, joined.outcome), (1, Outcome::Fail));
}

#[test]
fn nothing_that_ran_is_no_pass() {
    let left_out = GateState::LeftOut { reason: "nothing changed".into() };
    let joined = report(vec![shard("1/1", left_out)], &policy()).unwrap();
    assert_eq!((joined.exit_code, joined.outcome), (0, Outcome::NotJudged));
}

proptest! {
    /// Rows that are dealt to machines in any way come back the same.
    #[test]
    fn rows_that_are_dealt_come_back(count in 1_u32..5, rows in prop::collection::btree_map("[a-z]{1,4}/e", 1_u64..100, 0..20)) {
        let run = |own: Vec<RowMeasurement>| {
            let verdict = RowsVerdict { outcome: Outcome::Pass, ..RowsVerdict::default() };
            let run = crate::data::grid::GridRun {
                schema: 1, command: "run".into(), provenance: Default::default(), artifacts: Vec::new(), rows: Vec::new(), measurements: own,
                samples: Vec::new(), timings: Vec::new(), step_samples: Vec::new(), cost_times: Vec::new(), figures: Vec::new(), start_budget_ms: BTreeMap::new(), verdict,
            };
            GateState::Ended { exit_code: 0, run: Box::new(GateRun::Run(run)) }
        };
        let all: Vec<RowMeasurement> =
            rows.into_iter().map(|(row, value)| RowMeasurement { row, metric: "fuel_count".into(), value }).collect();
        let of = |share: Share| {
            let gates = BTreeMap::from([(GateName::Run, run(share.of(all.clone())))]);
            Shard { schema: CI_SCHEMA, share, gates }
        };
        let joined = report((1..=count).map(|index| of(Share { index, count })).collect(), &policy()).unwrap();
        prop_assert_eq!(joined, report(vec![of(Share::WHOLE)], &policy()).unwrap());
    }
}
