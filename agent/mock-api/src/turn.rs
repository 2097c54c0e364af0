//! One reply of the script on its way to a wire format, and how its texts fall into fragments.

use crate::json::{Json, json};
use crate::modes::{Modes, Quirk};
use crate::script::{Call, Reply, Stop};

/// Stands in a text for what is no text. A character of private use that no script has.
pub(crate) const MARKER: &str = "\u{F8FF}\u{F8FE}";

/// Characters in a fragment of arguments, and the most in one of a word.
const FRAGMENT_CHARS: usize = 8;
const WORD_CHARS: usize = 16;

/// What a format needs to know of one answer.
pub(crate) struct Turn<'a> {
    pub reply: &'a Reply,
    pub modes: &'a Modes,
    /// The number of the answer, from 1: ids are made from it.
    pub number: usize,
    pub model: String,
    /// Usage was asked for.
    pub with_usage: bool,
    /// The text has the [`MARKER`] after it.
    pub marked: bool,
}

impl Turn<'_> {
    pub(crate) fn quirk(&self, quirk: Quirk) -> bool {
        self.modes.quirk(quirk)
    }

    /// The whole text, if there is any.
    pub(crate) fn text(&self) -> Option<String> {
        let text = self.reply.text.as_deref();
        if self.marked { Some(format!("{}{MARKER}", text.unwrap_or_default())) } else { text.map(str::to_string) }
    }

    /// The text in fragments.
    pub(crate) fn text_fragments(&self) -> Vec<String> {
        let mut fragments = self.fragments(self.reply.text.as_deref().unwrap_or_default());
        fragments.extend(self.marked.then(|| MARKER.to_string()));
        fragments
    }

    /// Any text in fragments: words, or so many characters each.
    pub(crate) fn fragments(&self, text: &str) -> Vec<String> {
        match self.reply.split_chars {
            Some(chars) => by_chars(text, chars),
            None => text.split_inclusive(' ').flat_map(|word| by_chars(word, WORD_CHARS)).collect(),
        }
    }

    pub(crate) fn call_id(&self, prefix: &str, index: usize) -> String {
        match &self.reply.calls[index].id {
            Some(id) => id.clone(),
            None => format!("{prefix}_{}_{}", self.number, index + 1),
        }
    }

    pub(crate) fn stop(&self) -> Stop {
        match &self.reply.stop {
            Some(stop) => stop.clone(),
            None if !self.reply.calls.is_empty() => Stop::Tool,
            None => Stop::End,
        }
    }
}

impl Call {
    /// The arguments as text, JSON or not.
    pub(crate) fn arguments_text(&self) -> String {
        match (&self.raw_arguments, &self.arguments) {
            (Some(raw), _) => raw.clone(),
            (None, Some(arguments)) => arguments.to_string(),
            (None, None) => "{}".to_string(),
        }
    }

    /// The arguments as a value: text that is no JSON is a string.
    pub(crate) fn arguments_value(&self) -> Json {
        let text = self.arguments_text();
        if serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok() { Json(text) } else { json(text) }
    }

    pub(crate) fn has_arguments(&self) -> bool {
        self.arguments_text() != "{}"
    }

    pub(crate) fn argument_fragments(&self) -> Vec<String> {
        by_chars(&self.arguments_text(), FRAGMENT_CHARS)
    }
}

fn by_chars(text: &str, count: usize) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    chars.chunks(count.max(1)).map(|chunk| chunk.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fragments_are_words_or_so_many_characters() {
        let modes = Modes::default();
        let fragments = |reply: &Reply| {
            Turn { reply, modes: &modes, number: 1, model: String::new(), with_usage: false, marked: false }.text_fragments()
        };
        assert_eq!(
            fragments(&Reply::text("I see.\nAll a-very-long-long-word")),
            ["I ", "see.\nAll ", "a-very-long-long", "-word"]
        );
        assert_eq!(fragments(&Reply { split_chars: Some(2), ..Reply::text("äöüß!") }), ["äö", "üß", "!"]);
        assert!(fragments(&Reply::default()).is_empty());
    }
}
