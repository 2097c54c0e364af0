//! The rules for the keys of a policy that name variants: profiles, forbidden symbols, parts and goals.

use super::{Cell, Part};
use crate::data::{
    policy::{Policy, Subject},
    variant::matches,
};
use std::collections::BTreeSet;

/// Checks them all.
///
/// # Errors
/// One message that names the key and the cure.
pub fn check(policy: &Policy) -> Result<(), String> {
    let cells = policy.cells();
    profiles(policy, &cells)?;
    for subject in &policy.subject {
        let own = |cell: &&Cell| matches!(cell.part, Part::Subject { .. }) && cell.subject.package == subject.package;
        let ids: Vec<String> = cells.iter().filter(own).map(|cell| cell.variant.to_string()).collect();
        if subject.bin.is_some() && subject.lib {
            return Err(format!("`{}` names both `bin` and `lib`: a subject is one file", subject.package));
        }
        forbidden_symbols(subject, &ids)?;
        parts(subject, &ids)?;
    }
    goals(policy, &cells)
}

fn profiles(policy: &Policy, cells: &[Cell]) -> Result<(), String> {
    for (name, profile) in &policy.profile {
        profile.check(name)?;
        if !cells.iter().any(|cell| cell.variant.profile == *name) {
            return Err(format!("profile.{name} is in no matrix: name it in `profiles`, or leave it out"));
        }
    }
    Ok(())
}

/// A list without patterns, or one that holds nowhere, would look like a check that found nothing.
fn forbidden_symbols(subject: &Subject, ids: &[String]) -> Result<(), String> {
    let package = &subject.package;
    for entry in &subject.forbidden_symbols {
        if entry.symbols().is_empty() || entry.symbols().iter().any(|symbol| symbol.trim().is_empty()) {
            return Err(format!(
                "forbidden-symbols of `{package}` has an empty pattern or list: name a function, or leave it out"
            ));
        }
        if !ids.iter().any(|id| entry.covers(id)) {
            return Err(format!(
                "forbidden-symbols of `{package}`: the `variants` of {:?} select none of its variants",
                entry.symbols()
            ));
        }
    }
    Ok(())
}

fn parts(subject: &Subject, ids: &[String]) -> Result<(), String> {
    let package = &subject.package;
    if let Some(id) = subject.parts_variant.as_ref().filter(|id| !ids.contains(id)) {
        return Err(format!(
            "parts-variant of `{package}` is `{id}`, which is none of its variants: they are {}",
            ids.join(", ")
        ));
    }
    let mut seen = BTreeSet::new();
    match subject.parts.iter().chain(&subject.extras).find(|part| !seen.insert(*part)) {
        Some(part) => Err(format!("parts and extras of `{package}` name `{part}` twice")),
        None => Ok(()),
    }
}

fn goals(policy: &Policy, cells: &[Cell]) -> Result<(), String> {
    for goal in &policy.goal {
        if goal.metrics.is_empty() {
            return Err(format!("[[goal]] `{}` has no metric: name one and the value to come down to", goal.variants));
        }
        let selects =
            |cell: &Cell| matches!(cell.part, Part::Subject { .. }) && matches(&goal.variants, &cell.variant.to_string());
        if !cells.iter().any(selects) {
            return Err(format!("[[goal]] `{}` selects no subject of the matrix", goal.variants));
        }
    }
    Ok(())
}
