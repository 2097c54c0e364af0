//! The times of a run: sampled after the cells, saved raw, and only then put together.

use super::RunArgs;
use crate::{
    analysis::timings::timings,
    data::{
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
/// A scenario cannot be played.
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
    store::write(&root.join("samples.json"), &serde_json::to_vec(&samples)?)?;
    let timings = timings(&samples);
    Ok((samples, timings))
}
