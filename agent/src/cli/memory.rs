//! The command line of `agent memory`.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Action, Input, usage};
use crate::failure::Failure;
use crate::json;
use crate::session::Name;
use crate::text;

/// What to do with the memory.
#[derive(Debug, PartialEq, Eq)]
pub enum Command {
    /// Remember a text; without one the input, whole or each line.
    Add(Option<String>),
    /// Find what is like this.
    Search(String),
    /// Show everything.
    List,
    /// Delete the records with these ids.
    Forget(Vec<u64>),
    /// Say what there is.
    Stats,
    /// Make the file anew, with the embedder of the configuration.
    Rebuild,
}

/// The options that only `agent memory` has.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The memory, in the place of the configured one.
    pub store: Option<Name>,
    /// What the new record is filed under, or what all that is found has.
    pub tags: Vec<String>,
    /// The most to find.
    pub count: Option<usize>,
}

impl Options {
    /// Whether there is an option of this name here.
    pub(super) fn has(name: &str) -> bool {
        matches!(name, "-k" | "--tag" | "--store")
    }

    pub(super) fn set(&mut self, name: &str, value: String) -> Result<(), Failure> {
        let is_new = match name {
            "--tag" => {
                self.tags.push(value);
                true
            }
            "-k" => {
                let count = json::decimal(&value).and_then(|count| usize::try_from(count).ok());
                let count = count.filter(|count| (1..=crate::memory::MAX_FOUND).contains(count));
                self.count.replace(count.ok_or_else(|| usage("-k takes 1 to 50 and not {}", &[&value]))?).is_none()
            }
            _ => {
                let name = Name::new(value).ok_or_else(|| {
                    usage("the name of a memory is 1 to 64 of A-Z a-z 0-9 . _ - and starts with no . or -", &[])
                })?;
                self.store.replace(name).is_none()
            }
        };
        if is_new { Ok(()) } else { Err(usage("{} is given twice", &[name])) }
    }
}

impl super::Options {
    /// Whether the options and the command go together.
    pub(super) fn check_memory(&self) -> Result<(), Failure> {
        let command = match &self.action {
            Action::Memory(command) => Some(command),
            _ => None,
        };
        let wrong = match command {
            None if self.memory != Options::default() => "-k, --tag and --store go with agent memory only",
            Some(_) if self.message.is_some() || self.session.is_some() => "agent memory takes no --message and no --session",
            Some(Command::Search(_)) if self.memory.tags.len() > 1 => "search takes one --tag",
            Some(Command::Add(_) | Command::Search(_)) | None => "",
            Some(_) if !self.memory.tags.is_empty() => "--tag goes with add and search",
            _ => "",
        };
        let is_search = matches!(command, Some(Command::Search(_)) | None);
        let wrong = if self.memory.count.is_some() && !is_search { "-k goes with search" } else { wrong };
        if wrong.is_empty() { Ok(()) } else { Err(usage(wrong, &[])) }
    }
}

/// The command of the words behind `memory`.
pub(super) fn action(words: Vec<String>, input: Input) -> Result<Action, Failure> {
    let Some((word, rest)) = words.split_first() else {
        return Err(usage("memory takes add, search, list, forget, stats or rebuild", &[]));
    };
    let joined = text::join(rest, " ");
    let command = match word.as_str() {
        "add" => Command::Add(if rest.is_empty() { None } else { Some(joined) }),
        "search" if text::is_blank(&joined) => return Err(usage("there is nothing to search after memory search", &[])),
        "search" => Command::Search(joined),
        "forget" if rest.is_empty() => return Err(usage("there is no id after memory forget", &[])),
        "forget" => {
            let id = |word: &String| json::decimal(word).ok_or_else(|| usage("{} is no id, which is a whole number", &[word]));
            Command::Forget(rest.iter().map(id).collect::<Result<_, _>>()?)
        }
        "list" => Command::List,
        "stats" => Command::Stats,
        "rebuild" => Command::Rebuild,
        _ => return Err(usage("memory takes add, search, list, forget, stats or rebuild and not {}", &[word])),
    };
    if input == Input::Lines && command != Command::Add(None) {
        return Err(usage("--stdin jsonl goes with memory add without a text", &[]));
    }
    match (&command, rest.first()) {
        (Command::List | Command::Stats | Command::Rebuild, Some(word)) => Err(usage("unexpected argument {}", &[word])),
        _ => Ok(Action::Memory(command)),
    }
}
