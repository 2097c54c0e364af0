//! What a guest writes: one JSON object a line.

use serde::Deserialize;

/// The longest line that is looked at, in bytes. It holds a whole conversation.
pub const LINE_BYTES: usize = 8 << 20;

/// An effect.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "effect", rename_all = "lowercase")]
pub enum Effect {
    /// Show `text` to the user.
    Output {
        text: String,
    },
    /// The user's next line.
    Line,
    Send(Send),
    /// The next piece of the body.
    Receive,
    Now,
    Sleep {
        time_ms: u64,
    },
}

/// A request. Its `private` is for hosts that trust the guest.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct Send {
    pub method: String,
    pub url: String,
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    #[serde(default)]
    pub body: Option<String>,
    pub timeout_ms: u64,
}

/// Reads a line without its end.
///
/// # Errors
/// It is no effect; in words for the user.
pub fn read(line: &[u8]) -> Result<Effect, String> {
    // What is wrong is said, what was written is not: it can hold a key.
    serde_json::from_slice(line).map_err(|error| format!("the host does not understand an effect (column {})", error.column()))
}

/// Puts lines together from what comes.
#[derive(Debug, Default)]
pub struct Lines {
    part: Vec<u8>,
    is_long: bool,
}

/// A line that came, or one that was too long and is gone.
#[derive(Debug, PartialEq, Eq)]
pub enum Line {
    /// A line without its end.
    Whole(Vec<u8>),
    /// More than [`LINE_BYTES`].
    TooLong,
}

impl Lines {
    /// Adds `bytes`, and gives the lines that end in them.
    pub fn add(&mut self, mut bytes: &[u8]) -> Vec<Line> {
        let mut lines = Vec::new();
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            self.extend(&bytes[..end]);
            let part = std::mem::take(&mut self.part);
            lines.push(if std::mem::take(&mut self.is_long) { Line::TooLong } else { Line::Whole(part) });
            bytes = &bytes[end + 1..];
        }
        self.extend(bytes);
        lines
    }

    fn extend(&mut self, bytes: &[u8]) {
        if self.part.len() + bytes.len() > LINE_BYTES {
            (self.part, self.is_long) = (Vec::new(), true);
        }
        if !self.is_long {
            self.part.extend_from_slice(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn effects_are_read_as_the_document_writes_them() {
        let send = r#"{"effect":"send","method":"POST","url":"https://a.b/c","headers":[["x","y"]],"body":"{}","timeout_ms":5,"private":[]}"#;
        let Ok(Effect::Send(send)) = read(send.as_bytes()) else { panic!() };
        assert_eq!((&*send.url, send.body.as_deref(), send.headers.len(), send.timeout_ms), ("https://a.b/c", Some("{}"), 1, 5));
        assert_eq!(read(br#"{"effect":"sleep","time_ms":500}"#), Ok(Effect::Sleep { time_ms: 500 }));
        assert_eq!(read(br#"{"effect":"output","text":"a\nb"}"#), Ok(Effect::Output { text: "a\nb".into() }));
        for simple in ["line", "receive", "now"] {
            assert!(read(format!(r#"{{"effect":"{simple}"}}"#).as_bytes()).is_ok(), "{simple}");
        }
    }

    #[test]
    fn what_is_no_effect_is_an_error_that_does_not_repeat_it() {
        for line in [
            "",
            "{}",
            "null",
            r#"{"effect":"fly"}"#,
            r#"{"effect":"sleep"}"#,
            r#"{"effect":"sleep","time_ms":-1}"#,
            "\u{0}",
            "key-12",
        ] {
            let error = read(line.as_bytes()).unwrap_err();
            assert!(error.starts_with("the host does not understand") && !error.contains("key"), "{error}");
        }
        assert!(read(&"[".repeat(100_000).into_bytes()).is_err());
    }

    #[test]
    fn lines_are_whole_whatever_pieces_they_come_in() {
        let text = b"one\n\nthree\nrest";
        for size in 1..=text.len() {
            let mut lines = Lines::default();
            let read: Vec<Line> = text.chunks(size).flat_map(|piece| lines.add(piece)).collect();
            assert_eq!(read, ["one", "", "three"].map(|line| Line::Whole(line.into())), "{size}");
        }
        let mut lines = Lines::default();
        for _ in 0..9 {
            assert!(lines.add(&vec![b'x'; 1 << 20]).is_empty());
        }
        assert_eq!(lines.add(b"\nshort\n"), [Line::TooLong, Line::Whole(b"short".to_vec())]);
    }
}
