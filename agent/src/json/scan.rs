//! Where a JSON value ends: the one routine that checks a text and that later walks over it.

use super::{Json, Wrong};

/// How deep arrays and objects may nest. What the APIs send nests less than 10 deep, and each level is a call on a small stack.
pub const MAX_DEPTH: u8 = 64;

/// The first byte at `at` or after it that is not space.
pub(super) fn space(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
        at += 1;
    }
    at
}

/// The end of the value that starts at `at`.
pub(super) fn value(bytes: &[u8], at: usize, depth: u8) -> Result<usize, Wrong> {
    match bytes.get(at) {
        Some(b'"') => string(bytes, at),
        Some(b'[') => list(bytes, at, depth, b']'),
        Some(b'{') => list(bytes, at, depth, b'}'),
        Some(b't') => word(bytes, at, b"true"),
        Some(b'f') => word(bytes, at, b"false"),
        Some(b'n') => word(bytes, at, b"null"),
        _ => number(bytes, at),
    }
}

/// An array or an object: the same but for the names.
fn list(bytes: &[u8], open: usize, depth: u8, close: u8) -> Result<usize, Wrong> {
    let Some(depth) = depth.checked_sub(1) else { return Err(Wrong { at: open, wanted: "less nesting" }) };
    let mut at = space(bytes, open + 1);
    if bytes.get(at) == Some(&close) {
        return Ok(at + 1);
    }
    loop {
        if close == b'}' {
            at = space(bytes, string(bytes, at)?);
            if bytes.get(at) != Some(&b':') {
                return Err(Wrong { at, wanted: "a colon" });
            }
            at = space(bytes, at + 1);
        }
        at = space(bytes, value(bytes, at, depth)?);
        match bytes.get(at) {
            Some(b',') => at = space(bytes, at + 1),
            Some(byte) if *byte == close => return Ok(at + 1),
            _ => return Err(Wrong { at, wanted: "a comma or the closing bracket" }),
        }
    }
}

fn word(bytes: &[u8], at: usize, word: &[u8]) -> Result<usize, Wrong> {
    let end = at + word.len();
    if bytes.get(at..end) == Some(word) { Ok(end) } else { Err(Wrong { at, wanted: "a value" }) }
}

fn string(bytes: &[u8], start: usize) -> Result<usize, Wrong> {
    if bytes.get(start) != Some(&b'"') {
        return Err(Wrong { at: start, wanted: "a name in quotes" });
    }
    let mut at = start + 1;
    loop {
        match bytes.get(at) {
            Some(b'"') => return Ok(at + 1),
            Some(b'\\') => at = escape(bytes, at + 1)?,
            Some(0x20..) => at += 1,
            _ => return Err(Wrong { at, wanted: "the rest of a string" }),
        }
    }
}

/// The end of the escape whose letter is at `at`.
fn escape(bytes: &[u8], at: usize) -> Result<usize, Wrong> {
    match bytes.get(at) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 1),
        Some(b'u') if bytes.get(at + 1..at + 5).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) => Ok(at + 5),
        _ => Err(Wrong { at, wanted: "an escape" }),
    }
}

fn number(bytes: &[u8], start: usize) -> Result<usize, Wrong> {
    let wrong = |at| Err(Wrong { at, wanted: "a value" });
    let mut at = start + usize::from(bytes.get(start) == Some(&b'-'));
    let whole = at;
    at = digits(bytes, at);
    // At least one digit, and no zero in front of another.
    if at == whole || (bytes.get(whole) == Some(&b'0') && at > whole + 1) {
        return wrong(whole);
    }
    if bytes.get(at) == Some(&b'.') {
        let end = digits(bytes, at + 1);
        if end == at + 1 {
            return wrong(end);
        }
        at = end;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let first = at + 1 + usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        at = digits(bytes, first);
        if at == first {
            return wrong(at);
        }
    }
    Ok(at)
}

fn digits(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(u8::is_ascii_digit) {
        at += 1;
    }
    at
}

/// Walks over the values of a checked array, or over the names and values of a checked object in turn.
pub(super) struct Walk<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Walk<'a> {
    /// Nothing to walk over unless `text` starts with `open`.
    pub(super) fn new(text: &'a str, open: u8) -> Walk<'a> {
        let at = if text.as_bytes().first() == Some(&open) { 1 } else { text.len() };
        Walk { text, at }
    }
}

impl<'a> Iterator for Walk<'a> {
    type Item = Json<'a>;

    fn next(&mut self) -> Option<Json<'a>> {
        let bytes = self.text.as_bytes();
        let mut at = space(bytes, self.at);
        if matches!(bytes.get(at), Some(b',' | b':')) {
            at = space(bytes, at + 1);
        }
        // The closing bracket is no value, so it ends the walk; in a checked text nothing else does.
        let end = value(bytes, at, MAX_DEPTH).ok()?;
        self.at = end;
        self.text.get(at..end).map(Json)
    }
}
