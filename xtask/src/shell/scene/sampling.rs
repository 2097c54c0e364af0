//! Times the start of the agent and of the floor on each engine: a process a sample, engines and programs in turns, so that what slows the machine
//! down slows all of them.

use super::{
    play::{self, folder_of},
    stage::Stage,
};
use crate::{
    analysis::shuffle::shuffle,
    data::{
        observed::Observed,
        scenario::{Guarding, Scenario},
        timing::{Phase, Program, Sample},
    },
};
use anyhow::Result;
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
