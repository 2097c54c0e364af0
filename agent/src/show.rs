//! Text on its way to a terminal: control characters are written out, so that no reply and no file name moves the cursor, sets a title,
//! hides text or answers for the user.

use alloc::string::String;

use crate::redact::Redactor;

/// Appends `text` to `out` with everything written out that is not a line end, a tab or a visible character.
pub fn escape(out: &mut String, text: &str) {
    for char in text.chars() {
        match char {
            '\n' | '\t' => out.push(char),
            // Controls, and the marks that reorder text (bidirectional overrides and isolates).
            '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                out.push_str("\\u{");
                hex(out, char.into());
                out.push('}');
            }
            _ => out.push(char),
        }
    }
}

/// `text` on one line, for standard error: a space in the place of what [`escape`] leaves or would make hard to read.
pub fn one_line(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len());
    for char in text.chars() {
        spaced.push(if matches!(char, '\n' | '\r' | '\t') { ' ' } else { char });
    }
    let mut out = String::new();
    escape(&mut out, &spaced);
    out
}

fn hex(out: &mut String, code: u32) {
    if code > 0xF {
        hex(out, code >> 4);
    }
    let digit = (code & 0xF) as u8;
    out.push(char::from(if digit < 10 { b'0' + digit } else { b'a' - 10 + digit }));
}

/// A stream of text that is shown as it comes, without keys.
#[derive(Debug, Default)]
pub struct Stream {
    held: String,
    /// What was shown last is the middle of a word.
    inside_word: bool,
}

impl Stream {
    /// What of `text` and of what was held before can be shown now.
    pub fn push(&mut self, text: &str, redactor: &Redactor) -> String {
        self.held.push_str(text);
        let ready = self.held.len() - redactor.held_bytes(&self.held, self.inside_word);
        let rest = self.held.get(ready..).unwrap_or_default().into();
        self.held.truncate(ready);
        let out = self.finish(redactor);
        self.held = rest;
        out
    }

    /// What is left at the end.
    pub fn finish(&mut self, redactor: &Redactor) -> String {
        let mut out = String::new();
        escape(&mut out, &redactor.clean_after(&self.held, self.inside_word));
        if let Some(last) = self.held.bytes().next_back() {
            self.inside_word = last.is_ascii_alphanumeric();
        }
        self.held = String::new();
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let mut out = String::new();
        escape(&mut out, text);
        out
    }

    #[test]
    fn ordinary_text_stays() {
        for text in ["a\n\tb", "é\u{1F600}", "\u{2028}", "\u{200d}"] {
            assert_eq!(shown(text), text);
        }
    }

    #[test]
    fn what_drives_a_terminal_is_written_out() {
        assert_eq!(shown("\x1b]0;title\x07"), "\\u{1b}]0;title\\u{7}");
        assert_eq!(shown("a\rb\x08\x7f\u{9b}"), "a\\u{d}b\\u{8}\\u{7f}\\u{9b}");
        assert_eq!(shown("\u{202e}abc\u{2066}"), "\\u{202e}abc\\u{2066}");
    }

    #[test]
    fn one_line_is_one_line() {
        assert_eq!(one_line("a\r\nb\tc\x1b"), "a  b c\\u{1b}");
    }

    #[test]
    fn a_word_in_pieces_is_no_key() {
        let (mut stream, redactor) = (Stream::default(), Redactor::default());
        let mut out = String::new();
        for char in "task-management-systems-and-more".chars() {
            out.push_str(&stream.push(alloc::string::ToString::to_string(&char).as_str(), &redactor));
        }
        out.push_str(&stream.finish(&redactor));
        assert_eq!(out, "task-management-systems-and-more");
    }

    #[test]
    fn a_key_in_pieces_is_not_shown() {
        let (mut stream, redactor) = (Stream::default(), Redactor::new("secret-key-1"));
        let mut out = stream.push("it is secret", &redactor);
        assert_eq!(out, "it is ");
        out.push_str(&stream.push("-key-1.", &redactor));
        out.push_str(&stream.finish(&redactor));
        assert_eq!(out, "it is [redacted].");
    }
}
