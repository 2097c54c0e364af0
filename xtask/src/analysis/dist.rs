//! Releases as values: what a machine can build of one, what is wrong with it, how parts of several machines become one.

mod changelog;
mod merge;

pub use changelog::{Section, section};
pub use merge::merge;

use crate::data::{
    dist::{Bound, BoundKind, DistFinding, Release},
    metric::Metric,
    policy::Policy,
    verdict::Outcome,
};
use std::collections::BTreeMap;

/// How a native target can be had on a machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// As `cargo xtask pgo build` makes it: trained here, with a profile.
    Trained,
    /// With the same settings and no profile.
    Plain {
        /// Why there is no profile.
        reason: String,
    },
    /// Not at all.
    NotHere {
        /// Why, and the cure.
        reason: String,
    },
}

/// How `target` can be had on `host`, where the policy releases a program that is linked with musl or not.
pub fn way(host: &str, target: &str, is_musl: bool) -> Way {
    let musl_host = host.strip_suffix("-linux-gnu").map(|start| format!("{start}-linux-musl"));
    let own = if is_musl { musl_host.as_deref() } else { Some(host) };
    if own == Some(target) && host.contains("-linux-") {
        return Way::Trained;
    }
    if musl_host.is_some() && target.ends_with("-linux-musl") {
        let reason = match processor(target) == processor(host) {
            true => "the program that is trained here is linked with another C library".to_string(),
            false => format!("the program for {} cannot be trained on {}: build it there", processor(target), processor(host)),
        };
        return Way::Plain { reason };
    }
    if host == target {
        return Way::Plain { reason: "profiles are made and proved on Linux only".into() };
    }
    let there = match target {
        _ if target.contains("-apple-") => "macOS",
        _ if target.contains("-windows-") => "Windows",
        _ if target.contains("-linux-") => "Linux",
        _ => "such a machine",
    };
    Way::NotHere {
        reason: format!("{host} has no linker and no system libraries for it: build it on {there} ({})", processor(target)),
    }
}

fn processor(triple: &str) -> &str {
    triple.split('-').next().unwrap_or_default()
}

/// The bounds of the policy for a variant whose values are `metrics`; the tighter one of a metric is enough.
pub fn bounds(policy: &Policy, variant: &str, metrics: &BTreeMap<Metric, u64>) -> Vec<Bound> {
    let tightest = |(metric, value): (&Metric, &u64)| {
        let budget = policy.budget(variant, *metric).map(|max| (max, BoundKind::Budget));
        let limit = policy.limit(variant, *metric).map(|max| (max, BoundKind::Limit));
        let (max, kind) = budget.into_iter().chain(limit).min_by_key(|(max, _)| *max)?;
        Some(Bound { kind, metric: *metric, max, value: *value })
    };
    metrics.iter().filter_map(tightest).collect()
}

/// Judges a release: each file by its bounds; where `complete` names the targets that it has to have, those too.
pub fn judge(release: &mut Release, complete: Option<&[&str]>) {
    let over = release.files.iter().flat_map(|file| {
        let over = file.bounds.iter().filter(|bound| bound.value > bound.max);
        over.map(|bound| DistFinding::Over { file: file.file.clone(), bound: bound.clone() })
    });
    let lacks = complete.unwrap_or_default().iter().filter(|target| release.files.iter().all(|file| file.target != **target));
    let findings = over.chain(lacks.map(|target| DistFinding::Lacks { target: (*target).to_string() })).collect();
    release.findings = findings;
    release.outcome = if release.findings.is_empty() { Outcome::Pass } else { Outcome::Fail };
}

/// Hashes and names as `sha256sum --check` reads them.
pub fn sums<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    files.into_iter().map(|(name, sha256)| format!("{sha256}  {name}\n")).collect()
}

#[cfg(test)]
pub(crate) mod tests;
