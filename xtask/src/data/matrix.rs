//! From a policy's text to its cells: every rule that a policy must keep is checked here, before anything runs.

mod rules;

use super::{
    adr, alloc_policy, curve, dist_policy,
    metric::Metric,
    pgo_policy,
    policy::{Allocator, POLICY_SCHEMA, Policy, Product, Subject, Tolerance},
    profile::Profile,
    run_policy,
    variant::{self, Variant},
};
use serde::Deserialize;
use std::collections::BTreeSet;

/// One thing to build: a variant and what the policy says of it.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Its id.
    pub variant: Variant,
    /// The subject that it belongs to; for a floor the subject whose floor it is.
    pub subject: Subject,
    /// How it is compiled.
    pub profile: Profile,
    /// The cargo features to build it with.
    pub features: Vec<String>,
    /// What a reader of the table must know of its allocator.
    pub note: Option<String>,
    /// Which part it plays.
    pub part: Part,
}

/// Which part a cell plays in the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A subject, with the floor that it is compared to.
    Subject {
        /// Absent where no hello-world can be built the same way.
        floor: Option<Variant>,
    },
    /// The hello-world, from a package of the workspace.
    Floor,
    /// The hello-world that the tool brings.
    BuiltInFloor,
}

/// The subject's name of the hello-world that the tool brings.
pub const BUILT_IN_FLOOR: &str = "hello-world";

impl Cell {
    /// The name of cargo's own profile.
    pub fn cargo_profile(&self) -> &str {
        self.profile.cargo_profile.as_deref().unwrap_or(&self.variant.profile)
    }
}

impl Subject {
    /// The variant that stands for the package where one has to: `parts-variant`, else the first of the matrix.
    pub fn shown_variant(&self) -> Option<Variant> {
        let named = self.parts_variant.as_deref().and_then(|id| id.parse().ok());
        named.or_else(|| variants(self).into_iter().next())
    }
}

impl Policy {
    /// Reads a policy's text and checks it.
    ///
    /// # Errors
    /// One message that names the key and the cure.
    pub fn parse(text: &str) -> Result<Policy, String> {
        #[derive(Deserialize)]
        struct Head {
            schema: Option<u32>,
        }
        let head: Head = toml::from_str(text).map_err(|error| error.to_string())?;
        match head.schema {
            Some(POLICY_SCHEMA) => {}
            Some(other) => return Err(format!("schema = {other}, but this tool reads schema {POLICY_SCHEMA}")),
            None => return Err(format!("`schema = {POLICY_SCHEMA}` is missing")),
        }
        let policy: Policy = toml::from_str(text).map_err(|error| error.to_string())?;
        policy.check()?;
        Ok(policy)
    }

    /// Every cell: each subject's, in the policy's order, then each floor once.
    pub fn cells(&self) -> Vec<Cell> {
        let mut cells = Vec::new();
        let mut floors: Vec<Cell> = Vec::new();
        for subject in &self.subject {
            for variant in variants(subject) {
                let allocator = self.allocator_named(&variant.allocator);
                let profile = self.profile.get(&variant.profile).cloned().unwrap_or_default();
                let floor = floor_of(subject, &variant, &allocator, &profile);
                let part = Part::Subject { floor: floor.as_ref().map(|floor| floor.variant.clone()) };
                floors.extend(floor);
                let features = subject.features.iter().chain(&allocator.features).cloned().collect();
                cells.push(Cell { variant, subject: subject.clone(), profile, features, note: allocator.note, part });
            }
        }
        let mut seen: BTreeSet<Variant> = cells.iter().map(|cell| cell.variant.clone()).collect();
        floors.retain(|floor| seen.insert(floor.variant.clone()));
        cells.extend(floors);
        cells
    }

    fn allocator_named(&self, name: &str) -> Allocator {
        self.allocator.get(name).cloned().unwrap_or_default()
    }

    fn check(&self) -> Result<(), String> {
        if self.subject.is_empty() && self.pgo.is_empty() {
            return Err("the matrix is empty: add a [[subject]] with a package and a [[subject.matrix]]".into());
        }
        let mut seen = BTreeSet::new();
        for subject in &self.subject {
            self.check_subject(subject)?;
            for variant in variants(subject) {
                if !seen.insert(variant.clone()) {
                    return Err(format!("{variant} stands twice in the matrix"));
                }
            }
        }
        for (metric, policy) in &self.metric {
            if policy.reason.as_deref().is_some_and(|reason| reason.trim().is_empty()) {
                return Err(format!("metric.{metric}: `reason` is empty: say why, or leave it out"));
            }
            if matches!(policy.tolerance, Tolerance::Gate(true)) {
                return Err(format!("metric.{metric}: tolerance is a number of units, or false to only record it"));
            }
        }
        self.check_caps()?;
        run_policy::check(self)?;
        alloc_policy::check(self)?;
        pgo_policy::check(self)?;
        dist_policy::check(self)?;
        adr::check(self)?;
        curve::check(self)?;
        rules::check(self)
    }

