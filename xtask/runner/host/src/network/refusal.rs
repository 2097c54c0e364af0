//! Why a request did not come to its response.

use std::{error::Error, fmt};

/// A request that was not sent, or failed on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The sort, for what tells the guest.
    pub kind: Kind,
    /// In words, for the log.
    pub reason: String,
}

/// The sorts of [`Refusal`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The URL cannot be taken.
    Url,
    /// The method cannot be taken.
    Method,
    /// The host is not granted.
    Denied,
    /// The name leads to an address that is not granted.
    Address,
    /// The name leads nowhere.
    Name,
    /// Nobody answers at the address.
    Connect,
    /// Looking up and connecting took too long.
    ConnectTimeout,
    /// The handshake failed.
    Tls,
    /// The other side's certificate is not trusted.
    Certificate,
    /// The handshake took too long.
    TlsTimeout,
    /// The head of the response took too long.
    HeadTimeout,
    /// The next piece of the body took too long.
    BodyTimeout,
    /// The connection ended too early.
    Incomplete,
    /// What came is no HTTP, or the guest gave up its own body.
    Protocol,
    /// The body is larger than the host keeps.
    BodySize,
}

impl Refusal {
    /// A refusal with its reason.
    pub fn new(kind: Kind, reason: impl Into<String>) -> Refusal {
        Refusal { kind, reason: reason.into() }
    }

    /// What `hyper` says, sorted.
    pub(super) fn of_hyper(error: &hyper::Error) -> Refusal {
        let ended = error.is_incomplete_message() || error.is_closed() || error.is_canceled();
        // A connection that is reset or cut inside a body of known length is an error of its own.
        let cut = error.source().is_some_and(|cause| cause.is::<std::io::Error>());
        let kind = if ended || cut { Kind::Incomplete } else { Kind::Protocol };
        let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
        Refusal::new(kind, format!("{error}{cause}"))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl Error for Refusal {}
