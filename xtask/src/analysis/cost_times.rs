//! From the times of a scenario's steps to what things cost: differences of one round, medians, and how many times as fast one is as another.

use super::statistics::{median, ratio};
use crate::data::{
    cost_times::{CostTime, StepSample},
    scenario::{
        Scenario,
        cost::{Cost, Quantity},
    },
};
use runner_protocol::Engine;
use std::collections::{BTreeMap, BTreeSet};

/// The steps of a scenario that its timed costs are made of, by name.
pub fn timed_steps(scenario: &Scenario) -> BTreeSet<&str> {
    timed(scenario).flat_map(|(_, cost)| [Some(cost.with.as_str()), cost.without.as_deref()]).flatten().collect()
}

fn timed(scenario: &Scenario) -> impl Iterator<Item = (&String, &Cost)> {
    scenario.cost.iter().filter(|(_, cost)| cost.has(Quantity::Time))
}

/// Round -> what the cost took, once.
type Rounds = BTreeMap<u32, u64>;

/// What each timed cost of the scenarios takes on each engine that was sampled.
///
/// # Errors
/// In words: a cost took no time in more than half of the rounds, so it was not timed.
pub fn cost_times(scenarios: &[&Scenario], samples: &[StepSample]) -> Result<Vec<CostTime>, String> {
    let engines: BTreeSet<Engine> = samples.iter().map(|sample| sample.engine).collect();
    let mut times = Vec::new();
    for scenario in scenarios {
        for engine in &engines {
            let own: Vec<&StepSample> =
                samples.iter().filter(|sample| sample.scenario == scenario.id && sample.engine == *engine).collect();
            if !own.is_empty() {
                times.extend(of_engine(scenario, *engine, &own)?);
            }
        }
    }
    Ok(times)
}

fn of_engine(scenario: &Scenario, engine: Engine, samples: &[&StepSample]) -> Result<Vec<CostTime>, String> {
    let rounds_of = |cost: &Cost| rounds(cost, samples);
    let time = |(name, cost): (&String, &Cost)| {
        let own = rounds_of(cost);
        let taken: Rounds = own.iter().filter(|(_, ns)| **ns > 0).map(|(round, ns)| (*round, *ns)).collect();
        if own.is_empty() || taken.len() * 2 <= own.len() {
            return Err(format!(
                "{}: `{name}` took no time on {engine} in {} of {} rounds",
                scenario.id,
                own.len() - taken.len(),
                own.len()
            ));
        }
        let others = cost.against.as_ref().and_then(|other| scenario.cost.get(other)).map(rounds_of);
        let pairs: Vec<(u64, u64)> = others
            .iter()
            .flat_map(|others| taken.iter().filter_map(|(round, ns)| Some((*others.get(round)?, *ns))))
            .filter(|(other, _)| *other > 0)
            .collect();
        Ok(CostTime {
            scenario: scenario.id.clone(),
            cost: name.clone(),
            engine,
            median_ns: median(&taken.values().copied().collect::<Vec<_>>()).unwrap_or(0),
            against: cost.against.clone(),
            speed: ratio(&pairs),
            sample_count: taken.len() as u64,
        })
    };
    timed(scenario).map(time).collect()
}

/// What the cost took in each round in which its steps were sampled; 0 where the machine made `without` the longer one.
fn rounds(cost: &Cost, samples: &[&StepSample]) -> Rounds {
    let of = |name: &str| -> Rounds {
        samples.iter().filter(|sample| sample.step == name).map(|sample| (sample.round, sample.execute_ns)).collect()
    };
    let without = cost.without.as_deref().map(of);
    let once = |(round, with): (u32, u64)| {
        let without = match &without {
            None => 0,
            Some(rounds) => *rounds.get(&round)?,
        };
        Some((round, with.saturating_sub(without) / cost.count.max(1)))
    };
    of(&cost.with).into_iter().filter_map(once).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario() -> Scenario {
        let text = r#"
summary = "s"
artifact = "a"
fuel = true
[cost.quick]
with = "one"
without = "none"
count = 10
of = ["time"]
against = "slow"
[cost.slow]
with = "two"
of = ["time"]
[[step]]
name = "none"
[[step]]
name = "one"
[[step]]
name = "two"
"#;
        Scenario::parse("s", text).unwrap().remove(0)
    }

    fn samples(rounds: &[[u64; 3]]) -> Vec<StepSample> {
        let sample = |round, step: &str, execute_ns| StepSample {
            scenario: "s".into(),
            step: step.into(),
            engine: Engine::WasmtimeJit,
            round,
            execute_ns,
        };
        (0..)
            .zip(rounds)
            .flat_map(|(round, ns)| ["none", "one", "two"].into_iter().zip(ns).map(move |(step, ns)| sample(round, step, *ns)))
            .collect()
    }

    #[test]
    fn a_cost_is_the_difference_of_one_round() {
        let scenario = scenario();
        assert_eq!(timed_steps(&scenario).into_iter().collect::<Vec<_>>(), ["none", "one", "two"]);
        // The machine is slow in every second round; in one the step without is the longer.
        let rounds: Vec<[u64; 3]> =
            (0..9).map(|round| if round % 2 == 0 { [100, 200, 70] } else { [500, 1000, 350] }).chain([[9, 8, 7]]).collect();
        let times = cost_times(&[&scenario], &samples(&rounds)).unwrap();
        assert_eq!(times.len(), 2);
        let quick = &times[0];
        assert_eq!((quick.cost.as_str(), quick.median_ns, quick.sample_count), ("quick", 10, 9));
        let speed = quick.speed.unwrap();
        assert_eq!((speed.low_ppm, speed.median_ppm, speed.high_ppm, speed.pair_count), (7_000_000, 7_000_000, 7_000_000, 9));
        assert_eq!((times[1].median_ns, times[1].speed), (70, None));
    }

    #[test]
    fn what_takes_no_time_was_not_timed() {
        let error = cost_times(&[&scenario()], &samples(&[[9, 8, 7], [9, 8, 7], [1, 100, 7]])).unwrap_err();
        assert_eq!(error, "s: `quick` took no time on wasmtime-jit in 2 of 3 rounds");
        assert_eq!(cost_times(&[&scenario()], &[]), Ok(Vec::new()));
    }
}
