//! A new file without what was deleted.

use super::Store;
use super::format::{COMMIT_HEADER_BYTES, CommitHeader, RECORD_HEADER_BYTES, header, vector_bytes};
use crate::error::Error;
use crate::hash::{START, more};
use crate::source::{ReadAt, Reader};

impl Store {
    /// Writes a new file with the records that are not deleted, in the order in which they came, as one commit. `write` gets its pieces, the first one first, and says
    /// whether it took them. The new file is opened as any other; slots change, so indexes are built again.
    ///
    /// # Errors
    /// [`Error::Read`], if `read` or `write` says so, and those of [`Store::record`].
    pub fn compact(&self, read: &mut ReadAt<'_>, write: &mut dyn FnMut(&[u8]) -> bool) -> Result<(), Error> {
        let mut body_bytes = 0;
        for slot in self.live() {
            body_bytes += self.record_bytes(read, slot)?;
        }
        let file_header = header(&self.identity(), self.keeps_f32);
        // A header ends with its checksum, which is the first stamp.
        let before = file_header.last_chunk().map_or(0, |stamp| u64::from_le_bytes(*stamp));
        let count = self.count() as u32;
        let commit: [u8; COMMIT_HEADER_BYTES] =
            CommitHeader { body_bytes, record_count: count, live_count: count, before }.encode();
        let mut hash = more(START, &commit);
        let mut put = |bytes: &[u8]| if write(bytes) { Ok(()) } else { Err(Error::Read) };
        put(&file_header)?;
        put(&commit)?;
        for slot in self.live() {
            let mut left = self.record_bytes(read, slot)?;
            let mut reader = Reader::from(read, self.start(slot)?, self.start(slot)? + left);
            while left > 0 {
                let piece = reader.piece(left)?;
                left -= piece.len() as u64;
                hash = more(hash, piece);
                put(piece)?;
            }
        }
        put(&hash.to_le_bytes())
    }

    fn live(&self) -> impl Iterator<Item = u16> {
        (0..self.vectors.count() as u16).filter(|slot| self.vectors.is_live(*slot))
    }

    /// The length of the record in the slot.
    fn record_bytes(&self, read: &mut ReadAt<'_>, slot: u16) -> Result<u64, Error> {
        let start = self.start(slot)?;
        let mut reader = Reader::from(read, start, start + RECORD_HEADER_BYTES as u64);
        let header = self.record_header(&mut reader, slot)?;
        let words_bytes = u64::from(header.tags_bytes) + u64::from(header.text_bytes);
        Ok(RECORD_HEADER_BYTES as u64 + vector_bytes(self.vectors.dimensions(), self.keeps_f32) + words_bytes)
    }
}
