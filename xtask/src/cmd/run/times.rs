//! The times of a run: sampled after the cells, saved raw, and only then put together.

use super::RunArgs;
use crate::{
    analysis::{
        cost_times::{cost_times, timed_steps},
        timings::{invalid, timings},
    },
    data::{
        cost_times::{CostTime, StepSample},
        exit::Failure,
        grid::{Cell, Row},
        scenario::Scenario,
        timing::{Program, Sample, Timing},
    },
    shell::{
        scene::{
            sampling::{Timed, sample, sample_steps},
            stage::Stage,
        },
        store,
    },
};
use anyhow::Result;
use runner_protocol::Engine;
use std::{collections::BTreeMap, path::Path};

/// The scenarios that are timed: a message to the agent, and the floor.
const TIMED: [(Program, &str); 2] = [(Program::Agent, "message"), (Program::Floor, "hello")];

/// Samples and what they come to; nothing where no samples are wanted, or the scenarios are another workspace's.
///
/// # Errors
/// A scenario cannot be played; exit 4: a start that is timed took no time, or has no sample.
pub fn take(
    args: &RunArgs,
    stage: &Stage,
    scenarios: &[Scenario],
    engines: &[Engine],
    unavailable: &BTreeMap<Engine, String>,
    root: &Path,
) -> Result<(Vec<Sample>, Vec<Timing>)> {
    let timed: Vec<Timed> = TIMED
        .into_iter()
        .filter_map(|(program, id)| Some(Timed { program, scenario: scenarios.iter().find(|scenario| scenario.id == id)? }))
        .collect();
    let engines: Vec<Engine> = engines.iter().copied().filter(|engine| !unavailable.contains_key(engine)).collect();
    if args.samples == 0 || timed.len() < TIMED.len() || !args.filter.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let samples = sample(stage, &timed, &engines, args.samples, &root.join("times"))?;
    // Times never gate, but they are shown as times.
    if let Some(why) = invalid(&samples, args.samples) {
        return Err(Failure::invalid(format!("the times are none: {why}; run it again, or leave them out by --samples 0")).into());
    }
    store::write(&root.join("samples.json"), &serde_json::to_vec(&samples)?)?;
    let timings = timings(&samples);
    Ok((samples, timings))
}

/// Samples of steps and what things cost by them, of the chosen scenarios that time something, where their cells passed.
///
/// # Errors
/// A step cannot be run once more; exit 4: what was timed took no time.
pub fn costs(
    args: &RunArgs,
    stage: &Stage,
    scenarios: &[Scenario],
    rows: &[Row],
    root: &Path,
) -> Result<(Vec<StepSample>, Vec<CostTime>)> {
    let timed: Vec<&Scenario> = scenarios.iter().filter(|scenario| !timed_steps(scenario).is_empty()).collect();
    let passed =
        |id: &str, engine: Engine| rows.iter().any(|row| row.scenario == id && row.cells.get(&engine) == Some(&Cell::Pass));
    let cells: Vec<(&Scenario, Engine)> = timed
        .iter()
        .flat_map(|scenario| Engine::ALL.into_iter().map(move |engine| (*scenario, engine)))
        .filter(|(scenario, engine)| passed(&scenario.id, *engine))
        .collect();
    if args.samples == 0 || cells.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let samples = sample_steps(stage, &cells, args.samples, &root.join("scenes"))?;
    store::write(&root.join("step-samples.json"), &serde_json::to_vec(&samples)?)?;
    let times = cost_times(&timed, &samples)
        .map_err(|why| Failure::invalid(format!("the times are none: {why}; run it again, or leave them out by --samples 0")))?;
    Ok((samples, times))
}
