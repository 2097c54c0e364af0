//! What a scenario's guest may do: its folders and its network.

use core::net::IpAddr;
use runner_protocol::{Access, Timeouts};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What the guest may do. What is left out it may not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Capabilities {
    /// What it may do in `home/`, which it sees as `/agent`.
    pub home: Option<Access>,
    /// What it may do in `workspace/`, which it sees as `.`.
    pub workspace: Option<Access>,
    /// The network; without one HTTP is not linked.
    pub network: Option<NetworkGrant>,
}

/// What it may reach.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct NetworkGrant {
    /// Patterns of hosts.
    pub hosts: Vec<String>,
    /// Addresses outside of the public internet.
    pub private: Vec<IpAddr>,
    /// What names resolve to: one list of addresses a question, the last one from then on.
    pub names: BTreeMap<String, Vec<Vec<IpAddr>>>,
    /// Who signs the certificates that are trusted beside the public roots.
    pub roots: Option<Roots>,
    /// Headers that the host adds.
    pub credentials: Vec<CredentialGrant>,
    /// How long each step of a request may take; what is left out is the default.
    pub timeouts: Timeouts,
    /// Whether a response reaches the guest in pieces that do not depend on how it arrived, so that its fuel repeats.
    pub whole_bodies: bool,
}

/// Who signs the certificates that are trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Roots {
    /// The mock's own authority.
    Mock,
}

/// A header that the host adds to requests to one host.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CredentialGrant {
    /// The pattern of the host.
    pub host: String,
    /// The header's name.
    pub header: String,
    /// Its value: written to a file that the guest does not see.
    pub value: String,
}
