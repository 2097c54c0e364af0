//! What came of a job.

use crate::Engine;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// The version of both forms.
pub const SCHEMA: u32 = 1;

/// What the runner prints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// [`SCHEMA`].
    pub schema: u32,
    /// What ran it.
    pub engine: Engine,
    /// Its name and version: `wasmtime 48.0.8`.
    pub version: String,
    /// The SHA-256 of the bytes that were loaded.
    pub sha256: String,
    /// From the file's bytes to something that can be instantiated: compiling, or loading what was compiled.
    pub load_ns: u64,
    /// The instances, in order. Of more than 20 only the first ten, the last ten and those that ended otherwise than the first.
    pub instances: Vec<Instance>,
    /// How many instances there were.
    pub instance_count: u64,
    /// The process's memory while instances came and went: of a job with more than one.
    #[serde(default)]
    pub memory_samples: Vec<MemorySample>,
    /// The process's resident memory at its highest.
    pub host_peak_bytes: u64,
}

/// One instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instance {
    /// How it ended.
    pub ended: Ended,
    /// The fuel that it used, where the engine counts it and something was called.
    #[serde(default)]
    pub fuel_count: Option<u64>,
    /// Its linear memories at their largest, together.
    #[serde(default)]
    pub peak_memory_bytes: Option<u64>,
    /// How long it took.
    pub phases: Phases,
    /// What it asked of the network, in order.
    #[serde(default)]
    pub contacts: Vec<Contact>,
}

/// How an instance ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Ended {
    /// It came to its end. A component knows the codes 0 and 1 only.
    Exit {
        /// The exit code.
        code: i32,
    },
    /// The engine stopped it.
    Trap {
        /// In the engine's words.
        reason: String,
    },
    /// The host stopped it, or did not let it start.
    Stopped {
        /// By which limit: its name in [`crate::Limits`], `linking` for an interface that is not granted, or `host` for what the machine could not give.
        limit: String,
        /// In the host's words.
        reason: String,
    },
}

/// Where the time of an instance went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phases {
    /// Making the instance.
    pub instantiate_ns: u64,
    /// From the call to its end.
    pub execute_ns: u64,
}

/// One request to the network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Method and URL, without credentials and query.
    pub request: String,
    /// The address that was connected to, if it came to that.
    pub address: Option<IpAddr>,
    /// What the host did.
    pub decision: Decision,
}

/// What the host did with a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Decision {
    /// It was sent, and this was the status.
    Answered(u16),
    /// It was not sent, or its connection was given up, and why.
    Refused(String),
    /// It was sent, and failed on the way.
    Failed(String),
}

/// The process's memory after so many instances.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemorySample {
    /// How many instances had been made.
    pub instance_count: u64,
    /// Resident memory of the process.
    pub resident_bytes: u64,
}
