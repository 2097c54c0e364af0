//! What a profile is worth: whether it is good enough to build with, and what a build with it won.

use super::callgrind::{FunctionDelta, Profile};
use crate::data::pgo::{FunctionChange, health::Health};
use std::{cmp::Reverse, collections::BTreeMap};

/// Below so many millionths a difference of instructions is none: another layout of the same code, or another training, makes as much.
pub const NOTHING_PPM: u64 = 5_000;

/// The share of the instructions that hot functions take, in thousandths.
const HOT_PERMILLE: u64 = 900;

/// At least so many hundredths of the hot functions of the program's own must have counts.
const COUNTED_PERCENT: u64 = 50;

/// At least so many hundredths of the functions that ran must have their symbols in the program: of the agent's 68 have, and 0.6 in one that was built in
/// another way than the one that was profiled.
const FITTING_PERCENT: u64 = 5;

/// At most so many hundredths of the profile's functions may be other functions by now.
const MISMATCH_PERCENT: u64 = 5;

/// What the instructions of a build say against those of the reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worth {
    /// So many millionths fewer.
    Gain(u64),
    /// So many millionths more.
    Loss(u64),
    /// Too little to say either.
    NoGain,
}

/// Compares counts of the same work, which were seen to lie `noise_ppm` apart.
pub fn worth(reference: u64, value: u64, noise_ppm: u64) -> Worth {
    let off = u128::from(reference.abs_diff(value)) * 1_000_000 / u128::from(reference.max(1));
    match u64::try_from(off).unwrap_or(u64::MAX) {
        ppm if ppm <= NOTHING_PPM.max(noise_ppm.saturating_mul(2)) => Worth::NoGain,
        ppm if value < reference => Worth::Gain(ppm),
        ppm => Worth::Loss(ppm),
    }
}

/// How far two counts of the same lie apart, in millionths of the larger.
pub fn apart_ppm(one: u64, two: u64) -> u64 {
    let ppm = u128::from(one.abs_diff(two)) * 1_000_000 / u128::from(one.max(two).max(1));
    u64::try_from(ppm).unwrap_or(u64::MAX)
}

/// Adds to `health` how many hot functions of `work` have counts in a profile: function -> its count.
pub fn add_hot(health: &mut Health, work: &Profile, counts: &BTreeMap<String, u64>) {
    if work.functions.is_empty() {
        return;
    }
    let mut functions: Vec<(&String, u64)> = work.functions.iter().map(|(name, count)| (name, *count)).collect();
    functions.sort_by_key(|(_, count)| Reverse(*count));
    let wanted = work.total / 1_000 * HOT_PERMILLE;
    let (mut seen, mut hot, mut counted, mut foreign) = (0, 0, 0, 0);
    for (name, count) in functions {
        if seen >= wanted {
            break;
        }
        seen += count;
        hot += 1;
        match counts.get(name) {
            None if is_foreign(name) => foreign += 1,
            None | Some(0) => {}
            Some(_) => counted += 1,
        }
    }
    (health.hot_count, health.hot_counted_count, health.hot_foreign_count) = (Some(hot), Some(counted), Some(foreign));
}

/// Whether a function that a profile does not know is none that is compiled here: C, and the standard library, which comes compiled.
fn is_foreign(name: &str) -> bool {
    let start = name.trim_start_matches(['<', '&', '(']);
    !name.contains("::")
        || ["core::", "alloc::", "std::", "hashbrown::", "compiler_builtins::"].iter().any(|own| start.starts_with(own))
}

/// Says why a profile is bad, each with the cure; nothing of a good one.
pub fn problems(health: &Health) -> Vec<String> {
    let mut problems = Vec::new();
    let again = "run `cargo xtask pgo train --again`";
    match (health.raw_count, health.left_count) {
        (Some(0), _) => problems.push(format!("there is no raw profile above zero bytes: {again}")),
        (Some(raw), Some(left)) if raw != left => {
            problems.push(format!("{raw} of the {left} raw profiles that the training left are there: {again}"));
        }
        (Some(_), None) => problems.push(format!("the training did not come to its end: {again}")),
        _ => {}
    }
    if let (Some(raw), Some(own)) = (health.raw_version, health.toolchain_version)
        && raw != own
    {
        problems.push(format!("the raw profiles are of version {raw} and this toolchain's of {own}: {again}"));
    }
    if let Some(first) = health.unreadable.first() {
        problems.push(format!("{} raw profiles cannot be used, such as {first}: {again}", health.unreadable.len()));
    }
    if health.profile.is_some() && health.counted_count == 0 {
        problems.push("no function of the profile has a count: train on work that the program does".into());
    }
    if let (Some(hot), Some(counted), Some(foreign)) = (health.hot_count, health.hot_counted_count, health.hot_foreign_count) {
        let own = hot.saturating_sub(foreign);
        if own > 0 && counted * 100 < own * COUNTED_PERCENT {
            problems.push(format!(
                "{counted} of the {own} hot functions of the program have counts: train on work like that which is proved"
            ));
        }
    }
    if let Some(count) = health.fitting_count.filter(|count| count * 100 < health.counted_count * FITTING_PERCENT) {
        problems.push(format!(
            "{count} of the {} functions that ran have their symbols in the program built with it, so it is a profile of another build: {again}",
            health.counted_count
        ));
    }
    if let Some(count) = health.mismatch_count.filter(|count| count * 100 > health.function_count * MISMATCH_PERCENT) {
        problems.push(format!("cargo says {count} times that the profile does not fit the code: {again}"));
    }
    problems
}

/// The same as what is saved.
pub fn changes(deltas: Vec<FunctionDelta>) -> Vec<FunctionChange> {
    let change = |delta: FunctionDelta| {
        let FunctionDelta { name, before_count, after_count } = delta;
        FunctionChange { name, before_count, after_count }
    };
    deltas.into_iter().map(change).collect()
}

#[cfg(test)]
mod tests;
