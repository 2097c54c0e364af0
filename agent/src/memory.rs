//! The memory: texts that were told once, kept in a file of the home folder and found again by what they are about.
//!
//! `agent-memory` does the work on bytes and vectors; this brings it files, embedders and words. A change is one commit: embedded first, because that may take long or fail, then
//! claimed, read as it is then, and appended.
//!
//! What is read stays in memory, and is read again only when the file changed: reading 10,000 records takes the instructions of six searches of them.

use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;

use agent_memory::embed::lexical;
use agent_memory::error::Error;
use agent_memory::store::{Changes, Record};

use crate::capability::{Access, Capabilities};
use crate::effects::{Host, MemoryFile};
use crate::failure::{Exit, Failure};
use crate::redact::Redactor;
use crate::text;

pub mod command;
mod embedder;
mod entry;
mod files;
#[cfg(feature = "memory-hnsw")]
mod graph;
mod rebuild;
mod search;
mod settings;

pub use embedder::Embedder;
pub use entry::{Entry, MAX_TAG_BYTES, MAX_TAGS, MAX_TEXT_BYTES, line};
pub use search::{Found, MAX_FOUND};
pub use settings::{EmbedderName, Settings};

use files::Open;

/// How long a run waits for another one that writes, in steps.
const CLAIM_STEP_MS: u64 = 50;
const CLAIM_STEPS: u32 = 40;
/// How many of the nearest are held against a new text: equal texts have equal vectors, but so have texts that differ in case or punctuation.
const MAX_TWINS: usize = 32;

/// See the module.
#[derive(Debug)]
pub struct Memory {
    settings: Settings,
    /// Or why there is none, for those who need it.
    embedder: Result<Embedder, Failure>,
    open: RefCell<Option<Open>>,
}

/// What became of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Added {
    /// Its id.
    pub id: u64,
    /// It was not there before.
    pub is_new: bool,
}

impl Memory {
    /// With these settings. An embedder that is not to be had is no error as long as nobody needs it.
    pub fn new(settings: Settings, embedder: Result<Embedder, Failure>) -> Memory {
        Memory { settings, embedder, open: RefCell::new(None) }
    }

    /// Remembers the entries, all of them or none. One whose text is there already is not kept again.
    pub fn add<H: Host>(&self, entries: &[Entry], redactor: &Redactor, host: &mut H) -> Result<Vec<Added>, Failure> {
        let entries: Vec<Entry> = entries.iter().map(|entry| entry.cleaned(redactor)).collect();
        for entry in &entries {
            entry.check().map_err(|wrong| usage(&wrong))?;
        }
        let embedder = self.embedder()?;
        // Before anything is sent to a server: a memory of another embedder is refused.
        self.open(Some(embedder), host)?;
        let texts: Vec<&str> = entries.iter().map(|entry| entry.text.as_str()).collect();
        let vectors = embedder.embed(&texts, host)?;
        self.claimed(host, |host| self.append(&entries, &vectors, host))
    }

    /// Deletes the records with these ids, all of them or, if one is not there, none.
    pub fn forget<H: Host>(&self, ids: &[u64], host: &mut H) -> Result<(), Failure> {
        self.claimed(host, |host| {
            self.open(None, host)?;
            let mut open = self.open.borrow_mut();
            let unknown = |id: u64| {
                let template = "the memory {} has no record {}: `agent memory list` shows what is there";
                Failure::new(Exit::Usage, template, &[self.settings.store.as_str(), &text::number(id)])
            };
            let Some(open) = open.as_mut() else { return Err(unknown(ids.first().copied().unwrap_or(0))) };
            let mut changes = Changes::new(&open.store);
            for id in ids {
                changes.delete(*id).map_err(|_| unknown(*id))?;
            }
            let commit = changes.finish();
            self.commit(open, &commit, host)
        })
    }

    /// Gives every record to `each`, by the smallest id first.
    pub fn list<H: Host>(
        &self,
        each: &mut impl FnMut(Record, &mut H) -> Result<(), Failure>,
        host: &mut H,
    ) -> Result<(), Failure> {
        self.open(None, host)?;
        let open = self.open.borrow();
        let Some(open) = open.as_ref() else { return Ok(()) };
        for slot in open.store.slots() {
            let record = open.store.record(&mut files::reader(MemoryFile::Records, host), slot);
            each(record.map_err(|error| self.failure(error))?, host)?;
        }
        Ok(())
    }

