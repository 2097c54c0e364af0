//! The key of a provider: trimmed and checked as it is read, bound to one host, and never shown.

use alloc::string::String;
use core::fmt;

use crate::text;
use crate::url::Url;

/// The longest key that is taken.
pub const MAX_KEY_BYTES: usize = 4096;

/// A key and the host it may be sent to.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    text: String,
    host: String,
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Key")
    }
}

impl Key {
    /// Reads `text`, from a variable or a file, as the key for `host` (`name` or `name:port`). The space around it is dropped. The error says
    /// what is wrong and never what the key is.
    pub fn new(text: &str, host: &str) -> Result<Key, &'static str> {
        let text = text::trim(text);
        if text.is_empty() {
            return Err("is empty");
        }
        if text.len() > MAX_KEY_BYTES {
            return Err("is longer than 4096 bytes");
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("has a character that no key has: a space, a line end or one outside of ASCII");
        }
        Ok(Key { text: text.into(), host: host.into() })
    }

    /// The key, if it may be sent to `url`: to its own host alone, and in the clear only to this very machine.
    pub fn for_url(&self, url: &Url) -> Result<&str, &'static str> {
        if !url.authority().eq_ignore_ascii_case(&self.host) {
            return Err("the key is for another host");
        }
        let here = url.address.map_or(url.host == "localhost", |address| address.is_loopback());
        if url.tls || here { Ok(&self.text) } else { Err("the key is not sent without TLS") }
    }

    /// The key itself, for the one who takes it out of texts.
    pub(crate) fn secret(&self) -> &str {
        &self.text
    }

    /// The last four characters, or fewer of a short key: enough to tell two keys apart.
    pub fn hint(&self) -> &str {
        let shown = (self.text.len() / 4).min(4);
        self.text.get(self.text.len() - shown..).unwrap_or_default()
    }

    /// The host that the key is for.
    pub fn host(&self) -> &str {
        &self.host
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    fn url(text: &str) -> Url {
        Url::parse(text).expect(text)
    }

    #[test]
    fn the_space_around_a_key_is_dropped() {
        let key = Key::new(" \tabcd-efgh-ijkl-mnop\r\n", "a.example").expect("a key");
        assert_eq!(key.for_url(&url("https://a.example/v1")), Ok("abcd-efgh-ijkl-mnop"));
        assert_eq!(key.hint(), "mnop");
    }

    #[test]
    fn what_no_key_is_is_refused_without_being_shown() {
        for text in ["", " \n", "a b", "a\nb", "a\0b", "é", "\u{FFFD}"] {
            let error = Key::new(text, "a.example").expect_err(text);
            assert!(text.is_empty() || !error.contains(text) || text == " \n");
        }
        assert!(Key::new(&"x".repeat(4097), "a").is_err());
    }

    #[test]
    fn a_key_goes_to_its_own_host_alone() {
        let key = Key::new("abcdefgh", "a.example").expect("a key");
        for other in ["https://b.example", "https://a.example.b.example", "https://a.example:8443", "https://xa.example"] {
            assert!(key.for_url(&url(other)).is_err(), "{other}");
        }
    }

    #[test]
    fn a_key_goes_in_the_clear_only_to_this_machine() {
        for (host, sent) in [
            ("localhost:8080", true),
            ("127.0.0.1:8080", true),
            ("[::1]:8080", true),
            ("192.168.1.5:8080", false),
            ("a.example:8080", false),
        ] {
            let key = Key::new("abcdefgh", host).expect("a key");
            assert_eq!(key.for_url(&url(&format!("http://{host}"))).is_ok(), sent, "{host}");
        }
    }

    #[test]
    fn a_short_key_shows_less_than_its_half() {
        assert_eq!(Key::new("abc", "h").expect("a key").hint(), "");
        assert_eq!(Key::new("abcdefgh", "h").expect("a key").hint(), "gh");
    }

    #[test]
    fn debug_does_not_show_it() {
        assert_eq!(format!("{:?}", Key::new("abcdefgh", "h")), "Ok(Key)");
    }
}
