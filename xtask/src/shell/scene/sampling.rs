//! Times the start of the agent and of the floor on each engine, and the steps that costs are made of: a process a sample, engines and programs in turns, so that
//! what slows the machine down slows all of them.

use super::{
    play::{self, folder_of},
    stage::Stage,
};
use crate::{
    analysis::{cost_times::timed_steps, judge::judge_again, shuffle::shuffle},
    data::{
        cost_times::StepSample,
        exit::Failure,
        observed::Observed,
        scenario::{Guarding, Scenario},
        timing::{Phase, Program, Sample},
    },
};
use anyhow::{Context, Result};
use runner_protocol::Engine;
use std::path::Path;

/// The seed of the order; any would do, as long as it stays.
const SEED: u64 = 2_026;

/// What is timed: each program's scenario.
pub struct Timed<'a> {
    /// Which program.
    pub program: Program,
    /// What it does.
    pub scenario: &'a Scenario,
}

/// Takes `rounds` samples of everything.
///
/// # Errors
/// A scenario cannot be played, or is not ended by itself: its time would be of something else.
pub fn sample(stage: &Stage, timed: &[Timed], engines: &[Engine], rounds: u32, folder: &Path) -> Result<Vec<Sample>> {
    let mut samples = Vec::new();
    // The first round warms the caches of the system: it is not kept.
    for round in 0..=rounds {
        let mut turns: Vec<(&Timed, Engine)> =
            timed.iter().flat_map(|timed| engines.iter().map(move |engine| (timed, *engine))).collect();
        shuffle(&mut turns, SEED.wrapping_add(u64::from(round)));
        for (timed, engine) in turns {
            if timed.scenario.not_applicable(engine).is_some() {
                continue;
            }
            let observed = play::play(stage, timed.scenario, engine, Guarding::On, &folder_of(folder, timed.scenario, engine))?;
            if round > 0 {
                samples.extend(of(&observed, engine).map(|(phase, value_ns)| Sample {
                    engine,
                    program: timed.program,
                    phase,
                    round: round - 1,
                    value_ns,
                }));
            }
        }
    }
    Ok(samples)
}

/// Takes `rounds` samples of the steps that timed costs are made of, each in the world that its cell left below `scenes`.
///
/// # Errors
/// A step cannot be run, or does not end as it is expected to: its time would be of something else.
pub fn sample_steps(stage: &Stage, cells: &[(&Scenario, Engine)], rounds: u32, scenes: &Path) -> Result<Vec<StepSample>> {
    let steps: Vec<(&Scenario, Engine, &str)> = cells
        .iter()
        .flat_map(|(scenario, engine)| timed_steps(scenario).into_iter().map(|step| (*scenario, *engine, step)))
        .collect();
    let mut samples = Vec::new();
    // The first round warms the caches, as above.
    for round in 0..=rounds {
        let mut turns = steps.clone();
        shuffle(&mut turns, SEED.wrapping_add(u64::from(round)));
        for (scenario, engine, step) in turns {
            let at = scenario.step_named(step).with_context(|| format!("{} has no step `{step}`", scenario.id))?;
            let got = play::again(stage, scenario, engine, &folder_of(scenes, scenario, engine), at)?;
            if let Some(reason) = judge_again(&scenario.step[at], engine, &got).first() {
                return Err(
                    Failure::invalid(format!("{} on {engine}, step `{step}` once more: {}", scenario.id, reason.said)).into()
                );
            }
            if round > 0 {
                samples.push(StepSample {
                    scenario: scenario.id.clone(),
                    step: step.to_string(),
                    engine,
                    round: round - 1,
                    execute_ns: got.phases.execute_ns,
                });
            }
        }
    }
    Ok(samples)
}

/// The phases of a run. The reference has no phases of its own: all of its process is its start.
fn of(observed: &Observed, engine: Engine) -> impl Iterator<Item = (Phase, u64)> {
    let steps = &observed.steps;
    let load_ns: u64 = steps.iter().map(|step| step.load_ns).sum();
    let instantiate_ns: u64 = steps.iter().map(|step| step.phases.instantiate_ns).sum();
    let execute_ns: u64 = steps.iter().map(|step| step.phases.execute_ns).sum();
    let phases = match engine {
        Engine::Native => vec![(Phase::Start, execute_ns)],
        _ => vec![
            (Phase::Load, load_ns),
            (Phase::Instantiate, instantiate_ns),
            (Phase::Execute, execute_ns),
            (Phase::Start, load_ns + instantiate_ns + execute_ns),
        ],
    };
    phases.into_iter()
}
