//! The committed counts by function, beside the baseline: so that a fresh clone can name the function that became slower.

use crate::{
    analysis::callgrind::Profile,
    data::{exit::Failure, pgo::build::Build},
    shell::{store, workspace::Workspace},
};
use anyhow::{Context, Result};
use std::{cmp::Reverse, collections::BTreeMap, path::PathBuf};

/// So many functions are kept: the others are of little weight, and the table is read by people in a review.
const KEPT: usize = 300;

fn path(workspace: &Workspace, subject: &str, build: Build) -> PathBuf {
    workspace.baselines.join("pgo").join(subject).join(format!("{build}.tsv"))
}

/// The committed table of a build, if there is one.
///
/// # Errors
/// Exit 2: a line is not a count and a name.
pub fn read(workspace: &Workspace, subject: &str, build: Build) -> Result<Option<Profile>> {
    let path = path(workspace, subject, build);
    let Some(text) = store::read_text(&path)? else { return Ok(None) };
    let functions =
        parse(&text).with_context(|| Failure::usage(format!("{} cannot be used: restore it from git", path.display())))?;
    Ok(Some(Profile { total: functions.values().sum(), functions }))
}

/// Writes it: the functions with the most instructions, the largest first.
///
/// # Errors
/// The file cannot be written.
pub fn write(workspace: &Workspace, subject: &str, build: Build, profile: &Profile) -> Result<()> {
    store::write_if_changed(&path(workspace, subject, build), render(profile).as_bytes())?;
    Ok(())
}

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
    Profile { total: functions.values().sum(), functions }
}

fn render(profile: &Profile) -> String {
    let mut rows: Vec<(&String, u64)> = profile.functions.iter().map(|(name, count)| (name, *count)).collect();
    rows.sort_by_key(|(_, count)| Reverse(*count));
    rows.into_iter().take(KEPT).map(|(name, count)| format!("{count}\t{}\n", name.replace(['\t', '\n'], " "))).collect()
}

fn parse(text: &str) -> Result<BTreeMap<String, u64>> {
    let row = |line: &str| {
        let (count, name) = line.split_once('\t')?;
        Some((name.to_string(), count.parse().ok()?))
    };
    text.lines().map(|line| row(line).with_context(|| format!("`{line}` is not a count and a name"))).collect()
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
        assert_eq!(parse(&render(&before)).unwrap(), before.functions);
        assert!(parse("x\ta").is_err() && parse("3 a").is_err());
    }

    #[test]
    fn new_functions_are_seen_in_a_whole_table() {
        assert_eq!(only_known(&profile(&[("a", 3)]), &profile(&[("a", 4), ("b", 1)])), profile(&[("a", 4), ("b", 1)]));
    }
}
