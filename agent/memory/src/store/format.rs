//! The lengths and numbers of the file, its header, and the header of a commit.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::embed::Identity;
use crate::error::Error;
use crate::hash::{START, more};
use crate::source::Reader;

const MAGIC: &[u8; 8] = b"agentmem";
const VERSION: u32 = 1;
/// The flag of files that keep f32.
const KEEPS_F32: u8 = 1;

/// The header of a commit, and of that what its own checksum is of.
pub(super) const COMMIT_HEADER_BYTES: usize = 32;
pub(super) const COMMIT_CHECKED_BYTES: usize = 24;
/// What every record begins with.
pub(super) const RECORD_HEADER_BYTES: usize = 16;
pub(super) const CHECKSUM_BYTES: usize = 8;

/// Kinds of records.
pub(super) const ADDED: u8 = 1;
pub(super) const DELETED: u8 = 2;

/// What a file begins with.
pub(super) fn header(identity: &Identity<'_>, keeps_f32: bool) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(32 + identity.name.len());
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    bytes.extend_from_slice(&(identity.dimensions as u16).to_le_bytes());
    bytes.push(if keeps_f32 { KEEPS_F32 } else { 0 });
    bytes.push(identity.name.len() as u8);
    bytes.extend_from_slice(identity.name.as_bytes());
    let checksum = more(START, &bytes);
    bytes.extend_from_slice(&checksum.to_le_bytes());
    bytes
}

/// The name of the embedder, its dimensions, whether f32 are kept, and the header's checksum.
pub(super) fn read_header(reader: &mut Reader<'_>) -> Result<(String, usize, bool, u64), Error> {
    if reader.array()? != *MAGIC {
        return Err(Error::Magic);
    }
    if reader.u32()? != VERSION {
        return Err(Error::Version);
    }
    let dimensions = reader.u16()?;
    let [flags, name_bytes] = reader.array()?;
    let mut name = vec![0; name_bytes.into()];
    reader.fill(&mut name)?;
    let checksum = reader.hash();
    if reader.u64()? != checksum {
        return Err(Error::Checksum { whole_bytes: 0 });
    }
    let name = String::from_utf8(name).map_err(|_| Error::Malformed)?;
    let identity = Identity { name: &name, dimensions: dimensions.into() };
    if identity.check().is_err() || flags & !KEEPS_F32 != 0 {
        return Err(Error::Malformed);
    }
    Ok((name, dimensions.into(), flags != 0, checksum))
}

/// What a commit says of itself.
pub(super) struct CommitHeader {
    /// The records' bytes.
    pub body_bytes: u64,
    /// The records.
    pub record_count: u32,
    /// The records of the store that are not deleted, after it.
    pub live_count: u32,
    /// The stamp of the store before it.
    pub before: u64,
}

impl CommitHeader {
    pub fn encode(&self) -> [u8; COMMIT_HEADER_BYTES] {
        let mut bytes = [0; COMMIT_HEADER_BYTES];
        let (checked, checksum) = bytes.split_at_mut(COMMIT_CHECKED_BYTES);
        let counts = u64::from(self.record_count) | u64::from(self.live_count) << 32;
        for (place, number) in checked.chunks_exact_mut(8).zip([self.body_bytes, counts, self.before]) {
            place.copy_from_slice(&number.to_le_bytes());
        }
        checksum.copy_from_slice(&more(START, checked).to_le_bytes());
        bytes
    }

    /// Nothing, if the bytes are not those that were written.
    pub fn read(reader: &mut Reader<'_>) -> Result<Option<CommitHeader>, Error> {
        reader.restart_hash();
        let header = CommitHeader {
            body_bytes: reader.u64()?,
            record_count: reader.u32()?,
            live_count: reader.u32()?,
            before: reader.u64()?,
        };
        let checksum = reader.hash();
        Ok((reader.u64()? == checksum).then_some(header))
    }
}

/// What every record begins with.
pub(super) struct RecordHeader {
    pub kind: u8,
    pub tags_bytes: u16,
    pub text_bytes: u32,
    pub id: u64,
}

impl RecordHeader {
    pub fn encode(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&[self.kind, 0]);
        bytes.extend_from_slice(&self.tags_bytes.to_le_bytes());
        bytes.extend_from_slice(&self.text_bytes.to_le_bytes());
        bytes.extend_from_slice(&self.id.to_le_bytes());
    }

    pub fn read(reader: &mut Reader<'_>) -> Result<RecordHeader, Error> {
        let [kind, zero] = reader.array()?;
        let header = RecordHeader { kind, tags_bytes: reader.u16()?, text_bytes: reader.u32()?, id: reader.u64()? };
        let empty = header.tags_bytes == 0 && header.text_bytes == 0;
        let known = kind == ADDED || (kind == DELETED && empty);
        if zero == 0 && known { Ok(header) } else { Err(Error::Malformed) }
    }
}

/// The bytes of an added record between its header and its tags: scale, int8 and f32.
pub(super) fn vector_bytes(dimensions: usize, keeps_f32: bool) -> u64 {
    4 + dimensions as u64 * if keeps_f32 { 5 } else { 1 }
}
