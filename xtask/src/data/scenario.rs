//! A scenario: what an artifact is given, what it may do, and what has to come of it. One TOML file, or one `[[case]]` of it.

pub mod capabilities;
mod cases;
mod check;
pub mod cost;
pub mod expect;
pub mod place;
mod run;
mod source;
pub mod step;
pub mod world;

use capabilities::Capabilities;
use cost::{Bound, Cost};
use expect::Expect;
use runner_protocol::{Engine, Guard, Limits};
use serde::Deserialize;
use std::collections::BTreeMap;
use step::Step;
use toml::Table;

pub use run::{Guarding, Job};

/// One scenario.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scenario {
    /// The file's stem, and after a dot the case's id.
    #[serde(skip)]
    pub id: String,
    /// What it shows, in one line.
    pub summary: String,
    /// What runs: a name of `[run.artifact]` in the policy, `hostile`, or the name of a fixture in WebAssembly text.
    pub artifact: String,
    /// Whether preview 1 builds get HTTP, and with it their standard streams, by the effect protocol.
    #[serde(default)]
    pub effects: bool,
    /// Whether the fuel repeats, and so gates.
    #[serde(default)]
    pub fuel: bool,
    /// Path -> text of the files that are there at the start; a path begins with `home/`, `workspace/` or `outside/`.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// Path -> where the symbolic link there leads.
    #[serde(default)]
    pub links: BTreeMap<String, String>,
    /// Written as `home/config.json`.
    pub config: Option<Table>,
    /// The stand-in for a provider's API: its script as `mock-api --help` describes it, and `tls = true` for HTTPS.
    pub mock: Option<Table>,
    /// Whether somebody listens on 127.0.0.2 at the mock's port, whom nobody may reach.
    #[serde(default)]
    pub canary: bool,
    /// What the guest may do.
    #[serde(default)]
    pub capabilities: Capabilities,
    /// How much it may use; what is left out is the default.
    #[serde(default)]
    pub limits: Limits,
    /// Engine, `wasmtime` or `wamr` -> why it does not play this.
    #[serde(default)]
    pub not_applicable: BTreeMap<String, String>,
    /// `stdout`, `requests` or a file's path -> why it can differ from engine to engine: then it is no part of the row's hash.
    #[serde(default)]
    pub volatile: BTreeMap<String, String>,
    /// The guard that holds.
    pub guard: Option<Guard>,
    /// What the last step comes to when that guard is switched off: so it is seen that this is the one that held.
    pub unguarded: Option<Expect>,
    /// Whether a harmless guest has to work afterwards, in the same world.
    #[serde(default)]
    pub then_works: bool,
    /// Name -> what something costs: the difference of two steps.
    #[serde(default)]
    pub cost: BTreeMap<String, Cost>,
    /// Metric -> the most that it may be, on every engine where it is measured.
    #[serde(default)]
    pub at_most: BTreeMap<String, Bound>,
    /// What is run, in order.
    pub step: Vec<Step>,
}

impl Scenario {
    /// Reads the file `stem`.toml: one scenario, or one for each `[[case]]`.
    ///
    /// # Errors
    /// One line: the file, the line, what is wrong, and the cure.
    pub fn parse(stem: &str, text: &str) -> Result<Vec<Scenario>, String> {
        let at_file = |(line, said): (usize, String)| format!("{stem}.toml:{line}: {said}");
        if !super::variant::is_name(stem) || stem.contains('.') {
            return Err(format!("{stem}.toml: the name is the scenario's id: use letters, digits, `_` and `-`"));
        }
        let mut scenarios = Vec::new();
        for case in cases::split(text).map_err(at_file)? {
            let mut scenario: Scenario = source::read(&case.text).map_err(at_file)?;
            scenario.id = case.id.map_or_else(|| stem.to_string(), |id| format!("{stem}.{id}"));
            check::check(&scenario).map_err(|(key, said)| at_file((source::line_of(text, &key), said)))?;
            scenarios.push(scenario);
        }
        Ok(scenarios)
    }

    /// Why `engine` does not play this; nothing where it does.
    pub fn not_applicable(&self, engine: Engine) -> Option<&str> {
        let of = |name: &str| self.not_applicable.get(name);
        of(engine.name()).or_else(|| of(check::group(engine)?)).map(String::as_str)
    }

    /// Where the step of this name stands, from 0.
    pub fn step_named(&self, name: &str) -> Option<usize> {
        self.step.iter().position(|step| step.name.as_deref() == Some(name))
    }

    /// The metrics that gate besides fuel and memory: what steps print, and what things cost.
    pub fn own_metrics(&self) -> impl Iterator<Item = String> {
        let printed = self.step.iter().flat_map(|step| &step.counts).cloned();
        printed.chain(self.cost.iter().flat_map(|(name, cost)| cost.metrics(name)).map(|(_, metric)| metric))
    }

    /// Whether the mock speaks HTTPS.
    pub fn has_tls(&self) -> bool {
        self.mock.as_ref().and_then(|mock| mock.get("tls")).and_then(toml::Value::as_bool) == Some(true)
    }

    /// Whether `guard` matters to it.
    pub fn is_guarded_by(&self, guard: Guard) -> bool {
        self.guard == Some(guard)
    }
}

#[cfg(test)]
mod tests;
