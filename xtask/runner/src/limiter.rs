//! Memory, tables and instances of one guest: what it may have, and what it had.

use runner_protocol::Limits;
use wasmtime::{ResourceLimiter, Result};

/// Counts, and refuses what is over the limits. A guest that is refused memory is told so, and may go on.
pub struct Limiter {
    memory_bytes: u64,
    peak_memory_bytes: u64,
    // What was granted last, in case it then fails.
    last_bytes: u64,
    limits: Limits,
    refused: Option<&'static str>,
}

impl Limiter {
    /// For a guest with `limits`.
    pub fn new(limits: Limits) -> Limiter {
        Limiter { memory_bytes: 0, peak_memory_bytes: 0, last_bytes: 0, limits, refused: None }
    }

    /// All linear memories together at their largest.
    pub fn peak_memory_bytes(&self) -> u64 {
        self.peak_memory_bytes
    }

    /// The limit that refused something last.
    pub fn refused(&self) -> Option<&'static str> {
        self.refused
    }

    fn instance_count(&self) -> usize {
        usize::try_from(self.limits.instance_count).unwrap_or(usize::MAX)
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        let more_bytes = desired.saturating_sub(current) as u64;
        let memory_bytes = self.memory_bytes.saturating_add(more_bytes);
        if memory_bytes > self.limits.memory_bytes {
            self.refused = Some("memory_bytes");
            return Ok(false);
        }
        (self.memory_bytes, self.last_bytes) = (memory_bytes, more_bytes);
        self.peak_memory_bytes = self.peak_memory_bytes.max(memory_bytes);
        Ok(true)
    }

    /// Also called after a refusal.
    fn memory_grow_failed(&mut self, _: wasmtime::Error) -> Result<()> {
        self.memory_bytes -= std::mem::take(&mut self.last_bytes);
        Ok(())
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        let fits = desired as u64 <= self.limits.table_element_count;
        if !fits {
            self.refused = Some("table_element_count");
        }
        Ok(fits)
    }

    fn instances(&self) -> usize {
        self.instance_count()
    }

    fn tables(&self) -> usize {
        self.instance_count()
    }

    fn memories(&self) -> usize {
        self.instance_count()
    }
}
