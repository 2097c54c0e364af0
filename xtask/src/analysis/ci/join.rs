//! Joins the shares of one gate, and leaves out what is not the same twice.

use crate::{
    analysis::goal::standings,
    data::{
        alloc::AllocRun,
        ci::{GateRun, GateState},
        grid::{GridArtifact, GridProvenance, GridRun},
        pgo::{Figures, Itself, PgoRun, State},
        policy::Policy,
        rows::{RowMeasurement, RowsVerdict},
        run::{Provenance, Run, SizeRun, Toolchain},
        verdict::{Outcome, Verdict},
    },
};
use std::collections::BTreeMap;

/// The state of a gate over all shares.
///
/// # Errors
/// One line: the shares do not agree.
pub fn states(states: Vec<GateState>, policy: &Policy) -> Result<GateState, String> {
    let (mut runs, mut broke, mut left_out, mut worst) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for state in states {
        match state {
            GateState::Ended { exit_code, run } => {
                worst = worst.max(exit_code);
                runs.push(*run);
            }
            GateState::Broke { exit_code, error } => broke.push((exit_code, error)),
            GateState::LeftOut { reason } => left_out.push(reason),
        }
    }
    if let Some(code) = broke.iter().map(|(code, _)| *code).max() {
        let mut errors: Vec<String> = broke.into_iter().map(|(_, error)| error).collect();
        errors.dedup();
        return Ok(GateState::Broke { exit_code: code, error: errors.join("; ") });
    }
    match (runs.is_empty(), left_out.first()) {
        (true, Some(reason)) if left_out.iter().all(|other| other == reason) => Ok(GateState::LeftOut { reason: reason.clone() }),
        (false, None) => Ok(GateState::Ended { exit_code: worst, run: Box::new(self::runs(runs, policy)?) }),
        _ => Err("it ran in some of the shares and was left out in others".into()),
    }
}

fn runs(all: Vec<GateRun>, policy: &Policy) -> Result<GateRun, String> {
    let mut joined: Option<GateRun> = None;
    for one in all {
        let one = without_times(one);
        joined = Some(match (joined, one) {
            (None, one) => one,
            (Some(GateRun::Size(sum)), GateRun::Size(one)) => GateRun::Size(Box::new(size_run(*sum, *one)?)),
            (Some(GateRun::Run(sum)), GateRun::Run(one)) => GateRun::Run(grid(sum, one)?),
            (Some(GateRun::Alloc(sum)), GateRun::Alloc(one)) => GateRun::Alloc(alloc(sum, one)?),
            (Some(GateRun::Pgo(sum)), GateRun::Pgo(one)) => GateRun::Pgo(pgo(sum, one)?),
            _ => return Err("a share has the run of another gate".into()),
        });
    }
    let joined = joined.ok_or("there is no run")?;
    Ok(in_order(joined, policy))
}

/// Times, memory of the host and ages are of one machine and one moment.
fn without_times(run: GateRun) -> GateRun {
    match run {
        GateRun::Size(run) => GateRun::Size(run),
        GateRun::Run(run) => GateRun::Run(GridRun {
            samples: Vec::new(),
            timings: Vec::new(),
            step_samples: Vec::new(),
            cost_times: Vec::new(),
            figures: Vec::new(),
            ..run
        }),
        GateRun::Alloc(run) => GateRun::Alloc(AllocRun { timings: Vec::new(), ..run }),
        GateRun::Pgo(mut run) => {
            for proof in &mut run.subjects {
                (proof.noise_ppm, proof.itself) = (None, Itself::default());
                (proof.health.age_s, proof.health.newer_source_count) = (None, None);
                if let Some(own) = &mut proof.shipped_health {
                    (own.age_s, own.newer_source_count) = (None, None);
                }
                for one in &mut proof.builds {
                    if let State::Measured(figures) = &mut one.state {
                        **figures = counts_of(figures);
                    }
                }
            }
            GateRun::Pgo(run)
        }
    }
}

fn counts_of(figures: &Figures) -> Figures {
    Figures {
        training_instruction_count: figures.training_instruction_count,
        held_out_instruction_count: figures.held_out_instruction_count,
        raw_bytes: figures.raw_bytes,
        gzip_bytes: figures.gzip_bytes,
        brotli_bytes: figures.brotli_bytes,
        section_bytes: figures.section_bytes.clone(),
        ..Figures::default()
    }
}

