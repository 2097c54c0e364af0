//! Which features to build with so that one more is on: an extra that builds on another is compared with that one.

use super::{Asked, closure};
use std::collections::BTreeSet;

/// One build to make: the whole and a feature that it has not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extra {
    /// The feature.
    pub feature: String,
    /// The extra to compare with, where this one enables another: of several the one that enables most of them.
    pub over: Option<String>,
    /// The extras that it enables and that one does not.
    pub with: Vec<String>,
}

/// A build for each of `names`, the extras that the policy names, in their order.
///
/// # Errors
/// An extra that the package does not have, or that is on without being asked for.
pub fn extras(asked: &Asked, names: &[String]) -> Result<Vec<Extra>, String> {
    let all: Vec<String> = asked.on.iter().chain(asked.kept).cloned().collect();
    let on = closure(asked.table, &all);
    if let Some(unknown) = names.iter().find(|name| !asked.table.contains_key(*name)) {
        return Err(format!("the extra `{unknown}` is none of the package's features: check its name in Cargo.toml"));
    }
    if let Some(part) = names.iter().find(|name| on.contains(*name)) {
        return Err(format!("the extra `{part}` is on in the subject's build: name it among the parts"));
    }
    let enabled = |name: &String| -> BTreeSet<&String> {
        let reached = closure(asked.table, std::slice::from_ref(name));
        names.iter().filter(|other| *other != name && reached.contains(*other)).collect()
    };
    let extra = |name: &String| {
        let below = enabled(name);
        // Two that enable each other are one: neither is below.
        let over = below.iter().copied().filter(|other| !enabled(other).contains(name)).max_by_key(|other| enabled(other).len());
        let covered: BTreeSet<&String> = over.into_iter().flat_map(|over| enabled(over).into_iter().chain([over])).collect();
        Extra {
            feature: name.clone(),
            over: over.cloned(),
            with: below.difference(&covered).map(|name| (*name).clone()).collect(),
        }
    };
    Ok(names.iter().map(extra).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::feature_plan::FeatureTable;

    fn planned(table: &[(&str, &[&str])], names: &[&str]) -> Result<Vec<String>, String> {
        let strings = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let table: FeatureTable = table.iter().map(|(name, enabled)| (name.to_string(), strings(enabled))).collect();
        let asked = Asked { table: &table, on: &strings(&["default"]), kept: &[], parts: &[] };
        let said = |extra: Extra| {
            format!("{} over {} with {}", extra.feature, extra.over.as_deref().unwrap_or("-"), extra.with.join(" "))
        };
        Ok(extras(&asked, &strings(names))?.into_iter().map(said).collect())
    }

    #[test]
    fn an_extra_that_builds_on_another_is_compared_with_it() {
        let table: &[(&str, &[&str])] = &[
            ("default", &["http"]),
            ("http", &[]),
            ("flat", &["http"]),
            ("graph", &["flat"]),
            ("all", &["graph", "voice"]),
            ("voice", &[]),
        ];
        assert_eq!(
            planned(table, &["graph", "flat", "voice", "all"]).unwrap(),
            ["graph over flat with ", "flat over - with ", "voice over - with ", "all over graph with voice"]
        );
        assert_eq!(planned(table, &["graph"]).unwrap(), ["graph over - with "], "an extra that nobody named is no row");
    }

    #[test]
    fn extras_that_enable_each_other_are_one() {
        let table: &[(&str, &[&str])] = &[("a", &["b"]), ("b", &["a"])];
        assert_eq!(planned(table, &["a", "b"]).unwrap(), ["a over - with b", "b over - with a"]);
    }

    #[test]
    fn what_is_on_or_unknown_is_no_extra() {
        let table: &[(&str, &[&str])] = &[("default", &["http"]), ("http", &[])];
        assert!(planned(table, &["http"]).unwrap_err().contains("name it among the parts"));
        assert!(planned(table, &["htpt"]).unwrap_err().contains("none of the package's features"));
    }
}