    fn append<H: Host>(&self, entries: &[Entry], vectors: &[Vec<f32>], host: &mut H) -> Result<Vec<Added>, Failure> {
        let dimensions = vectors.first().map_or(0, Vec::len);
        let embedder = self.embedder()?;
        self.open(Some(embedder), host)?;
        let mut open = self.open.borrow_mut();
        let (mut fresh, mut header) = (None, Vec::new());
        if open.is_none() {
            let (store, bytes) = self.create(embedder, dimensions)?;
            (fresh, header) = (Some(Open::new(store, 0)), bytes);
        }
        let now = open.as_ref().or(fresh.as_ref()).ok_or_else(|| self.failure(Error::Read))?;
        let mut next_id = now.highest_id();
        let mut changes = Changes::new(&now.store);
        let mut added: Vec<Added> = Vec::new();
        for (at, (entry, vector)) in entries.iter().zip(vectors).enumerate() {
            let same_here = entries.iter().take(at).position(|earlier| earlier.text == entry.text);
            let known = match same_here {
                Some(earlier) => added.get(earlier).map(|earlier| earlier.id),
                None => self.twin(now, &entry.text, vector, host)?,
            };
            let is_new = known.is_none();
            let id = match known {
                Some(id) => id,
                None => {
                    next_id = next_id.checked_add(1).ok_or_else(|| self.failure(Error::Full))?;
                    let tags: Vec<&str> = entry.tags.iter().map(String::as_str).collect();
                    changes.add(next_id, &entry.text, &tags, vector).map_err(|error| self.failure(error))?;
                    next_id
                }
            };
            added.push(Added { id, is_new });
        }
        if !added.iter().any(|added| added.is_new) {
            return Ok(added);
        }
        let commit = changes.finish();
        match open.as_mut() {
            Some(open) => self.commit(open, &commit, host)?,
            // The first commit comes with the file, so there is never a file without one.
            None => {
                header.extend_from_slice(&commit);
                self.put_new(MemoryFile::Records, &header, host)?;
            }
        }
        Ok(added)
    }

    /// The id of the record with exactly this text.
    fn twin<H: Host>(&self, open: &Open, wanted: &str, vector: &[f32], host: &mut H) -> Result<Option<u64>, Failure> {
        let near = open.nearest(vector, MAX_TWINS, None).map_err(|error| self.failure(error))?;
        for hit in near {
            let record = open.store.record(&mut files::reader(MemoryFile::Records, host), hit.slot);
            if record.map_err(|error| self.failure(error))?.text == wanted {
                return Ok(Some(hit.id));
            }
        }
        Ok(None)
    }

    /// Runs `work` while no other process writes, as far as the system can keep them out.
    fn claimed<H: Host, T>(&self, host: &mut H, work: impl FnOnce(&mut H) -> Result<T, Failure>) -> Result<T, Failure> {
        let name = &self.settings.store;
        let mut steps = 0;
        while !host.memory_claim(name).map_err(|error| self.trouble(&error))? {
            steps += 1;
            if steps > CLAIM_STEPS {
                return Err(self.trouble("is in use by another run: wait until that has ended, or use another memory"));
            }
            host.sleep_ms(CLAIM_STEP_MS);
        }
        let done = work(host);
        host.memory_release();
        done
    }

    /// What `agent check` says of it.
    pub fn described(&self, capabilities: &Capabilities) -> String {
        let access = match () {
            () if capabilities.allows_memory(Access::Write) => "read-write",
            () if capabilities.allows_memory(Access::Read) => "read",
            () => "nothing is granted",
        };
        let embedder = self.embedder.as_ref().map(Embedder::name).unwrap_or_default();
        text::fill("{}, {} by {}", &[access, self.settings.store.as_str(), &embedder])
    }

    fn embedder(&self) -> Result<&Embedder, Failure> {
        self.embedder.as_ref().map_err(Clone::clone)
    }

    /// What `error` of the memory is to the user.
    fn failure(&self, error: Error) -> Failure {
        let full = "the memory is full, with what was forgotten it has had 65535 records or 4 GiB: \
            `agent memory rebuild` drops what was forgotten, or use another memory";
        let (exit, reason) = match error {
            Error::Full => (Exit::File, full),
            Error::Zero | Error::NotFinite | Error::Dimensions => (Exit::Provider, error.reason()),
            _ => (Exit::File, error.reason()),
        };
        Failure::new(exit, "the memory {}: {}", &[self.settings.store.as_str(), reason])
    }

    fn trouble(&self, what: &str) -> Failure {
        Failure::new(Exit::File, "the memory {} {}", &[self.settings.store.as_str(), what])
    }
}

fn usage(wrong: &str) -> Failure {
    Failure::new(Exit::Usage, "{}", &[wrong])
}

/// The vector of a text, offline.
fn lexical_vector(text: &str) -> Result<Vec<f32>, Failure> {
    lexical::embed(text).ok_or_else(|| usage("there is no word in the text: say it in words"))
}
