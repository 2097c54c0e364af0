//! The store: records in one file that is only appended to, and their vectors in memory.
//!
//! It does no I/O. [`Store::open`] reads the file through a callback, piece by piece. A change is made in two steps, so that a write that fails changes nothing: [`Changes::finish`] gives
//! the bytes of one commit, the caller appends them at [`Store::file_bytes`], and then [`Store::apply`] takes them in, by the code that reads files. What lies behind the last whole
//! commit was cut off while it was written and counts for nothing; it has to be cut away before something is appended
//! ([`Store::torn_bytes`] says that there is something).
//!
//! `docs/reference/memory-format.md` describes the bytes.

use alloc::string::String;
use alloc::vec::Vec;

use crate::embed::Identity;
use crate::error::Error;
use crate::source::{ReadAt, Reader};
use crate::vectors::Vectors;

mod changes;
mod compact;
mod format;
mod record;
mod replay;

pub use changes::Changes;
pub use record::Record;

/// Whose vectors a file of `file_bytes` holds: the name of the embedder, the dimensions, and whether it keeps f32. For callers that list or mend a store
/// of any embedder: with these, [`Store::open`] does not refuse it as another's.
///
/// # Errors
/// What the file is not: [`Error::Read`], [`Error::Cut`], [`Error::Magic`], [`Error::Version`], [`Error::Checksum`], [`Error::Malformed`].
pub fn header(read: &mut ReadAt<'_>, file_bytes: u64) -> Result<(String, usize, bool), Error> {
    let (name, dimensions, keeps_f32, _) = format::read_header(&mut Reader::new(read, file_bytes))?;
    Ok((name, dimensions, keeps_f32))
}

/// What a store's file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    name: String,
    keeps_f32: bool,
    vectors: Vectors,
    /// The slots of the records that are not deleted, by id.
    order: Vec<u16>,
    /// Where the last whole commit ends.
    file_bytes: u64,
    torn_bytes: u64,
    stamp: u64,
    /// What the caller asked about, and how many slots there were then.
    marked: (u64, Option<u16>),
}

impl Store {
    /// A store without records, and the bytes that its file begins with. With `keeps_f32` each record keeps its vector as it was given, too, for [`crate::index::rerank`]: 4 bytes a component on disk, none
    /// in memory.
    ///
    /// # Errors
    /// [`Error::Length`], [`Error::Dimensions`]: the identity is none.
    pub fn create(identity: &Identity<'_>, keeps_f32: bool) -> Result<(Store, Vec<u8>), Error> {
        identity.check()?;
        let bytes = format::header(identity, keeps_f32);
        let source = bytes.clone();
        let store = Store::open(&mut |at, out| copy_from(&source, at, out), bytes.len() as u64, identity, 0)?;
        Ok((store, bytes))
    }

    /// Reads a file of `file_bytes` and checks every byte of it. `identity` is the embedder whose vectors will be added and asked for. `mark` is the
    /// [`crate::index::hnsw::stamp`] of an index file, or 0: see [`Store::marked_count`].
    ///
    /// # Errors
    /// [`Error::Read`]; what the file is not: [`Error::Cut`], [`Error::Magic`], [`Error::Version`], [`Error::Embedder`], [`Error::Checksum`],
    /// [`Error::Malformed`], [`Error::Duplicate`], [`Error::Unknown`], [`Error::Full`].
    pub fn open(read: &mut ReadAt<'_>, file_bytes: u64, identity: &Identity<'_>, mark: u64) -> Result<Store, Error> {
        let mut reader = Reader::new(read, file_bytes);
        let (name, dimensions, keeps_f32, stamp) = format::read_header(&mut reader)?;
        if (name.as_str(), dimensions) != (identity.name, identity.dimensions) {
            return Err(Error::Embedder);
        }
        let mut store = Store {
            name,
            keeps_f32,
            vectors: Vectors::new(dimensions),
            order: Vec::new(),
            file_bytes: reader.at(),
            torn_bytes: 0,
            stamp,
            marked: (mark, (mark == stamp).then_some(0)),
        };
        while store.replay(&mut reader)? {}
        store.torn_bytes = file_bytes - store.file_bytes;
        Ok(store)
    }

    /// Takes in the bytes of a commit that the caller has appended to the file.
    ///
    /// # Errors
    /// [`Error::Stale`]: they are not of [`Changes::finish`] on this store as it is, and nothing is changed. Any other says the same of bytes made to
    /// mislead; the store is of no use then.
    pub fn apply(&mut self, commit: &[u8]) -> Result<(), Error> {
        let start = self.file_bytes;
        let mut read = |at: u64, out: &mut [u8]| copy_from(commit, at.wrapping_sub(start), out);
        let mut reader = Reader::from(&mut read, start, start + commit.len() as u64);
        self.torn_bytes = 0;
        if self.replay(&mut reader)? && reader.left() == 0 { Ok(()) } else { Err(Error::Stale) }
    }

    /// The embedder whose vectors these are.
    pub fn identity(&self) -> Identity<'_> {
        Identity { name: &self.name, dimensions: self.vectors.dimensions() }
    }

    /// Whether the f32 are in the file.
    pub fn keeps_f32(&self) -> bool {
        self.keeps_f32
    }

    /// The vectors, for an [`crate::index::Index`].
    pub fn vectors(&self) -> &Vectors {
        &self.vectors
    }

    /// The records that are not deleted.
    pub fn count(&self) -> usize {
        self.order.len()
    }

    /// Where the next commit belongs: the length of the file without what was torn off.
    pub fn file_bytes(&self) -> u64 {
        self.file_bytes
    }

    /// What is behind the last whole commit. It has to be cut away before a commit is appended.
    pub fn torn_bytes(&self) -> u64 {
        self.torn_bytes
    }

    /// What the file is at this moment, in one number, for [`crate::index::hnsw::Hnsw::save`]: a checksum of everything before.
    pub fn stamp(&self) -> u64 {
        self.stamp
    }

    /// How many vectors there were when the stamp was the `mark` that [`Store::open`] was asked about; nothing, if it never was. An index of that many
    /// vectors belongs to this store, and [`crate::index::Index::update`] brings it up to date.
    pub fn marked_count(&self) -> Option<u16> {
        self.marked.1
    }

    /// The slots of the records that are not deleted, by id.
    pub fn slots(&self) -> impl Iterator<Item = u16> + '_ {
        self.order.iter().copied()
    }

    /// The slot of the record.
    pub fn slot(&self, id: u64) -> Option<u16> {
        self.find(id).ok().and_then(|at| self.order.get(at)).copied()
    }

    /// Where the id stands in the order, or belongs.
    fn find(&self, id: u64) -> Result<usize, usize> {
        self.order.binary_search_by_key(&id, |slot| self.vectors.id(*slot))
    }
}

/// Reads from bytes in memory, as [`ReadAt`] does from a file.
pub fn copy_from(bytes: &[u8], at: u64, out: &mut [u8]) -> bool {
    let found = usize::try_from(at).ok().and_then(|at| bytes.get(at..)?.get(..out.len()));
    if let Some(found) = found {
        out.copy_from_slice(found);
    }
    found.is_some()
}

#[cfg(test)]
mod tests;
