//! The files of a memory: opened and kept, appended to, put in the place of one another.

use alloc::string::String;
use alloc::vec::Vec;

use agent_memory::embed::Identity;
use agent_memory::error::Error;
use agent_memory::index::flat::Flat;
use agent_memory::index::{Hit, Index};
use agent_memory::store::{self, Store};
use agent_memory::vector::Query;

use super::{Embedder, Memory};
use crate::effects::{Host, MemoryFile, Trouble};
use crate::failure::{Exit, Failure};
use crate::text;

/// What is appended at once where a file is made anew.
const PIECE_BYTES: usize = 1024 * 1024;

/// A store that was read, and what belongs to it.
#[derive(Debug)]
pub(super) struct Open {
    pub store: Store,
    /// The graph over it.
    #[cfg(feature = "memory-hnsw")]
    pub graph: super::graph::Graph,
}

impl Open {
    /// `mark` is the stamp that the graph's file has, or 0.
    pub fn new(store: Store, mark: u64) -> Open {
        // Without a graph, nobody asks.
        let _ = mark;
        Open {
            store,
            #[cfg(feature = "memory-hnsw")]
            graph: super::graph::Graph::new(mark),
        }
    }

    /// The highest id there ever was in the file, that of a deleted record too; 0 if there was none.
    pub fn highest_id(&self) -> u64 {
        let vectors = self.store.vectors();
        (0..vectors.count()).map(|slot| vectors.id(slot as u16)).max().unwrap_or(0)
    }

    /// The nearest `count`, of all or of the slots that `keep` has.
    pub fn nearest(&self, vector: &[f32], count: usize, keep: Option<&[bool]>) -> Result<Vec<Hit>, Error> {
        let vectors = self.store.vectors();
        let query = Query::new(vector, vectors.dimensions())?;
        #[cfg(feature = "memory-hnsw")]
        if let (Some(graph), None) = (self.graph.ready(), keep) {
            return Ok(graph.search(vectors, &query, count, &|_| true));
        }
        let keep = |slot: u16| keep.is_none_or(|keep| keep.get(usize::from(slot)) == Some(&true));
        Ok(Flat.search(vectors, &query, count, &keep))
    }

    /// Whether the file, of which `file_bytes` are there now, is still the one that was read: its last bytes are a checksum of all before.
    fn is_current<H: Host>(&self, file_bytes: u64, host: &mut H) -> bool {
        let mut stamp = [0; 8];
        let end = self.store.file_bytes();
        file_bytes == end + self.store.torn_bytes()
            && host.memory_read(MemoryFile::Records, end - 8, &mut stamp)
            && u64::from_le_bytes(stamp) == self.store.stamp()
    }
}

/// The open file as `agent-memory` reads it.
pub(super) fn reader<H: Host>(file: MemoryFile, host: &mut H) -> impl FnMut(u64, &mut [u8]) -> bool {
    move |at, out| host.memory_read(file, at, out)
}

impl Memory {
    /// Has the store in [`Memory::open`] as its file is now; nothing, where there is no file. With an embedder, a store of another is refused.
    pub(super) fn open<H: Host>(&self, embedder: Option<&Embedder>, host: &mut H) -> Result<(), Failure> {
        let mut open = self.open.borrow_mut();
        let file_bytes = match host.memory_open(&self.settings.store, MemoryFile::Records) {
            Ok(file_bytes) => file_bytes,
            Err(Trouble::Missing) => {
                *open = None;
                return Ok(());
            }
            Err(Trouble::TooLarge) => return Err(self.failure(Error::Full)),
            Err(Trouble::Other(error)) => return Err(self.trouble(&text::fill("cannot be read, {}", &[&error]))),
        };
        if !open.as_ref().is_some_and(|open| open.is_current(file_bytes, host)) {
            *open = None;
            let (name, dimensions, _) =
                store::header(&mut reader(MemoryFile::Records, host), file_bytes).map_err(|error| self.failure(error))?;
            // Of a graph of one of its earlier states, the store says which.
            let mark = self.mark(host);
            let identity = Identity { name: &name, dimensions };
            let store = Store::open(&mut reader(MemoryFile::Records, host), file_bytes, &identity, mark);
            *open = Some(Open::new(store.map_err(|error| self.failure(error))?, mark));
        }
        match (embedder, open.as_ref()) {
            (Some(embedder), Some(open)) => self.check(embedder, &open.store),
            _ => Ok(()),
        }
    }

