//! Reading commits.

use super::Store;
use super::format::{ADDED, CHECKSUM_BYTES, COMMIT_HEADER_BYTES, CommitHeader, RECORD_HEADER_BYTES, RecordHeader, vector_bytes};
use crate::error::Error;
use crate::source::Reader;

impl Store {
    /// Takes in the next commit. False, if there is no whole one: its header has a checksum of its own, so a wrong length is not taken for a file
    /// that was cut.
    pub(super) fn replay(&mut self, reader: &mut Reader<'_>) -> Result<bool, Error> {
        let damaged = Error::Checksum { whole_bytes: self.file_bytes };
        let after_body = CHECKSUM_BYTES as u64;
        if reader.left() < COMMIT_HEADER_BYTES as u64 {
            return Ok(false);
        }
        let header = CommitHeader::read(reader)?.ok_or(damaged)?;
        if header.before != self.stamp {
            return Err(damaged);
        }
        if reader.left() < after_body || header.body_bytes > reader.left() - after_body {
            return Ok(false);
        }
        let end = reader.at() + header.body_bytes;
        for _ in 0..header.record_count {
            self.change(reader, end)?;
        }
        let checksum = reader.hash();
        if reader.at() != end {
            return Err(Error::Malformed);
        }
        if reader.u64()? != checksum {
            return Err(damaged);
        }
        if header.live_count as usize != self.count() {
            return Err(Error::Malformed);
        }
        self.stamp = checksum;
        self.file_bytes = reader.at();
        if checksum == self.marked.0 {
            self.marked.1 = Some(self.vectors.count() as u16);
        }
        Ok(true)
    }

    /// Takes in a record, which has to end at `end` or before.
    fn change(&mut self, reader: &mut Reader<'_>, end: u64) -> Result<(), Error> {
        let start = reader.at();
        if end - start < RECORD_HEADER_BYTES as u64 {
            return Err(Error::Malformed);
        }
        let header = RecordHeader::read(reader)?;
        let found = self.find(header.id);
        if header.kind != ADDED {
            let at = found.map_err(|_| Error::Unknown)?;
            let slot = self.order.remove(at);
            self.vectors.delete(slot);
            return Ok(());
        }
        let at = found.err().ok_or(Error::Duplicate)?;
        let words_bytes = u64::from(header.tags_bytes) + u64::from(header.text_bytes);
        let vector_bytes = vector_bytes(self.vectors.dimensions(), self.keeps_f32);
        if end - reader.at() < vector_bytes + words_bytes {
            return Err(Error::Malformed);
        }
        let scale = f32::from_le_bytes(reader.array()?);
        // That of a vector of length 1 is below; and products of these stay finite.
        if !(scale > 0.0 && scale <= 1.0) {
            return Err(Error::Malformed);
        }
        let place = u32::try_from(start).map_err(|_| Error::Full)?;
        let slot = self.vectors.count() as u16;
        reader.fill(self.vectors.push(header.id, scale, place)?)?;
        self.order.insert(at, slot);
        reader.skip(vector_bytes - 4 - self.vectors.dimensions() as u64 + words_bytes)
    }
}
