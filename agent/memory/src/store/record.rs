//! Reading what is not in memory: the words of a record, and its f32.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::Store;
use super::format::{ADDED, RECORD_HEADER_BYTES, RecordHeader, vector_bytes};
use crate::error::Error;
use crate::source::{ReadAt, Reader};

/// The words of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its id.
    pub id: u64,
    /// What it says.
    pub text: String,
    /// What it is filed under.
    pub tags: Vec<String>,
}

impl Store {
    /// Reads the record in the slot from the file that the store was opened from.
    ///
    /// # Errors
    /// [`Error::Unknown`]: there is none, or it was deleted. [`Error::Read`], [`Error::Cut`]; [`Error::Malformed`]: the file is not what it was, or its words are
    /// not UTF-8.
    pub fn record(&self, read: &mut ReadAt<'_>, slot: u16) -> Result<Record, Error> {
        let mut reader = Reader::from(read, self.start(slot)?, self.file_bytes);
        let header = self.record_header(&mut reader, slot)?;
        reader.skip(vector_bytes(self.vectors.dimensions(), self.keeps_f32))?;
        let tags = split(&bytes(&mut reader, header.tags_bytes.into())?)?;
        let text = text(bytes(&mut reader, header.text_bytes)?)?;
        Ok(Record { id: header.id, text, tags })
    }

    /// Reads the vector in the slot as it was added, into `values`, which has the store's dimensions.
    ///
    /// # Errors
    /// [`Error::NoValues`], [`Error::Dimensions`], and those of [`Store::record`].
    pub fn values(&self, read: &mut ReadAt<'_>, slot: u16, values: &mut [f32]) -> Result<(), Error> {
        if !self.keeps_f32 {
            return Err(Error::NoValues);
        }
        if values.len() != self.vectors.dimensions() {
            return Err(Error::Dimensions);
        }
        let start = self.start(slot)? + (RECORD_HEADER_BYTES + 4 + values.len()) as u64;
        let mut reader = Reader::from(read, start, self.file_bytes.min(start + 4 * values.len() as u64));
        reader.numbers(values, f32::from_le_bytes)
    }

    /// Where the record in the slot begins.
    pub(super) fn start(&self, slot: u16) -> Result<u64, Error> {
        if self.vectors.is_live(slot) { Ok(self.vectors.place(slot).into()) } else { Err(Error::Unknown) }
    }

    /// The header of the record in the slot, which is in front of the reader and fits into the file.
    pub(super) fn record_header(&self, reader: &mut Reader<'_>, slot: u16) -> Result<RecordHeader, Error> {
        let header = RecordHeader::read(reader)?;
        let rest_bytes = u64::from(header.tags_bytes) + u64::from(header.text_bytes);
        let left_bytes = self.file_bytes.saturating_sub(reader.at());
        let fits = rest_bytes + vector_bytes(self.vectors.dimensions(), self.keeps_f32) <= left_bytes;
        if header.kind == ADDED && header.id == self.vectors.id(slot) && fits { Ok(header) } else { Err(Error::Malformed) }
    }
}

fn bytes(reader: &mut Reader<'_>, length_bytes: u32) -> Result<Vec<u8>, Error> {
    let mut bytes = vec![0; length_bytes as usize];
    reader.fill(&mut bytes)?;
    Ok(bytes)
}

fn text(bytes: Vec<u8>) -> Result<String, Error> {
    String::from_utf8(bytes).map_err(|_| Error::Malformed)
}

/// Tags, each behind a byte that says how many bytes it has.
fn split(mut rest: &[u8]) -> Result<Vec<String>, Error> {
    let mut tags = Vec::new();
    while let Some((length_bytes, behind)) = rest.split_first() {
        let (tag, next) = behind.split_at_checked((*length_bytes).into()).ok_or(Error::Malformed)?;
        tags.push(text(tag.into())?);
        rest = next;
    }
    Ok(tags)
}
