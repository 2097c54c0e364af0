//! One workload: a scenario by its name, or a command with what it is given.

use crate::data::variant::is_name;
use serde::{Deserialize, Deserializer, de};
use std::{collections::BTreeMap, fmt};

/// What a program is given to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Work {
    /// The id of a scenario.
    Scenario(String),
    /// A command line.
    Command(Box<CommandWork>),
}

/// A command line and what it is given. Paths are relative to the policy's folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct CommandWork {
    /// What it is called; without it its arguments, as far as they make a name.
    pub name: Option<String>,
    /// The arguments after the program's own name.
    pub arguments: Vec<String>,
    /// The file that is its standard input.
    pub stdin: Option<String>,
    /// How often that file is given, one after the other: a large input from a small file.
    pub stdin_repeat: Option<u64>,
    /// Name in the folder that it runs in -> the file that is put there.
    pub files: BTreeMap<String, String>,
    /// Its environment; nothing of ours is passed on but PATH.
    pub environment: BTreeMap<String, String>,
    /// A script for `sh` instead of a command line: it finds the program in $PROGRAM, and has to pass on its failures.
    pub script: Option<String>,
    /// How it has to end.
    pub exit_code: i32,
}

impl Work {
    /// The name that it goes by in files and reports.
    pub fn name(&self) -> String {
        match self {
            Work::Scenario(id) => id.clone(),
            Work::Command(command) => command.name.clone().unwrap_or_else(|| name_of(&command.arguments)),
        }
    }

    /// Whether both give the program the same to do, whatever they are called.
    pub fn is_same_work(&self, other: &Work) -> bool {
        match (self, other) {
            (Work::Command(one), Work::Command(two)) => {
                let unnamed = |command: &CommandWork| CommandWork { name: None, ..command.clone() };
                unnamed(one) == unnamed(two)
            }
            _ => self == other,
        }
    }

    /// Checks one entry by itself.
    ///
    /// # Errors
    /// What is wrong, and the cure.
    pub fn check(&self) -> Result<(), String> {
        let Work::Command(command) = self else { return Ok(()) };
        let name = self.name();
        if !is_name(&name) {
            return Err(format!("`{name}` is no name: give the workload a `name` of letters, digits, `_`, `-` and `.`"));
        }
        if command.script.is_some() && (!command.arguments.is_empty() || command.stdin.is_some()) {
            return Err(format!("`{name}` has a `script` and `arguments` or `stdin`: the script gives those itself"));
        }
        if command.stdin_repeat.is_some() && command.stdin.is_none() {
            return Err(format!("`{name}` has `stdin-repeat` without `stdin`: name the file"));
        }
        let leads_out = |file: &&String| file.is_empty() || file.starts_with('/') || file.split('/').any(|part| part == "..");
        match command.files.keys().find(leads_out) {
            Some(file) => Err(format!("`{name}` puts a file at `{file}`: name a path inside the folder that it runs in")),
            None => Ok(()),
        }
    }
}

fn name_of(arguments: &[String]) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.') { c } else { '-' };
    let name: String = arguments.join("-").trim_start_matches('-').chars().map(plain).take(40).collect();
    if name.is_empty() { "plain".into() } else { name }
}

impl<'de> Deserialize<'de> for Work {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Work, D::Error> {
        deserializer.deserialize_any(Visitor)
    }
}

/// By hand: an untagged enum would not say which key is wrong.
struct Visitor;

impl<'de> de::Visitor<'de> for Visitor {
    type Value = Work;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("the name of a scenario, or a table with `arguments` or `script`")
    }

    fn visit_str<E: de::Error>(self, id: &str) -> Result<Work, E> {
        Ok(Work::Scenario(id.into()))
    }

    fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Work, A::Error> {
        let command = CommandWork::deserialize(de::value::MapAccessDeserializer::new(map))?;
        Ok(Work::Command(Box::new(command)))
    }
}
