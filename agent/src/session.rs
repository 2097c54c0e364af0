//! Sessions: a conversation kept as JSON Lines, one [`Message`] a line, only ever appended to.
//!
//! A turn is appended whole: the line of the user and the line of the assistant, each ended by a newline. A write that was cut off leaves a
//! last line without its newline. Nothing is repaired in place, because another process may be appending: the next turn starts with a
//! newline instead, so that the torn line stays alone on its own. Lines that cannot be read, at the end or anywhere else, are left out and
//! counted, so that the caller can warn. Empty lines are nothing.

use alloc::string::String;
use alloc::vec::Vec;

use crate::message::Message;

/// A session's name, which is also its file's: 1 to 64 characters of `A-Z a-z 0-9 . _ -`, the first neither `.` nor `-`, and (native) not a
/// device of Windows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// The name, if `text` is one. No name is a hidden file, an option, a device or a path out of the sessions folder.
    pub fn new(text: String) -> Option<Name> {
        let valid = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        let ok = (1..=64).contains(&text.len())
            && text.bytes().all(valid)
            && !text.starts_with(['.', '-'])
            && (cfg!(target_os = "wasi") || !is_device(&text));
        ok.then_some(Name(text))
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
            match serde_json::from_slice(line) {
                Ok(message) => session.messages.push(message),
                Err(_) => session.unread_lines.push(at + 1),
            }
        }
        session
    }

    /// The bytes that append `turn` to the file this session was read from.
    pub fn encode(&self, turn: &[Message]) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = Vec::new();
        if self.open {
            bytes.push(b'\n');
        }
        for message in turn {
            bytes.append(&mut serde_json::to_vec(message)?);
            bytes.push(b'\n');
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Role;
    use alloc::string::ToString;
    use alloc::vec;

    fn message(role: Role, content: &str) -> Message {
        Message { role, content: content.to_string() }
    }

    #[test]
    fn names_that_are_safe_as_files_pass() {
        let long = "x".repeat(64);
        for good in ["a", "0", "_", "Work-2.b_c", "a..b", "con2", "console", "com", "com10", "a.nul", long.as_str()] {
            assert_eq!(Name::new(good.to_string()).expect(good).as_str(), good);
        }
    }

    #[test]
    fn names_that_are_not_safe_are_refused() {
        let long = "x".repeat(65);
        for bad in ["", ".", "..", ".a", "-a", "a/b", "../a", "a\\b", "C:a", "a b", "a\n", "a\0", "é", long.as_str()] {
            assert_eq!(Name::new(bad.to_string()), None, "{bad:?}");
        }
        for device in ["con", "NUL", "Aux.a", "prn.", "com1", "LPT0", "lpt9.x.y"] {
            assert_eq!(Name::new(device.to_string()), None, "{device:?}");
        }
    }

    #[test]
    fn a_turn_is_two_lines_and_reads_back() {
        let turn = [message(Role::User, "a\nb"), message(Role::Assistant, "\"c\"")];
        let bytes = Session::default().encode(&turn).expect("encodes");
        assert_eq!(bytes, b"{\"role\":\"user\",\"content\":\"a\\nb\"}\n{\"role\":\"assistant\",\"content\":\"\\\"c\\\"\"}\n");
        assert_eq!(Session::decode(&bytes), Session { messages: turn.to_vec(), unread_lines: vec![], open: false });
    }

    #[test]
    fn no_bytes_are_an_empty_session() {
        assert_eq!(Session::decode(b""), Session::default());
    }

    #[test]
    fn a_torn_last_line_is_left_out_and_the_next_turn_starts_on_a_new_one() {
        let mut bytes = b"{\"role\":\"user\",\"content\":\"one\"}\n{\"role\":\"assi".to_vec();
        let session = Session::decode(&bytes);
        assert_eq!(session.messages, [message(Role::User, "one")]);
        assert_eq!((session.unread_lines.as_slice(), session.open), ([2].as_slice(), true));

        bytes.append(&mut session.encode(&[message(Role::User, "two")]).expect("encodes"));
        let session = Session::decode(&bytes);
        assert_eq!(session.messages, [message(Role::User, "one"), message(Role::User, "two")]);
        assert_eq!((session.unread_lines.as_slice(), session.open), ([2].as_slice(), false));
    }

    #[test]
    fn a_whole_last_line_without_its_newline_is_kept() {
        let session = Session::decode(b"{\"role\":\"user\",\"content\":\"one\"}");
        assert_eq!((session.messages.len(), session.unread_lines.len(), session.open), (1, 0, true));
    }

    #[test]
    fn foreign_lines_are_left_out_by_number_and_empty_ones_are_nothing() {
        let session = Session::decode(
            b"\n# note\n{\"role\":\"user\",\"content\":\"a\"}\r\n \n{\"role\":\"system\",\"content\":\"b\"}\n\xFF\xFE\n{\"role\":\"user\"}\n[]\n",
        );
        assert_eq!(session.messages, [message(Role::User, "a")]);
        assert_eq!(session.unread_lines, [2, 5, 6, 7, 8]);
    }
}
