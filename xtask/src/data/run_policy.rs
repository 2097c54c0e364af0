//! The part `[run]` of a policy: which scenarios there are, what they run, and how long a start should take.

use super::{policy::Policy, variant::Variant};
use runner_protocol::Engine;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What `cargo xtask run` plays.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RunPolicy {
    /// The folder of the scenarios, relative to the policy's folder.
    pub scenarios: Option<String>,
    /// What scenarios call an artifact -> where it comes from.
    #[serde(default)]
    pub artifact: BTreeMap<String, RunArtifact>,
    /// Engine -> how long it should take to start, in milliseconds: shown with how far it is, never judged.
    #[serde(default)]
    pub start_budget_ms: BTreeMap<Engine, u64>,
}

/// Where the files of an artifact come from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RunArtifact {
    /// The variants that are run, at most one a target: the files that `size` ships.
    pub variants: Vec<Variant>,
    /// The package whose binary on this machine is the reference.
    pub native: Option<String>,
}

impl RunArtifact {
    /// The variant that is run where `target` is wanted.
    pub fn variant(&self, target: &str) -> Option<&Variant> {
        self.variants.iter().find(|variant| variant.target == target)
    }
}

/// Checks the part against the rest of the policy.
///
/// # Errors
/// One message that names the key and the cure.
pub fn check(policy: &Policy) -> Result<(), String> {
    let known: Vec<Variant> = policy.cells().into_iter().map(|cell| cell.variant).collect();
    for (name, artifact) in &policy.run.artifact {
        for variant in &artifact.variants {
            if !known.contains(variant) {
                return Err(format!(
                    "run.artifact.{name} names {variant}, which the matrix does not have: add it, or name another"
                ));
            }
            if artifact.variants.iter().filter(|other| other.target == variant.target).count() > 1 {
                return Err(format!("run.artifact.{name} names two variants for {}: leave one", variant.target));
            }
        }
    }
    match &policy.run.scenarios {
        None if !policy.run.artifact.is_empty() => Err("[run.artifact] without `scenarios` in [run]: name their folder".into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use crate::data::policy::Policy;

    const HEAD: &str = "schema = 1\n[[subject]]\npackage = \"app\"\nmatrix = [{ targets = [\"wasm32-wasip2\"], profiles = [\"p\"], allocators = [\"default\"] }]\n";

    fn read(run: &str) -> Result<Policy, String> {
        Policy::parse(&format!("{HEAD}{run}"))
    }

    #[test]
    fn artifacts_are_found_by_target() {
        let policy = read("[run]\nscenarios = \"s\"\n[run.start-budget-ms]\nwasmtime-jit = 50\n[run.artifact.a]\nvariants = [\"app/wasm32-wasip2/p/default\"]\n").unwrap();
        let artifact = &policy.run.artifact["a"];
        assert_eq!(artifact.variant("wasm32-wasip2").unwrap().to_string(), "app/wasm32-wasip2/p/default");
        assert_eq!(artifact.variant("wasm32-wasip1"), None);
    }

    #[test]
    fn what_cannot_be_run_is_refused() {
        let cases = [
            (
                "[run]\nscenarios = \"s\"\n[run.artifact.a]\nvariants = [\"app/wasm32-wasip2/p/talc\"]\n",
                "which the matrix does not have",
            ),
            ("[run.artifact.a]\nvariants = [\"app/wasm32-wasip2/p/default\"]\n", "without `scenarios`"),
            (
                "[run]\nscenarios = \"s\"\n[run.artifact.a]\nvariants = [\"app/wasm32-wasip2/p/default\", \"app/wasm32-wasip2/p/default\"]\n",
                "two variants",
            ),
            ("[run]\nscenario = \"s\"\n", "unknown field"),
            ("[run.start-budget-ms]\nwasmtime = 5\n", "unknown variant"),
        ];
        for (text, want) in cases {
            let error = read(text).unwrap_err();
            assert!(error.contains(want), "{error} should contain {want}");
        }
    }
}
