//! The part `[adr]` of a policy: which decisions are made from committed numbers, between what, and by which weights.

pub mod decision;
pub mod measured;

use super::{policy::Policy, variant};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// What stands for an option's name in [`AdrCriterion::rows`] and [`AdrCriterion::metric`].
pub const OPTION: &str = "{option}";
/// The highest weight, so that no sum of products can overflow.
pub const MAX_WEIGHT: u64 = 1_000_000;

/// A decision, and what it is made from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AdrPolicy {
    /// The file's name after its number: `docs/adr/NNNN-SLUG.md`.
    pub slug: String,
    /// The file's title, when it is written first.
    pub title: String,
    /// What is decided, in a sentence.
    pub question: String,
    /// The option that is shipped now.
    pub current: Option<String>,
    /// What can be chosen, by name.
    #[serde(default)]
    pub option: BTreeMap<String, AdrOption>,
    /// What counts, in the order of the report: the first three are the axes and the area of the plot.
    #[serde(default)]
    pub criterion: Vec<AdrCriterion>,
}

/// Something that can be chosen.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdrOption {
    /// What it is, in a sentence.
    pub summary: String,
    /// Why it is shown and can never win.
    pub excluded: Option<String>,
}

/// Something that counts. Lower is better.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AdrCriterion {
    /// What readers call it.
    pub name: String,
    /// The unit of its values.
    pub unit: String,
    /// The file of the baselines' folder that has the values.
    pub baseline: String,
    /// The rows: a pattern with `{option}`, unless the metric has that, and `*` for anything, which makes several rows, each a case.
    pub rows: String,
    /// The rows' metric; `{option}` stands for the option's name.
    pub metric: String,
    /// The cases that are left out, by what `*` stands for.
    #[serde(default)]
    pub except: Vec<String>,
    /// What counts of several cases.
    #[serde(default)]
    pub over: Over,
    /// How much it counts: its share is this of the sum of all.
    pub weight: u64,
    /// How far a value was seen to move from one measurement to the next, in parts per million; 0 for a count that repeats exactly.
    #[serde(default)]
    pub spread_ppm: u64,
}

/// What counts of several cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Over {
    /// All of them alike.
    #[default]
    Mean,
    /// The one in which an option stands worst: for what must not happen even once.
    Worst,
}

/// Checks the part.
///
/// # Errors
/// One message that names the key and the cure.
pub fn check(policy: &Policy) -> Result<(), String> {
    let mut slugs = BTreeMap::new();
    for (name, adr) in &policy.adr {
        adr.check().map_err(|error| format!("[adr.{name}]: {error}"))?;
        if let Some(other) = slugs.insert(&adr.slug, name) {
            return Err(format!("[adr.{name}] and [adr.{other}] have one slug, `{}`: each needs a file of its own", adr.slug));
        }
    }
    Ok(())
}

impl AdrPolicy {
    fn check(&self) -> Result<(), String> {
        let odd = |c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if self.slug.is_empty() || self.slug.starts_with('-') || self.slug.contains(odd) {
            return Err(format!("slug `{}` is part of a file's name: use lower-case letters, digits and `-`", self.slug));
        }
        self.check_texts()?;
        if let Some(name) = self.option.keys().find(|name| !variant::is_name(name)) {
            return Err(format!("the option `{name}` cannot be part of a row's id: use letters, digits, `_`, `-` and `.`"));
        }
        if self.option.values().filter(|option| option.excluded.is_none()).count() < 2 {
            return Err("it has fewer than two options that are not excluded: add [adr.NAME.option.OPTION]".into());
        }
        if let Some(current) = self.current.as_ref().filter(|current| !self.option.contains_key(*current)) {
            return Err(format!("current = `{current}` is none of its options: they are {}", self.names()));
        }
        if self.criterion.is_empty() {
            return Err("it has no criteria: add [[adr.NAME.criterion]]".into());
        }
        let mut seen = BTreeSet::new();
        for criterion in &self.criterion {
            criterion.check().map_err(|error| format!("criterion `{}`: {error}", criterion.name))?;
            if !seen.insert(&criterion.name) {
                return Err(format!("the criterion `{}` stands twice: give each a name of its own", criterion.name));
            }
        }
        Ok(())
    }

    /// A comment in a text could close the part of the file that it is written into.
    fn check_texts(&self) -> Result<(), String> {
        let options = self.option.values().flat_map(|option| [Some(&option.summary), option.excluded.as_ref()]).flatten();
        let criteria = self.criterion.iter().flat_map(|criterion| [&criterion.name, &criterion.unit]);
        for text in [&self.title, &self.question].into_iter().chain(options).chain(criteria) {
            if text.trim().is_empty() || text.contains("<!--") {
                return Err(format!("the text `{text}` is empty or has a comment in it: write what readers should know"));
            }
        }
        match self.title.contains('\n') {
            true => Err("the title has more than one line: leave one".into()),
            false => Ok(()),
        }
    }

    fn names(&self) -> String {
        self.option.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}

impl AdrCriterion {
    fn check(&self) -> Result<(), String> {
        if self.weight == 0 || self.weight > MAX_WEIGHT {
            return Err(format!("weight = {}: weights are 1 to {MAX_WEIGHT}; leave out what does not count", self.weight));
        }
        if !self.rows.contains(OPTION) && !self.metric.contains(OPTION) {
            return Err(format!(
                "rows = `{}` would be the same for every option: write {OPTION} where its name stands",
                self.rows
            ));
        }
        if self.spread_ppm >= 1_000_000 {
            return Err(format!("spread-ppm = {} is more than the value itself: measure again", self.spread_ppm));
        }
        if !variant::is_name(&self.baseline) || !self.baseline.ends_with(".json") {
            return Err(format!("baseline = `{}` is no file of the baselines' folder: `size.json`, `run.json`", self.baseline));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
