//! The part `[dist]` of a policy: which files a release has.

use super::{matrix::Part, policy::Policy, variant::Variant};
use serde::Deserialize;
use std::collections::BTreeSet;

/// What `cargo xtask dist` builds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DistPolicy {
    /// The `[pgo.NAME]` whose program is released: its package gives the version, its binary the name.
    pub program: String,
    /// The variants that are released, at most one a target.
    #[serde(default)]
    pub variants: Vec<Variant>,
    /// The targets of the native program.
    #[serde(default)]
    pub natives: Vec<String>,
    /// The most bytes that a native file may have.
    pub native_limit_bytes: u64,
}

impl DistPolicy {
    /// Every target of a release, in the order of the policy.
    pub fn targets(&self) -> Vec<&str> {
        let natives = self.natives.iter().map(String::as_str);
        self.variants.iter().map(|variant| variant.target.as_str()).chain(natives).collect()
    }
}

/// Checks the part against the rest of the policy.
///
/// # Errors
/// One message that names the key and the cure.
pub fn check(policy: &Policy) -> Result<(), String> {
    let Some(dist) = &policy.dist else { return Ok(()) };
    if !policy.pgo.contains_key(&dist.program) {
        return Err(format!(
            "dist.program is `{}`, and there is no [pgo.{}]: add it, or name another",
            dist.program, dist.program
        ));
    }
    let cells = policy.cells();
    let is_subject =
        |variant: &Variant| cells.iter().any(|cell| cell.variant == *variant && matches!(cell.part, Part::Subject { .. }));
    if let Some(variant) = dist.variants.iter().find(|variant| !is_subject(variant)) {
        return Err(format!("dist.variants names {variant}, which the matrix does not have: add it, or name another"));
    }
    let targets = dist.targets();
    if targets.is_empty() {
        return Err("[dist] names no file: add `variants` or `natives`".into());
    }
    let mut seen = BTreeSet::new();
    if let Some(twice) = targets.iter().find(|target| !seen.insert(**target)) {
        return Err(format!("[dist] has two files for {twice}: a release has one a target"));
    }
    match dist.natives.iter().find(|target| target.starts_with("wasm") || target.split('-').count() < 3) {
        Some(target) => {
            Err(format!("dist.natives names `{target}`, which is no native target triple: variants go into `variants`"))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use crate::data::policy::Policy;

    const HEAD: &str = "schema = 1\n[[subject]]\npackage = \"app\"\nmatrix = [{ targets = [\"wasm32-wasip2\"], profiles = [\"p\"], allocators = [\"default\"] }]\n\
                        [pgo.app]\npackage = \"app\"\ntrain = [{ arguments = [\"a\"] }]\nheld-out = [{ arguments = [\"b\"] }]\n";

    fn read(text: &str) -> Result<Policy, String> {
        Policy::parse(&format!("{HEAD}[dist]\n{text}"))
    }

    #[test]
    fn targets_are_in_the_order_of_the_policy() {
        let policy = read(
            "program = \"app\"\nvariants = [\"app/wasm32-wasip2/p/default\"]\nnatives = [\"x86_64-unknown-linux-musl\"]\nnative-limit-bytes = 9\n",
        );
        assert_eq!(policy.unwrap().dist.unwrap().targets(), ["wasm32-wasip2", "x86_64-unknown-linux-musl"]);
    }

    #[test]
    fn mistakes_name_the_key() {
        for (text, want) in [
            ("program = \"x\"\nnative-limit-bytes = 9\n", "there is no [pgo.x]"),
            ("program = \"app\"\nnative-limit-bytes = 9\n", "names no file"),
            ("program = \"app\"\nnatives = [\"a-b-c\"]\n", "native-limit-bytes"),
            ("program = \"app\"\nnatives = [\"a-b-c\", \"a-b-c\"]\nnative-limit-bytes = 9\n", "two files for a-b-c"),
            ("program = \"app\"\nnatives = [\"wasm32-wasip1\"]\nnative-limit-bytes = 9\n", "no native target"),
            (
                "program = \"app\"\nvariants = [\"app/wasm32-wasip1/p/default\"]\nnative-limit-bytes = 9\n",
                "the matrix does not have",
            ),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(want), "{error} should contain {want}");
        }
    }
}
