//! The log's bytes, one event after the other.

use super::LogError;

/// The length of the header that version 1 has; a record's follows from it.
pub const HEADER_BYTES: usize = 304;

/// The length of a record.
pub const RECORD_BYTES: usize = 12;

const MAGIC: &[u8; 4] = b"ALOG";

const VERSION: u16 = 1;

/// A block as a record has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Where it lies: the low 32 bits.
    pub address: u32,
    /// In bytes, as it was asked for.
    pub size: u32,
    /// The power of two of its alignment.
    pub align_power: u8,
}

/// What one call came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Nothing.
    Refused,
    /// A block was made.
    Made(Block),
    /// A block was given back.
    Freed(Block),
    /// A block got another size, and maybe another place.
    Resized {
        /// As it was.
        old: Block,
        /// As it is.
        new: Block,
    },
}

/// The records that are still to be read.
pub struct Records<'a> {
    rest: &'a [[u8; RECORD_BYTES]],
    at: usize,
}

impl<'a> Records<'a> {
    /// Reads the header.
    ///
    /// # Errors
    /// It is none, of another version, or the log is not whole.
    pub fn read(bytes: &'a [u8]) -> Result<Records<'a>, LogError> {
        if !bytes.starts_with(MAGIC) {
            return Err(LogError::NotALog);
        }
        let found_bytes = bytes.len() as u64;
        let cut = LogError::Length { said_bytes: HEADER_BYTES as u64, found_bytes };
        let (header, records) = bytes.split_at_checked(HEADER_BYTES).ok_or(cut)?;
        let short = |offset: usize| u16::from_le_bytes([header[offset], header[offset + 1]]);
        // A longer header would be one of a later version.
        let layout = [short(4), short(6), short(8), short(14)];
        if layout != [VERSION, HEADER_BYTES as u16, RECORD_BYTES as u16, 0] || ![4, 8].contains(&short(12)) {
            return Err(LogError::Version(short(4)));
        }
        let number = |offset: usize| (0..8).rev().fold(0, |value, at| value << 8 | u64::from(header[offset + at]));
        let said_bytes = HEADER_BYTES as u64 + RECORD_BYTES as u64 * (number(24) & u64::from(u32::MAX));
        if said_bytes != found_bytes {
            return Err(LogError::Length { said_bytes, found_bytes });
        }
        match number(32) {
            0 => Ok(Records { rest: records.as_chunks().0, at: 0 }),
            dropped_event_count => Err(LogError::Overflowed { dropped_event_count }),
        }
    }

    /// The next event and the place of its record; nothing at the end.
    ///
    /// # Errors
    /// The bytes are no record.
    pub fn next(&mut self) -> Result<Option<(usize, Event)>, LogError> {
        let at = self.at;
        let Some((kind, block)) = self.record()? else { return Ok(None) };
        let event = match kind {
            0 if block.address == 0 => Event::Refused,
            0 => Event::Made(block),
            1 => Event::Freed(block),
            2 => match self.record()? {
                Some((3, _)) if block.address == 0 => Event::Refused,
                Some((3, old)) => Event::Resized { old, new: block },
                _ => return Err(LogError::Record { at }),
            },
            _ => return Err(LogError::Record { at }),
        };
        Ok(Some((at, event)))
    }

    /// The next record: its kind and the block.
    fn record(&mut self) -> Result<Option<(u32, Block)>, LogError> {
        let Some((record, rest)) = self.rest.split_first() else { return Ok(None) };
        let number = |offset: usize| (0..4).rev().fold(0, |value, at| value << 8 | u32::from(record[offset + at]));
        let word = number(4);
        if word >> 9 != 0 {
            return Err(LogError::Record { at: self.at });
        }
        self.rest = rest;
        self.at += 1;
        let align_power = (word >> 2 & 0x3f) as u8;
        Ok(Some((word & 3, Block { address: number(0), size: number(8), align_power })))
    }
}
