//! Writing JSON: the caller writes the punctuation, this the values that need care.

use alloc::string::String;

/// Appends `text` as a JSON string.
pub fn quote(out: &mut String, text: &str) {
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // JSON asks for the first of these; the others drive a terminal too, where this may be shown.
            '\0'..='\x1f' | '\x7f'..='\u{9f}' => {
                out.push_str("\\u00");
                hex(out, char as u8);
            }
            _ => out.push(char),
        }
    }
    out.push('"');
}

/// Appends `before`, which is the punctuation and the name, and `text` as a JSON string.
pub fn field(out: &mut String, before: &str, text: &str) {
    out.push_str(before);
    quote(out, text);
}

/// Appends `number` in decimal.
pub fn number(out: &mut String, number: u64) {
    if number > 9 {
        self::number(out, number / 10);
    }
    out.push(char::from(b'0' + (number % 10) as u8));
}

fn hex(out: &mut String, byte: u8) {
    for nibble in [byte >> 4, byte & 0xF] {
        out.push(char::from(if nibble < 10 { b'0' + nibble } else { b'a' - 10 + nibble }));
    }
}