fn size_run(sum: SizeRun, one: SizeRun) -> Result<SizeRun, String> {
    Ok(SizeRun {
        run: size(sum.run, one.run)?,
        explained: maps("difference by symbol", sum.explained, one.explained)?,
        splits: union("split", [sum.splits, one.splits], |split| (split.variant.to_string(), split.metric))?,
    })
}

fn size(sum: Run, one: Run) -> Result<Run, String> {
    same("the commit", &(&sum.provenance.commit, sum.provenance.dirty), &(&one.provenance.commit, one.provenance.dirty))?;
    Ok(Run {
        provenance: Provenance { toolchain: toolchain(sum.provenance.toolchain, one.provenance.toolchain)?, ..sum.provenance },
        artifacts: union("artifact", [sum.artifacts, one.artifacts], |artifact| artifact.variant.to_string())?,
        measurements: union("value", [sum.measurements, one.measurements], |value| (value.variant.to_string(), value.metric))?,
        imports: maps("list of imports", sum.imports, one.imports)?,
        exports: maps("list of exports", sum.exports, one.exports)?,
        forbidden_symbols: maps("check of symbols", sum.forbidden_symbols, one.forbidden_symbols)?,
        certificates: maps("certificate", sum.certificates, one.certificates)?,
        failures: maps("failure", sum.failures, one.failures)?,
        floors: maps("floor", sum.floors, one.floors)?,
        verdict: Verdict {
            outcome: worse(sum.verdict.outcome, one.verdict.outcome),
            findings: sum.verdict.findings.into_iter().chain(one.verdict.findings).collect(),
            ..Verdict::default()
        },
        ..sum
    })
}

/// A share has the compilers of its own profiles only.
fn toolchain(sum: Toolchain, mut one: Toolchain) -> Result<Toolchain, String> {
    let of_profile = maps("compiler of", sum.rustc_of_profile, std::mem::take(&mut one.rustc_of_profile))?;
    let sum = Toolchain { rustc_of_profile: BTreeMap::new(), ..sum };
    same("the tools", &sum, &one)?;
    Ok(Toolchain { rustc_of_profile: of_profile, ..sum })
}

fn grid(sum: GridRun, one: GridRun) -> Result<GridRun, String> {
    Ok(GridRun {
        provenance: provenance(sum.provenance, one.provenance)?,
        artifacts: artifacts(sum.artifacts, one.artifacts)?,
        rows: union("scenario", [sum.rows, one.rows], |row| row.scenario.clone())?,
        measurements: measurements(sum.measurements, one.measurements)?,
        verdict: verdict(sum.verdict, one.verdict),
        ..sum
    })
}

fn alloc(sum: AllocRun, one: AllocRun) -> Result<AllocRun, String> {
    Ok(AllocRun {
        provenance: provenance(sum.provenance, one.provenance)?,
        artifacts: artifacts(sum.artifacts, one.artifacts)?,
        allocators: union("allocator", [sum.allocators, one.allocators], |allocator| allocator.name.clone())?,
        controls: union("control", [sum.controls, one.controls], |control| control.name.clone())?,
        workloads: union("workload", [sum.workloads, one.workloads], |workload| workload.name.clone())?,
        replays: union("replay", [sum.replays, one.replays], |replay| {
            (replay.workload.clone(), replay.allocator.clone(), replay.engine)
        })?,
        measurements: measurements(sum.measurements, one.measurements)?,
        verdict: verdict(sum.verdict, one.verdict),
        ..sum
    })
}

fn pgo(sum: PgoRun, one: PgoRun) -> Result<PgoRun, String> {
    Ok(PgoRun {
        provenance: provenance(sum.provenance, one.provenance)?,
        artifacts: artifacts(sum.artifacts, one.artifacts)?,
        subjects: union("program", [sum.subjects, one.subjects], |proof| proof.subject.clone())?,
        measurements: measurements(sum.measurements, one.measurements)?,
        verdict: verdict(sum.verdict, one.verdict),
        ..sum
    })
}

