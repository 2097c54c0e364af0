//! What each command does.

use alloc::string::String;
use alloc::vec::Vec;

use crate::cli::{Action, Input, Options};
use crate::config::Config;
use crate::conversation::{self, Conversation};
use crate::effects::{Host, Trouble};
use crate::failure::{Exit, Failure};
use crate::json;
use crate::message::{self, Message};
use crate::session::Name;
use crate::setup::Setup;
use crate::show;
use crate::text;
use crate::turn::{self, Show, Turn};
use crate::{check, cli};

/// Does what `options` ask for. `version` is the line that `--version` shows.
pub fn run<H: Host>(options: Options, version: &str, host: &mut H) -> Result<(), Failure> {
    match options.action {
        Action::Help => output(&text::fill("{}\n", &[cli::HELP]), host),
        Action::Version => output(&text::fill("{}\n", &[version]), host),
        Action::Check => {
            let report = check::report(&Setup::new(options.overrides, host)?);
            output(&report, host)
        }
        Action::ListSessions => list_sessions(host),
        Action::ShowSession(ref name) => show_session(name, options.json, host),
        #[cfg(feature = "memory-flat")]
        Action::Memory(command) => {
            let told = crate::memory::command::Told { options: options.memory, json: options.json, input: options.input };
            crate::memory::command::run(command, told, options.overrides, host)
        }
        Action::Turn => one(options, host),
        Action::Chat => chat(options, host),
    }
}

fn output<H: Host>(text: &str, host: &mut H) -> Result<(), Failure> {
    host.output(text).map_err(|error| Failure::new(Exit::File, "standard output cannot be written: {}", &[&error]))
}

/// One message; or, with `--stdin jsonl`, each line of the input.
fn one<H: Host>(options: Options, host: &mut H) -> Result<(), Failure> {
    let setup = Setup::new(options.overrides, host)?;
    if options.input == Input::Lines {
        return lines(&setup, options.session, host);
    }
    let message = read_message(options.message, &setup.config, host)?;
    let mut conversation = Conversation::open(options.session, &setup.config, host)?;
    let show = if options.json { Show::Nothing } else { Show::Text };
    let turn = clean(&setup, turn::run(&setup, &mut conversation, message, show, host))?;
    if options.json {
        output(&json_line(&turn, &conversation), host)?;
    }
    turn.failure.map_or(Ok(()), Err)
}

/// Takes the key out of what a turn says and how it failed.
pub fn clean(setup: &Setup, turn: Result<Turn, Failure>) -> Result<Turn, Failure> {
    let cleaned = |failure: Failure| Failure { exit: failure.exit, text: setup.redactor.clean(&failure.text) };
    let mut turn = turn.map_err(cleaned)?;
    turn.reply = setup.redactor.clean(&turn.reply);
    turn.failure = turn.failure.map(cleaned);
    Ok(turn)
}

/// A message a line in, a reply a line out. Without a session each line is a conversation of its own.
fn lines<H: Host>(setup: &Setup, session: Option<Name>, host: &mut H) -> Result<(), Failure> {
    let is_kept = session.is_some();
    let mut conversation = Conversation::open(session, &setup.config, host)?;
    let mut first = None;
    loop {
        let line = match host.line(setup.config.max_message_bytes) {
            Ok(None) => break,
            Ok(Some(line)) if line.trim_ascii().is_empty() => continue,
            Ok(Some(line)) => decode_line(&line),
            Err(Trouble::TooLarge) => Err(too_long(&setup.config)),
            Err(trouble) => return Err(no_input(trouble)),
        };
        if !is_kept {
            conversation = Conversation::default();
        }
        let turn = line.and_then(|message| clean(setup, turn::run(setup, &mut conversation, message, Show::Nothing, host)));
        let (text, failure) = match turn {
            Ok(turn) => (json_line(&turn, &conversation), turn.failure),
            Err(failure) => (json_failure("{", &failure), Some(failure)),
        };
        output(&text, host)?;
        first = first.or(failure);
    }
    first.map_or(Ok(()), |failure| Err(Failure::new(failure.exit, "a message was not answered, {}", &[&failure.text])))
}

/// A line of `--stdin jsonl`: a message of the user or a string, as JSON; anything else is plain text.
fn decode_line(line: &[u8]) -> Result<String, Failure> {
    let text =
        message::from_input(line).map_err(|_| Failure::new(Exit::Usage, "the line is not UTF-8: convert it to UTF-8", &[]))?;
    Ok(json::parse(&text).ok().and_then(json::Json::text).unwrap_or(text))
}

