//! The table of counts by function that is committed beside a baseline, so that a fresh clone can name the function that became slower.

use super::Profile;
use std::{cmp::Reverse, collections::BTreeMap};

/// So many functions are kept: the others are of little weight, and the table is read by people in a review.
const KEPT: usize = 300;

/// Only what `before` has: functions that were too small to be kept are no news.
pub fn only_known(before: &Profile, after: &Profile) -> Profile {
    let floor = before.functions.values().min().copied().unwrap_or(0);
    let is_known =
        |name: &String, count: u64| before.functions.contains_key(name) || before.functions.len() < KEPT || count > floor;
    let functions: BTreeMap<String, u64> = after
        .functions
        .iter()
        .filter(|(name, count)| is_known(name, **count))
        .map(|(name, count)| (name.clone(), *count))
        .collect();
    summed(functions)
}

/// Counts from a file may be anything: their sum does not overflow.
fn summed(functions: BTreeMap<String, u64>) -> Profile {
    Profile { total: functions.values().fold(0, |sum, count| sum.saturating_add(*count)), functions }
}

/// The table: a count and a name a line, the functions with the most instructions first.
pub fn render(profile: &Profile) -> String {
    let mut rows: Vec<(&String, u64)> = profile.functions.iter().map(|(name, count)| (name, *count)).collect();
    rows.sort_by_key(|(_, count)| Reverse(*count));
    rows.into_iter().take(KEPT).map(|(name, count)| format!("{count}\t{}\n", name.replace(['\t', '\n'], " "))).collect()
}

/// Reads a table.
///
/// # Errors
/// A line is not a count and a name.
pub fn read(text: &str) -> Result<Profile, String> {
    let row = |line: &str| {
        let (count, name) = line.split_once('\t')?;
        Some((name.to_string(), count.parse().ok()?))
    };
    let rows = text.lines().map(|line| row(line).ok_or_else(|| format!("`{line}` is not a count and a name")));
    Ok(summed(rows.collect::<Result<_, String>>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(counts: &[(&str, u64)]) -> Profile {
        let functions: BTreeMap<String, u64> = counts.iter().map(|(name, count)| ((*name).to_string(), *count)).collect();
        Profile { total: functions.values().sum(), functions }
    }

    #[test]
    fn a_table_is_read_as_it_was_written() {
        let before = profile(&[("a::b", 3), ("c d", 40)]);
        assert_eq!(render(&before), "40\tc d\n3\ta::b\n");
        assert_eq!(read(&render(&before)).unwrap(), before);
        assert!(read("x\ta").is_err() && read("3 a").is_err());
        assert_eq!(read(&format!("{0}\ta\n{0}\tb\n", u64::MAX)).unwrap().total, u64::MAX);
    }

    #[test]
    fn new_functions_are_seen_in_a_whole_table() {
        assert_eq!(only_known(&profile(&[("a", 3)]), &profile(&[("a", 4), ("b", 1)])), profile(&[("a", 4), ("b", 1)]));
    }
}
