//! The part `[alloc]` of a policy: which allocators are compared, on what, and what each has to be.

use super::{
    policy::Policy,
    variant::{Variant, is_name},
};
use alloc_bench::certify::Check;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What `cargo xtask alloc` compares.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AllocPolicy {
    /// The package of the guest that replays and certifies, built once with the features of each allocator.
    pub package: String,
    /// Its binary.
    pub bin: String,
    /// The profile that it is built with.
    pub profile: String,
    /// The subject that the allocators are for: its size counts, and it is what has to end well where memory ends.
    pub subject: String,
    /// The scenario in which the subject asks for more memory than there is.
    pub cap_scenario: String,
    /// The folder of the recorded traces, relative to the policy's folder.
    pub traces: Option<String>,
    /// Names of [`Policy::allocator`], or `default`.
    pub allocators: Vec<String>,
    /// Those that never give a block out again: certified for programs of one shot only.
    #[serde(default)]
    pub one_shot: Vec<String>,
    /// The workload that is timed.
    pub timed: String,
    /// What an allocator should keep to: shown, never judged.
    #[serde(default)]
    pub budget: AllocBudget,
    /// Allocators broken on purpose, by name.
    #[serde(default)]
    pub control: BTreeMap<String, Control>,
    /// How traces are recorded.
    pub record: Option<RecordPolicy>,
}

impl AllocPolicy {
    /// The subject's variant with an allocator, as a component.
    pub fn subject_variant(&self, allocator: &str) -> Variant {
        let (subject, target) = (self.subject.clone(), "wasm32-wasip2".to_string());
        Variant { subject, target, profile: self.profile.clone(), allocator: allocator.into() }
    }
}

/// What an allocator should keep to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AllocBudget {
    /// How much larger the subject may be with it than with the target's own allocator.
    pub over_default_bytes: Option<u64>,
    /// How much of the heap may hold nothing after 10,000 mixed allocations, in parts per million.
    pub idle_ppm: Option<u64>,
}

/// An allocator that certification has to refuse.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Control {
    /// The features of the guest that choose it.
    pub features: Vec<String>,
    /// The check that has to refuse it: all before it pass.
    pub check: String,
    /// Words that the reason has to have.
    pub reason: String,
}

/// How `cargo xtask alloc record` records traces.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RecordPolicy {
    /// The variant that is built once more, with tracing.
    pub variant: Variant,
    /// The cargo feature that traces.
    pub feature: String,
    /// The argument that has the program write its log.
    pub argument: String,
    /// The scenarios that are played; each step becomes a trace.
    pub scenarios: Vec<String>,
    /// The package of the other programs that are recorded.
    pub scenes: Option<String>,
}

/// Checks the part against the rest of the policy.
///
/// # Errors
/// One message that names the key and the cure.
pub fn check(policy: &Policy) -> Result<(), String> {
    let Some(alloc) = &policy.alloc else { return Ok(()) };
    let known: Vec<&str> = policy.allocator.keys().map(String::as_str).chain(["default"]).collect();
    if alloc.allocators.is_empty() {
        return Err("alloc.allocators is empty: name at least one allocator".into());
    }
    if let Some(name) = alloc.allocators.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(format!(
            "alloc.allocators names `{name}`: known are {}; add [allocator.{name}] for another",
            known.join(", ")
        ));
    }
    if let Some(name) =
        alloc.allocators.iter().enumerate().find_map(|(at, name)| alloc.allocators[..at].contains(name).then_some(name))
    {
        return Err(format!("alloc.allocators names `{name}` twice: leave one"));
    }
    if let Some(name) = alloc.one_shot.iter().find(|name| !alloc.allocators.contains(name)) {
        return Err(format!("alloc.one-shot names `{name}`, which is not in alloc.allocators: add it there, or leave it out"));
    }
    for (name, control) in &alloc.control {
        if !is_name(name) || alloc.allocators.contains(name) {
            return Err(format!("alloc.control.{name}: a control needs a name of its own, of letters, digits, `_`, `-` and `.`"));
        }
        if check_named(&control.check).is_none() {
            let names = Check::ALL.map(Check::name).join(", ");
            return Err(format!("alloc.control.{name}: `{}` is no check: one of {names}", control.check));
        }
        if control.reason.trim().is_empty() {
            return Err(format!("alloc.control.{name}: `reason` is empty: write words that the refusal has to have"));
        }
    }
    let cells = policy.cells();
    let lacks = |name: &&String| !cells.iter().any(|cell| cell.variant == alloc.subject_variant(name));
    match alloc.allocators.iter().find(lacks) {
        Some(name) => Err(format!("alloc.subject: the matrix does not have {}: add it", alloc.subject_variant(name))),
        None => Ok(()),
    }
}

/// The check of this name.
pub fn check_named(name: &str) -> Option<Check> {
    Check::ALL.into_iter().find(|check| check.name() == name)
}

#[cfg(test)]
mod tests {
    use crate::data::policy::Policy;

    const TEXT: &str = r#"
schema = 1
[[subject]]
package = "app"
matrix = [{ targets = ["wasm32-wasip2"], profiles = ["release"], allocators = ["default", "talc"] }]
[allocator.talc]
features = ["talc"]
[alloc]
package = "guests"
bin = "guest"
profile = "release"
subject = "app"
cap-scenario = "cap"
allocators = ["default", "talc"]
one-shot = ["talc"]
timed = "day"
[alloc.control.broken]
features = ["broken"]
check = "grows"
reason = "nothing"
"#;

    #[test]
    fn a_whole_one_is_read() {
        let alloc = Policy::parse(TEXT).unwrap().alloc.unwrap();
        assert_eq!((alloc.allocators.len(), alloc.control["broken"].check.as_str()), (2, "grows"));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let cases = [
            ("allocators = [\"default\", \"talc\"]\none", "allocators = []\none", "alloc.allocators is empty"),
            (
                "allocators = [\"default\", \"talc\"]\none",
                "allocators = [\"tlac\"]\none",
                "names `tlac`: known are talc, default",
            ),
            ("allocators = [\"default\", \"talc\"]\none", "allocators = [\"talc\", \"talc\"]\none", "twice"),
            ("one-shot = [\"talc\"]", "one-shot = [\"leak\"]", "not in alloc.allocators"),
            ("[alloc.control.broken]", "[alloc.control.talc]", "a name of its own"),
            ("check = \"grows\"", "check = \"grow\"", "`grow` is no check"),
            ("reason = \"nothing\"", "reason = \"\"", "`reason` is empty"),
            ("subject = \"app\"", "subject = \"other\"", "does not have other/wasm32-wasip2/release/default"),
            ("timed = \"day\"", "time = \"day\"", "unknown field"),
        ];
        for (old, new, want) in cases {
            assert!(TEXT.contains(old), "{old}");
            let error = Policy::parse(&TEXT.replacen(old, new, 1)).unwrap_err();
            assert!(error.contains(want), "{error} should contain {want}");
        }
    }
}
