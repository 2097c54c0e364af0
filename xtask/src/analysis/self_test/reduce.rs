//! The policy and the numbers of the scratch copy: one variant with its floor, a few scenarios, so that a round takes seconds.

use crate::data::{
    baseline::Baselines,
    rows::RowsBaseline,
    self_test::{AGENT, FLOOR, SCENARIOS},
    variant::{Variant, matches},
};
use toml::{Table, Value};

/// The keys of the policy that stay.
const KEPT: [&str; 8] = ["schema", "optimizer", "subject", "run", "allocator", "metric", "limit", "budget"];

/// The policy for the variant and its floor alone.
///
/// # Errors
/// The text is no policy, or the variant is in no matrix of it.
pub fn policy(text: &str) -> Result<String, String> {
    let mut policy: Table = text.parse().map_err(|error| format!("the policy is wrong: {error}"))?;
    policy.retain(|key, _| KEPT.contains(&key));
    let variant: Variant = AGENT.parse()?;
    let subjects = policy.get_mut("subject").and_then(Value::as_array_mut).ok_or("the policy has no [[subject]]")?;
    subjects.retain(|subject| subject.get("package").and_then(Value::as_str) == Some(variant.subject.as_str()));
    let subject = subjects.first_mut().and_then(Value::as_table_mut).ok_or("the policy has no subject `agent`")?;
    for key in ["parts", "parts-variant"] {
        subject.remove(key);
    }
    subject.insert("matrix".into(), matrix(&variant));
    if let Some(allocators) = policy.get_mut("allocator").and_then(Value::as_table_mut) {
        allocators.retain(|name, _| name == variant.allocator);
    }
    if let Some(artifacts) = policy.get_mut("run").and_then(|run| run.get_mut("artifact")).and_then(Value::as_table_mut) {
        artifacts.retain(|_, artifact| keep_variants(artifact));
    }
    for table in ["limit", "budget"] {
        if let Some(caps) = policy.get_mut(table).and_then(Value::as_array_mut) {
            let pattern = |cap: &Value| cap.get("variants").and_then(Value::as_str).unwrap_or_default().to_string();
            caps.retain(|cap| [AGENT, FLOOR].iter().any(|id| matches(&pattern(cap), id)));
        }
    }
    toml::to_string(&policy).map_err(|error| error.to_string())
}

fn matrix(variant: &Variant) -> Value {
    let one = |name: &str| Value::Array(vec![Value::String(name.into())]);
    let entry: Table = [("targets", &variant.target), ("profiles", &variant.profile), ("allocators", &variant.allocator)]
        .into_iter()
        .map(|(key, name)| (key.to_string(), one(name)))
        .collect();
    Value::Array(vec![Value::Table(entry)])
}

/// Leaves an artifact with the two variants and without its native program; whether it has one left.
fn keep_variants(artifact: &mut Value) -> bool {
    let Some(table) = artifact.as_table_mut() else { return false };
    table.remove("native");
    let Some(variants) = table.get_mut("variants").and_then(Value::as_array_mut) else { return false };
    variants.retain(|id| [AGENT, FLOOR].iter().any(|kept| id.as_str() == Some(kept)));
    !variants.is_empty()
}

/// The sizes of the variant and its floor.
///
/// # Errors
/// The text is no file of sizes.
pub fn sizes(text: &str) -> Result<String, String> {
    let mut file = Baselines::parse(text)?;
    for baseline in file.optimizers.values_mut() {
        baseline.variants.retain(|variant, _| [AGENT, FLOOR].contains(&variant.to_string().as_str()));
    }
    Ok(file.render())
}

/// The counts of the scenarios that are kept.
///
/// # Errors
/// The text is no file of rows.
pub fn rows(text: &str) -> Result<String, String> {
    let mut file = RowsBaseline::parse(text)?;
    file.rows.retain(|row, _| row.split('/').next().is_some_and(|scenario| SCENARIOS.contains(&scenario)));
    Ok(file.render())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::policy::Policy;

    /// The files of this repository: what the self-test is made of.
    fn own(name: &str) -> String {
        std::fs::read_to_string(format!("{}/../baselines/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    #[test]
    fn the_policy_has_one_variant_and_its_floor_and_keeps_their_caps() {
        let (whole, reduced) =
            (Policy::parse(&own("policy.toml")).unwrap(), Policy::parse(&policy(&own("policy.toml")).unwrap()).unwrap());
        let ids: Vec<String> = reduced.cells().iter().map(|cell| cell.variant.to_string()).collect();
        assert_eq!(ids, [AGENT, FLOOR]);
        for metric in crate::data::metric::Metric::ALL {
            assert_eq!(reduced.limit(AGENT, metric), whole.limit(AGENT, metric));
            assert_eq!(reduced.budget(AGENT, metric), whole.budget(AGENT, metric));
        }
        assert_eq!(reduced.subject[0].certify, whole.subject[0].certify);
        assert_eq!(reduced.subject[0].forbidden_imports, whole.subject[0].forbidden_imports);
    }

    #[test]
    fn the_numbers_are_those_of_the_whole_files() {
        let sizes = Baselines::parse(&sizes(&own("size.json")).unwrap()).unwrap();
        assert!(sizes.optimizers.values().all(|baseline| baseline.variants.len() == 2));
        let rows = RowsBaseline::parse(&rows(&own("run.json")).unwrap()).unwrap();
        assert!(rows.rows.keys().all(|row| SCENARIOS.iter().any(|name| row.starts_with(&format!("{name}/")))));
        assert!(SCENARIOS.iter().all(|name| rows.rows.contains_key(&format!("{name}/{}", crate::data::self_test::ENGINE))));
    }
}
