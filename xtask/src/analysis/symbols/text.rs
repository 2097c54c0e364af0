//! The text form of a table: one symbol a line, sorted by name, `bytes<TAB>count<TAB>name`.

use super::{SymbolSize, SymbolTable};
use std::fmt::Write;

/// The table as text. The same table always gives the same text, and a changed symbol changes one line.
pub fn render(table: &SymbolTable) -> String {
    let mut text = String::new();
    for (name, size) in table {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}\t{}\t{}", size.bytes, size.count, escape(name));
    }
    text
}

/// Reads what [`render`] wrote. The error names the line, counted from 1, and what is wrong with it.
pub fn parse(text: &str) -> Result<SymbolTable, String> {
    let mut table = SymbolTable::new();
    for (number, line) in (1..).zip(text.lines()) {
        let wrong = |what: &str| format!("line {number}: {what}: {line:?}");
        let mut fields = line.splitn(3, '\t');
        let mut integer = |what| {
            let field = fields.next().unwrap_or_default();
            field.parse::<u64>().map_err(|_| wrong(&format!("{what} is not a whole number")))
        };
        let size = SymbolSize { bytes: integer("the size")?, count: integer("the count")? };
        let name = fields.next().ok_or_else(|| wrong("there is no name"))?;
        let name = unescape(name).ok_or_else(|| wrong("the name has an unknown escape"))?;
        if table.insert(name, size).is_some() {
            return Err(wrong("the name stands there twice"));
        }
    }
    Ok(table)
}

/// A name on one line that a terminal can be given: control characters and the backslash are escaped as in Rust.
pub fn escape(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '\\' => text.push_str("\\\\"),
            c if c.is_control() || is_layout(c) => text.extend(c.escape_unicode()),
            c => text.push(c),
        }
    }
    text
}

/// Characters that move text about: line and paragraph separators, and marks that turn the writing direction.
fn is_layout(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn unescape(text: &str) -> Option<String> {
    let mut name = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((plain, escaped)) = rest.split_once('\\') {
        name.push_str(plain);
        rest = if let Some(rest) = escaped.strip_prefix('\\') {
            name.push('\\');
            rest
        } else {
            let (code, rest) = escaped.strip_prefix("u{")?.split_once('}')?;
            name.push(char::from_u32(u32::from_str_radix(code, 16).ok()?)?);
            rest
        };
    }
    name.push_str(rest);
    Some(name)
}
