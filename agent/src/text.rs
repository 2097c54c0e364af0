//! The few things done with text, written for size. Those of `core` and `alloc` do more: search in linear time, sort by several methods, take
//! any pattern. Together they are some 9,000 bytes of a component whose texts are short; ADR 4 has the figures.

use alloc::string::String;

/// `template` with a part in the place of each `{}`. What `format!` does with strings, without its machinery; and next to a list of all the
/// pieces it is less code for each caller.
pub fn fill(template: &str, parts: &[&str]) -> String {
    let mut out = String::new();
    let mut parts = parts.iter();
    let mut rest = template;
    while let Some((before, after)) = split_once(rest, "{}") {
        out.push_str(before);
        out.push_str(parts.next().unwrap_or(&""));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The parts with `between` between each two.
pub fn join<S: AsRef<str>>(parts: &[S], between: &str) -> String {
    let mut out = String::new();
    for (at, part) in parts.iter().enumerate() {
        out.push_str(if at == 0 { "" } else { between });
        out.push_str(part.as_ref());
    }
    out
}

/// The number in decimal.
pub fn number(number: u64) -> String {
    let mut out = String::new();
    crate::json::number(&mut out, number);
    out
}

/// Where `wanted` first starts in `text`.
pub fn find(text: &str, wanted: &str) -> Option<usize> {
    find_after(text, 0, wanted)
}

/// Where `wanted` first starts in `text` at the byte `from` or after it.
pub fn find_after(text: &str, from: usize, wanted: &str) -> Option<usize> {
    (from..=text.len()).find(|at| text.as_bytes().get(*at..).is_some_and(|rest| rest.starts_with(wanted.as_bytes())))
}

/// What stands before and after the first `wanted`.
pub fn split_once<'a>(text: &'a str, wanted: &str) -> Option<(&'a str, &'a str)> {
    let at = find(text, wanted)?;
    Some((text.get(..at)?, text.get(at + wanted.len()..)?))
}

/// The parts of `text` between each two of the byte `at`, which is ASCII.
pub fn split(text: &str, at: u8) -> Split<'_> {
    Split { rest: Some(text), at }
}

/// See [`split`].
#[derive(Debug, Clone)]
pub struct Split<'a> {
    rest: Option<&'a str>,
    at: u8,
}

impl<'a> Iterator for Split<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let text = self.rest?;
        let Some(end) = text.bytes().position(|byte| byte == self.at) else { return self.rest.take() };
        self.rest = text.get(end + 1..);
        text.get(..end)
    }
}

/// The most of the start of `text` that has at most `limit` bytes and ends between two characters.
pub fn start(text: &str, limit: usize) -> &str {
    let mut end = limit.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// `bytes` as text, with U+FFFD for what is not UTF-8.
pub fn lossy(mut bytes: &[u8]) -> String {
    let mut out = String::new();
    loop {
        let error = match core::str::from_utf8(bytes) {
            Ok(text) => {
                out.push_str(text);
                return out;
            }
            Err(error) => error,
        };
        let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
        out.push_str(core::str::from_utf8(good).unwrap_or_default());
        out.push(char::REPLACEMENT_CHARACTER);
        let Some(bad_bytes) = error.error_len() else { return out };
        bytes = bytes.get(good.len() + bad_bytes..).unwrap_or_default();
    }
}

/// `text` without the space at both ends.
pub fn trim(text: &str) -> &str {
    // The bytes of ASCII alone: what stands around a key, a word or a reply is never another kind of space.
    core::str::from_utf8(text.as_bytes().trim_ascii()).unwrap_or(text)
}

/// Whether the byte, which is ASCII, occurs in `text`.
pub fn has(text: &str, byte: u8) -> bool {
    text.bytes().any(|other| other == byte)
}

/// Whether there is nothing in `text` but space of any kind.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

/// Sorts by bytes. For lists of a thousand names.
pub fn sort(names: &mut [String]) {
    for end in 1..names.len() {
        let mut at = end;
        while let Some([before, here]) = names.get_mut(at.wrapping_sub(1)..=at)
            && *before > *here
        {
            core::mem::swap(before, here);
            at -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn these_do_what_those_of_the_library_do(text in "[ab/é\u{FFFD}]{0,12}", wanted in "[ab/é]{0,3}", bytes in prop::collection::vec(prop_oneof![Just(0xC3u8), Just(0xA9), Just(0xF0), Just(b'a'), any::<u8>()], 0..9)) {
            prop_assert_eq!(find(&text, &wanted), text.find(&wanted));
            prop_assert_eq!(split_once(&text, &wanted), text.split_once(wanted.as_str()));
            prop_assert_eq!(split(&text, b'/').collect::<Vec<_>>(), text.split('/').collect::<Vec<_>>());
            prop_assert_eq!(lossy(&bytes), String::from_utf8_lossy(&bytes).into_owned());
        }

        #[test]
        fn sorted_is_sorted(mut names in prop::collection::vec("[a-c]{0,3}", 0..20)) {
            let mut wanted = names.clone();
            wanted.sort();
            sort(&mut names);
            prop_assert_eq!(names, wanted);
        }

        #[test]
        fn a_start_is_whole_characters(text in ".{0,8}", limit in 0usize..20) {
            let start = start(&text, limit);
            prop_assert!(start.len() <= limit && text.starts_with(start));
            prop_assert!(text.len() <= limit || limit - start.len() < 4);
        }
    }

    #[test]
    fn parts_are_put_together() {
        assert_eq!(fill("a {}{}: c", &["{}", "b"]), "a {}b: c");
        assert_eq!(fill("{}", &[]), "");
        assert_eq!(join(&["a", "b"], ", "), "a, b");
        assert_eq!(join::<&str>(&[], ", "), "");
        assert_eq!((number(0), number(u64::MAX)), ("0".to_string(), u64::MAX.to_string()));
        assert_eq!(trim(" \ta b\r\n"), "a b");
    }
}
