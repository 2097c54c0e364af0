//! The only text that a comment's file may hold: short, on one line, and of no characters that do something.

use serde::{Deserialize, Deserializer, Serialize, de::Error};
use std::fmt;

/// The longest name, in bytes of UTF-8.
pub const NAME_BYTES_MAX: usize = 240;

/// What the runner of GitHub Actions takes for a command anywhere in a line of a log.
const RUNNER_COMMAND: &str = "##[";

/// A name as it is shown: of a row, symbol, crate or tool, or the beginning of a reason.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Name(String);

impl Name {
    /// A name of any text: what does something is written out (`\u{1b}`), what is too long loses its middle.
    pub fn of(text: &str) -> Name {
        let mut name = String::with_capacity(text.len().min(NAME_BYTES_MAX));
        for c in text.chars() {
            match c {
                '\n' | '\r' | '\t' => name.push(' '),
                c if acts(c) => name.extend(c.escape_unicode()),
                c => name.push(c),
            }
        }
        // As often as it takes: what is left of one can be another.
        while name.contains(RUNNER_COMMAND) {
            name = name.replace(RUNNER_COMMAND, "# #[");
        }
        let name = cut(name.trim());
        Name(if name.is_empty() { "-".into() } else { name })
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Name, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wrong = match () {
            () if text.is_empty() => "is empty",
            () if text.len() > NAME_BYTES_MAX => "is longer than 240 bytes",
            () if text.chars().any(acts) => "has a control character",
            () if text.contains(RUNNER_COMMAND) => "has a command for the runner",
            () => return Ok(Name(text)),
        };
        // Not the text itself: it goes into a log.
        Err(D::Error::custom(format!("a name {wrong}")))
    }
}

/// Control characters, line and paragraph separators, and what is invisible or turns the writing direction.
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// At most [`NAME_BYTES_MAX`] bytes, of which a longer name keeps its beginning and its end.
fn cut(name: &str) -> String {
    if name.len() <= NAME_BYTES_MAX {
        return name.to_string();
    }
    let half = (NAME_BYTES_MAX - '…'.len_utf8()) / 2;
    let (head, tail) = (name.floor_char_boundary(half), name.ceil_char_boundary(name.len() - half));
    format!("{}…{}", &name[..head], &name[tail..])
}

/// A metric with its unit: lower-case letters, digits and `_`, so that it can stand in a heading as it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct MetricName(String);

impl MetricName {
    /// The metric of this name; nothing if it cannot be one.
    pub fn of(text: &str) -> Option<MetricName> {
        let is_one = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_';
        let starts = text.as_bytes().first().is_some_and(u8::is_ascii_lowercase);
        (starts && text.len() <= 40 && text.bytes().all(is_one)).then(|| MetricName(text.to_string()))
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MetricName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl<'de> Deserialize<'de> for MetricName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<MetricName, D::Error> {
        let text = String::deserialize(deserializer)?;
        MetricName::of(&text).ok_or_else(|| D::Error::custom("a metric is of lower-case letters, digits and `_`, 40 at most"))
    }
}

/// The hash of a commit: 40 or 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Commit(String);

impl Commit {
    /// The commit of this hash; nothing if it is none.
    pub fn of(text: &str) -> Option<Commit> {
        let is_one = matches!(text.len(), 40 | 64) && text.bytes().all(|c| c.is_ascii_digit() || matches!(c, b'a'..=b'f'));
        is_one.then(|| Commit(text.to_string()))
    }

    /// The whole hash.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is enough for git and for people.
    pub fn short(&self) -> &str {
        &self.0[..12]
    }
}

impl<'de> Deserialize<'de> for Commit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Commit, D::Error> {
        let text = String::deserialize(deserializer)?;
        Commit::of(&text).ok_or_else(|| D::Error::custom("a commit is 40 or 64 hexadecimal digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_acts_is_written_out() {
        for (text, want) in [
            ("a::b<c>", "a::b<c>"),
            ("a\nb", "a b"),
            ("\u{1b}[31m", "\\u{1b}[31m"),
            ("\u{202e}x\u{200b}", "\\u{202e}x\\u{200b}"),
            ("##[error]x", "# #[error]x"),
            ("###[[", "## #[["),
            (" \n", "-"),
        ] {
            assert_eq!(Name::of(text).as_str(), want);
        }
        let long = Name::of(&"ä".repeat(500));
        assert!(long.as_str().len() <= NAME_BYTES_MAX && long.as_str().contains('…'));
    }

    #[test]
    fn what_is_read_is_only_what_could_have_been_written() {
        let read = |text: &str| serde_json::from_str::<Name>(&serde_json::to_string(text).unwrap());
        assert!(read("a::b").is_ok());
        for text in ["", "a\nb", "\u{1b}[0m", "\u{202e}", "x##[add-mask]y", &"x".repeat(NAME_BYTES_MAX + 1)] {
            assert!(read(text).is_err(), "{text:?}");
        }
        assert!(MetricName::of("raw_bytes").is_some());
        assert!(["", "_a", "A", "a|b", "a-b", &"a".repeat(41)].into_iter().all(|text| MetricName::of(text).is_none()));
        assert!(Commit::of(&"a1".repeat(20)).is_some());
        assert!(["", "a1", &"g".repeat(40), &"A".repeat(40)].into_iter().all(|text| Commit::of(text).is_none()));
    }

    proptest! {
        #[test]
        fn whatever_is_made_can_be_read(text in ".{0,300}") {
            let name = Name::of(&text);
            let json = serde_json::to_string(&name).unwrap();
            prop_assert_eq!(serde_json::from_str::<Name>(&json).unwrap(), name);
        }
    }
}
