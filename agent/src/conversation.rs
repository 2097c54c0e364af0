//! A conversation as it grows: in memory, and in the file of its session if it has one.

use alloc::string::String;
use alloc::vec::Vec;

use crate::config::Config;
use crate::effects::{File, Host, Trouble};
use crate::failure::{Exit, Failure};
use crate::message::Message;
use crate::redact::Redactor;
use crate::session::repair::repair;
use crate::session::{Name, Session};
use crate::show;
use crate::text;

/// See the module.
#[derive(Debug, Default)]
pub struct Conversation {
    /// The messages, oldest first; each call has its result.
    pub messages: Vec<Message>,
    name: Option<Name>,
    kept: usize,
    open: bool,
}

impl Conversation {
    /// The conversation of the session `name`, which may be new; without a name one that nobody keeps.
    pub fn open(name: Option<Name>, config: &Config, host: &mut impl Host) -> Result<Conversation, Failure> {
        let Some(name) = name else { return Ok(Conversation::default()) };
        host.claim(&name)
            .map_err(|error| trouble(&name, &error, "wait until the other run has ended, or use another session"))?;
        let session = read(&name, config, host)?;
        let messages = repair(session.messages);
        let kept = messages.len();
        Ok(Conversation { messages, name: Some(name), kept, open: session.open })
    }

    /// Appends to the file what is not in it yet, without keys.
    pub fn keep(&mut self, redactor: &Redactor, host: &mut impl Host) -> Result<(), Failure> {
        let Some(name) = &self.name else { return Ok(()) };
        let new = self.messages.get(self.kept..).unwrap_or_default();
        if new.is_empty() {
            return Ok(());
        }
        let cleaned: Vec<Message> = new.iter().map(|message| message.map_texts(&|text| redactor.clean(text))).collect();
        let lines = Session { open: self.open, ..Session::default() }.encode(&cleaned);
        let not_kept =
            |error: String| Failure::new(Exit::File, "this turn is not kept in the session {}: {}", &[name.as_str(), &error]);
        host.append(name, lines.as_bytes()).map_err(not_kept)?;
        (self.kept, self.open) = (self.messages.len(), false);
        Ok(())
    }

    /// Answers the calls of a turn that ended in their middle, so that the next one can go on.
    pub fn repair(&mut self) {
        self.messages = repair(core::mem::take(&mut self.messages));
    }

    /// Takes back the messages from `length` on, as far as they are not in the file.
    pub fn forget(&mut self, length: usize) {
        self.messages.truncate(length.max(self.kept));
    }

    /// The session's name, if it has one.
    pub fn name(&self) -> Option<&str> {
        self.name.as_ref().map(Name::as_str)
    }
}

/// Reads the file of a session; what is no message in it is warned of.
pub fn read(name: &Name, config: &Config, host: &mut impl Host) -> Result<Session, Failure> {
    let session = match host.read(File::Session(name), config.max_session_bytes) {
        Ok(bytes) => Session::decode(&bytes),
        Err(Trouble::Missing) => Session::default(),
        Err(Trouble::TooLarge) => {
            return Err(trouble(name, "is larger than max_session_bytes", "raise that or start another session"));
        }
        Err(Trouble::Other(error)) => return Err(trouble(name, "cannot be read", &error)),
    };
    if !session.unread_lines.is_empty() {
        let lines: Vec<String> = session.unread_lines.iter().take(5).map(|line| text::number(*line as u64)).collect();
        let more = if session.unread_lines.len() > lines.len() { " and more" } else { "" };
        let what = text::fill("has lines that are not messages: {}{}", &[&text::join(&lines, ", "), more]);
        host.warn(&show::one_line(&trouble(name, &what, "they stay in the file and are left out of the conversation").text));
    }
    Ok(session)
}

fn trouble(name: &Name, what: &str, cure: &str) -> Failure {
    Failure::new(Exit::File, "the session {} {}: {}", &[name.as_str(), what, cure])
}
