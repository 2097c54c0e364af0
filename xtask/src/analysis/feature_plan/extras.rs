//! Which features to build with so that one more is on: an extra that builds on another is compared with that one.

use super::{Asked, Build, Builds, Comparison, closure};
use crate::data::feature_cost::Difference;
use std::collections::BTreeSet;

/// A comparison for each of `names`, the extras that the policy names, in their order, where `on` is on without them.
///
/// # Errors
/// An extra that the package does not have, or that is on without being asked for.
pub fn plan(asked: &Asked, on: &BTreeSet<String>, names: &[String]) -> Result<Vec<Comparison>, String> {
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
        let with = below.difference(&covered).map(|name| (*name).clone()).collect();
        let without = over.cloned().map_or(Build::Whole, Build::And);
        Comparison {
            difference: Difference::Extra { feature: name.clone(), over: over.cloned(), with },
            builds: Builds::Two { with: Build::And(name.clone()), without },
        }
    };
    Ok(names.iter().map(extra).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::feature_plan::FeatureTable;

    fn said(comparison: Comparison) -> String {
        let Difference::Extra { feature, over, with } = comparison.difference else { panic!("it adds nothing") };
        let without = over.clone().map_or(Build::Whole, Build::And);
        assert_eq!(comparison.builds, Builds::Two { with: Build::And(feature.clone()), without });
        format!("{feature} over {} with {}", over.as_deref().unwrap_or("-"), with.join(" "))
    }

    fn planned(table: &[(&str, &[&str])], names: &[&str]) -> Result<Vec<String>, String> {
        let strings = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let table: FeatureTable = table.iter().map(|(name, enabled)| (name.to_string(), strings(enabled))).collect();
        let asked = Asked { table: &table, on: &strings(&["default"]), kept: &[], parts: &[] };
        let on = closure(asked.table, asked.on);
        Ok(plan(&asked, &on, &strings(names))?.into_iter().map(said).collect())
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
