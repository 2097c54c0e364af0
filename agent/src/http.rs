//! HTTP as the core sees it: one request at a time, a head, then the body in pieces. Redirects are not followed; each host sends what
//! it is told and no header of its own but `Host`, the length and the like.

use alloc::string::String;
use alloc::vec::Vec;

use crate::capability::Private;
use crate::url::Url;

/// What to ask.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Where. The host sends it there and nowhere else.
    pub url: &'a Url,
    /// `POST` this; without a body it is a `GET`.
    pub body: Option<&'a str>,
    /// The headers, names in small letters.
    pub headers: &'a [(&'static str, &'a str)],
    /// Which addresses outside of the public internet the name may lead to. Every answer of the resolver is checked where the host resolves.
    pub private: &'a Private,
    /// How long to wait for the first byte, and between bytes. Connecting takes at most [`CONNECT_TIMEOUT_MS`] of it.
    pub timeout_ms: u64,
}

/// How long connecting may take.
pub const CONNECT_TIMEOUT_MS: u64 = 5_000;

/// The first part of a response.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// The status.
    pub status: u16,
    /// Names in small letters, and values; a value that is not UTF-8 is left out.
    pub headers: Vec<(String, String)>,
}

impl Head {
    /// The value of the first header `name`, which is in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| crate::text::trim(value))
    }

    /// Whether the body is compressed, which nobody asked for.
    pub fn is_compressed(&self) -> bool {
        self.header("content-encoding").is_some_and(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case("identity"))
    }
}
