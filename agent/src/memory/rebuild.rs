//! The file made anew: without what was forgotten, and with the vectors of the embedder that is configured.

use alloc::vec::Vec;
use core::cell::RefCell;

use agent_memory::error::Error;
use agent_memory::store::{Changes, Record, Store};

use super::files::{Written, reader};
use super::{Embedder, Memory, usage};
use crate::effects::{Host, MemoryFile};
use crate::failure::Failure;
use crate::text;

/// The records that are embedded at once and make a commit.
const BATCH: usize = 64;

impl Memory {
    /// Makes the file anew, in one step, and gives the number of its records. Ids stay.
    pub fn rebuild<H: Host>(&self, host: &mut H) -> Result<usize, Failure> {
        let embedder = self.embedder()?;
        let count = self.claimed(host, |host| {
            self.open(None, host)?;
            let open = self.open.borrow();
            let Some(store) = open.as_ref().map(|open| &open.store) else {
                return Err(self.trouble("is not there: add something"));
            };
            let is_same = self.check(embedder, store).is_ok() && store.keeps_f32() == self.settings.exact;
            let written = if is_same { self.compacted(store, host)? } else { self.embedded(embedder, store, host)? };
            written.finish(self, MemoryFile::Records, host)?;
            Ok(store.count())
        })?;
        *self.open.borrow_mut() = None;
        Ok(count)
    }

    /// The records as they are.
    fn compacted<H: Host>(&self, store: &Store, host: &mut H) -> Result<Written, Failure> {
        let mut written = Written::default();
        let mut failed = None;
        // Reads and writes take turns.
        let host = RefCell::new(host);
        let mut read = |at: u64, out: &mut [u8]| host.borrow_mut().memory_read(MemoryFile::Records, at, out);
        let mut write = |piece: &[u8]| {
            failed = written.add(self, piece, &mut **host.borrow_mut()).err();
            failed.is_none()
        };
        let done = store.compact(&mut read, &mut write);
        match (done, failed) {
            (_, Some(failure)) => Err(failure),
            (Err(error), None) => Err(self.failure(error)),
            (Ok(()), None) => Ok(written),
        }
    }

    /// The records with new vectors.
    fn embedded<H: Host>(&self, embedder: &Embedder, old: &Store, host: &mut H) -> Result<Written, Failure> {
        let mut written = Written::default();
        let mut new = None;
        let slots: Vec<u16> = old.slots().collect();
        for batch in slots.chunks(BATCH) {
            let read = |slot: &u16| old.record(&mut reader(MemoryFile::Records, host), *slot);
            let records: Vec<Record> =
                batch.iter().map(read).collect::<Result<_, Error>>().map_err(|error| self.failure(error))?;
            let texts: Vec<&str> = records.iter().map(|record| record.text.as_str()).collect();
            let vectors = embedder.embed(&texts, host).map_err(|failure| of_records(&records, failure))?;
            let store = match &mut new {
                Some(store) => store,
                None => {
                    let (store, header) = self.create(embedder, vectors.first().map_or(0, Vec::len))?;
                    written.add(self, &header, host)?;
                    new.insert(store)
                }
            };
            let mut changes = Changes::new(store);
            for (record, vector) in records.iter().zip(&vectors) {
                let tags: Vec<&str> = record.tags.iter().map(|tag| tag.as_str()).collect();
                changes.add(record.id, &record.text, &tags, vector).map_err(|error| self.failure(error))?;
            }
            let commit = changes.finish();
            store.apply(&commit).map_err(|error| self.failure(error))?;
            written.add(self, &commit, host)?;
        }
        match (new, embedder.dimensions()) {
            (Some(_), _) => {}
            (None, Some(dimensions)) => written.add(self, &self.create(embedder, dimensions)?.1, host)?,
            (None, None) => {
                return Err(usage("nothing is remembered: set dimensions in memory, or delete the file of the memory"));
            }
        }
        Ok(written)
    }
}

/// The failure with the ids that it is about.
fn of_records(records: &[Record], failure: Failure) -> Failure {
    let id = |record: Option<&Record>| text::number(record.map_or(0, |record| record.id));
    let template = "the records {} to {}: {}";
    Failure::new(failure.exit, template, &[&id(records.first()), &id(records.last()), &failure.text])
}
