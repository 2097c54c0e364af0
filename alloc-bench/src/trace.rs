//! A trace: the operations of one program run, as a file of `alloc-bench/traces`.
//!
//! | bytes | meaning |
//! |---|---|
//! | 4 | `ATRC` |
//! | 1 | the version of this form: 1 |
//! | LEB128, then so many | where it is from, UTF-8 |
//! | LEB128 | how many operations |
//! | | the operations as in [`crate::op`], then the end marker |
//! | 4 | FNV-1a of all bytes before, 32 bits, little-endian |

pub mod log;

use crate::op::{self, MAX_OP_BYTES, Malformed, Op, SLOT_COUNT};
use std::fmt;

/// The version of the form.
pub const TRACE_VERSION: u8 = 1;

const MAGIC: &[u8; 4] = b"ATRC";

/// The longest name of a source, in bytes.
const MAX_SOURCE_BYTES: usize = 200;

/// Operations that fit together: each free and realloc is of a block that is there, each alloc of one that is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    source: String,
    ops: Vec<Op>,
    summary: Summary,
}

/// What a trace asks for, whatever serves it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Operations of each kind.
    pub alloc_count: u64,
    /// Blocks that grew or shrank.
    pub realloc_count: u64,
    /// Blocks given back.
    pub free_count: u64,
    /// The most bytes that were alive at a time.
    pub peak_live_bytes: u64,
    /// The bytes that are alive at the end.
    pub end_live_bytes: u64,
    /// The most blocks that were alive at a time.
    pub peak_live_count: u64,
}

/// Why bytes or operations are no trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TraceError {
    /// It does not start as one.
    NotATrace,
    /// Another version of the form.
    Version(u8),
    /// It ends too early.
    Truncated,
    /// Its checksum is of other bytes.
    Checksum,
    /// Bytes after its end.
    Trailing,
    /// Its source is no UTF-8, or too long.
    Source,
    /// It says that it has so many operations, and has another number.
    Count {
        /// As it says.
        said: u64,
        /// As it is.
        found: u64,
    },
    /// It has no operations.
    Empty,
    /// An operation is malformed.
    Op {
        /// Which, from 0.
        at: usize,
        /// Why.
        why: Malformed,
    },
    /// A free or realloc of what is not allocated.
    NotAllocated {
        /// Which operation, from 0.
        at: usize,
        /// Of which slot.
        slot: u32,
    },
    /// An alloc into a slot that has a block.
    Taken {
        /// Which operation, from 0.
        at: usize,
        /// Of which slot.
        slot: u32,
    },
    /// A name that two workloads have.
    Twice(String),
}

impl fmt::Display for TraceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TraceError::NotATrace => write!(f, "it is no allocation trace: it does not start with ATRC"),
            TraceError::Version(version) => {
                write!(f, "it has version {version}, this tool reads version {TRACE_VERSION}: record it again")
            }
            TraceError::Truncated => write!(f, "it is cut off: record it again"),
            TraceError::Checksum => write!(f, "its checksum is wrong: it was changed; record it again"),
            TraceError::Trailing => write!(f, "there are bytes after its end"),
            TraceError::Source => write!(f, "the name of its source is no UTF-8, or longer than {MAX_SOURCE_BYTES} bytes"),
            TraceError::Count { said, found } => write!(f, "it says {said} operations and has {found}"),
            TraceError::Empty => write!(f, "it has no operations: there is nothing to measure"),
            TraceError::Op { at, why } => write!(f, "operation {at} is malformed: {why:?}"),
            TraceError::NotAllocated { at, slot } => {
                write!(f, "operation {at} frees or resizes slot {slot}, which was never allocated or is freed already")
            }
            TraceError::Taken { at, slot } => write!(f, "operation {at} allocates slot {slot}, which has a block"),
            TraceError::Twice(name) => write!(f, "two workloads are called {name}: rename the trace of that name"),
        }
    }
}

impl std::error::Error for TraceError {}

impl Trace {
    /// A trace of these operations.
    ///
    /// # Errors
    /// They do not fit together, or there are none.
    pub fn new(source: impl Into<String>, ops: Vec<Op>) -> Result<Trace, TraceError> {
        let source = source.into();
        if source.len() > MAX_SOURCE_BYTES {
            return Err(TraceError::Source);
        }
        let summary = summarize(&ops)?;
        Ok(Trace { source, ops, summary })
    }

