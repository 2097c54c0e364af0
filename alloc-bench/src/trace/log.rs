//! From the log of a build with `alloc-tracing` to a trace. `docs/reference/alloc-stats.md` has the log's form.
//!
//! An address is a block's name only while it lives, so each block gets a slot: the one that was freed last, else a new one.
//!
//! - A call that was refused is left out: no block came of it, and on another heap it might succeed.
//! - C may ask for no bytes and gets a block all the same: it counts as one byte, for operations are never empty.
//! - One that wants zeros is an alloc like any other: to write the zeros costs the same with each of them.
//! - The log begins with the program, so what is freed or resized was made in it. If it was not, it was made in a pause, and then the log is not all
//!   that happened: that is an error.

mod record;

use super::{Trace, TraceError};
use crate::op::{MAX_ALIGN_POWER, Op, SLOT_COUNT};
use record::{Block, Event, Records};
use std::{collections::HashMap, fmt};

/// How a line of a log in text begins; hex follows.
pub const LINE_PREFIX: &str = "alloc-log: ";

/// Why there is no trace in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogError {
    /// No line of the text begins as one of a log.
    NoLines,
    /// A line of the log, from 1 among them, is no hex.
    Hex {
        /// Which.
        line: usize,
    },
    /// It does not start as a log.
    NotALog,
    /// Another version, or another layout under the same version.
    Version(u16),
    /// It has other bytes than its header says.
    Length {
        /// As the header says.
        said_bytes: u64,
        /// As it is.
        found_bytes: u64,
    },
    /// More was called than was kept.
    Overflowed {
        /// How many calls are not in it.
        dropped_event_count: u64,
    },
    /// A record is none.
    Record {
        /// Which, from 0.
        at: usize,
    },
    /// A size that is too large for a record to say.
    Size {
        /// Which record.
        at: usize,
    },
    /// A block that is made where one lives.
    Taken {
        /// Which record.
        at: usize,
    },
    /// A block that is freed or resized and was never made.
    NotMade {
        /// Which record.
        at: usize,
    },
    /// A block that is freed or resized with another size than it has.
    Other {
        /// Which record.
        at: usize,
    },
    /// More blocks live at a time than a trace can have.
    TooMany {
        /// Which record.
        at: usize,
    },
    /// Its operations are no trace.
    Trace(TraceError),
}

impl fmt::Display for LogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LogError::NoLines => write!(f, "no line starts with `{LINE_PREFIX}`: build with alloc-tracing and ask for the log"),
            LogError::Hex { line } => write!(f, "line {line} of the log is no hex: it was cut or mixed with other output"),
            LogError::NotALog => write!(f, "it is no allocation log: it does not start with ALOG"),
            LogError::Version(version) => {
                write!(
                    f,
                    "the log has version {version} or a layout that this tool does not read: build it and this tool from one commit"
                )
            }
            LogError::Length { said_bytes, found_bytes } => {
                write!(f, "the log says {said_bytes} bytes and has {found_bytes}: it is cut off, or there are two")
            }
            LogError::Overflowed { dropped_event_count } => {
                write!(f, "{dropped_event_count} calls found no place in the log: record something shorter")
            }
            LogError::Record { at } => write!(f, "record {at} is none"),
            LogError::Size { at } => write!(f, "record {at} has a size or an alignment that no trace can have"),
            LogError::Taken { at } => write!(f, "record {at} makes a block where one lives: the allocator gave it twice"),
            LogError::NotMade { at } => write!(f, "record {at} frees or resizes what was never made: it was made in a pause"),
            LogError::Other { at } => {
                write!(f, "record {at} frees or resizes a block with another size than it has")
            }
            LogError::TooMany { at } => write!(f, "at record {at} more than {SLOT_COUNT} blocks live: record something smaller"),
            LogError::Trace(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for LogError {}

/// The trace in the bytes of a log.
///
/// # Errors
/// It is no log, not a whole one, or its records do not fit together.
pub fn from_log(source: &str, bytes: &[u8]) -> Result<Trace, LogError> {
    let mut slots = Slots::default();
    let mut ops = Vec::new();
    let mut records = Records::read(bytes)?;
    while let Some((at, event)) = records.next()? {
        ops.push(match event {
            Event::Refused => continue,
            Event::Made(block) => {
                let (size, align_power) = fits(at, block)?;
                Op::Alloc { slot: slots.take(at, block)?, size, align_power }
            }
            Event::Freed(block) => Op::Free { slot: slots.give_back(at, block)? },
            Event::Resized { old, new } => {
                let slot = slots.give_back(at, old)?;
                let (size, _) = fits(at, new)?;
                // The slot that was given back last is the one that is given out.
                slots.take(at, new)?;
                Op::Realloc { slot, size }
            }
        });
    }
    Trace::new(source, ops).map_err(LogError::Trace)
}

/// The bytes of the log whose lines are among those of `stderr`.
///
/// # Errors
/// There are none, or one is no hex.
pub fn bytes_of_lines(stderr: &str) -> Result<Vec<u8>, LogError> {
    let mut bytes = Vec::new();
    let lines = stderr.lines().filter_map(|line| line.strip_prefix(LINE_PREFIX));
    for (line, digits) in (1..).zip(lines) {
        let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
        if !rest.is_empty() || pairs.is_empty() {
            return Err(LogError::Hex { line });
        }
        for pair in pairs {
            let digit = |byte: u8| (byte as char).to_digit(16).ok_or(LogError::Hex { line });
            bytes.push((digit(pair[0])? * 16 + digit(pair[1])?) as u8);
        }
    }
    if bytes.is_empty() { Err(LogError::NoLines) } else { Ok(bytes) }
}

/// The size and the alignment's power of two as an operation has them.
fn fits(at: usize, block: Block) -> Result<(u32, u8), LogError> {
    // The largest number stands for all sizes from it on.
    match block.size != u32::MAX && block.align_power <= MAX_ALIGN_POWER {
        true => Ok((block.size.max(1), block.align_power)),
        false => Err(LogError::Size { at }),
    }
}

/// The blocks that live, by their address.
#[derive(Default)]
struct Slots {
    live: HashMap<u32, (u32, Block)>,
    freed: Vec<u32>,
    unused: u32,
}

impl Slots {
    fn take(&mut self, at: usize, block: Block) -> Result<u32, LogError> {
        let slot = match self.freed.pop() {
            Some(slot) => slot,
            None if self.unused == SLOT_COUNT => return Err(LogError::TooMany { at }),
            None => {
                self.unused += 1;
                self.unused - 1
            }
        };
        match self.live.insert(block.address, (slot, block)) {
            None => Ok(slot),
            Some(_) => Err(LogError::Taken { at }),
        }
    }

    fn give_back(&mut self, at: usize, block: Block) -> Result<u32, LogError> {
        let (slot, known) = self.live.remove(&block.address).ok_or(LogError::NotMade { at })?;
        self.freed.push(slot);
        // Not the alignment: where C shares the heap, a block has at least C's, whatever was asked for.
        if known.size == block.size { Ok(slot) } else { Err(LogError::Other { at }) }
    }
}

#[cfg(test)]
mod tests;
