//! Markup that cannot be broken out of: only what stands in this program's source is taken as it is, everything else is escaped.

use crate::analysis::symbols;

/// A piece of a page. Tags and attribute names are literals; text and attribute values may come from anywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Html {
    text: String,
}

/// Attributes: a literal name, and any value.
pub type Attributes<'a> = &'a [(&'static str, &'a str)];

impl Html {
    /// Nothing yet.
    pub fn new() -> Html {
        Html::default()
    }

    /// Text, escaped.
    pub fn of(text: &str) -> Html {
        let mut html = Html::new();
        html.text(text);
        html
    }

    /// Markup of this program's source.
    pub fn raw(&mut self, markup: &'static str) -> &mut Html {
        self.text.push_str(markup);
        self
    }

    /// Text, escaped.
    pub fn text(&mut self, text: &str) -> &mut Html {
        self.text.push_str(&escape(text));
        self
    }

    /// An opening tag.
    pub fn open(&mut self, tag: &'static str, attributes: Attributes) -> &mut Html {
        self.text.push('<');
        self.text.push_str(tag);
        for (name, value) in attributes {
            self.text.push(' ');
            self.text.push_str(name);
            self.text.push_str("=\"");
            self.text.push_str(&escape(value));
            self.text.push('"');
        }
        self.text.push('>');
        self
    }

    /// A closing tag.
    pub fn close(&mut self, tag: &'static str) -> &mut Html {
        self.text.push_str("</");
        self.text.push_str(tag);
        self.text.push('>');
        self
    }

    /// An element with nothing but text in it.
    pub fn element(&mut self, tag: &'static str, attributes: Attributes, text: &str) -> &mut Html {
        self.open(tag, attributes).text(text).close(tag)
    }

    /// Another piece.
    pub fn add(&mut self, other: &Html) -> &mut Html {
        self.text.push_str(&other.text);
        self
    }

    /// A style sheet or script of this program's source, which no text may end: what is hashed for the policy is what stands between the tags.
    pub fn embed(&mut self, tag: &'static str, text: &str) -> &mut Html {
        self.open(tag, &[]);
        self.text.push_str(text);
        self.close(tag)
    }

    /// About how many characters a reader sees.
    pub fn shown_length(&self) -> usize {
        let mut is_tag = false;
        let mut count = 0;
        for c in self.text.chars() {
            match c {
                '<' => is_tag = true,
                '>' => is_tag = false,
                _ => count += usize::from(!is_tag),
            }
        }
        count
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The markup.
    pub fn into_text(self) -> String {
        self.text
    }
}

/// Text as it may stand in an element or a quoted attribute. What moves text about or ends a line is shown as in Rust, so that no name can pretend to be
/// another; U+0000 and the like, which HTML does not know, are among that.
pub fn escape(text: &str) -> String {
    let text = symbols::escape(text);
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // These are no characters, and no document may have them.
            '\u{fdd0}'..='\u{fdef}' => safe.push('\u{fffd}'),
            c if u32::from(c) & 0xfffe == 0xfffe => safe.push('\u{fffd}'),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_character_that_means_something_is_escaped() {
        assert_eq!(escape("<a href='x\"&y'>"), "&lt;a href=&#39;x&quot;&amp;y&#39;&gt;");
        assert_eq!(escape("a\nb\u{0}\u{202e}c"), "a\\u{a}b\\u{0}\\u{202e}c");
        assert_eq!(escape("\u{fffe}\u{fdd0}"), "\u{fffd}\u{fffd}");
        assert_eq!(escape("Größe 3 µs"), "Größe 3 µs");
    }

    proptest! {
        #[test]
        fn no_text_breaks_out(text in any::<String>()) {
            let mut html = Html::new();
            html.element("p", &[("title", &text)], &text);
            let markup = html.into_text();
            prop_assert_eq!(markup.matches(['<', '>']).count(), 4);
            prop_assert_eq!(markup.matches('"').count(), 2);
            prop_assert!(!markup.contains('\'') && !markup.contains(|c: char| c.is_control()));
            let decoded = markup.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&");
            let shown: String = symbols::escape(&text);
            let known = |c: char| !(('\u{fdd0}'..='\u{fdef}').contains(&c) || u32::from(c) & 0xfffe == 0xfffe);
            prop_assert!(!text.chars().all(known) || decoded.contains(&shown));
        }
    }
}
