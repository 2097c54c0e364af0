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

/// Where a private key in PEM form starts and ends.
const PEM: (&str, &str) = ("PRIVATE KEY-----", "-----END");

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
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        let mut inside_word = false;
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

    /// How many bytes at the end of `text` could be the start of a key, so that a stream has to wait with them.
    pub fn held_bytes(&self, text: &str) -> usize {
        self.held_secret_bytes(text).max(held_token_bytes(text))
    }

    fn held_secret_bytes(&self, text: &str) -> usize {
        let longest = self.secret.len().saturating_sub(1).min(text.len());
        let starts = |length: &usize| text.as_bytes().ends_with(self.secret.as_bytes().get(..*length).unwrap_or(&[]));
        (1..=longest).rev().find(starts).unwrap_or(0)
    }

    fn starts_secret(&self, text: &str) -> bool {
        !self.secret.is_empty() && text.starts_with(self.secret.as_str())
    }
}

/// The length of the word at the end of `text` that starts as a key of a known form does, or could still come to.
fn held_token_bytes(text: &str) -> usize {
    let length = text.bytes().rev().take(MAX_TOKEN_BYTES).take_while(is_token).count();
    let word = text.get(text.len() - length..).unwrap_or_default();
    let starts = |(start, _): &(&str, usize)| word.starts_with(start) || start.starts_with(word);
    if FORMS.iter().any(starts) { length } else { 0 }
}

fn is_token(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// The length of the key in front of `text`, 0 if there is none. In the middle of a word none starts.
fn key_length(text: &str, inside_word: bool) -> usize {
    if let Some(rest) = text.strip_prefix(PEM.0) {
        return PEM.0.len() + text::find(rest, PEM.1).unwrap_or(rest.len());
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
