//! The characters of a checked JSON string.

use alloc::string::String;

/// What stands between the quotes; nothing if `raw` is no string.
pub(super) fn inner(raw: &str) -> Option<&str> {
    raw.strip_prefix('"')?.strip_suffix('"')
}

/// The characters that `inner` writes. Half a surrogate pair becomes U+FFFD: models send such halves, and the rest of the text is good.
pub(super) fn decode(inner: &str) -> String {
    let mut text = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.bytes().position(|byte| byte == b'\\') {
        let (plain, escaped) = rest.split_at_checked(at).unwrap_or((rest, ""));
        text.push_str(plain);
        let (char, length) = escape(escaped);
        text.push(char);
        rest = escaped.get(length..).unwrap_or_default();
    }
    text.push_str(rest);
    text
}

/// The character that the escape in front of `text` stands for, and the length of the escape.
fn escape(text: &str) -> (char, usize) {
    let char = match text.as_bytes().get(1) {
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode(text),
        Some(other) => char::from(*other),
        None => char::REPLACEMENT_CHARACTER,
    };
    (char, 2)
}

fn unicode(text: &str) -> (char, usize) {
    let first = unit(text);
    if (0xD800..0xDC00).contains(&first) {
        let second = text.get(6..).map_or(0, unit);
        if (0xDC00..0xE000).contains(&second) {
            let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
            return (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 12);
        }
    }
    (char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), 6)
}

/// The UTF-16 unit of the `\uXXXX` in front of `text`; 0 if there is none.
fn unit(text: &str) -> u32 {
    match text.as_bytes() {
        [b'\\', b'u', digits @ ..] => digits.iter().take(4).fold(0, |sum, digit| {
            let value = if digit.is_ascii_digit() { digit - b'0' } else { (digit | 0x20).wrapping_sub(b'a' - 10) };
            sum << 4 | u32::from(value & 0xF)
        }),
        _ => 0,
    }
}
