//! What `llvm-profdata show` prints of a merged profile (LLVM: `llvm/tools/llvm-profdata/llvm-profdata.cpp`, `showInstrProfile`).

use crate::analysis::demangle::{normalise, without_suffix};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a merged profile consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Functions that have an entry, executed or not.
    pub function_count: u64,
    /// Functions of these with a count above zero.
    pub executed_function_count: u64,
    /// How often the function was entered that was entered most.
    pub maximum_function_count: u64,
    /// How often the block of instructions was executed that was executed most, first blocks of functions apart.
    pub maximum_block_count: u64,
    /// Blocks that have a counter.
    pub block_count: u64,
}

/// The summary in `text`, the standard output of `llvm-profdata show --value-cutoff=1 FILE.profdata`. With `--all-functions
/// --counts` instead, the executed functions are counted from the list; `--detailed-summary` may be given or not.
///
/// # Errors
/// One line that names what is missing, or what is no number.
pub fn summary(text: &str) -> Result<Summary, String> {
    let labelled = |label: &str| {
        // The last one: names of functions come first, and may be anything.
        let value = text.lines().rev().find_map(|line| line.strip_prefix(label)?.strip_prefix(": "));
        let value = value.ok_or_else(|| format!("the output of llvm-profdata show has no line {label:?}"))?;
        value.trim().parse::<u64>().map_err(|_| format!("the output of llvm-profdata show has {label:?} without a number"))
    };
    let function_count = labelled("Total functions")?;
    let executed_function_count = match labelled("Number of functions with maximum count (>= 1)") {
        Ok(count) => count,
        Err(why) if !text.contains(COUNTS) => return Err(format!("{why}: show the profile with --value-cutoff=1")),
        Err(_) => functions(text).filter(|(_, count)| *count > 0).count() as u64,
    };
    if executed_function_count > function_count {
        return Err(format!(
            "the output of llvm-profdata show has {executed_function_count} executed functions of {function_count}"
        ));
    }
    Ok(Summary {
        function_count,
        executed_function_count,
        maximum_function_count: labelled("Maximum function count")?,
        maximum_block_count: labelled("Maximum internal block count")?,
        block_count: labelled("Total number of blocks")?,
    })
}

/// How often the most executed block of each function was executed, from the standard output of `llvm-profdata show
/// --all-functions --counts FILE.profdata`. Functions that were not executed are there, with 0.
///
/// Names are those of [`crate::analysis::callgrind::Profile::functions`], so that the functions which a run spends its
/// instructions in can be looked up; several functions of one name count as the one with the largest count. A function that is
/// missing was not instrumented: it is of another language, or of the standard library, which comes compiled.
pub fn function_counts(text: &str) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for (name, count) in functions(text) {
        // Names that other files may have too stand behind the file they are in.
        let name = normalise(name.rsplit(';').next().unwrap_or(name));
        let entry = counts.entry(name).or_insert(0);
        *entry = count.max(*entry);
    }
    counts
}

/// The symbols of the functions that were executed, from the same output. Unlike the names they have the hashes in them, which are those of one way to
/// build: cargo makes another one for another profile setting or another target.
pub fn executed_symbols(text: &str) -> BTreeSet<String> {
    let executed = functions(text).filter(|(_, count)| *count > 0);
    executed.map(|(name, _)| without_suffix(name.rsplit(';').next().unwrap_or(name)).to_string()).collect()
}

/// What the counts of a function stand behind.
const COUNTS: &str = "    Block counts: [";

/// Each listed function as it is printed, with its largest count.
fn functions(text: &str) -> impl Iterator<Item = (&str, u64)> {
    let mut name = None;
    text.lines().filter_map(move |line| {
        if let Some(counts) = line.strip_prefix(COUNTS) {
            let counts = counts.trim_end_matches(']').split(", ").filter_map(|count| count.parse().ok());
            return Some((name.take()?, counts.max().unwrap_or(0)));
        }
        // Two spaces before names, four before what is said of them.
        if let Some(found) =
            line.strip_prefix("  ").filter(|found| !found.starts_with(' ')).and_then(|found| found.strip_suffix(':'))
        {
            name = Some(found);
        }
        None
    })
}
