//! The rules for what a scenario measures of its own steps: named steps, printed counts, costs and bounds.

use super::{Wrong, wrong};
use crate::data::{
    scenario::{
        Scenario,
        cost::{Bound, Cost, Quantity},
    },
    variant::is_name,
};
use std::collections::BTreeSet;

/// Checks all of it.
///
/// # Errors
/// The first thing that is wrong.
pub fn check(scenario: &Scenario) -> Result<(), Wrong> {
    let steps = step_names(scenario)?;
    let mut metrics: BTreeSet<String> = ["fuel_count", "peak_memory_bytes"].map(String::from).into();
    for name in scenario.step.iter().flat_map(|step| &step.counts) {
        if !is_metric(name) {
            return wrong(
                "counts",
                format!("`{name}` is no name of a count: small letters, digits and `_`, and `_count` or `_bytes` at the end"),
            );
        }
        new_metric(&mut metrics, name)?;
    }
    for (name, cost) in &scenario.cost {
        of_cost(scenario, name, cost, &steps)?;
        for (_, metric) in cost.metrics(name) {
            new_metric(&mut metrics, &metric)?;
        }
    }
    if metrics.len() > 2 && !scenario.fuel {
        return wrong("fuel", "counts and costs gate like fuel and memory: set `fuel = true`, or leave them out");
    }
    bounds(scenario, &metrics)
}

fn new_metric(metrics: &mut BTreeSet<String>, name: &str) -> Result<(), Wrong> {
    if metrics.insert(name.to_string()) { Ok(()) } else { wrong("counts", format!("`{name}` is measured twice: rename one")) }
}

fn step_names(scenario: &Scenario) -> Result<BTreeSet<&str>, Wrong> {
    let mut names = BTreeSet::new();
    for name in scenario.step.iter().filter_map(|step| step.name.as_deref()) {
        if !is_name(name) || !names.insert(name) {
            return wrong(
                "name",
                format!("`{name}` is no name of a step, or that of two: use letters, digits, `_` and `-`, each name once"),
            );
        }
    }
    Ok(names)
}

fn is_metric(name: &str) -> bool {
    let chars = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '_';
    name.chars().all(chars) && ["_count", "_bytes"].iter().any(|unit| name.len() > unit.len() && name.ends_with(unit))
}

fn of_cost(scenario: &Scenario, name: &str, cost: &Cost, steps: &BTreeSet<&str>) -> Result<(), Wrong> {
    let key = "cost";
    if !is_metric(&format!("{}_count", name.replace('-', "_"))) {
        return wrong(key, format!("`{name}` is no name of a cost: use small letters, digits and `-`"));
    }
    for step in [Some(&cost.with), cost.without.as_ref()].into_iter().flatten() {
        if !steps.contains(step.as_str()) {
            return wrong(key, format!("`{name}`: there is no step of the name `{step}`: give one this `name`"));
        }
    }
    let timed = cost.has(Quantity::Time);
    let mut seen = Vec::new();
    let rules = [
        (cost.without.as_ref() == Some(&cost.with), "a step takes nothing beyond itself: name another in `without`"),
        (cost.count == 0, "nothing is done: let `count` be 1 or more"),
        (cost.of.is_empty(), "nothing is measured of it: let `of` name fuel, memory or time"),
        (
            cost.of.iter().any(|one| {
                seen.contains(&one) || {
                    seen.push(one);
                    false
                }
            }),
            "`of` has something twice: leave one",
        ),
        (cost.has(Quantity::Memory) && cost.count > 1, "memory is not shared out: leave `count` out, or `memory`"),
        (timed && scenario.mock.is_some(), "steps that are timed are run again, and a [mock] answers once: leave `time` out"),
        (cost.against.is_some() && !timed, "only times are compared: add `time` to `of`, or leave `against` out"),
    ];
    if let Some((_, said)) = rules.iter().find(|(broken, _)| *broken) {
        return wrong(key, format!("`{name}`: {said}"));
    }
    match &cost.against {
        Some(other) if other == name || !scenario.cost.get(other).is_some_and(|other| other.has(Quantity::Time)) => {
            wrong(key, format!("`{name}`: `{other}` is no other cost with a time: name one in `against`"))
        }
        _ => Ok(()),
    }
}

fn bounds(scenario: &Scenario, metrics: &BTreeSet<String>) -> Result<(), Wrong> {
    for (metric, bound) in &scenario.at_most {
        let of = match bound {
            Bound::Units(_) => None,
            Bound::Share(share) => Some(&share.of),
        };
        if let Some(unknown) = [Some(metric), of].into_iter().flatten().find(|metric| !metrics.contains(*metric)) {
            let names = metrics.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            return wrong("at-most", format!("`{unknown}` is not measured here: there are {names}"));
        }
    }
    match scenario.fuel || scenario.at_most.is_empty() {
        true => Ok(()),
        false => wrong("at-most", "nothing is measured without `fuel = true`: set it"),
    }
}