    fn check_subject(&self, subject: &Subject) -> Result<(), String> {
        let package = &subject.package;
        if subject.floor.as_ref() == Some(package) {
            return Err(format!("`{package}` is named as its own floor: name the hello-world's package, or leave `floor` out"));
        }
        let count: usize = subject.matrix.iter().map(|m| m.targets.len() * m.profiles.len() * m.allocators.len()).sum();
        if count == 0 {
            return Err(format!("the matrix of `{package}` is empty: name at least one target, profile and allocator"));
        }
        let names = subject.matrix.iter().flat_map(|m| m.targets.iter().chain(&m.profiles).chain(&m.allocators));
        if let Some(bad) = names.chain([package]).chain(&subject.floor).find(|name| !variant::is_name(name)) {
            return Err(format!(
                "`{bad}` in subject `{package}` cannot be part of a variant's id: use letters, digits, `_`, `-` and `.`"
            ));
        }
        let known: Vec<&str> = self.allocator.keys().map(String::as_str).chain(["default"]).collect();
        for name in subject.matrix.iter().flat_map(|m| &m.allocators) {
            if !known.contains(&name.as_str()) {
                return Err(unknown_allocator(name, package, &known));
            }
        }
        match subject.matrix.iter().flat_map(|m| &m.targets).find(|target| !target.starts_with("wasm32-")) {
            Some(target) => Err(format!(
                "`{target}` in subject `{package}` is no wasm target: `size` measures wasm32-wasip1 and wasm32-wasip2"
            )),
            None => Ok(()),
        }
    }

    fn check_caps(&self) -> Result<(), String> {
        let cells = self.cells();
        for (table, caps) in [("limit", &self.limit), ("budget", &self.budget)] {
            for cap in caps {
                if cap.reason.as_deref().is_some_and(|reason| reason.trim().is_empty()) {
                    return Err(format!("[[{table}]] `{}` has an empty `reason`: say why, or leave it out", cap.variants));
                }
                if cap.max.is_empty() {
                    return Err(format!("[[{table}]] `{}` has no `max`: name a metric and its highest value", cap.variants));
                }
                if !cells.iter().any(|cell| variant::matches(&cap.variants, &cell.variant.to_string())) {
                    return Err(format!("[[{table}]] `{}` selects no variant of the matrix", cap.variants));
                }
            }
        }
        for cell in &cells {
            let id = cell.variant.to_string();
            for metric in Metric::ALL {
                if let (Some(budget), Some(limit)) = (self.budget(&id, metric), self.limit(&id, metric))
                    && budget > limit
                {
                    return Err(format!("the budget of {id} for {metric}, {budget}, is above its limit {limit}"));
                }
            }
        }
        Ok(())
    }
}

fn variants(subject: &Subject) -> Vec<Variant> {
    let mut variants = Vec::new();
    for matrix in &subject.matrix {
        for target in &matrix.targets {
            for profile in &matrix.profiles {
                variants.extend(matrix.allocators.iter().map(|allocator| Variant {
                    subject: subject.package.clone(),
                    target: target.clone(),
                    profile: profile.clone(),
                    allocator: allocator.clone(),
                }));
            }
        }
    }
    variants
}

fn floor_of(subject: &Subject, variant: &Variant, allocator: &Allocator, profile: &Profile) -> Option<Cell> {
    let (name, part) = match &subject.floor {
        Some(package) => (package.clone(), Part::Floor),
        // The tool's own hello-world knows nothing of the workspace's allocator features, and a library can be smaller than a program.
        None if allocator.features.is_empty() && subject.product() != Product::Lib => {
            (BUILT_IN_FLOOR.to_string(), Part::BuiltInFloor)
        }
        None => return None,
    };
    let features = match part {
        Part::BuiltInFloor => Vec::new(),
        _ => allocator.features.clone(),
    };
    let own = Subject {
        package: name.clone(),
        bin: None,
        lib: false,
        floor: None,
        features: Vec::new(),
        // A hello-world is not shipped: what std links into it is nobody's mistake.
        forbidden_symbols: Vec::new(),
        certify: Vec::new(),
        default_features: true,
        ..subject.clone()
    };
    Some(Cell {
        variant: Variant { subject: name, ..variant.clone() },
        subject: own,
        profile: profile.clone(),
        features,
        note: allocator.note.clone(),
        part,
    })
}

fn unknown_allocator(name: &str, package: &str, known: &[&str]) -> String {
    let nearest = known.iter().min_by_key(|candidate| edit_distance(name, candidate));
    let hint = nearest.filter(|candidate| edit_distance(name, candidate) <= 2).map(|c| format!(" (did you mean `{c}`?)"));
    format!(
        "subject `{package}` names the allocator `{name}`{}: known are {}; add [allocator.{name}] for another",
        hint.unwrap_or_default(),
        known.join(", ")
    )
}

/// Levenshtein's distance, row by row.
fn edit_distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.chars().enumerate() {
            let substituted = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.chars().count()]
}

#[cfg(test)]
mod tests;
