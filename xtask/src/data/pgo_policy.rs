//! The part `[pgo]` of a policy: which programs are built with profiles, what trains them, and what they are proved on.

mod ship;
mod work;

pub use ship::Ship;
pub use work::{CommandWork, Work};

use super::{
    pgo::build::{Build, Profile, Settings},
    policy::Policy,
    variant::is_name,
};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// What `cargo xtask pgo` builds and proves, by name.
pub type PgoPolicy = BTreeMap<String, PgoSubject>;

/// One program.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PgoSubject {
    /// The cargo package.
    pub package: String,
    /// Its binary; without it the one of the package's name.
    pub bin: Option<String>,
    /// Cargo features besides the default ones.
    #[serde(default)]
    pub features: Vec<String>,
    /// Flags for rustc in every build.
    #[serde(default)]
    pub rustflags: Vec<String>,
    /// Folders of scenarios, relative to the policy's folder; without it that of `[run]`.
    #[serde(default)]
    pub scenarios: Vec<String>,
    /// What scenarios call the program; without it the package's name.
    pub artifact: Option<String>,
    /// What the program is profiled on.
    pub train: Vec<Work>,
    /// What the gain is measured on: nothing of it is in `train`.
    pub held_out: Vec<Work>,
    /// The least that the program can do: its time is the time of a start.
    pub start: Option<Work>,
    /// An unrelated workload: a profile of it must not look like a gain.
    #[serde(default)]
    pub control: Vec<Work>,
    /// What is released, where that is not the build with the profile alone: what `pgo build` makes.
    pub ship: Option<Ship>,
}

impl PgoSubject {
    /// The binary's name.
    pub fn bin(&self) -> &str {
        self.bin.as_deref().unwrap_or(&self.package)
    }

    /// What scenarios call the program.
    pub fn artifact(&self) -> &str {
        self.artifact.as_deref().unwrap_or(&self.package)
    }

    /// The builds that say whether the profile is worth something, and the one that is released.
    pub fn quick(&self) -> Vec<Build> {
        Build::QUICK.into_iter().chain(self.ship.map(|_| Build::Shipped)).collect()
    }

    /// Every build that is compared.
    pub fn compared(&self) -> Vec<Build> {
        Build::COMPARED.into_iter().filter(|build| *build != Build::Shipped || self.ship.is_some()).collect()
    }

    /// How a build of this program is made.
    pub fn settings(&self, build: Build) -> Settings {
        match (build, self.ship) {
            (Build::Shipped, Some(ship)) => ship.settings(),
            (Build::ShippedInstrumented, Some(ship)) => Settings { profile: Profile::Writes, ..ship.settings() },
            _ => build.settings(),
        }
    }

    /// What a build is, for a reader of the table.
    pub fn summary(&self, build: Build) -> String {
        match (build, self.ship) {
            (Build::Shipped, Some(ship)) => ship.to_string(),
            _ => build.summary().to_string(),
        }
    }

    /// Every list of work, with the key that it has in the policy.
    pub fn lists(&self) -> [(&'static str, Vec<&Work>); 4] {
        [
            ("train", self.train.iter().collect()),
            ("held-out", self.held_out.iter().collect()),
            ("start", self.start.iter().collect()),
            ("control", self.control.iter().collect()),
        ]
    }
}

/// Checks the part against the rest of the policy.
///
/// # Errors
/// One message that names the key and the cure.
pub fn check(policy: &Policy) -> Result<(), String> {
    for (name, subject) in &policy.pgo {
        let at = |said: String| format!("pgo.{name}{said}");
        if !is_name(name) {
            return Err(at(": a subject's name has letters, digits, `_`, `-` and `.`".into()));
        }
        if let Some(ship) = &subject.ship {
            ship.check().map_err(|said| at(format!(".ship: {said}")))?;
        }
        if subject.train.is_empty() || subject.held_out.is_empty() {
            return Err(at(": `train` and `held-out` need at least one workload each".into()));
        }
        for (list, works) in subject.lists() {
            let mut names = BTreeSet::new();
            for work in works {
                work.check().map_err(|said| at(format!(".{list}: {said}")))?;
                if !names.insert(work.name()) {
                    return Err(at(format!(".{list}: `{}` stands there twice: give one of them another `name`", work.name())));
                }
            }
        }
        if let Some(both) = subject.held_out.iter().find(|work| subject.train.iter().any(|other| other.is_same_work(work))) {
            return Err(at(format!(
                ".held-out: `{}` is trained on too, and so proves nothing: leave it out of one of them",
                both.name()
            )));
        }
        let plays = subject.lists().into_iter().flat_map(|(_, works)| works).any(|work| matches!(work, Work::Scenario(_)));
        if plays && subject.scenarios.is_empty() && policy.run.scenarios.is_none() {
            return Err(at(": it names scenarios, and neither it nor [run] says where they are: add `scenarios`".into()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
