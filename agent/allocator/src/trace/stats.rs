//! The counters as plain numbers and as JSON.

use core::fmt::{self, Write};
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::{CLASSES, Tracer, VERSION};

/// The counters at one moment. In a program with threads that moment has some width.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stats {
    /// Blocks that were made, those with zeros too.
    pub alloc_count: u64,
    /// Blocks that were given back.
    pub dealloc_count: u64,
    /// Blocks that were given another size.
    pub realloc_count: u64,
    /// Calls that were refused: a null pointer.
    pub failed_count: u64,
    /// The sizes of what was made, and the new sizes of what was given another.
    pub requested_bytes: u64,
    /// The sizes of the blocks that live.
    pub live_bytes: u64,
    /// The blocks that live.
    pub live_blocks: u64,
    /// The most that `live_bytes` was after a counted call.
    pub peak_live_bytes: u64,
    /// The most that `live_blocks` was after a counted call.
    pub peak_live_blocks: u64,
    /// The largest size that was given.
    pub largest_size: u64,
    /// The largest size that was refused.
    pub largest_failed_size: u64,
    /// The largest alignment that was given.
    pub largest_align: u64,
    /// The records in the buffer.
    pub record_count: u64,
    /// The records that the buffer can have.
    pub record_capacity: u64,
    /// Calls for whose records there was no place.
    pub dropped_event_count: u64,
    /// Of `alloc_count`, by size: up to 16 bytes, up to 32, and so on; the last has all above 8 MiB.
    pub class_counts: [u64; CLASSES],
}

impl Stats {
    /// Writes one line of JSON without its end. Allocates nothing.
    pub fn write_json(&self, out: &mut impl Write) -> fmt::Result {
        out.write_str("{\"alloc_stats_version\":")?;
        number(out, u64::from(VERSION))?;
        out.write_str(",\"allocator\":\"")?;
        out.write_str(crate::NAME)?;
        out.write_str("\"")?;
        for (name, value) in [
            ("alloc_count", self.alloc_count),
            ("dealloc_count", self.dealloc_count),
            ("realloc_count", self.realloc_count),
            ("failed_count", self.failed_count),
            ("requested_bytes", self.requested_bytes),
            ("live_bytes", self.live_bytes),
            ("live_blocks", self.live_blocks),
            ("peak_live_bytes", self.peak_live_bytes),
            ("peak_live_blocks", self.peak_live_blocks),
            ("largest_size", self.largest_size),
            ("largest_failed_size", self.largest_failed_size),
            ("largest_align", self.largest_align),
            ("record_count", self.record_count),
            ("record_capacity", self.record_capacity),
            ("dropped_event_count", self.dropped_event_count),
        ] {
            out.write_str(",\"")?;
            out.write_str(name)?;
            out.write_str("\":")?;
            number(out, value)?;
        }
        out.write_str(",\"class_counts\":")?;
        let mut before = "[";
        for &count in &self.class_counts {
            out.write_str(before)?;
            number(out, count)?;
            before = ",";
        }
        out.write_str("]}")
    }
}

/// Writes the digits. `core::fmt` would do it too, and brings much of itself into a program that has none of it.
fn number(out: &mut impl Write, value: u64) -> fmt::Result {
    let mut digits = [b'0'; 20];
    let mut rest = value;
    let mut used = 0;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
        used += 1;
        if rest == 0 {
            break;
        }
    }
    let from = digits.len().saturating_sub(used);
    out.write_str(digits.get(from..).and_then(|digits| core::str::from_utf8(digits).ok()).unwrap_or("0"))
}

impl Tracer {
    pub(super) fn stats(&self) -> Stats {
        let header = &self.header;
        let read = |count: &AtomicU64| count.load(Relaxed);
        Stats {
            alloc_count: read(&header.alloc_count),
            dealloc_count: read(&header.dealloc_count),
            realloc_count: read(&header.realloc_count),
            failed_count: read(&header.failed_count),
            requested_bytes: read(&header.requested_bytes),
            live_bytes: read(&header.live_bytes),
            live_blocks: read(&header.live_blocks),
            peak_live_bytes: read(&header.peak_live_bytes),
            peak_live_blocks: read(&header.peak_live_blocks),
            largest_size: read(&header.largest_size),
            largest_failed_size: read(&header.largest_failed_size),
            largest_align: read(&header.largest_align),
            record_count: u64::from(header.record_count.load(Relaxed)),
            record_capacity: u64::from(header.record_capacity),
            dropped_event_count: read(&header.dropped_event_count),
            class_counts: core::array::from_fn(|at| header.class_counts.get(at).map_or(0, read)),
        }
    }
}
