//! Sessions: a conversation kept as JSON Lines, one [`Message`] a line, only ever appended to.
//!
//! The line of the user and that of the first reply are appended together, later replies and the results of tools as they come, each ended
//! by a newline. A write that was cut off leaves a last line without its newline. Nothing is repaired in place, because another process may be appending: the next turn starts with a
//! newline instead, so that the torn line stays alone on its own. Lines that cannot be read, at the end or anywhere else, are left out and
//! counted, so that the caller can warn. Empty lines are nothing.

use alloc::string::String;
use alloc::vec::Vec;

use crate::json;
use crate::message::Message;

pub mod repair;

/// A session's name, which is also its file's: 1 to 64 characters of `A-Z a-z 0-9 . _ -`, the first neither `.` nor `-`, and (native) not a
/// device of Windows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name(String);

impl Name {
    /// The name, if `text` is one. No name is a hidden file, an option, a device or a path out of the sessions folder. Letters become small
    /// ones, so that `Work` and `work` are one session whether or not the file system tells them apart.
    pub fn new(mut text: String) -> Option<Name> {
        text.make_ascii_lowercase();
        let valid = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        let ok = (1..=64).contains(&text.len())
            && text.bytes().all(valid)
            && !text.starts_with('.')
            && !text.starts_with('-')
            && (cfg!(target_os = "wasi") || !is_device(&text));
        ok.then_some(Name(text))
    }

    /// That of the memory that is used when none is named.
    #[cfg(feature = "memory-flat")]
    pub fn of_default_memory() -> Name {
        Name(String::from("default"))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether Windows takes a file of this name for a device, whatever its extension: what is written to `nul.jsonl` is gone. Refused on each
/// native target, so that a home folder can move to Windows; under WASI the host's sandbox refuses devices, and this would be 300 bytes.
fn is_device(name: &str) -> bool {
    let [a, b, c, rest @ ..] = name.as_bytes() else { return false };
    // In lower case: of the characters of a name only letters change into letters.
    match &[a | 0x20, b | 0x20, c | 0x20] {
        b"con" | b"prn" | b"aux" | b"nul" => matches!(rest, [] | [b'.', ..]),
        b"com" | b"lpt" => matches!(rest, [b'0'..=b'9'] | [b'0'..=b'9', b'.', ..]),
        _ => false,
    }
}

/// What a session's file holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Session {
    /// The messages, oldest first.
    pub messages: Vec<Message>,
    /// The numbers, from 1, of the lines that could not be read.
    pub unread_lines: Vec<usize>,
    /// The last line has no newline yet.
    pub open: bool,
}

impl Session {
    /// Reads a session's file. There are no bytes that it cannot read; see [`Session::unread_lines`].
    pub fn decode(bytes: &[u8]) -> Session {
        let mut session = Session { open: !bytes.is_empty() && !bytes.ends_with(b"\n"), ..Session::default() };
        for (at, line) in bytes.split(|&byte| byte == b'\n').enumerate() {
            if line.trim_ascii().is_empty() {
                continue;
            }
            let text = core::str::from_utf8(line).ok();
            match text.and_then(|text| json::parse(text).ok()).and_then(Message::decode) {
                Some(message) => session.messages.push(message),
                None => session.unread_lines.push(at + 1),
            }
        }
        session
    }

    /// The lines that append `messages` to the file this session was read from. Once they are there, [`Session::open`] is false.
    pub fn encode(&self, messages: &[Message]) -> String {
        let mut lines = String::new();
        if self.open {
            lines.push('\n');
        }
        for message in messages {
            message.encode(&mut lines);
            lines.push('\n');
        }
        lines
    }
}

#[cfg(test)]
mod tests;
