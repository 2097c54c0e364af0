//! JSON without a tree: a text is checked once against RFC 8259, then read in place through [`Json`].
//!
//! ADR 3 has the bytes of this reader beside those of the libraries. A checked value is a slice of the text, so reading it allocates
//! nothing but the strings that are asked for, and any part of it can be passed on word for word ([`Json::raw`]).

use alloc::string::String;

#[cfg(all(feature = "memory-flat", feature = "openai"))]
mod real;
mod scan;
mod string;
mod write;

pub use scan::MAX_DEPTH;
pub use write::{field, number, quote};

/// One value of a text that [`parse`] has checked, without the space around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Json<'a>(&'a str);

/// Why a text is not JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wrong {
    /// The byte at which reading stopped.
    pub at: usize,
    /// What was wanted there.
    pub wanted: &'static str,
}

/// Checks that `text` is one JSON value with nothing but space around it, nested at most [`MAX_DEPTH`] deep.
pub fn parse(text: &str) -> Result<Json<'_>, Wrong> {
    let bytes = text.as_bytes();
    let start = scan::space(bytes, 0);
    let end = scan::value(bytes, start, MAX_DEPTH)?;
    let rest = scan::space(bytes, end);
    match text.get(start..end) {
        Some(value) if rest == bytes.len() => Ok(Json(value)),
        _ => Err(Wrong { at: rest, wanted: "the end" }),
    }
}

impl<'a> Json<'a> {
    /// The value as it was written.
    pub fn raw(self) -> &'a str {
        self.0
    }

    /// The value of the first member of this name that is not null; nothing if this is no object.
    pub fn get(self, name: &str) -> Option<Json<'a>> {
        self.members().find(|(key, value)| !value.is_null() && key.is(name)).map(|(_, value)| value)
    }

    /// [`Json::get`] and [`Json::text`] in one.
    pub fn text_of(self, name: &str) -> Option<String> {
        self.get(name).and_then(Json::text)
    }

    /// The characters of a string; nothing if this is none.
    pub fn text(self) -> Option<String> {
        string::inner(self.0).map(string::decode)
    }

    /// Whether this is the string `text`.
    pub fn is(self, text: &str) -> bool {
        string::inner(self.0)
            .is_some_and(|inner| inner == text || (inner.as_bytes().contains(&b'\\') && string::decode(inner) == text))
    }

    /// A whole number from 0 to 2^64 - 1, written without a point or an exponent.
    pub fn number(self) -> Option<u64> {
        decimal(self.0)
    }

    /// `true` or `false`.
    pub fn truth(self) -> Option<bool> {
        match self.0 {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// Whether this is `null`.
    pub fn is_null(self) -> bool {
        self.0 == "null"
    }

    /// Whether this is an object.
    pub fn is_object(self) -> bool {
        self.0.starts_with('{')
    }

    /// Whether this is an array.
    pub fn is_array(self) -> bool {
        self.0.starts_with('[')
    }

    /// The elements of an array; none if this is none.
    pub fn items(self) -> impl Iterator<Item = Json<'a>> {
        scan::Walk::new(self.0, b'[')
    }

    /// The names and values of an object's members as they were written, the same name twice if it is there twice; none if this is no
    /// object.
    pub fn members(self) -> impl Iterator<Item = (Json<'a>, Json<'a>)> {
        let mut walk = scan::Walk::new(self.0, b'{');
        core::iter::from_fn(move || Some((walk.next()?, walk.next()?)))
    }

    /// How many bytes of `text`, which this is a part of, stand before it.
    pub fn offset_in(self, text: &str) -> usize {
        (self.0.as_ptr() as usize).saturating_sub(text.as_ptr() as usize)
    }
}

/// The decimal digits `text` as a number, if it is digits only and fits.
pub fn decimal(text: &str) -> Option<u64> {
    let digit = |sum: u64, byte: u8| {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 { None } else { sum.checked_mul(10)?.checked_add(u64::from(digit)) }
    };
    if text.is_empty() { None } else { text.bytes().try_fold(0, digit) }
}

/// The line and the column, both from 1, of the byte at `at`; the column counts characters.
pub fn place(text: &str, at: usize) -> (u64, u64) {
    let (mut line, mut column) = (1, 1);
    for char in text.get(..at).unwrap_or(text).chars() {
        (line, column) = if char == '\n' { (line + 1, 1) } else { (line, column + 1) };
    }
    (line, column)
}

#[cfg(test)]
mod tests;