    /// Refuses a mix.
    pub(super) fn check(&self, embedder: &Embedder, store: &Store) -> Result<(), Failure> {
        let has = store.identity();
        let name = embedder.name();
        if has.name == name && embedder.dimensions().is_none_or(|dimensions| dimensions == has.dimensions) {
            return Ok(());
        }
        let dimensions = embedder.dimensions().map(|dimensions| text::number(dimensions as u64));
        let template = "the memory {} was made by {} with {} dimensions, and {} with {} is configured: \
            `agent memory rebuild` makes it anew, or set memory to that embedder or to another store";
        let parts = [
            self.settings.store.as_str(),
            has.name,
            &text::number(has.dimensions as u64),
            &name,
            dimensions.as_deref().unwrap_or("any"),
        ];
        Err(Failure::new(Exit::Usage, template, &parts))
    }

    /// A store without records, of this embedder.
    pub(super) fn create(&self, embedder: &Embedder, dimensions: usize) -> Result<(Store, Vec<u8>), Failure> {
        let name = embedder.name();
        let identity = Identity { name: &name, dimensions };
        Store::create(&identity, self.settings.exact).map_err(|error| self.failure(error))
    }

    /// Appends a commit, which is on the disk or was not made at all.
    pub(super) fn commit<H: Host>(&self, open: &mut Open, commit: &[u8], host: &mut H) -> Result<(), Failure> {
        let (end, torn) = (open.store.file_bytes(), open.store.torn_bytes());
        host.memory_append(&self.settings.store, MemoryFile::Records, end, torn, commit)
            .map_err(|error| self.not_kept(&error))?;
        open.store.apply(commit).map_err(|error| self.failure(error))
    }

    /// Makes `file` of these bytes, in one step.
    pub(super) fn put_new<H: Host>(&self, file: MemoryFile, bytes: &[u8], host: &mut H) -> Result<(), Failure> {
        let mut written = Written::default();
        written.add(self, bytes, host)?;
        written.finish(self, file, host)
    }

    pub(super) fn not_kept(&self, error: &str) -> Failure {
        self.trouble(&text::fill(
            "is as it was, the change could not be written, {}: see that there is room, and try again",
            &[error],
        ))
    }

    #[cfg(not(feature = "memory-hnsw"))]
    fn mark<H: Host>(&self, _: &mut H) -> u64 {
        0
    }
}

/// A file on its way into the place of another.
#[derive(Default)]
pub(super) struct Written {
    waiting: Vec<u8>,
    written_bytes: u64,
}

impl Written {
    pub fn add<H: Host>(&mut self, memory: &Memory, bytes: &[u8], host: &mut H) -> Result<(), Failure> {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() < PIECE_BYTES { Ok(()) } else { self.flush(memory, host) }
    }

    fn flush<H: Host>(&mut self, memory: &Memory, host: &mut H) -> Result<(), Failure> {
        let waiting = core::mem::take(&mut self.waiting);
        host.memory_append(&memory.settings.store, MemoryFile::New, self.written_bytes, 0, &waiting)
            .map_err(|error| memory.not_kept(&error))?;
        self.written_bytes += waiting.len() as u64;
        Ok(())
    }

    pub fn finish<H: Host>(mut self, memory: &Memory, file: MemoryFile, host: &mut H) -> Result<(), Failure> {
        if !self.waiting.is_empty() {
            self.flush(memory, host)?;
        }
        host.memory_replace(&memory.settings.store, file).map_err(|error: String| memory.not_kept(&error))
    }
}
