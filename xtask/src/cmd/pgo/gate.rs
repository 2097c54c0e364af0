//! The verdict of a run: its counts against `baselines/pgo.json`, and which functions made a build worse.

use super::{
    PgoArgs,
    prove::{Proved, is_gated},
};
use crate::{
    analysis::{
        callgrind::{diff, table::only_known},
        digest::sha256,
        pgo::{NOTHING_PPM, changes},
        ratchet_rows::failures,
    },
    cmd::gate::{Gate, Judged},
    data::{
        exit::Failure,
        pgo::{
            Counter, HELD_OUT, METRICS, PgoRun, Proof, State,
            build::{Build, Linked},
        },
        pgo_policy::PgoPolicy,
        rows::{RowFindingKind, Tools, WORK},
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

/// How the names of tools begin that are the settings of what is released, and a program's own features and flags.
const SETTINGS: &str = "settings ";
const FLAGS: &str = "flags ";

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
    let Rows { mut selected, asked_for, failed, mut not_here } = Rows::of(run);
    let is_counted = run.subjects.iter().all(|proof| proof.counter != Counter::Nothing);
    if args.judging.accept.is_some() && !is_counted {
        return Err(Failure::tool("nothing counts instructions here, so nothing can be recorded: install valgrind").into());
    }
    if args.profile.is_some() || !is_counted {
        // Another profile's numbers are another program's, and times alone are no measure.
        run.verdict.outcome = if failed.is_empty() { Outcome::NotJudged } else { Outcome::Fail };
        run.verdict.findings = failures(&failed);
        return Ok(());
    }
    for (place, works) in places {
        run.provenance.tools.extend(own_tools(place, works));
    }
    let every = workspace.policy.pgo.iter().flat_map(|(name, subject)| {
        let gated = subject.compared().into_iter().filter(|build| is_gated(*build));
        gated.map(move |build| PgoRun::row_id(name, build))
    });
    // A row that cannot be had here and never was had is none; one that the baseline has is missing, and that is said.
    if places.iter().any(|(place, _)| place.tools.bolt.is_none()) {
        not_here.extend(workspace.policy.pgo.keys().map(|name| PgoRun::row_id(name, Build::PgoBolt)));
    }
    let rows: BTreeSet<String> = every.filter(|row| !not_here.contains(row) || gate.knows(row)).collect();
    selected.extend(asked_for.intersection(&rows).cloned());
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

/// What became of each build that gates, by its row.
#[derive(Default)]
struct Rows {
    /// Measured, or failed.
    selected: BTreeSet<String>,
    /// All that this invocation wanted.
    asked_for: BTreeSet<String>,
    /// Row -> why.
    failed: BTreeMap<String, String>,
    /// Not to be had on this machine.
    not_here: BTreeSet<String>,
}

impl Rows {
    fn of(run: &PgoRun) -> Rows {
        let mut rows = Rows::default();
        for proof in &run.subjects {
            for one in proof.builds.iter().filter(|one| is_gated(one.build)) {
                let row = PgoRun::row_id(&proof.subject, one.build);
                rows.asked_for.insert(row.clone());
                let reason = match &one.state {
                    State::Measured(_) => noise(proof),
                    State::Failed { reason } => Some(reason.clone()),
                    State::NotApplicable { .. } => {
                        rows.not_here.insert(row);
                        continue;
                    }
                };
                rows.selected.insert(row.clone());
                rows.failed.extend(reason.map(|reason| (row, reason)));
            }
        }
        rows
    }
}

/// What the numbers of one program depend on besides the tools: its work, the settings of what is released, its features and flags.
fn own_tools(place: &Place, works: &Works) -> Tools {
    let all = format!("{} {}", digest(&works.train), digest(&works.held_out));
    let work = (format!("{WORK}{}", place.name), sha256(all.as_bytes())[..12].to_string());
    let row = PgoRun::row_id(place.name, Build::Shipped);
    let settings = place.subject.ship.map(|ship| (format!("{SETTINGS}{row}"), ship.to_string()));
    let flags = [&place.subject.features[..], &place.subject.rustflags[..]].concat().join(" ");
    let flags = Some((format!("{FLAGS}{}", place.name), flags)).filter(|(_, flags)| !flags.is_empty());
    [Some(work), settings, flags].into_iter().flatten().collect()
}

/// Why the counts of a program say nothing, if its own two counts lie further apart than what gates may be off.
fn noise(proof: &Proof) -> Option<String> {
    let ppm = proof.noise_ppm.filter(|ppm| *ppm > NOTHING_PPM)?;
    Some(format!(
        "two counts of the reference's work lie {ppm} millionths apart: have the program do the same twice (seeds, clocks, threads), or give it more work"
    ))
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
            let after = only_known(&before, after);
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
        "llvm-bolt" => build == Build::PgoBolt.name(),
        _ => match tool.strip_prefix(SETTINGS) {
            Some(of) => of == row,
            None => [WORK, FLAGS].iter().find_map(|start| tool.strip_prefix(start)).is_none_or(|subject| subject == name),
        },
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
        assert!(
            depends(&policy, "tool/shipped", "settings tool/shipped") && !depends(&policy, "tool/pgo", "settings tool/shipped")
        );
        assert!(depends(&policy, "tool/pgo-bolt", "llvm-bolt") && !depends(&policy, "tool/pgo", "llvm-bolt"));
        let host = ["rustc", "valgrind", "work tool", "libc", "cc"];
        let musl = ["rustc", "valgrind", "work tool", "cc for musl"];
        assert_eq!((of("tool/pgo"), of("tool/static-musl"), of("tool/shipped")), (host.into(), musl.into(), musl.into()));
        assert_eq!(of("tool/gone"), ["rustc", "valgrind", "work tool", "libc", "cc", "cc for musl"]);
    }
}
