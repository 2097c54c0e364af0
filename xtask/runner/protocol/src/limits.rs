//! How much a guest may use.

use serde::{Deserialize, Serialize};

/// Upper bounds for one instance. What is not said is the default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// All linear memories together.
    pub memory_bytes: u64,
    /// Elements of each table.
    pub table_element_count: u64,
    /// Core instances of the component; also how many memories and how many tables they may have together.
    pub instance_count: u64,
    /// Fuel, where the engine counts it.
    pub fuel_count: u64,
    /// Time from the start of the guest to its end, waiting in the host included.
    pub deadline_ms: u64,
    /// What it writes to stdout and stderr together.
    pub output_bytes: u64,
    /// Open resources of the host: handles of files, streams, requests and the like.
    pub resource_count: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            memory_bytes: 16 << 20,
            table_element_count: 10_000,
            instance_count: 16,
            fuel_count: 10_000_000_000,
            deadline_ms: 30_000,
            output_bytes: 4 << 20,
            resource_count: 256,
        }
    }
}
