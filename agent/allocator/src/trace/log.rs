//! The log: the header and the records as bytes, little endian on every machine.

use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

use super::{CLASSES, HEADER_LEN, Header, MAGIC, RECORD_LEN, Record, Stats, Tracer, VERSION};

/// How many records are given at once.
const PIECE: usize = 40;

/// Bytes one after the other; what does not fit is left out.
struct Bytes<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Bytes<N> {
    fn new() -> Bytes<N> {
        Bytes { bytes: [0; N], len: 0 }
    }

    fn push(&mut self, more: &[u8]) {
        let end = self.len.saturating_add(more.len());
        if let Some(place) = self.bytes.get_mut(self.len..end) {
            place.copy_from_slice(more);
            self.len = end;
        }
    }

    fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl Tracer {
    pub(super) fn log(&'static self, sink: &mut dyn FnMut(&[u8])) {
        let _paused = self.pause();
        let stats = self.stats();
        sink(header(&self.header, &stats).as_slice());
        let records = self.records.get(..stats.record_count as usize).unwrap_or_default();
        for piece in records.chunks(PIECE) {
            let mut bytes = Bytes::<{ PIECE * RECORD_LEN }>::new();
            for part in piece.iter().flat_map(|Record(parts)| parts) {
                bytes.push(&AtomicU32::load(part, Relaxed).to_le_bytes());
            }
            sink(bytes.as_slice());
        }
    }
}

/// The header as it is in memory, but little endian and with the offset of the records.
fn header(of: &Header, stats: &Stats) -> Bytes<HEADER_LEN> {
    let mut bytes = Bytes::new();
    bytes.push(&MAGIC);
    for short in [VERSION, HEADER_LEN as u16, RECORD_LEN as u16, CLASSES as u16, of.pointer_len, of.reserved] {
        bytes.push(&short.to_le_bytes());
    }
    bytes.push(&(HEADER_LEN as u64).to_le_bytes());
    bytes.push(&(stats.record_count as u32).to_le_bytes());
    bytes.push(&of.record_capacity.to_le_bytes());
    let counts = [
        stats.dropped_event_count,
        stats.alloc_count,
        stats.dealloc_count,
        stats.realloc_count,
        stats.failed_count,
        stats.requested_bytes,
        stats.live_bytes,
        stats.live_blocks,
        stats.peak_live_bytes,
        stats.peak_live_blocks,
        stats.largest_size,
        stats.largest_failed_size,
        stats.largest_align,
    ];
    for count in counts.iter().chain(&stats.class_counts) {
        bytes.push(&count.to_le_bytes());
    }
    bytes
}
