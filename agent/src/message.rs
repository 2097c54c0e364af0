//! One message of a conversation, and how the user's message is read from the input.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;
use core::str::Utf8Error;

use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

/// Who said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The person or program that runs the agent.
    User,
    /// The provider.
    Assistant,
}

/// One message, and one line of a session: `{"role":"user","content":"hi"}`. Other keys are ignored when one is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Who said it.
    pub role: Role,
    /// What was said.
    pub content: String,
}

// By hand and not derived: a derived reader also takes the array `["user","hi"]`, and it is larger. Nobody sees these errors, so they say
// little: what is not a message is plain text in the input and a line left out in a session.
impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Message, D::Error> {
        deserializer.deserialize_map(Keys)
    }
}

struct Keys;

impl<'de> Visitor<'de> for Keys {
    type Value = Message;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a message")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Message, A::Error> {
        let (mut role, mut content) = (None, None);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "role" => role = Some(map.next_value::<String>()?),
                "content" => content = Some(map.next_value()?),
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        let role = match role.as_deref() {
            Some("user") => Role::User,
            Some("assistant") => Role::Assistant,
            _ => return Err(Error::missing_field("role")),
        };
        Ok(Message { role, content: content.ok_or_else(|| Error::missing_field("content"))? })
    }
}

/// The user's text in `input`: the `content` of a JSON object that is a [`Message`] of the user, and otherwise `input` itself as plain
/// text, without the line ends that a shell or an editor puts after it. A byte order mark in front is dropped.
pub fn from_input(input: &[u8]) -> Result<String, Utf8Error> {
    let text = core::str::from_utf8(without_bom(input))?;
    if text.trim_start().starts_with('{')
        && let Ok(Message { role: Role::User, content }) = serde_json::from_slice(text.as_bytes())
    {
        return Ok(content);
    }
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// `bytes` without the UTF-8 byte order mark that some editors and shells put in front.
pub(crate) fn without_bom(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(input: &str) -> String {
        from_input(input.as_bytes()).expect("UTF-8")
    }

    #[test]
    fn a_json_message_of_the_user_gives_its_content() {
        assert_eq!(read(r#"{"role":"user","content":"hi\n"}"#), "hi\n");
        assert_eq!(read(" \n{\"content\": \"\\u00e9\", \"role\": \"user\", \"id\": [1]}\n"), "é");
    }

    #[test]
    fn everything_else_is_plain_text() {
        for text in [
            "hi",
            "{",
            "{}",
            "[1]",
            r#"["user","hi"]"#,
            r#"{"role":"system","content":"hi"}"#,
            r#"{"content":"hi"}"#,
            r#"{"role":"assistant","content":"hi"}"#,
            r#"{"role":"user","content":1}"#,
            r#"{"role":"user"}"#,
            r#"{"role":"user","content":"a"} b"#,
        ] {
            assert_eq!(read(text), text);
        }
    }

    #[test]
    fn only_line_ends_are_cut_from_plain_text() {
        assert_eq!(read("  two\nlines \r\n\n"), "  two\nlines ");
        assert_eq!(read("\n"), "");
    }

    #[test]
    fn a_byte_order_mark_is_dropped() {
        assert_eq!(read("\u{FEFF}hi"), "hi");
        assert_eq!(read("\u{FEFF}{\"role\":\"user\",\"content\":\"hi\"}"), "hi");
    }

    #[test]
    fn what_is_not_utf8_is_refused_with_its_place() {
        assert_eq!(from_input(b"ab\xFF").expect_err("not UTF-8").valid_up_to(), 2);
    }
}
