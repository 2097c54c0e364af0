//! Which builds to compare so that they differ in one feature: a feature that others enable is only off without those, so it is looked at apart from them.

mod extras;

use crate::data::feature_cost::Difference;
use std::collections::{BTreeMap, BTreeSet};

/// Feature -> what it enables, as in the package's manifest and in cargo's metadata.
pub type FeatureTable = BTreeMap<String, Vec<String>>;

/// A row to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// What the builds differ in.
    pub difference: Difference,
    /// Which they are.
    pub builds: Builds,
}

/// What is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Builds {
    /// These.
    Two {
        /// The one that has the feature.
        with: Build,
        /// The one that has not.
        without: Build,
    },
    /// Nothing: this feature, which stays on, enables it.
    Held {
        /// That feature.
        by: String,
    },
}

/// One build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Build {
    /// That of the policy.
    Whole,
    /// With these features alone, after `--no-default-features`.
    Only(Vec<String>),
    /// That of the policy, and this extra.
    And(String),
}

/// What is on in a subject, and what of it is to be costed.
pub struct Asked<'a> {
    /// The package's features.
    pub table: &'a FeatureTable,
    /// What the policy turns on: `default` among them unless it is off.
    pub on: &'a [String],
    /// What stays on whatever is left out: the allocator's features.
    pub kept: &'a [String],
    /// The parts that the policy names; without any all that are on by themselves.
    pub parts: &'a [String],
}

/// A comparison for each part, and one with none of them where there are any; then one for each of `extras`.
///
/// # Errors
/// A part that is not on, a `default` that cannot be written without being `default`, an extra that is on or unknown.
pub fn plan(asked: &Asked, extras: &[String]) -> Result<Vec<Comparison>, String> {
    let all: Vec<String> = asked.on.iter().chain(asked.kept).cloned().collect();
    let on = closure(asked.table, &all);
    let parts = parts(asked);
    if let Some(off) = parts.iter().find(|part| !on.contains(*part)) {
        return Err(format!("the part `{off}` is not on in the subject's build: name only features that are"));
    }
    let whole = spelled_out(asked, &on)?;
    let mut plan: Vec<Comparison> = parts.iter().map(|part| compare(asked, &on, &whole, part)).collect();
    let possible = plan.iter().filter_map(|comparison| match &comparison.builds {
        Builds::Two { without: Build::Only(left), .. } => Some(left.iter().collect::<BTreeSet<_>>()),
        _ => None,
    });
    let left = possible.fold(whole.clone(), |left, some| left.into_iter().filter(|name| some.contains(name)).collect());
    if !plan.is_empty() {
        let builds = Builds::Two { with: Build::Whole, without: Build::Only(left) };
        plan.push(Comparison { difference: Difference::AllParts, builds });
    }
    plan.extend(extras::plan(asked, &on, extras)?);
    Ok(plan)
}

fn parts(asked: &Asked) -> Vec<String> {
    if !asked.parts.is_empty() {
        return asked.parts.to_vec();
    }
    let expanded = asked.on.iter().flat_map(|name| match asked.table.get(name) {
        Some(members) if name == "default" => members.clone(),
        _ => vec![name.clone()],
    });
    let mut parts: Vec<String> = Vec::new();
    for name in expanded.filter(|name| asked.table.contains_key(name)) {
        if !parts.contains(&name) && !asked.kept.contains(&name) {
            parts.push(name);
        }
    }
    parts
}

/// The build without `part`, where that is possible, and the one it is held to.
fn compare(asked: &Asked, on: &BTreeSet<String>, whole: &[String], part: &str) -> Comparison {
    let enables = |name: &String| closure(asked.table, std::slice::from_ref(name)).contains(part);
    let gone: Vec<String> = on.iter().filter(|name| *name != part && *name != "default" && enables(name)).cloned().collect();
    // Features that enable each other are one: the others are not apart from it.
    let own = closure(asked.table, &[part.to_string()]);
    let apart_from: Vec<String> = gone.iter().filter(|name| !own.contains(*name)).cloned().collect();
    let only = |is_left: &dyn Fn(&String) -> bool| Build::Only(whole.iter().filter(|name| is_left(name)).cloned().collect());
    let builds = match asked.kept.iter().find(|name| enables(name)) {
        Some(by) => Builds::Held { by: by.clone() },
        None => Builds::Two {
            with: if apart_from.is_empty() { Build::Whole } else { only(&|name| !apart_from.contains(name)) },
            without: only(&|name| *name != part && !gone.contains(name)),
        },
    };
    Comparison { difference: Difference::Part { feature: part.to_string(), apart_from }, builds }
}

/// Everything that is on, each by its own name, so that one can be left out and the rest stays.
fn spelled_out(asked: &Asked, on: &BTreeSet<String>) -> Result<Vec<String>, String> {
    let of_default = asked.table.get("default").filter(|_| on.contains("default")).into_iter().flatten();
    let mut whole: Vec<String> = on.iter().filter(|name| *name != "default").cloned().collect();
    for name in of_default.chain(asked.on).chain(asked.kept).filter(|name| !asked.table.contains_key(*name)) {
        if name.starts_with("dep:") || name.contains("?/") {
            return Err(format!("`default` enables `{name}`, which no command line can: give it a feature of its own"));
        }
        whole.push(name.clone());
    }
    Ok(whole)
}

/// The features that `roots` enable, themselves included.
fn closure(table: &FeatureTable, roots: &[String]) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&str> = roots.iter().map(String::as_str).collect();
    while let Some(name) = open.pop() {
        // `dependency/feature` turns on an optional dependency, and with it the feature of its name.
        let dependency = name.split_once('/').map(|(dependency, _)| dependency);
        let Some(enabled) = table.get(dependency.unwrap_or(name)) else { continue };
        let is_optional = |dependency: &str| enabled.iter().any(|name| name.strip_prefix("dep:") == Some(dependency));
        if dependency.is_none_or(is_optional) && reached.insert(dependency.unwrap_or(name).to_string()) {
            open.extend(enabled.iter().map(String::as_str));
        }
    }
    reached
}

#[cfg(test)]
mod tests;
