//! The times of a run: sampled after the cells, saved raw, and only then put together.

use super::RunArgs;
use crate::{
    analysis::timings::{invalid, timings},
    data::{
        exit::Failure,
        scenario::Scenario,
        timing::{Program, Sample, Timing},
    },
    shell::{
        scene::{
            sampling::{Timed, sample},
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
