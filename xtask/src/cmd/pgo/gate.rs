//! The verdict of a run: its counts against `baselines/pgo.json`, and which functions made a build worse.

use super::{
    PgoArgs,
    prove::{Proved, is_gated},
};
use crate::{
    analysis::{callgrind::diff, digest::sha256, pgo::changes},
    cmd::gate::{Gate, Judged},
    data::{
        pgo::{Counter, HELD_OUT, METRICS, PgoRun, State, build::Linked},
        pgo_policy::PgoPolicy,
        rows::{RowFindingKind, WORK},
        verdict::{Outcome, Recorded},
    },
    shell::{
        pgo::{
            Place, functions,
            work::{Works, digest},
        },
        workspace::Workspace,
    },
};
use anyhow::Result;
use std::collections::{BTreeMap, BTreeSet};

/// The file of the counts, below `baselines/`.
pub const FILE: &str = "pgo.json";

/// How many functions are named of a build that became worse.
const NAMED: usize = 5;

/// Judges the run and writes what the mode allows.
///
/// # Errors
/// The baseline cannot be written.
pub fn settle(
    args: &PgoArgs,
    workspace: &Workspace,
    places: &[(Place, Works)],
    proved: &[Proved],
    run: &mut PgoRun,
    gate: &Gate,
) -> Result<()> {
    let (mut selected, mut failed, mut not_here) = (BTreeSet::new(), BTreeMap::new(), BTreeSet::new());
    for proof in run.subjects.iter() {
        for one in proof.builds.iter().filter(|one| is_gated(one.build)) {
            let row = PgoRun::row_id(&proof.subject, one.build);
            match &one.state {
                State::Measured(_) => drop(selected.insert(row)),
                State::Failed { reason } => {
                    selected.insert(row.clone());
                    failed.insert(row, reason.clone());
                }
                State::NotApplicable { .. } => drop(not_here.insert(row)),
            }
        }
    }
    let is_counted = run.subjects.iter().all(|proof| proof.counter != Counter::Nothing);
    if args.profile.is_some() || !is_counted {
        // Another profile's numbers are another program's, and times alone are no measure.
        run.verdict.outcome = if failed.is_empty() { Outcome::NotJudged } else { Outcome::Fail };
        return Ok(());
    }
    for (place, works) in places {
        let all = format!("{} {}", digest(&works.train), digest(&works.held_out));
        run.provenance.tools.insert(format!("{WORK}{}", place.name), sha256(all.as_bytes())[..12].into());
    }
    let every = workspace.policy.pgo.iter().flat_map(|(name, subject)| {
        let gated = subject.compared().into_iter().filter(|build| is_gated(*build));
        gated.map(move |build| PgoRun::row_id(name, build))
    });
    // What cannot be had on this machine is only left out if it was measured on another.
    let rows: BTreeSet<String> = every.filter(|row| !not_here.contains(row) || gate.knows(row)).collect();
    run.verdict = gate.settle(
        workspace,
        &Judged {
            measurements: &run.measurements,
            tools: &run.provenance.tools,
            rows: &rows,
            selected: &selected,
            failed: &failed,
            metrics: &METRICS,
            depends: &|row: &str, tool: &str| depends(&workspace.policy.pgo, row, tool),
        },
    )?;
    explain(workspace, proved, run)?;
    if run.verdict.recorded != Recorded::Nothing {
        record(workspace, places, proved)?;
    }
    Ok(())
}

/// Finds the functions that take more instructions than the committed table says, of each build that is worse.
fn explain(workspace: &Workspace, proved: &[Proved], run: &mut PgoRun) -> Result<()> {
    let worse: BTreeSet<String> = run
        .verdict
        .findings
        .iter()
        .filter(|finding| matches!(&finding.kind, RowFindingKind::Worse { metric, .. } if metric == HELD_OUT))
        .map(|finding| finding.row.clone())
        .collect();
    for (one, proof) in proved.iter().zip(&mut run.subjects) {
        for (build, after) in &one.held_out {
            if !worse.contains(&PgoRun::row_id(&proof.subject, *build)) {
                continue;
            }
            let Some(before) = functions::read(workspace, &proof.subject, *build)? else { continue };
            let after = functions::only_known(&before, after);
            let mut slower = changes(diff(&before, &after, usize::MAX));
            slower.retain(|change| change.after_count > change.before_count);
            slower.truncate(NAMED);
            proof.regressions.insert(*build, slower);
        }
    }
    Ok(())
}

/// Keeps the counts by function beside the baseline, of the builds that `--quick` makes.
fn record(workspace: &Workspace, places: &[(Place, Works)], proved: &[Proved]) -> Result<()> {
    for ((place, _), one) in places.iter().zip(proved) {
        let kept = place.subject.quick();
        for (build, profile) in one.held_out.iter().filter(|(build, _)| kept.contains(build)) {
            functions::write(workspace, &one.proof.subject, *build, profile)?;
        }
    }
    Ok(())
}

/// Whether the numbers of a row depend on a tool: all on what made and counted them, each on its own work and on the C library that it is linked with.
fn depends(policy: &PgoPolicy, row: &str, tool: &str) -> bool {
    let (name, build) = row.split_once('/').unwrap_or((row, ""));
    let settings = policy.get(name).and_then(|subject| {
        let build = subject.compared().into_iter().find(|one| one.name() == build)?;
        Some(subject.settings(build))
    });
    // A row that the policy has no more depends on everything.
    let linked = settings.map(|settings| settings.linked);
    match tool {
        "libc" | "cc" => linked != Some(Linked::Musl),
        "cc for musl" => linked != Some(Linked::Host),
        _ => tool.strip_prefix(WORK).is_none_or(|subject| subject == name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::policy::Policy;

    #[test]
    fn a_row_depends_on_its_own_work_and_its_own_c_library() {
        let text = "schema = 1\n[pgo.tool]\npackage = \"t\"\ntrain = [{ arguments = [\"a\"] }]\nheld-out = [{ arguments = [\"b\"] }]\nship = { musl = true }\n";
        let policy = Policy::parse(text).unwrap().pgo;
        let of = |row: &str| {
            let tools = ["rustc", "valgrind", "work tool", "work other", "libc", "cc", "cc for musl"];
            tools.into_iter().filter(|tool| depends(&policy, row, tool)).collect::<Vec<_>>()
        };
        let host = ["rustc", "valgrind", "work tool", "libc", "cc"];
        let musl = ["rustc", "valgrind", "work tool", "cc for musl"];
        assert_eq!((of("tool/pgo"), of("tool/static-musl"), of("tool/shipped")), (host.into(), musl.into(), musl.into()));
        assert_eq!(of("tool/gone"), ["rustc", "valgrind", "work tool", "libc", "cc", "cc for musl"]);
    }
}
