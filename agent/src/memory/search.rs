//! Finding.

use alloc::vec;
use alloc::vec::Vec;

use agent_memory::error::Error;
use agent_memory::index::Hit;
use agent_memory::index::rerank::rerank;
use agent_memory::store::Record;

use super::files::{Open, reader};
use super::{MAX_TEXT_BYTES, Memory, usage};
use crate::effects::{Host, MemoryFile};
use crate::failure::Failure;

/// The most that one search finds.
pub const MAX_FOUND: usize = 50;
/// How many more hits are ordered by f32 than are wanted: docs/reference/memory-format.md has what that finds.
const RERANKED: usize = 4;
/// The most hits, before those for the f32, that are put in order to find those with a tag. Where it is rarer, each record is looked at once.
const MAX_RANKED: usize = 1024;

/// A record that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// What it says.
    pub record: Record,
    /// The cosine.
    pub score: f32,
}

impl Memory {
    /// The `count` records most like `query`, the most similar first; with a tag, of those that have it.
    pub fn search<H: Host>(&self, query: &str, count: usize, tag: Option<&str>, host: &mut H) -> Result<Vec<Found>, Failure> {
        if query.len() > MAX_TEXT_BYTES {
            return Err(usage("the query is longer than 8 KiB: shorten it"));
        }
        let embedder = self.embedder()?;
        self.open(Some(embedder), host)?;
        if self.open.borrow().as_ref().is_none_or(|open| open.store.count() == 0) {
            return Ok(Vec::new());
        }
        let vectors = embedder.embed(&[query], host)?;
        let vector = vectors.first().map(Vec::as_slice).unwrap_or_default();
        #[cfg(feature = "memory-hnsw")]
        self.prepare_graph(host);
        let open = self.open.borrow();
        let Some(open) = open.as_ref() else { return Ok(Vec::new()) };
        let mut wanted = count;
        let mut tagged = None;
        loop {
            let hits = ranked(open, vector, wanted, tagged.as_deref(), host).map_err(|error| self.failure(error))?;
            let is_all = tagged.is_some() || hits.len() < wanted || hits.len() >= open.store.count();
            let mut found = Vec::new();
            for hit in hits {
                let record = self.record(open, hit.slot, host)?;
                if has(&record, tag) {
                    found.push(Found { record, score: hit.score });
                }
            }
            if found.len() >= count || is_all {
                found.truncate(count);
                return Ok(found);
            }
            // What has the tag is farther away.
            wanted *= 4;
            if wanted > MAX_RANKED {
                tagged = Some(self.tagged(open, tag, host)?);
                wanted = count;
            }
        }
    }

    /// By slot, whether the record has the tag.
    fn tagged<H: Host>(&self, open: &Open, tag: Option<&str>, host: &mut H) -> Result<Vec<bool>, Failure> {
        let mut tagged = vec![false; open.store.vectors().count()];
        for slot in open.store.slots() {
            if let Some(place) = tagged.get_mut(usize::from(slot)) {
                *place = has(&self.record(open, slot, host)?, tag);
            }
        }
        Ok(tagged)
    }

    fn record<H: Host>(&self, open: &Open, slot: u16, host: &mut H) -> Result<Record, Failure> {
        let record = open.store.record(&mut reader(MemoryFile::Records, host), slot);
        record.map_err(|error| self.failure(error))
    }
}

fn has(record: &Record, tag: Option<&str>) -> bool {
    tag.is_none_or(|tag| record.tags.iter().any(|other| other == tag))
}

/// The nearest, ordered by their f32 where the file has them.
fn ranked<H: Host>(open: &Open, vector: &[f32], count: usize, keep: Option<&[bool]>, host: &mut H) -> Result<Vec<Hit>, Error> {
    if !open.store.keeps_f32() {
        return open.nearest(vector, count, keep);
    }
    let near = open.nearest(vector, count * RERANKED, keep)?;
    let mut read = reader(MemoryFile::Records, host);
    rerank(&near, vector, count, &mut |slot, values| open.store.values(&mut read, slot, values).is_ok())
}