fn json_line(turn: &Turn, conversation: &Conversation) -> String {
    let mut out = String::new();
    json::field(&mut out, "{\"reply\":", &turn.reply);
    for (name, number) in [
        (",\"rounds\":", turn.rounds),
        (",\"tool_calls\":", turn.calls),
        (",\"usage\":{\"input_tokens\":", turn.usage.input_tokens),
        (",\"output_tokens\":", turn.usage.output_tokens),
    ] {
        out.push_str(name);
        json::number(&mut out, number);
    }
    out.push('}');
    if let Some(name) = conversation.name() {
        json::field(&mut out, ",\"session\":", name);
    }
    match &turn.failure {
        Some(failure) => text::fill("{}{}", &[&out, &json_failure(",", failure)]),
        None => text::fill("{}}\n", &[&out]),
    }
}

fn json_failure(before: &str, failure: &Failure) -> String {
    let mut out = String::from(before);
    json::field(&mut out, "\"error\":", &failure.text);
    out.push_str(",\"exit_code\":");
    json::number(&mut out, failure.exit as u64);
    out.push_str("}\n");
    out
}

/// Replies to line after line until the end of the input or `/quit`. A turn that fails is no reason to end.
fn chat<H: Host>(options: Options, host: &mut H) -> Result<(), Failure> {
    let setup = Setup::new(options.overrides, host)?;
    let mut conversation = Conversation::open(options.session, &setup.config, host)?;
    loop {
        host.prompt("> ");
        let message = match host.line(setup.config.max_message_bytes) {
            Ok(None) => return Ok(()),
            Ok(Some(line)) => String::from(text::trim(&text::lossy(&line))),
            Err(Trouble::TooLarge) => {
                host.warn(&too_long(&setup.config).text);
                continue;
            }
            Err(trouble) => return Err(no_input(trouble)),
        };
        match message.as_str() {
            "" => {}
            "/quit" => return Ok(()),
            _ => match clean(&setup, turn::run(&setup, &mut conversation, message, Show::Text, host)) {
                Ok(Turn { failure: None, .. }) => {}
                Ok(Turn { failure: Some(failure), .. }) | Err(failure) => host.warn(&show::one_line(&failure.text)),
            },
        }
    }
}

fn list_sessions<H: Host>(host: &mut H) -> Result<(), Failure> {
    let names = host.sessions().map_err(|error| Failure::new(Exit::File, "the sessions cannot be listed: {}", &[&error]))?;
    let mut names: Vec<String> = names.into_iter().filter(|name| Name::new(name.clone()).is_some()).collect();
    text::sort(&mut names);
    if names.is_empty() { Ok(()) } else { output(&text::fill("{}\n", &[&text::join(&names, "\n")]), host) }
}

fn show_session<H: Host>(name: &Name, as_json: bool, host: &mut H) -> Result<(), Failure> {
    let session = conversation::read(name, &Config { max_session_bytes: usize::MAX, ..Config::default() }, host)?;
    if session.messages.is_empty() {
        return Err(Failure::new(
            Exit::Usage,
            "there is no session {}: `agent sessions list` shows those that are there",
            &[name.as_str()],
        ));
    }
    let mut text = String::new();
    if as_json {
        text = crate::session::Session::default().encode(&session.messages);
    }
    for message in session.messages.iter().filter(|_| !as_json) {
        let (who, said) = match message {
            Message::User(said) => ("user: ", said),
            Message::Assistant(reply) => ("assistant: ", &reply.text),
            Message::Tool(outcome) if outcome.error => ("tool error: ", &outcome.text),
            Message::Tool(outcome) => ("tool: ", &outcome.text),
        };
        text.push_str(who);
        show::escape(&mut text, said);
        text.push('\n');
        if let Message::Assistant(reply) = message {
            for call in &reply.calls {
                text.push_str("call: ");
                show::escape(&mut text, &text::fill("{} {}", &[&call.name, &call.arguments]));
                text.push('\n');
            }
        }
    }
    output(&text, host)
}

fn read_message(given: Option<String>, config: &Config, host: &mut impl Host) -> Result<String, Failure> {
    match given {
        Some(message) if message.len() > config.max_message_bytes => Err(too_long(config)),
        Some(message) => Ok(message),
        None => {
            let input = host.input(config.max_message_bytes).map_err(|trouble| match trouble {
                Trouble::TooLarge => too_long(config),
                trouble => no_input(trouble),
            })?;
            message::from_input(&input).map_err(|error| {
                let place = text::number(error.valid_up_to() as u64);
                Failure::new(Exit::Usage, "the message on standard input is not UTF-8 at byte {}: convert it to UTF-8", &[&place])
            })
        }
    }
}

/// That a message has more than `max_message_bytes`.
pub fn too_long(config: &Config) -> Failure {
    let limit = text::number(config.max_message_bytes as u64);
    Failure::new(Exit::Usage, "the message is longer than max_message_bytes, {}: shorten it or raise that", &[&limit])
}

fn no_input(trouble: Trouble) -> Failure {
    match trouble {
        Trouble::Other(error) => Failure::new(Exit::File, "standard input cannot be read: {}", &[&error]),
        _ => Failure::new(Exit::File, "there is no standard input: use -m TEXT", &[]),
    }
}
