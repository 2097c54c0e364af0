//! One cell: what was observed, held against what the scenario expects.

mod end;
mod step;

use crate::data::{
    grid::Reason,
    observed::{Observed, StepObserved},
    scenario::{Guarding, Scenario, place::Places, step::Step},
};
use runner_protocol::Engine;

/// Everything that is not as expected, worst first; nothing where all is. With the scenario's guard off its last step is held to `[unguarded]`.
pub fn judge(scenario: &Scenario, engine: Engine, observed: &Observed, guarding: Guarding) -> Vec<Reason> {
    if observed.steps.len() != scenario.step.len() {
        return vec![Reason::new(format!("{} of {} steps were run", observed.steps.len(), scenario.step.len()))];
    }
    let mut reasons = Vec::new();
    let last = scenario.step.len() - 1;
    for (at, (wanted, got)) in scenario.step.iter().zip(&observed.steps).enumerate() {
        let unguarded = scenario.unguarded.as_ref().filter(|_| at == last && guarding == Guarding::Off);
        let case = step::Case { engine, places: &observed.places, step: wanted, expect: unguarded.unwrap_or(&wanted.expect) };
        let of_step = case.judge(got);
        // One step needs no number.
        let name = if last == 0 { String::new() } else { format!("step {}: ", at + 1) };
        reasons.extend(of_step.into_iter().map(|reason| Reason { said: format!("{name}{}", reason.said), ..reason }));
        if at == last {
            reasons.extend(end::judge(case.expect, observed));
        }
    }
    if guarding == Guarding::On {
        reasons.extend(end::untouched(scenario, observed));
        reasons.extend(end::control(scenario, observed));
    }
    reasons
}

/// Everything that is not as expected of a step that was run once more in the world that its scenario left.
pub fn judge_again(step: &Step, engine: Engine, got: &StepObserved) -> Vec<Reason> {
    step::Case { engine, places: &Places::default(), step, expect: &step.expect }.judge(got)
}

#[cfg(test)]
mod tests;
