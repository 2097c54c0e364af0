//! The graph: when it is read, brought up to date and saved. It can always be made again, so nothing about it is an error.
//!
//! Natively, in millions of instructions with 512 dimensions and 10,000 records, a scan takes 5.8, a search in the graph 0.6 and reading the graph's file 24; with 2,000 records 1.2, 0.6
//! and 4.9; with 20,000 11.5, 0.7 and 48. So reading it is paid back by 4 to 8 searches, and it is read when a run searches for the fifth time. Making it anew takes seconds: only a
//! writer that works at length (`agent memory add`, `rebuild`) does.

use agent_memory::error::Error;
use agent_memory::index::Index;
use agent_memory::index::hnsw::{self, Hnsw, Settings};
use agent_memory::store::Store;

use super::Memory;
use super::files::{Open, reader};
use crate::effects::{Host, MemoryFile};
use crate::failure::Failure;
use crate::show;

/// The fewest vectors that have a graph: below, a scan is as fast.
pub const FROM_COUNT: usize = 2_000;
/// So many searches of a run are scans: reading the graph takes as long.
pub const SCANS: u32 = 4;
/// The most vectors that a search inserts, at 0.5 ms each; and the fewest for which the file is written again.
const MAX_BEHIND: usize = 64;

/// The graph of an open store.
#[derive(Debug)]
pub struct Graph {
    /// The stamp of its file when the store was read.
    mark: u64,
    searches: u32,
    hnsw: Option<Hnsw>,
}

impl Graph {
    pub fn new(mark: u64) -> Graph {
        Graph { mark, searches: 0, hnsw: None }
    }

    /// The graph, if it was read.
    pub fn ready(&self) -> Option<&Hnsw> {
        self.hnsw.as_ref()
    }
}

impl Memory {
    /// The stamp of the graph's file, 0 if there is none that can be read.
    pub(super) fn mark<H: Host>(&self, host: &mut H) -> u64 {
        let length = host.memory_open(&self.settings.store, MemoryFile::Graph).ok();
        length.and_then(|length| hnsw::stamp(&mut reader(MemoryFile::Graph, host), length).ok()).unwrap_or(0)
    }

    /// Reads the graph if this run searches so often that it pays, and brings it up to date.
    pub(super) fn prepare_graph<H: Host>(&self, host: &mut H) {
        let mut open = self.open.borrow_mut();
        let Some(Open { store, graph }) = open.as_mut() else { return };
        if store.vectors().count() < FROM_COUNT {
            return;
        }
        graph.searches = graph.searches.saturating_add(1);
        if graph.searches == SCANS + 1 {
            graph.hnsw = self.read_graph(store, graph.mark, host).ok();
        }
        let update = |hnsw: &mut Hnsw| {
            let is_near = store.vectors().count() - hnsw.count() <= MAX_BEHIND;
            is_near && hnsw.update(store.vectors()).is_ok()
        };
        if graph.hnsw.as_mut().is_some_and(|hnsw| !update(hnsw)) {
            graph.hnsw = None;
        }
    }

    /// Makes the graph or brings it up to date, and its file, where there are enough records and enough of them are new.
    pub fn keep_graph<H: Host>(&self, host: &mut H) -> Result<(), Failure> {
        self.claimed(host, |host| {
            self.open(None, host)?;
            let mut open = self.open.borrow_mut();
            let Some(Open { store, graph }) = open.as_mut() else { return Ok(()) };
            let count = store.vectors().count();
            if count < FROM_COUNT {
                return Ok(());
            }
            let found = self.read_graph(store, graph.mark, host).ok();
            if found.as_ref().is_some_and(|hnsw| count - hnsw.count() < MAX_BEHIND) {
                return Ok(());
            }
            let mut hnsw = found.unwrap_or_else(|| Hnsw::new(Settings::default()));
            hnsw.update(store.vectors()).map_err(|error| self.failure(error))?;
            let saved = self.put_new(MemoryFile::Graph, &hnsw.save(store.stamp()), host);
            if let Err(failure) = saved {
                host.warn(&show::one_line(&failure.text));
            }
            graph.hnsw = Some(hnsw);
            Ok(())
        })
    }

    /// The graph of the file, if it is one of this store.
    fn read_graph<H: Host>(&self, store: &Store, mark: u64, host: &mut H) -> Result<Hnsw, Error> {
        let length = host.memory_open(&self.settings.store, MemoryFile::Graph).map_err(|_| Error::Read)?;
        // It may be another one by now than when the store was read.
        if hnsw::stamp(&mut reader(MemoryFile::Graph, host), length)? != mark {
            return Err(Error::Stale);
        }
        let hnsw = Hnsw::load(&mut reader(MemoryFile::Graph, host), length)?;
        let is_of_this = store.marked_count().is_some_and(|count| usize::from(count) == hnsw.count());
        if is_of_this { Ok(hnsw) } else { Err(Error::Stale) }
    }
}
