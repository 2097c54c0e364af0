//! The instances of a job as they come and go, and the outcome that they make.

use crate::memory;
use runner_protocol::{Instance, MemorySample, Outcome, SCHEMA, Spec};
use std::collections::VecDeque;

/// How many instances an outcome has from the start of a job, and how many from its end.
const EDGE_COUNT: usize = 10;
/// About how many samples of the memory are taken.
const SAMPLE_COUNT: u64 = 100;

/// What is known of a job so far.
pub struct Tally {
    every: u64,
    is_sampled: bool,
    made_count: u64,
    ended_count: u64,
    // The first ones and those that ended otherwise than the first, each with its number.
    kept: Vec<(u64, Instance)>,
    // The last ones of the others.
    last: VecDeque<(u64, Instance)>,
    samples: Vec<MemorySample>,
}

impl Tally {
    /// For the job `spec`, of which nothing has run.
    pub fn new(spec: &Spec) -> Tally {
        let instance_count = spec.repeat.count.max(spec.repeat.live_count);
        Tally {
            every: (instance_count / SAMPLE_COUNT).max(1),
            is_sampled: instance_count > 1,
            made_count: 0,
            ended_count: 0,
            kept: Vec::new(),
            last: VecDeque::new(),
            samples: Vec::new(),
        }
    }

    /// An instance was made, and perhaps dropped again: now and then the memory is sampled.
    pub fn made(&mut self) {
        self.made_count += 1;
        if self.is_sampled && (self.made_count == 1 || self.made_count.is_multiple_of(self.every)) {
            self.samples.push(MemorySample { instance_count: self.made_count, resident_bytes: memory::resident_bytes() });
        }
    }

    /// An instance ended.
    pub fn ended(&mut self, instance: Instance) {
        let number = self.ended_count;
        self.ended_count += 1;
        let is_other = self.kept.first().is_some_and(|(_, first)| first.ended != instance.ended);
        if self.kept.len() < EDGE_COUNT || is_other {
            return self.kept.push((number, instance));
        }
        if self.last.len() == EDGE_COUNT {
            self.last.pop_front();
        }
        self.last.push_back((number, instance));
    }

    /// The outcome of the job: what ran is `version` on the bytes with `sha256`, which took `load_ns` to load.
    pub fn outcome(mut self, spec: &Spec, version: &str, load_ns: u64) -> Outcome {
        self.kept.extend(self.last);
        self.kept.sort_by_key(|(number, _)| *number);
        Outcome {
            schema: SCHEMA,
            engine: spec.engine,
            version: version.into(),
            sha256: spec.sha256.clone(),
            load_ns,
            instances: self.kept.into_iter().map(|(_, instance)| instance).collect(),
            instance_count: self.ended_count,
            memory_samples: self.samples,
            host_peak_bytes: memory::peak_bytes(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use runner_protocol::{Ended, Engine, Phases};

    fn outcome(count: u64, odd: &[u64]) -> Outcome {
        let mut spec = Spec::new(Engine::WasmtimeJit, "a.wasm", "", "out");
        spec.repeat.count = count;
        let phases = Phases::default();
        let mut tally = Tally::new(&spec);
        for number in 0..count {
            let ended = Ended::Exit { code: i32::from(odd.contains(&number)) };
            tally.made();
            tally.ended(Instance {
                ended,
                fuel_count: Some(number),
                peak_memory_bytes: None,
                phases: phases.clone(),
                contacts: Vec::new(),
            });
        }
        tally.outcome(&spec, "engine 1", 0)
    }

    fn numbers(outcome: &Outcome) -> Vec<u64> {
        outcome.instances.iter().filter_map(|instance| instance.fuel_count).collect()
    }

    #[test]
    fn of_many_instances_the_first_the_last_and_the_odd_ones_are_kept() {
        let few = outcome(20, &[3]);
        assert_eq!(numbers(&few), Vec::from_iter(0..20));
        let many = outcome(10_000, &[3, 500, 9_999]);
        assert_eq!(numbers(&many), Vec::from_iter((0..10).chain([500]).chain(9_989..10_000)));
        assert_eq!((many.instance_count, many.memory_samples.len()), (10_000, 101));
        assert!(outcome(1, &[]).memory_samples.is_empty());
    }
}
