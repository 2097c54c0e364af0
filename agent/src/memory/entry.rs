//! What is to be remembered, its limits, and how a record is shown.

use alloc::string::String;
use alloc::vec::Vec;

use agent_memory::store::Record;

use crate::json::{self, Json};
use crate::redact::Redactor;
use crate::text;

/// The longest text of one record.
pub const MAX_TEXT_BYTES: usize = 8 * 1024;
/// The most tags of one record.
pub const MAX_TAGS: usize = 16;
/// The longest tag.
pub const MAX_TAG_BYTES: usize = 64;

/// A text and what it is filed under.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// The text.
    pub text: String,
    /// The tags.
    pub tags: Vec<String>,
}

impl Entry {
    /// A line of `--stdin jsonl`: a JSON string, an object with `text` and `tags`, or plain text.
    pub fn decode(line: &str) -> Entry {
        let Ok(json) = json::parse(line) else { return Entry { text: line.into(), ..Entry::default() } };
        if let Some(text) = json.text() {
            return Entry { text, ..Entry::default() };
        }
        match json.text_of("text") {
            Some(text) => {
                Entry { text, tags: json.get("tags").into_iter().flat_map(Json::items).filter_map(Json::text).collect() }
            }
            None => Entry { text: line.into(), ..Entry::default() },
        }
    }

    /// Without keys, and without space around it.
    pub(super) fn cleaned(&self, redactor: &Redactor) -> Entry {
        let clean = |text: &String| String::from(text::trim(&redactor.clean(text)));
        Entry { text: clean(&self.text), tags: self.tags.iter().map(clean).collect() }
    }

    /// What is wrong with it, for a user or a model.
    pub(super) fn check(&self) -> Result<(), String> {
        if text::is_blank(&self.text) {
            return Err("the text is empty: say what is to be remembered".into());
        }
        if self.text.len() > MAX_TEXT_BYTES {
            return Err("the text is longer than 8 KiB: remember it in parts".into());
        }
        if self.tags.len() > MAX_TAGS {
            return Err("there are more than 16 tags: leave some out".into());
        }
        let is_good = |tag: &String| (1..=MAX_TAG_BYTES).contains(&tag.len()) && !tag.chars().any(char::is_control);
        match self.tags.iter().find(|tag| !is_good(tag)) {
            Some(tag) => Err(text::fill("the tag \"{}\" is empty, longer than 64 bytes, or not plain text: use another", &[tag])),
            None => Ok(()),
        }
    }
}

/// A record as a line of JSON, with its score if it was searched for.
pub fn line(record: &Record, score: Option<f32>) -> String {
    let mut out = String::from("{\"id\":");
    json::number(&mut out, record.id);
    if let Some(score) = score {
        out.push_str(",\"score\":");
        out.push_str(&thousandths(score));
    }
    out.push_str(",\"tags\":[");
    for (at, tag) in record.tags.iter().enumerate() {
        json::field(&mut out, if at == 0 { "" } else { "," }, tag);
    }
    json::field(&mut out, "],\"text\":", &record.text);
    out.push_str("}\n");
    out
}

/// A cosine with three digits.
pub(super) fn thousandths(score: f32) -> String {
    let size = (if score < 0.0 { -score } else { score }).min(9.0);
    let size = (size * 1000.0 + 0.5) as u64;
    let mut out = String::from(if score < 0.0 && size > 0 { "-" } else { "" });
    json::number(&mut out, size / 1000);
    out.push('.');
    for unit in [100, 10, 1] {
        json::number(&mut out, size / unit % 10);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_has_three_digits() {
        for (score, wanted) in [
            (0.0, "0.000"),
            (1.0, "1.000"),
            (0.0005, "0.001"),
            (0.12345, "0.123"),
            (-0.0004, "0.000"),
            (-0.5, "-0.500"),
            (0.9999, "1.000"),
            (f32::MAX, "9.000"),
        ] {
            assert_eq!(thousandths(score), wanted);
        }
    }

    #[test]
    fn a_line_is_a_string_an_object_or_plain_text() {
        let entry =
            |text: &str, tags: &[&str]| Entry { text: text.into(), tags: tags.iter().map(|tag| String::from(*tag)).collect() };
        assert_eq!(Entry::decode("plain {words"), entry("plain {words", &[]));
        assert_eq!(Entry::decode(r#""a\nb""#), entry("a\nb", &[]));
        assert_eq!(Entry::decode(r#"{"text":"a","tags":["b","c"]}"#), entry("a", &["b", "c"]));
        assert_eq!(Entry::decode(r#"{"other":1}"#), entry(r#"{"other":1}"#, &[]));
        assert_eq!(Entry::decode("12"), entry("12", &[]));
    }
}
