//! Takes keys out of what is shown, kept or sent on: the configured key wherever it stands, and what has the form of a well-known key.

use alloc::string::String;

use crate::text;

/// What stands in the place of a key.
pub const REDACTED: &str = "[redacted]";

/// The shortest configured key that is looked for. A shorter one (`x`, `none`, for servers that take anything) would be found in ordinary text.
const MIN_SECRET_BYTES: usize = 8;

/// How well-known keys start, and how many characters of a token have to follow.
const FORMS: [(&str, usize); 16] = [
    ("sk-", 16),
    ("xoxa-", 10),
    ("xoxb-", 10),
    ("xoxp-", 10),
    ("xoxs-", 10),
    ("xoxr-", 10),
    ("xoxe-", 10),
    ("xapp-", 10),
    ("ghp_", 20),
    ("gho_", 20),
    ("ghs_", 20),
    ("ghu_", 20),
    ("ghr_", 20),
    ("github_pat_", 20),
    ("AKIA", 16),
    ("AIza", 30),
];

/// The longest word that a stream waits with.
const MAX_TOKEN_BYTES: usize = 4096;

/// Where anything in PEM form starts, what its first line ends in if it is a private key, how its last line starts, and what both end in.
const PEM_START: &str = "-----BEGIN ";
const PEM_PRIVATE: &str = "PRIVATE KEY-----";
const PEM_END: &str = "-----END";
const PEM_DASHES: &str = "-----";
/// The longest first line of a private key.
const MAX_PEM_LINE_BYTES: usize = 64;

/// Knows the configured key.
#[derive(Clone, Default)]
pub struct Redactor {
    secret: String,
}

impl core::fmt::Debug for Redactor {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str("Redactor")
    }
}

impl Redactor {
    /// Looks for `secret` too; an empty or short one is not looked for.
    pub fn new(secret: &str) -> Redactor {
        Redactor { secret: if secret.len() < MIN_SECRET_BYTES { String::new() } else { secret.into() } }
    }

    /// `text` without keys.
    pub fn clean(&self, text: &str) -> String {
        self.clean_after(text, false)
    }

    /// `text` without keys, where what was before it may have ended in the middle of a word.
    pub fn clean_after(&self, text: &str, mut inside_word: bool) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(char) = rest.chars().next() {
            let length = if self.starts_secret(rest) { self.secret.len() } else { key_length(rest, inside_word) };
            let taken = if length > 0 { length } else { char.len_utf8() };
            let (head, tail) = rest.split_at_checked(taken).unwrap_or((rest, ""));
            out.push_str(if length > 0 { REDACTED } else { head });
            inside_word = char.is_ascii_alphanumeric();
            rest = tail;
        }
        out
    }

    /// How many bytes at the end of `text` could be the start of a key, so that a stream has to wait with them. `inside_word`: what was before
    /// `text` ended in the middle of a word.
    pub fn held_bytes(&self, text: &str, inside_word: bool) -> usize {
        let secret = held_start_bytes(text, &self.secret);
        secret.max(held_pem_bytes(text)).max(held_token_bytes(text, inside_word))
    }

    fn starts_secret(&self, text: &str) -> bool {
        !self.secret.is_empty() && text.starts_with(self.secret.as_str())
    }
}

/// The length of the longest start of `wanted` that `text` ends in; all of it is one too, because it may end and start alike.
fn held_start_bytes(text: &str, wanted: &str) -> usize {
    let longest = wanted.len().min(text.len());
    let starts = |length: &usize| text.as_bytes().ends_with(wanted.as_bytes().get(..*length).unwrap_or(&[]));
    (1..=longest).rev().find(starts).unwrap_or(0)
}

/// The length of what is in PEM form at the end of `text`, or could come to be, and has not ended yet.
fn held_pem_bytes(text: &str) -> usize {
    let mut rest = text;
    while let Some(at) = text::find(rest, PEM_START) {
        let block = rest.get(at..).unwrap_or_default();
        match pem_length(block) {
            Some(length) => rest = block.get(length..).unwrap_or_default(),
            None => return block.len(),
        }
    }
    held_start_bytes(rest, PEM_START)
}

/// The length of the PEM form in front of `text`, if it ends.
fn pem_length(text: &str) -> Option<usize> {
    let last = text::find(text, PEM_END)? + PEM_END.len();
    Some(last + text::find(text.get(last..)?, PEM_DASHES)? + PEM_DASHES.len())
}

/// The length of the word at the end of `text` that starts as a key of a known form does, or could still come to.
fn held_token_bytes(text: &str, inside_word: bool) -> usize {
    let length = text.bytes().rev().take(MAX_TOKEN_BYTES).take_while(is_token).count();
    if inside_word && length == text.len() {
        return 0;
    }
    let word = text.get(text.len() - length..).unwrap_or_default();
    let starts = |(start, _): &(&str, usize)| word.starts_with(start) || start.starts_with(word);
    if FORMS.iter().any(starts) { length } else { 0 }
}

fn is_token(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// The length of the key in front of `text`, 0 if there is none. In the middle of a word none starts.
fn key_length(text: &str, inside_word: bool) -> usize {
    if text.starts_with(PEM_START) && text::find(text::start(text, MAX_PEM_LINE_BYTES), PEM_PRIVATE).is_some() {
        return pem_length(text).unwrap_or(text.len());
    }
    if inside_word {
        return 0;
    }
    for (start, least) in FORMS {
        if let Some(rest) = text.strip_prefix(start) {
            let token = rest.bytes().take_while(is_token).count();
            if token >= least {
                return start.len() + token;
            }
        }
    }
    0
}

#[cfg(test)]
mod tests;
