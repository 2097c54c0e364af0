//! What a scenario measures of its own steps on one engine: the counts that they print and what things cost, held to their bounds.
//!
//! What a guest prints is untrusted: a count is one line of a name and digits, and there is exactly one of each.

use crate::data::{
    grid::Reason,
    observed::{Observed, StepObserved},
    scenario::{
        Scenario,
        cost::{Bound, Cost, Quantity},
        step::Step,
    },
};
use std::collections::BTreeMap;

/// Metric -> value, as far as this engine counts: the reference prints, and counts nothing.
pub type Values = BTreeMap<String, u64>;

/// Everything that `scenario` measures of its own steps.
///
/// # Errors
/// In words: a count that was not printed as it has to be, or a step that took less with something than without it.
pub fn values(scenario: &Scenario, observed: &Observed) -> Result<Values, String> {
    let mut values = Values::new();
    for (step, got) in scenario.step.iter().zip(&observed.steps) {
        for name in &step.counts {
            values.insert(name.clone(), printed(step, name, &got.stdout)?);
        }
    }
    for (name, cost) in &scenario.cost {
        for (quantity, metric) in cost.metrics(name) {
            let of = |step: &StepObserved| match quantity {
                Quantity::Fuel => step.fuel_count,
                Quantity::Memory => step.peak_memory_bytes,
                Quantity::Time => None,
            };
            if let Some(value) = beyond(scenario, cost, observed, of).map_err(|said| format!("{metric}: {said}"))? {
                values.insert(metric, value);
            }
        }
    }
    Ok(values)
}

/// What `with` takes beyond `without`, each as often as it is done: rounded up, so that nothing is free. Nothing where it is not counted.
fn beyond(
    scenario: &Scenario,
    cost: &Cost,
    observed: &Observed,
    of: impl Fn(&StepObserved) -> Option<u64>,
) -> Result<Option<u64>, String> {
    let value = |name: &str| of(observed.steps.get(scenario.step_named(name)?)?);
    let Some(with) = value(&cost.with) else { return Ok(None) };
    let without = match &cost.without {
        None => 0,
        Some(name) => value(name).ok_or_else(|| format!("step `{}` was counted and `{name}` was not", cost.with))?,
    };
    match with.checked_sub(without) {
        Some(more) => Ok(Some(more.div_ceil(cost.count.max(1)))),
        None => Err(format!("step `{}` took {with}, less than the {without} without it", cost.with)),
    }
}

/// The value in the one line of `stdout` that begins with the name.
fn printed(step: &Step, name: &str, stdout: &str) -> Result<u64, String> {
    let of = || step.name.as_deref().map_or_else(String::new, |step| format!(" of step `{step}`"));
    let mut lines = stdout.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    let first = lines.next().ok_or_else(|| format!("stdout{} has no line `{name} NUMBER`", of()))?;
    if lines.next().is_some() {
        return Err(format!("stdout{} has `{name}` twice", of()));
    }
    let plain = !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_digit()) && (first == "0" || !first.starts_with('0'));
    let value = first.parse().ok().filter(|_| plain);
    value.ok_or_else(|| format!("stdout{} has `{name}` without a number of 64 bits", of()))
}

/// Where a value is above its bound.
pub fn above(scenario: &Scenario, values: &Values) -> Vec<Reason> {
    let mut reasons = Vec::new();
    for (metric, bound) in &scenario.at_most {
        let Some(value) = values.get(metric) else { continue };
        let (most, what) = match bound {
            Bound::Units(most) => (u128::from(*most), String::new()),
            Bound::Share(share) => match values.get(&share.of) {
                None => continue,
                Some(whole) => (
                    u128::from(*whole) * u128::from(share.percent) / 100,
                    format!(", which is {} % of {}", share.percent, share.of),
                ),
            },
        };
        if u128::from(*value) > most {
            reasons.push(Reason::new(format!("{metric} is {value}, above the {most} that it may be{what}")));
        }
    }
    reasons
}

#[cfg(test)]
mod tests;
