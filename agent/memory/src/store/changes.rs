//! Changes on their way into a file.

use alloc::vec;
use alloc::vec::Vec;

use super::Store;
use super::format::{ADDED, COMMIT_HEADER_BYTES, CommitHeader, DELETED, RecordHeader};
use crate::error::Error;
use crate::hash::{START, more};
use crate::vector::{STORED, quantize};
use crate::vectors::MAX_COUNT;

/// Changes that become one commit: all of them or none. A change that is refused is left out, and the others stay.
#[derive(Debug, Clone)]
pub struct Changes<'a> {
    store: &'a Store,
    /// The commit as far as it is there. Its header comes last.
    bytes: Vec<u8>,
    /// What the changes do: the id, and whether it is there after them.
    ids: Vec<(u64, bool)>,
    added_count: usize,
}

impl<'a> Changes<'a> {
    /// No changes yet.
    pub fn new(store: &'a Store) -> Changes<'a> {
        Changes { store, bytes: vec![0; COMMIT_HEADER_BYTES], ids: Vec::new(), added_count: 0 }
    }

    /// Adds a record: `vector` is that of `text`, made by the store's embedder; tags have 1 to 255 bytes each.
    ///
    /// # Errors
    /// [`Error::Duplicate`], [`Error::Full`]; [`Error::Length`]: a text of 4 GiB, a tag that is empty or too long, or tags of 64 KiB together; and those of [`crate::vector::Query::new`].
    pub fn add(&mut self, id: u64, text: &str, tags: &[&str], vector: &[f32]) -> Result<(), Error> {
        if self.has(id) {
            return Err(Error::Duplicate);
        }
        let known = self.store.vectors.count() + self.added_count;
        if known >= MAX_COUNT || self.store.file_bytes + self.bytes.len() as u64 > u32::MAX.into() {
            return Err(Error::Full);
        }
        if tags.iter().any(|tag| !(1..=255).contains(&tag.len())) {
            return Err(Error::Length);
        }
        let tags_bytes = u16::try_from(tags.iter().map(|tag| 1 + tag.len()).sum::<usize>()).map_err(|_| Error::Length)?;
        let text_bytes = u32::try_from(text.len()).map_err(|_| Error::Length)?;
        let (values, scale) = quantize(vector, self.store.vectors.dimensions(), STORED)?;
        let bytes = &mut self.bytes;
        RecordHeader { kind: ADDED, tags_bytes, text_bytes, id }.encode(bytes);
        bytes.extend_from_slice(&scale.to_le_bytes());
        bytes.extend(values.iter().map(|value| *value as u8));
        if self.store.keeps_f32 {
            vector.iter().for_each(|value| bytes.extend_from_slice(&value.to_le_bytes()));
        }
        for tag in tags {
            bytes.push(tag.len() as u8);
            bytes.extend_from_slice(tag.as_bytes());
        }
        bytes.extend_from_slice(text.as_bytes());
        self.ids.push((id, true));
        self.added_count += 1;
        Ok(())
    }

    /// Deletes a record. Its bytes stay in the file until [`Store::compact`].
    ///
    /// # Errors
    /// [`Error::Unknown`].
    pub fn delete(&mut self, id: u64) -> Result<(), Error> {
        if !self.has(id) {
            return Err(Error::Unknown);
        }
        RecordHeader { kind: DELETED, tags_bytes: 0, text_bytes: 0, id }.encode(&mut self.bytes);
        self.ids.push((id, false));
        Ok(())
    }

    /// Whether there is such a record after the changes.
    fn has(&self, id: u64) -> bool {
        let changed = self.ids.iter().rev().find(|change| change.0 == id);
        changed.map_or_else(|| self.store.slot(id).is_some(), |change| change.1)
    }

    /// The bytes of the commit: what the caller appends at [`Store::file_bytes`] and then gives to [`Store::apply`].
    pub fn finish(mut self) -> Vec<u8> {
        let record_count = self.ids.len();
        let live_count = self.store.count() + 2 * self.added_count - record_count;
        let header = CommitHeader {
            body_bytes: (self.bytes.len() - COMMIT_HEADER_BYTES) as u64,
            record_count: record_count as u32,
            live_count: live_count as u32,
            before: self.store.stamp,
        };
        if let Some(place) = self.bytes.first_chunk_mut() {
            *place = header.encode();
        }
        let checksum = more(START, &self.bytes);
        self.bytes.extend_from_slice(&checksum.to_le_bytes());
        self.bytes
    }
}
