//! What a guest may reach through HTTP.

use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, net::IpAddr, path::PathBuf};

/// The network of a guest. Without one, HTTP is not linked at all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Network {
    /// Patterns of hosts, as in the capability manifest: `scheme://host[:port]`.
    pub hosts: Vec<String>,
    /// Addresses outside of the public internet that may be reached.
    pub private: Vec<IpAddr>,
    /// What names resolve to, instead of asking the system: one list of addresses a question, the last one from then on.
    pub names: BTreeMap<String, Vec<Vec<IpAddr>>>,
    /// Files with certificates (PEM) to trust beside the public roots.
    pub roots: Vec<PathBuf>,
    /// Headers that the host adds: the guest never sees them.
    pub credentials: Vec<Credential>,
    /// How long each step may take.
    pub timeouts: Timeouts,
    /// Whether a response is read to its end before the guest sees its head, and given in pieces of equal length: then what the guest does
    /// with it does not depend on how it arrived, and its fuel repeats.
    pub whole_bodies: bool,
}

/// A header that the host adds to requests to one host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credential {
    /// The pattern of the host: `https://api.example.com`.
    pub host: String,
    /// The header's name. One of that name from the guest is replaced.
    pub header: String,
    /// The file that holds its value.
    pub value_file: PathBuf,
}

/// How long each step of a request may take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Timeouts {
    /// Resolving and connecting.
    pub connect_ms: u64,
    /// The TLS handshake.
    pub tls_ms: u64,
    /// From the request to the head of the response.
    pub first_byte_ms: u64,
    /// Between two pieces of the body.
    pub between_bytes_ms: u64,
}

impl Timeouts {
    /// The shorter one of each.
    pub fn tightest(&self, other: &Timeouts) -> Timeouts {
        Timeouts {
            connect_ms: self.connect_ms.min(other.connect_ms),
            tls_ms: self.tls_ms.min(other.tls_ms),
            first_byte_ms: self.first_byte_ms.min(other.first_byte_ms),
            between_bytes_ms: self.between_bytes_ms.min(other.between_bytes_ms),
        }
    }
}

impl Default for Timeouts {
    fn default() -> Timeouts {
        Timeouts { connect_ms: 5_000, tls_ms: 5_000, first_byte_ms: 120_000, between_bytes_ms: 120_000 }
    }
}