    /// Reads a file.
    ///
    /// # Errors
    /// It is none, or its operations do not fit together.
    pub fn parse(bytes: &[u8]) -> Result<Trace, TraceError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(TraceError::NotATrace)?;
        let version = *rest.first().ok_or(TraceError::Truncated)?;
        if version != TRACE_VERSION {
            return Err(TraceError::Version(version));
        }
        let (covered, checksum) = bytes.split_last_chunk::<4>().ok_or(TraceError::Truncated)?;
        let is_whole = u32::from_le_bytes(*checksum) == fnv1a(covered);
        // What is cut off has a wrong checksum too: the first thing that does not fit says which it was.
        let mut reader = Reader { rest: covered.get(5..).ok_or(TraceError::Truncated)?, is_whole };
        let length = reader.length()?;
        let source = if length > MAX_SOURCE_BYTES as u64 { Err(TraceError::Source) } else { reader.take(length as usize) }?;
        let source = std::str::from_utf8(source).map_err(|_| TraceError::Source)?.to_string();
        let said = reader.length()?;
        let ops = reader.ops()?;
        match () {
            () if !is_whole => Err(TraceError::Checksum),
            () if said != ops.len() as u64 => Err(TraceError::Count { said, found: ops.len() as u64 }),
            () if !reader.rest.is_empty() => Err(TraceError::Trailing),
            () => Trace::new(source, ops),
        }
    }

    /// The file's bytes: the same for the same trace.
    pub fn render(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.push(TRACE_VERSION);
        put_length(&mut bytes, self.source.len() as u64);
        bytes.extend_from_slice(self.source.as_bytes());
        put_length(&mut bytes, self.ops.len() as u64);
        bytes.extend(self.body());
        let checksum = fnv1a(&bytes);
        bytes.extend(checksum.to_le_bytes());
        bytes
    }

    /// The operations with their end marker, as the guest reads them.
    pub fn body(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.ops.len() * 4);
        for op in self.ops.iter().copied().map(Some).chain([None]) {
            op::encode(op, |byte| bytes.push(byte));
        }
        bytes
    }

    /// Where it is from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What is done, in order.
    pub fn ops(&self) -> &[Op] {
        &self.ops
    }

    /// What it asks for.
    pub fn summary(&self) -> Summary {
        self.summary
    }
}

struct Reader<'a> {
    rest: &'a [u8],
    is_whole: bool,
}

impl<'a> Reader<'a> {
    fn cut(&self) -> TraceError {
        if self.is_whole { TraceError::Checksum } else { TraceError::Truncated }
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], TraceError> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or_else(|| self.cut())?;
        self.rest = rest;
        Ok(taken)
    }

    fn length(&mut self) -> Result<u64, TraceError> {
        let mut value = 0_u64;
        for shift in (0..63).step_by(7) {
            let byte = self.take(1)?[0];
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(TraceError::Truncated)
    }

    fn ops(&mut self) -> Result<Vec<Op>, TraceError> {
        let mut ops = Vec::new();
        loop {
            let window = &self.rest[..self.rest.len().min(MAX_OP_BYTES)];
            match op::decode(window) {
                Ok((op, length)) => {
                    self.rest = &self.rest[length..];
                    match op {
                        Some(op) => ops.push(op),
                        None => return Ok(ops),
                    }
                }
                Err(Malformed::Cut) => return Err(self.cut()),
                Err(why) => return Err(TraceError::Op { at: ops.len(), why }),
            }
        }
    }
}

fn summarize(ops: &[Op]) -> Result<Summary, TraceError> {
    if ops.is_empty() {
        return Err(TraceError::Empty);
    }
    let mut sizes = vec![0_u32; SLOT_COUNT as usize];
    let (mut summary, mut live_bytes, mut live_count) = (Summary::default(), 0_u64, 0_u64);
    for (at, op) in ops.iter().enumerate() {
        let (slot, new) = match *op {
            Op::Alloc { slot, size, .. } | Op::Realloc { slot, size } => (slot, size),
            Op::Free { slot } => (slot, 0),
        };
        let old = sizes.get(slot as usize).copied().ok_or(TraceError::Op { at, why: Malformed::Slot })?;
        match op {
            Op::Alloc { .. } if old != 0 => return Err(TraceError::Taken { at, slot }),
            Op::Realloc { .. } | Op::Free { .. } if old == 0 => return Err(TraceError::NotAllocated { at, slot }),
            Op::Alloc { .. } | Op::Realloc { .. } if new == 0 => return Err(TraceError::Op { at, why: Malformed::Empty }),
            Op::Alloc { align_power, .. } if *align_power > op::MAX_ALIGN_POWER => {
                return Err(TraceError::Op { at, why: Malformed::Align });
            }
            Op::Alloc { .. } => {
                summary.alloc_count += 1;
                live_count += 1;
            }
            Op::Realloc { .. } => summary.realloc_count += 1,
            Op::Free { .. } => {
                summary.free_count += 1;
                live_count -= 1;
            }
        }
        sizes[slot as usize] = new;
        live_bytes = live_bytes + u64::from(new) - u64::from(old);
        summary.peak_live_bytes = summary.peak_live_bytes.max(live_bytes);
        summary.peak_live_count = summary.peak_live_count.max(live_count);
    }
    summary.end_live_bytes = live_bytes;
    Ok(summary)
}

fn put_length(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// FNV-1a, 32 bits (Fowler, Noll and Vo): it finds what was cut or changed by accident.
pub(crate) fn fnv1a(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests;