/// Everything by its name: the order in which machines came to it says nothing.
fn in_order(run: GateRun, policy: &Policy) -> GateRun {
    match run {
        GateRun::Size(mut saved) => {
            let run = &mut saved.run;
            run.artifacts.sort_by_key(|artifact| artifact.variant.to_string());
            run.measurements.sort_by_key(|value| (value.variant.to_string(), value.metric));
            run.goals = standings(run, &policy.goal, &policy.cells());
            run.verdict.findings.sort();
            run.verdict.findings.dedup();
            // Floors are in several shares: who needs the count takes it from the baseline.
            (run.verdict.not_selected_count, run.verdict.measure_again_count) = (0, 0);
            saved.splits.sort();
            GateRun::Size(saved)
        }
        GateRun::Run(mut run) => {
            run.rows.sort_by(|one, other| one.scenario.cmp(&other.scenario));
            order(&mut run.artifacts, &mut run.measurements, &mut run.verdict);
            GateRun::Run(run)
        }
        GateRun::Alloc(mut run) => {
            run.allocators.sort_by(|one, other| one.name.cmp(&other.name));
            run.controls.sort_by(|one, other| one.name.cmp(&other.name));
            run.workloads.sort_by(|one, other| one.name.cmp(&other.name));
            run.replays.sort_by_key(|replay| (replay.workload.clone(), replay.allocator.clone(), replay.engine));
            order(&mut run.artifacts, &mut run.measurements, &mut run.verdict);
            GateRun::Alloc(run)
        }
        GateRun::Pgo(mut run) => {
            run.subjects.sort_by(|one, other| one.subject.cmp(&other.subject));
            order(&mut run.artifacts, &mut run.measurements, &mut run.verdict);
            GateRun::Pgo(run)
        }
    }
}

fn order(artifacts: &mut [GridArtifact], measurements: &mut [RowMeasurement], verdict: &mut RowsVerdict) {
    artifacts.sort_by(|one, other| one.variant.cmp(&other.variant));
    measurements.sort();
    verdict.findings.sort();
    verdict.findings.dedup();
    verdict.not_selected_count = 0;
}

fn provenance(sum: GridProvenance, one: GridProvenance) -> Result<GridProvenance, String> {
    same("the commit", &(&sum.commit, sum.dirty), &(&one.commit, one.dirty))?;
    let tools = maps("tool", sum.tools, one.tools)?;
    Ok(GridProvenance { tools, ..sum })
}

fn artifacts(sum: Vec<GridArtifact>, one: Vec<GridArtifact>) -> Result<Vec<GridArtifact>, String> {
    union("artifact", [sum, one], |artifact| artifact.variant.clone())
}

fn measurements(sum: Vec<RowMeasurement>, one: Vec<RowMeasurement>) -> Result<Vec<RowMeasurement>, String> {
    union("value", [sum, one], |value| (value.row.clone(), value.metric.clone()))
}

fn verdict(sum: RowsVerdict, one: RowsVerdict) -> RowsVerdict {
    RowsVerdict {
        outcome: worse(sum.outcome, one.outcome),
        findings: sum.findings.into_iter().chain(one.findings).collect(),
        measure_again_count: sum.measure_again_count.saturating_add(one.measure_again_count),
        ..RowsVerdict::default()
    }
}

fn worse(one: Outcome, other: Outcome) -> Outcome {
    match (one, other) {
        (Outcome::Fail, _) | (_, Outcome::Fail) => Outcome::Fail,
        (Outcome::NotJudged, _) | (_, Outcome::NotJudged) => Outcome::NotJudged,
        (Outcome::Pass, Outcome::Pass) => Outcome::Pass,
    }
}

/// What both have; what both name must be the same.
fn union<T: PartialEq, K: Ord + std::fmt::Debug>(what: &str, both: [Vec<T>; 2], key: impl Fn(&T) -> K) -> Result<Vec<T>, String> {
    let mut all: BTreeMap<K, T> = BTreeMap::new();
    for one in both.into_iter().flatten() {
        let name = key(&one);
        if all.get(&name).is_some_and(|other| *other != one) {
            return Err(format!("the shares do not agree on the {what} {name:?}"));
        }
        all.insert(name, one);
    }
    Ok(all.into_values().collect())
}

fn maps<K: Ord + Clone + std::fmt::Debug, V: PartialEq>(
    what: &str,
    mut sum: BTreeMap<K, V>,
    one: BTreeMap<K, V>,
) -> Result<BTreeMap<K, V>, String> {
    for (name, value) in one {
        if sum.get(&name).is_some_and(|other| *other != value) {
            return Err(format!("the shares do not agree on the {what} {name:?}"));
        }
        sum.insert(name, value);
    }
    Ok(sum)
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, one: &T, other: &T) -> Result<(), String> {
    match one == other {
        true => Ok(()),
        false => Err(format!("the shares were not made with {what} in common: {one:?} and {other:?}")),
    }
}
