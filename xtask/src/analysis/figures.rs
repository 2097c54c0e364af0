//! What else a run shows of each engine: what its process holds, how much it does in a second, and whether it grows.

use super::{grid::Play, statistics::slope};
use crate::data::{grid::EngineFigures, scenario::step::Step};
use runner_protocol::Engine;
use std::collections::BTreeMap;

/// The scenarios that figures are taken from.
const MESSAGE: &str = "message";
const FLOOR: &str = "hello";
const LINES: &str = "lines";
const REACTOR: &str = "reactor";
const INSTANCES: &str = "instances";

/// How many messages a scenario sends: by line or by call.
pub type MessageCounts = BTreeMap<String, u64>;

/// Figures of each of `engines` that played at least one of the scenarios they are taken from; `files` has the length of what each loads.
pub fn figures(
    engines: &[Engine],
    plays: &BTreeMap<String, BTreeMap<Engine, Play>>,
    messages: &MessageCounts,
    files: &BTreeMap<Engine, u64>,
) -> Vec<EngineFigures> {
    let step = |scenario: &str, engine: Engine| match plays.get(scenario)?.get(&engine)? {
        Play::Observed(observed) => observed.steps.first(),
        Play::Failed(_) | Play::Distrusted(_) | Play::Unavailable(_) => None,
    };
    let of = |engine: Engine| {
        let rate = |scenario: &str| per_second(*messages.get(scenario)?, step(scenario, engine)?.phases.execute_ns);
        let peak = |scenario: &str| step(scenario, engine).map(|step| step.host_peak_bytes).filter(|bytes| *bytes > 0);
        EngineFigures {
            engine,
            file_bytes: files.get(&engine).copied(),
            host_peak_bytes: peak(MESSAGE),
            floor_host_peak_bytes: peak(FLOOR),
            lines_per_second: rate(LINES),
            calls_per_second: rate(REACTOR),
            instance_slope_bytes: step(INSTANCES, engine).and_then(|step| slope(&step.memory_samples)),
        }
    };
    engines
        .iter()
        .map(|engine| of(*engine))
        .filter(|figures| *figures != EngineFigures::none(figures.engine, figures.file_bytes))
        .collect()
}

fn per_second(count: u64, ns: u64) -> Option<u64> {
    u64::try_from(u128::from(count) * 1_000_000_000 / u128::from(ns.max(1))).ok().filter(|rate| *rate > 0)
}

/// How many messages the first step of a scenario sends.
pub fn message_count(step: &Step) -> u64 {
    let calls = step.session.as_ref().map(|session| session.messages.len() as u64);
    step.lines.as_ref().map(|lines| lines.count).or(calls).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::observed::{Observed, StepObserved};
    use runner_protocol::{MemorySample, Phases};

    fn play(step: StepObserved) -> Play {
        Play::Observed(Box::new(Observed { steps: vec![step], ..Observed::default() }))
    }

    #[test]
    fn figures_are_those_of_the_scenarios_they_are_of() {
        let engine = Engine::WasmtimeAot;
        let lines = StepObserved { phases: Phases { instantiate_ns: 1, execute_ns: 50_000_000 }, ..StepObserved::default() };
        let held = |host_peak_bytes| StepObserved { host_peak_bytes, ..StepObserved::default() };
        let samples = (1..=100).map(|count| MemorySample { instance_count: count, resident_bytes: 1_000 + 7 * count });
        let grown = StepObserved { memory_samples: samples.collect(), ..StepObserved::default() };
        let plays = [(LINES, lines), (MESSAGE, held(9)), (FLOOR, held(4)), (INSTANCES, grown)];
        let plays = plays.into_iter().map(|(id, step)| (id.to_string(), BTreeMap::from([(engine, play(step))]))).collect();
        let all = figures(&[engine, Engine::Native], &plays, &[(LINES.to_string(), 200)].into(), &[(engine, 12)].into());
        let wanted = EngineFigures {
            engine,
            file_bytes: Some(12),
            host_peak_bytes: Some(9),
            floor_host_peak_bytes: Some(4),
            lines_per_second: Some(4_000),
            calls_per_second: None,
            instance_slope_bytes: Some(7),
        };
        assert_eq!(all, [wanted], "the reference played nothing, and has no row");
    }

    #[test]
    fn a_failed_play_and_no_time_at_all_have_no_figures() {
        let plays = [(LINES.to_string(), BTreeMap::from([(Engine::Native, Play::Failed("why".into()))]))].into();
        assert_eq!(figures(&[Engine::Native], &plays, &[(LINES.to_string(), 200)].into(), &BTreeMap::new()), []);
        assert_eq!(per_second(200, 0), Some(200_000_000_000));
    }
}
