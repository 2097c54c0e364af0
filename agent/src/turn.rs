//! One turn: a message in, a reply out, both kept in the session.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::config::{Config, MAX_CONFIG_BYTES, ProviderName};
use crate::effects::{File, Host, Trouble};
use crate::failure::{Exit, Failure};
use crate::message::{self, Message, Role};
use crate::provider::{Offline, Provider, Request};
use crate::session::{Name, Session};

/// What the command line asks for.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// The message; without one it is read from the input.
    pub message: Option<String>,
    /// The path of the configuration; without one it is `config.json` in the home folder, which may be missing.
    pub config: Option<String>,
    /// The session to go on with; without one nothing is kept.
    pub session: Option<Name>,
}

/// Runs `turn` on `host`. The reply is shown even when it could not be kept: it may have cost money.
pub fn run(turn: Turn, host: &mut impl Host) -> Result<(), Failure> {
    let config = read_config(turn.config.as_deref(), host)?;
    let user = Message { role: Role::User, content: read_message(turn.message, &config, host)? };
    let mut session = match &turn.session {
        Some(name) => read_session(name, &config, host)?,
        None => Session::default(),
    };
    let kept = session.messages.len();
    session.messages.push(user);

    let provider = match config.provider {
        ProviderName::Offline => Offline { script: config.replies.as_deref() },
    };
    let reply = provider.reply(Request { system: config.system.as_deref(), messages: &session.messages })?;

    let assistant = Message { role: Role::Assistant, content: reply };
    session.messages.push(assistant);
    let saved = match &turn.session {
        Some(name) => append(name, &session, kept, host),
        None => Ok(()),
    };
    let reply = session.messages.last().map_or("", |message| &message.content);
    let shown = host.output(reply).map_err(|error| Failure::new(Exit::File, &["the reply cannot be written: ", &error]));
    saved.and(shown)
}

fn read_config(given: Option<&str>, host: &mut impl Host) -> Result<Config, Failure> {
    let path = given.unwrap_or("config.json in the home folder");
    let wrong = |what: &str, cure: &str| Failure::new(Exit::Usage, &["the configuration ", path, " ", what, ": ", cure]);
    let file = given.map_or(File::DefaultConfig, File::Config);
    let bytes = match host.read(file, MAX_CONFIG_BYTES) {
        Ok(bytes) => bytes,
        Err(Trouble::Missing) if given.is_none() => return Ok(Config::default()),
        Err(Trouble::Missing) => return Err(wrong("is not there", "check the path after --config")),
        Err(Trouble::TooLarge) => return Err(wrong("is larger than 64 KiB", "check that it is the right file")),
        Err(Trouble::Other(error)) => return Err(wrong("cannot be read", &error)),
    };
    Config::decode(&bytes).map_err(|error| wrong(&["is wrong: ", &error].concat(), "`agent --help` lists the keys"))
}

fn read_message(given: Option<String>, config: &Config, host: &mut impl Host) -> Result<String, Failure> {
    let limit = config.max_message_bytes;
    let too_long = || {
        Failure::new(
            Exit::Usage,
            &["the message is longer than max_message_bytes, ", &limit.to_string(), ": shorten it or raise that"],
        )
    };
    let message = match given {
        Some(message) if message.len() > limit => return Err(too_long()),
        Some(message) => message,
        None => match host.input(limit) {
            Ok(input) => message::from_input(&input).map_err(|error| {
                let place = error.valid_up_to().to_string();
                Failure::new(
                    Exit::Usage,
                    &["the message on standard input is not UTF-8 at byte ", &place, ": convert it to UTF-8"],
                )
            })?,
            Err(Trouble::TooLarge) => return Err(too_long()),
            Err(Trouble::Missing) => return Err(Failure::new(Exit::File, &["there is no standard input: use -m TEXT"])),
            Err(Trouble::Other(error)) => return Err(Failure::new(Exit::File, &["standard input cannot be read: ", &error])),
        },
    };
    if message.trim().is_empty() {
        return Err(Failure::new(Exit::Usage, &["the message is empty: use -m TEXT or write it to standard input"]));
    }
    Ok(message)
}

fn read_session(name: &Name, config: &Config, host: &mut impl Host) -> Result<Session, Failure> {
    let wrong = |what: &str, cure: &str| Failure::new(Exit::File, &["the session ", name.as_str(), " ", what, ": ", cure]);
    let session = match host.read(File::Session(name), config.max_session_bytes) {
        Ok(bytes) => Session::decode(&bytes),
        Err(Trouble::Missing) => Session::default(),
        Err(Trouble::TooLarge) => return Err(wrong("is larger than max_session_bytes", "raise that or start another session")),
        Err(Trouble::Other(error)) => return Err(wrong("cannot be read", &error)),
    };
    if !session.unread_lines.is_empty() {
        let lines: Vec<String> = session.unread_lines.iter().take(5).map(usize::to_string).collect();
        let more = if session.unread_lines.len() > lines.len() { " and more" } else { "" };
        host.warn(&wrong(&["has lines that are not messages: ", &lines.join(", "), more].concat(), LEFT_OUT).text);
    }
    Ok(session)
}

const LEFT_OUT: &str = "they stay in the file and are left out of the conversation";

/// Appends the messages of `session` that are not in its file yet: those after the first `kept`.
fn append(name: &Name, session: &Session, kept: usize, host: &mut impl Host) -> Result<(), Failure> {
    let turn = session.messages.get(kept..).unwrap_or_default();
    let bytes = session.encode(turn).map_err(|error| error.to_string());
    bytes
        .and_then(|bytes| host.append(name, &bytes))
        .map_err(|error| Failure::new(Exit::File, &["this turn is not kept in the session ", name.as_str(), ": ", &error]))
}
