//! Parts of a release that several machines built, as one.

use super::judge;
use crate::data::{
    dist::{DIST_SCHEMA, Release},
    verdict::Outcome,
};
use std::collections::BTreeSet;

/// One release of `parts`, judged: it has to have a file for each of `targets`, in whose order they are.
///
/// # Errors
/// One message: the parts are not of the same release, or two have the same file.
pub fn merge(parts: Vec<Release>, targets: &[&str]) -> Result<Release, String> {
    let Some(first) = parts.first().cloned() else {
        return Err("there is no part to put together".into());
    };
    let mut whole = Release {
        files: Vec::new(),
        not_built: Vec::new(),
        notes: Vec::new(),
        findings: Vec::new(),
        outcome: Outcome::Pass,
        ..first
    };
    for part in parts {
        if part.schema != DIST_SCHEMA {
            return Err(format!("a part has schema {}, this tool reads {DIST_SCHEMA}", part.schema));
        }
        for (what, one, other) in [
            ("program", Some(&whole.name), Some(&part.name)),
            ("version", Some(&whole.version), Some(&part.version)),
            ("tag", whole.tag.as_ref(), part.tag.as_ref()),
            ("commit", whole.commit.as_ref(), part.commit.as_ref()),
        ] {
            if one != other {
                let shown = |value: Option<&String>| value.map_or("none", String::as_str).to_string();
                return Err(format!("the parts are of two releases: {what} {} and {}", shown(one), shown(other)));
            }
        }
        whole.dirty |= part.dirty;
        whole.files.extend(part.files);
        whole.notes.extend(part.notes);
    }
    let mut seen = BTreeSet::new();
    if let Some(twice) = whole.files.iter().find(|file| !seen.insert(&file.target) || !seen.insert(&file.file)) {
        return Err(format!("two parts have {} for {}", twice.file, twice.target));
    }
    let place = |target: &str| targets.iter().position(|known| *known == target).unwrap_or(targets.len());
    whole.files.sort_by_key(|file| place(&file.target));
    whole.notes.sort();
    whole.notes.dedup();
    judge(&mut whole, Some(targets));
    Ok(whole)
}
