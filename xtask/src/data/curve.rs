//! The part `[curve]` of a policy: what is drawn over a setting from the committed counts of `cargo xtask run`.

use super::{policy::Policy, variant};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What stands for the setting's value in the names of metrics.
pub const X: &str = "{x}";

/// A curve of what is missed and of what it takes, over a setting.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CurvePolicy {
    /// What it says above.
    pub title: String,
    /// How the numbers came about, in a few sentences.
    pub method: String,
    /// What the setting is called.
    pub x: String,
    /// Its values, from low to high.
    pub points: Vec<u64>,
    /// The metric of what was missed, with `{x}`.
    pub missed: String,
    /// The metric of what there was to find.
    pub wanted: String,
    /// The metric of the fuel, with `{x}`.
    pub fuel: String,
    /// Name -> the row of `run.json`, each a line.
    pub series: BTreeMap<String, String>,
    /// Name -> what does not depend on the setting: drawn as a level line for each row.
    #[serde(default)]
    pub level: BTreeMap<String, Level>,
}

/// What does not depend on the setting.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// The metric of what was missed.
    pub missed: String,
    /// The metric of the fuel.
    pub fuel: String,
}

/// Checks the part.
///
/// # Errors
/// One message that names the key and the cure.
pub fn check(policy: &Policy) -> Result<(), String> {
    for (name, curve) in &policy.curve {
        curve.check(name).map_err(|error| format!("[curve.{name}]: {error}"))?;
    }
    Ok(())
}

impl CurvePolicy {
    fn check(&self, name: &str) -> Result<(), String> {
        if !variant::is_name(name) {
            return Err("the name is that of its files: use letters, digits, `_` and `-`".into());
        }
        let rising = self.points.windows(2).all(|pair| pair[0] < pair[1]);
        if self.points.len() < 2 || !rising || self.points[0] == 0 {
            return Err("`points` are two or more numbers above 0, from low to high".into());
        }
        if let Some(metric) = [&self.missed, &self.fuel].into_iter().find(|metric| !metric.contains(X)) {
            return Err(format!("`{metric}` would be the same for every {}: write {X} where its value stands", self.x));
        }
        if self.series.is_empty() || self.series.len() > 2 || self.level.len() > 2 {
            return Err("it has one or two `series`, and at most two of `level`: more cannot be told apart".into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "schema = 1\n[[subject]]\npackage = \"app\"\nmatrix = [{ targets = [\"wasm32-wasip2\"], profiles = [\"p\"], allocators = [\"default\"] }]\n";
    const CURVE: &str = "[curve.a]\ntitle = 't'\nmethod = 'm'\nx = 'ef'\npoints = [1, 2]\nmissed = 'e_{x}_missed_count'\nwanted = 'wanted_count'\nfuel = 'e_{x}_fuel_count'\nseries = { s = 'r/wasmtime-jit' }\n";

    #[test]
    fn a_curve_is_read_and_what_cannot_be_drawn_is_refused() {
        let read = |text: &str| Policy::parse(&format!("{HEAD}{text}"));
        assert_eq!(read(CURVE).unwrap().curve["a"].points, [1, 2]);
        let cases = [
            ("[1, 2]", "[1]", "two or more"),
            ("[1, 2]", "[2, 1]", "from low to high"),
            ("[1, 2]", "[0, 1]", "above 0"),
            ("e_{x}_missed", "e_missed", "write {x}"),
            ("{ s = 'r/wasmtime-jit' }", "{}", "one or two `series`"),
            ("curve.a", "curve.\"a b\"", "name is that of its files"),
            ("x = 'ef'", "x = 'ef'\ny = 1", "unknown field"),
        ];
        for (old, new, want) in cases {
            let error = read(&CURVE.replace(old, new)).unwrap_err();
            assert!(error.contains(want), "{error} should contain {want}");
        }
    }
}
