//! TOML that is read strictly, with errors of one line.

use serde::de::DeserializeOwned;

/// A line, from 1, and what is wrong there.
pub type At = (usize, String);

/// Reads `text`.
///
/// # Errors
/// The first thing that is wrong.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, At> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| text.bytes().take(span.start).filter(|byte| *byte == b'\n').count() + 1);
        (line, error.message().replace('\n', " "))
    })
}

/// The first line that sets `key`, a table's head or a key; the first line of all where there is none.
pub fn line_of(text: &str, key: &str) -> usize {
    let sets = |line: &str| {
        let line = line.trim_start_matches([' ', '[']);
        line.strip_prefix(key).is_some_and(|rest| rest.starts_with([' ', '=', ']', '.']))
    };
    text.lines().position(sets).map_or(1, |at| at + 1)
}
