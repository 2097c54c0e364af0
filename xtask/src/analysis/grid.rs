//! A row of the grid: every engine's cell, judged and held against the reference. There is no way to leave a cell empty.

use super::{
    costs,
    judge::judge,
    text_diff::diff,
    transcript::{hash, transcript},
};
use crate::data::{
    grid::{Cell, GridRun, Reason, Row},
    observed::Observed,
    rows::RowMeasurement,
    scenario::{Guarding, Scenario},
};
use runner_protocol::Engine;
use std::collections::BTreeMap;

/// What became of playing a scenario on an engine that it applies to.
#[derive(Clone, Debug)]
pub enum Play {
    /// It was played, and left this.
    Observed(Box<Observed>),
    /// It could not be played to its end, for this reason.
    Failed(String),
    /// It was played, and what the runner said of that cannot be: nothing of this run is to be trusted.
    Distrusted(String),
    /// The engine is not to be had here, for this reason.
    Unavailable(String),
}

/// The row of `scenario` for `engines`, whose first that played is the reference.
pub fn row(scenario: &Scenario, engines: &[Engine], plays: &BTreeMap<Engine, Play>) -> Row {
    let texts: BTreeMap<Engine, String> = plays
        .iter()
        .filter_map(|(engine, play)| match play {
            Play::Observed(observed) => Some((*engine, transcript(scenario, observed))),
            Play::Failed(_) | Play::Distrusted(_) | Play::Unavailable(_) => None,
        })
        .collect();
    let reference = engines.iter().find_map(|engine| texts.get_key_value(engine));
    let cell = |engine: Engine| match (scenario.not_applicable(engine), plays.get(&engine)) {
        (Some(reason), _) => Cell::NotApplicable { reason: reason.into() },
        (None, Some(Play::Unavailable(reason))) => Cell::NotApplicable { reason: reason.clone() },
        (None, Some(Play::Failed(reason) | Play::Distrusted(reason))) => failed(vec![Reason::new(reason)]),
        (None, None) => failed(vec![Reason::new("it was not played: this is an error of xtask itself")]),
        (None, Some(Play::Observed(observed))) => {
            let mut reasons = judge(scenario, engine, observed, Guarding::On);
            reasons.extend(reference.and_then(|(first, wanted)| differs(*first, wanted, &texts[&engine])));
            reasons.extend(costs::above(scenario, &counts(scenario, engine, observed).unwrap_or_default()));
            if reasons.is_empty() { Cell::Pass } else { failed(reasons) }
        }
    };
    Row {
        scenario: scenario.id.clone(),
        transcript: reference.map(|(_, text)| hash(text)),
        cells: engines.iter().map(|engine| (*engine, cell(*engine))).collect(),
    }
}

fn failed(reasons: Vec<Reason>) -> Cell {
    Cell::Fail { reasons }
}

fn differs(reference: Engine, wanted: &str, got: &str) -> Option<Reason> {
    let said = format!("it left something else than {reference}");
    (wanted != got).then(|| Reason { said, detail: diff(wanted, got) })
}

/// What was observed, if its counts are all there and possible: of a cell that is as expected otherwise, nothing less is to be trusted.
pub fn believed(scenario: &Scenario, engine: Engine, observed: Observed) -> Play {
    match counts(scenario, engine, &observed) {
        Err(said) if judge(scenario, engine, &observed, Guarding::On).is_empty() => Play::Distrusted(said),
        _ => Play::Observed(Box::new(observed)),
    }
}

/// The counts of a cell that gate: of scenarios that repeat exactly, and so say so by `fuel = true`.
pub fn measurements(scenario: &Scenario, engine: Engine, observed: &Observed) -> Vec<RowMeasurement> {
    if !scenario.fuel || engine == Engine::Native {
        return Vec::new();
    }
    let row = GridRun::row_id(&scenario.id, engine);
    let counts = counts(scenario, engine, observed).unwrap_or_default();
    counts.into_iter().map(|(metric, value)| RowMeasurement { row: row.clone(), metric, value }).collect()
}

/// Everything that is counted on an engine: fuel and memory, and what the scenario measures of its own steps.
fn counts(scenario: &Scenario, engine: Engine, observed: &Observed) -> Result<costs::Values, String> {
    let steps = &observed.steps;
    let fuel: Option<u64> = steps.iter().map(|step| step.fuel_count).sum();
    let peak = steps.iter().map(|step| step.peak_memory_bytes).max().flatten();
    let mut values = costs::values(scenario, observed)?;
    let of = |metric: &str, value: Option<u64>| Some((metric.to_string(), value?));
    values.extend([of(FUEL, fuel.filter(|_| engine.counts_fuel())), of(PEAK_MEMORY, peak)].into_iter().flatten());
    Ok(values)
}

/// Fuel of a scenario, all steps together.
pub const FUEL: &str = "fuel_count";
/// Linear memory of a scenario at its largest.
pub const PEAK_MEMORY: &str = "peak_memory_bytes";

#[cfg(test)]
mod tests;
