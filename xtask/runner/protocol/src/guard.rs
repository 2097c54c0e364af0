//! What keeps a guest in its place. Each can be switched off, so that a test sees that it is this guard that held.

use serde::{Deserialize, Serialize};

/// A guard of the host. All are on unless a test's specification names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Guard {
    /// Only the granted folders are visible. Off: the folder that they lie in is visible too, under the name `/outside`.
    Folders,
    /// A folder granted for reading cannot be written. Off: it can.
    ReadOnly,
    /// Only granted hosts are reached.
    Hosts,
    /// No address outside of the public internet is reached unless it is granted.
    Private,
    /// The connection goes to the address that was checked. Off: the name is resolved again for the connection.
    Pin,
    /// Redirects are handed to the guest. Off: one is followed, wherever it leads: as by a client that follows on its own.
    Redirects,
    /// Certificates are checked.
    Certificates,
    /// The limit of linear memory.
    Memory,
    /// The limit of table elements.
    Tables,
    /// The limit of fuel.
    Fuel,
    /// The limit of time, in the guest and in the host.
    Deadline,
    /// The limit of what is written to stdout and stderr.
    Output,
    /// The limit of open resources: handles of files, streams, requests and the like.
    Resources,
    /// An interface that is not granted is not linked. Off: HTTP is linked though no host is granted.
    Linking,
}
