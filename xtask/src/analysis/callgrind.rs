//! What callgrind counted: instructions by function, and what changed between two builds.
//!
//! The format is the one of the chapter "Callgrind Format Specification" in Valgrind's manual (`callgrind/docs/cl-format.xml`),
//! version 1, with what `callgrind/dump.c` of Valgrind 3.19 writes beyond it.

mod line;
mod name;
mod parse;
pub mod table;

#[cfg(test)]
mod tests;

pub use parse::parse;

use serde::{Deserialize, Serialize};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

/// Instructions that a program executed, by function.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Executed instructions, event `Ir`: the sum of `functions`.
    pub total: u64,
    /// Instructions of each function itself, without those of the functions that it called. Functions without any are left out.
    ///
    /// The names are demangled and the same for every build of one source: no hashes, no suffixes of LLVM, and recursion is
    /// not told apart. Functions without a name are one entry per object file, `[unnamed] in libc.so.6`.
    pub functions: BTreeMap<String, u64>,
}

/// How many instructions of one function are executed before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionDelta {
    /// The function, as [`Profile::functions`] names it.
    pub name: String,
    /// Instructions before, 0 if the function was not executed or did not exist.
    pub before_count: u64,
    /// Instructions after, 0 if the function is not executed or does not exist.
    pub after_count: u64,
}

/// The `top` functions that changed most, the largest absolute change first and ties by name.
///
/// A function that is inlined is no function any more: its instructions count for its caller, so one entry falls to 0 and
/// another grows by what is left of it. What profile-guided builds do most is inline differently, so a single entry says where
/// instructions are counted now, and only the totals say whether the program executes fewer.
pub fn diff(before: &Profile, after: &Profile, top: usize) -> Vec<FunctionDelta> {
    let names: BTreeSet<&String> = before.functions.keys().chain(after.functions.keys()).collect();
    let count = |profile: &Profile, name: &String| profile.functions.get(name).copied().unwrap_or(0);
    let deltas = names.into_iter().map(|name| FunctionDelta {
        name: name.clone(),
        before_count: count(before, name),
        after_count: count(after, name),
    });
    let mut deltas: Vec<FunctionDelta> = deltas.filter(|delta| delta.before_count != delta.after_count).collect();
    // Stable, and the names are sorted: changes of one size stay in the order of their names.
    deltas.sort_by_key(|delta| Reverse(delta.before_count.abs_diff(delta.after_count)));
    deltas.truncate(top);
    deltas
}

/// The sum of `profiles`: what several commands executed together.
pub fn merge(profiles: &[Profile]) -> Profile {
    profiles.iter().fold(Profile::default(), |mut sum, profile| {
        sum.total = sum.total.saturating_add(profile.total);
        for (name, count) in &profile.functions {
            let entry = sum.functions.entry(name.clone()).or_default();
            *entry = entry.saturating_add(*count);
        }
        sum
    })
}
