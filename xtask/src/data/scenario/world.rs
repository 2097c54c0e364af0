//! What lies on disk before a scenario is played.

use super::{Scenario, place::Places};
use toml::{Table, Value};

/// The folders of every world; the guest sees the first two if they are granted.
pub const FOLDERS: [&str; 3] = ["home", "workspace", "outside"];

/// Something that lies in a world's folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A file with a text; those in `home/` and `credentials/` are for their owner alone.
    File(String),
    /// A symbolic link and where it leads.
    Link(String),
}

impl Scenario {
    /// What lies in the world at the start: path -> what is there. The folders that they need, and [`FOLDERS`], are there as well.
    pub fn entries(&self, places: &Places) -> Vec<(String, Entry)> {
        let file = |(path, text): (&String, &String)| (path.clone(), Entry::File(places.fill(text)));
        let mut entries: Vec<_> = self.files.iter().map(file).collect();
        if let Some(config) = &self.config {
            let json = serde_json::to_string_pretty(config).expect("a table with string keys is an object");
            entries.push(("home/config.json".into(), Entry::File(places.fill(&json))));
        }
        let credentials = self.capabilities.network.iter().flat_map(|network| &network.credentials);
        entries.extend(credentials.enumerate().map(|(at, one)| (credential_path(at), Entry::File(places.fill(&one.value)))));
        // Links last: nothing is written through them.
        entries.extend(self.links.iter().map(|(path, to)| (path.clone(), Entry::Link(to.clone()))));
        entries
    }

    /// The mock's script, if there is one.
    pub fn mock_script(&self, places: &Places) -> Option<String> {
        let script: Table =
            self.mock.as_ref()?.iter().filter(|(key, _)| *key != "tls").map(|(k, v)| (k.clone(), v.clone())).collect();
        Some(toml::to_string(&filled(&Value::Table(script), places)).expect("a table that was read can be written"))
    }
}

/// Where the value of the credential `at` lies: the runner reads it, the guest cannot.
pub fn credential_path(at: usize) -> String {
    format!("credentials/{at}")
}

fn filled(value: &Value, places: &Places) -> Value {
    match value {
        Value::String(text) => Value::String(places.fill(text)),
        Value::Array(items) => Value::Array(items.iter().map(|item| filled(item, places)).collect()),
        Value::Table(table) => Value::Table(table.iter().map(|(key, value)| (key.clone(), filled(value, places))).collect()),
        other => other.clone(),
    }
}
