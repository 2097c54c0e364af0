//! Output of which only the start and the end are kept, however much there is.

use std::collections::VecDeque;
use std::format;
use std::vec::Vec;

/// How much is kept of each end.
pub const KEPT_BYTES: usize = 32 * 1024;

/// What has been kept so far.
#[derive(Default)]
pub struct Captured {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    left_out: u64,
}

impl Captured {
    /// Takes what comes next.
    pub fn add(&mut self, piece: &[u8]) {
        let (head, tail) = piece.split_at(piece.len().min(KEPT_BYTES - self.head.len()));
        self.head.extend_from_slice(head);
        self.tail.extend(tail);
        let extra = self.tail.len().saturating_sub(KEPT_BYTES);
        self.tail.drain(..extra);
        self.left_out += extra as u64;
    }

    /// All of it, or both ends with what is missing between them.
    pub fn finish(mut self) -> Vec<u8> {
        if self.left_out > 0 {
            self.head.extend_from_slice(format!("\n[{} bytes left out]\n", self.left_out).as_bytes());
        }
        self.head.extend(self.tail);
        self.head
    }
}
