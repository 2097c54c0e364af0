//! The command line: arguments in, [`Options`] out. Pure.

use alloc::string::String;
use alloc::vec::Vec;

use crate::config::ProviderName;
use crate::failure::{Exit, Failure};
use crate::session::Name;
use crate::setup::Overrides;
use crate::text;

/// What the command line asks for.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// What to do.
    pub action: Action,
    /// The message; without one it is read from the input.
    pub message: Option<String>,
    /// The session to go on with; without one nothing is kept.
    pub session: Option<Name>,
    /// What stands in the place of the configuration.
    pub overrides: Overrides,
    /// The result is one JSON object.
    pub json: bool,
    /// How the input is read.
    pub input: Input,
    /// What is said to `agent memory` besides.
    #[cfg(feature = "memory-flat")]
    pub memory: memory::Options,
}

/// The commands.
#[derive(Debug, Default, PartialEq, Eq)]
pub enum Action {
    /// Answer one message, or with [`Input::Lines`] many.
    #[default]
    Turn,
    /// Answer line after line.
    Chat,
    /// Say what is configured and granted.
    Check,
    /// Name the sessions.
    ListSessions,
    /// Show one session.
    ShowSession(Name),
    /// Work on the memory.
    #[cfg(feature = "memory-flat")]
    Memory(memory::Command),
    /// Show [`HELP`].
    Help,
    /// Show the version and the allocator.
    Version,
}

/// What the input is.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// One message.
    #[default]
    Message,
    /// A message a line.
    Lines,
}

/// The manual, as `--help` shows it, with the options of this build.
#[cfg(not(any(feature = "alloc-tracing", feature = "memory-flat")))]
pub const HELP: &str = include_str!("help.txt");
/// The manual, as `--help` shows it, with the options of this build.
#[cfg(all(feature = "alloc-tracing", not(feature = "memory-flat")))]
pub const HELP: &str = concat!(include_str!("help.txt"), include_str!("cli/alloc_trace.txt"));
/// The manual, as `--help` shows it, with the options of this build.
#[cfg(all(feature = "memory-flat", not(feature = "alloc-tracing")))]
pub const HELP: &str = concat!(include_str!("help.txt"), include_str!("cli/memory.txt"));
/// The manual, as `--help` shows it, with the options of this build.
#[cfg(all(feature = "memory-flat", feature = "alloc-tracing"))]
pub const HELP: &str = concat!(include_str!("help.txt"), include_str!("cli/memory.txt"), include_str!("cli/alloc_trace.txt"));

/// Reads the arguments after the program's own name.
pub fn parse(args: impl IntoIterator<Item = String>) -> Result<Options, Failure> {
    let mut args = args.into_iter();
    let mut options = Options::default();
    let mut words = Vec::new();
    while let Some(arg) = args.next() {
        let (name, attached) = split(&arg);
        #[cfg(feature = "memory-flat")]
        if memory::Options::has(name) {
            let value = attached.map(String::from).or_else(|| args.next());
            let value = value.ok_or_else(|| usage("there is no value after {}", &[name]))?;
            options.memory.set(name, value)?;
            continue;
        }
        match name {
            "-h" | "--help" => return Ok(Options { action: Action::Help, ..options }),
            "-V" | "--version" => return Ok(Options { action: Action::Version, ..options }),
            "--no-stream" if attached.is_none() => options.overrides.no_stream = true,
            "--json" if attached.is_none() => options.json = true,
            "-m" | "--message" | "-s" | "--session" | "-c" | "--config" | "-p" | "--provider" | "--model" | "--stdin" => {
                let value = attached.map(String::from).or_else(|| args.next());
                let value = value.ok_or_else(|| usage("there is no value after {}", &[name]))?;
                options.set(name, value)?;
            }
            // Without its value, which may be a key.
            _ if name.starts_with('-') => return Err(usage("unknown option, or one that takes no value, {}", &[name])),
            _ => words.push(arg),
        }
    }
    #[cfg(feature = "memory-flat")]
    if words.first().is_some_and(|word| word == "memory") {
        options.action = memory::action(words.split_off(1), options.input)?;
        options.check_memory()?;
        return Ok(options);
    }
    options.action = action(words)?;
    #[cfg(feature = "memory-flat")]
    options.check_memory()?;
    if options.message.is_some() && options.action != Action::Turn {
        return Err(usage("--message goes with no command", &[]));
    }
    if options.input == Input::Lines && (options.message.is_some() || options.action != Action::Turn) {
        return Err(usage("--stdin jsonl reads the messages: it goes with no other message and no command", &[]));
    }
    Ok(options)
}

/// `--name=value` and `-nvalue` taken apart.
fn split(arg: &str) -> (&str, Option<&str>) {
    if arg.starts_with("--") {
        return text::split_once(arg, "=").map_or((arg, None), |(name, value)| (name, Some(value)));
    }
    match arg.as_bytes() {
        [b'-', first, _, ..] if first.is_ascii_alphabetic() => (arg.get(..2).unwrap_or(arg), arg.get(2..)),
        _ => (arg, None),
    }
}

impl Options {
    fn set(&mut self, name: &str, value: String) -> Result<(), Failure> {
        let overrides = &mut self.overrides;
        let is_new = match name {
            "-m" | "--message" => self.message.replace(value).is_none(),
            "-c" | "--config" => overrides.config.replace(value).is_none(),
            "--model" => overrides.model.replace(value).is_none(),
            "-s" | "--session" => self.session.replace(session(value)?).is_none(),
            "-p" | "--provider" => {
                let provider = ProviderName::new(&value)
                    .ok_or_else(|| usage("--provider is offline, openai or anthropic and not {}", &[&value]))?;
                overrides.provider.replace(provider).is_none()
            }
            _ if value == "jsonl" => core::mem::replace(&mut self.input, Input::Lines) == Input::Message,
            _ => return Err(usage("--stdin takes jsonl and not {}", &[&value])),
        };
        if is_new { Ok(()) } else { Err(usage("{} is given twice", &[name])) }
    }
}

fn action(words: Vec<String>) -> Result<Action, Failure> {
    let mut words = words.into_iter();
    let action = match (words.next().as_deref(), words.next().as_deref()) {
        (None, _) => Action::Turn,
        (Some("chat"), None) => Action::Chat,
        (Some("check"), None) => Action::Check,
        (Some("sessions"), Some("list")) => Action::ListSessions,
        (Some("sessions"), Some("show")) => {
            let name = words.next().ok_or_else(|| usage("there is no name after sessions show", &[]))?;
            Action::ShowSession(session(name)?)
        }
        (Some("sessions"), _) => return Err(usage("sessions takes list, or show and a name", &[])),
        (Some("chat" | "check"), Some(word)) => return Err(usage("unexpected argument {}", &[word])),
        (Some(word), _) => return Err(usage("unknown command {}, a message goes after -m", &[word])),
    };
    match words.next() {
        None => Ok(action),
        Some(word) => Err(usage("unexpected argument {}", &[&word])),
    }
}

/// The name of a session.
pub fn session(name: String) -> Result<Name, Failure> {
    Name::new(name).ok_or_else(|| usage("the name of a session is 1 to 64 of A-Z a-z 0-9 . _ - and starts with no . or -", &[]))
}

fn usage(template: &str, parts: &[&str]) -> Failure {
    Failure::new(Exit::Usage, "{}: see agent --help", &[&text::fill(template, parts)])
}

#[cfg(feature = "alloc-tracing")]
pub mod alloc_trace;
#[cfg(feature = "memory-flat")]
pub mod memory;

#[cfg(test)]
mod tests;
