//! From raw times to medians and their ratio to the floor.

use super::statistics::{median, ratio};
use crate::data::timing::{Phase, Program, Sample, Timing};
use runner_protocol::Engine;
use std::collections::BTreeMap;

/// One entry for each engine and phase in which the agent was sampled, in the order of the two.
pub fn timings(samples: &[Sample]) -> Vec<Timing> {
    let mut of: BTreeMap<(Engine, Phase), [BTreeMap<u32, u64>; 2]> = BTreeMap::new();
    for sample in samples {
        of.entry((sample.engine, sample.phase)).or_default()[sample.program as usize].insert(sample.round, sample.value_ns);
    }
    of.into_iter().filter_map(|((engine, phase), [agent, floor])| timing(engine, phase, &agent, &floor)).collect()
}

/// Why the samples of `rounds` rounds are none, in words: a start that took no time at all was not timed, and neither was one that is missing.
pub fn invalid(samples: &[Sample], rounds: u32) -> Option<String> {
    let mut counts: BTreeMap<(Engine, Program), u32> = BTreeMap::new();
    for sample in samples.iter().filter(|sample| sample.phase == Phase::Start) {
        *counts.entry((sample.engine, sample.program)).or_default() += 1;
        if sample.value_ns == 0 {
            return Some(format!("a start on {} took 0 ns: nothing was timed", sample.engine));
        }
    }
    let short = counts.into_iter().find(|(_, count)| *count != rounds);
    let short = short.map(|((engine, _), count)| format!("{engine} has {count} samples of a start, not {rounds}"));
    short.or_else(|| (samples.is_empty() && rounds > 0).then(|| "no engine that was chosen has a sample".into()))
}

fn timing(engine: Engine, phase: Phase, agent: &BTreeMap<u32, u64>, floor: &BTreeMap<u32, u64>) -> Option<Timing> {
    let all = |rounds: &BTreeMap<u32, u64>| median(&rounds.values().copied().collect::<Vec<_>>());
    let pairs: Vec<(u64, u64)> = agent.iter().filter_map(|(round, value)| Some((*value, *floor.get(round)?))).collect();
    Some(Timing {
        engine,
        phase,
        agent_median_ns: all(agent)?,
        floor_median_ns: all(floor),
        ratio: ratio(&pairs),
        sample_count: agent.len() as u64,
    })
}

// The index of a program is its place in the enum.
const _: () = assert!(Program::Agent as usize == 0 && Program::Floor as usize == 1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_are_pairs() {
        let sample =
            |program, round, value_ns| Sample { engine: Engine::WasmtimeJit, program, phase: Phase::Load, round, value_ns };
        let mut samples = Vec::new();
        for round in 0..8 {
            // Every second round the machine is slow, for both alike.
            let slow = if round % 2 == 0 { 1 } else { 5 };
            samples.push(sample(Program::Floor, round, 1000 * slow));
            samples.push(sample(Program::Agent, round, 3000 * slow));
        }
        samples.push(sample(Program::Agent, 99, 1));
        let all = timings(&samples);
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].agent_median_ns, all[0].floor_median_ns, all[0].sample_count), (3000, Some(3000), 9));
        let ratio = all[0].ratio.unwrap();
        assert_eq!((ratio.low_ppm, ratio.median_ppm, ratio.high_ppm, ratio.pair_count), (3_000_000, 3_000_000, 3_000_000, 8));
    }

    #[test]
    fn no_time_at_all_and_missing_samples_are_invalid() {
        let sample = |round, value_ns| Sample {
            engine: Engine::WasmtimeJit,
            program: Program::Agent,
            phase: Phase::Start,
            round,
            value_ns,
        };
        assert_eq!(invalid(&[sample(0, 5), sample(1, 5)], 2), None);
        assert_eq!(invalid(&[sample(0, 5), sample(1, 0)], 2).unwrap(), "a start on wasmtime-jit took 0 ns: nothing was timed");
        assert_eq!(invalid(&[sample(0, 5)], 2).unwrap(), "wasmtime-jit has 1 samples of a start, not 2");
        assert_eq!(invalid(&[], 2).unwrap(), "no engine that was chosen has a sample");
        assert_eq!(invalid(&[], 0), None);
        // A phase may be shorter than the clock's step; all of it may not.
        assert_eq!(invalid(&[Sample { phase: Phase::Load, ..sample(0, 0) }, sample(0, 5)], 1), None);
    }

    #[test]
    fn without_a_floor_there_is_no_ratio() {
        let sample = Sample { engine: Engine::Native, program: Program::Agent, phase: Phase::Start, round: 0, value_ns: 7 };
        let all = timings(&[sample]);
        assert_eq!((all[0].floor_median_ns, all[0].ratio), (None, None));
        assert_eq!(timings(&[Sample { program: Program::Floor, ..sample }]), []);
    }
}
