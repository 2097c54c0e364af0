//! The record of what a guest asked of the network.

use super::Refusal;
use http::Response;
use runner_protocol::{Contact, Decision};
use std::{
    net::IpAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

/// The most entries that are kept, and the most of each: a guest that asks for ever must not fill the host's memory.
const MAX_ENTRIES: usize = 1_000;
const MAX_REQUEST_CHARS: usize = 256;

/// The requests of one guest, in the order they came. Clones are the same.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<Contact>>>);

/// One request in a log.
pub struct Entry {
    log: Log,
    index: usize,
    sent: AtomicBool,
}

impl Log {
    /// Adds a request. As long as nothing else is said of it, it is one that was given up.
    pub fn enter(&self, request: String) -> Entry {
        let decision = Decision::Failed("given up before an answer came".into());
        let index = self.change(|contacts| {
            if contacts.len() < MAX_ENTRIES {
                let request = request.chars().take(MAX_REQUEST_CHARS).collect();
                contacts.push(Contact { request, address: None, decision });
                contacts.len() - 1
            } else {
                MAX_ENTRIES
            }
        });
        Entry { log: self.clone(), index, sent: AtomicBool::new(false) }
    }

    /// All entries.
    pub fn contacts(&self) -> Vec<Contact> {
        self.change(|contacts| contacts.clone())
    }

    fn change<T>(&self, change: impl FnOnce(&mut Vec<Contact>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Entry {
    /// There is a connection.
    pub fn connected(&self, address: IpAddr) {
        self.change(|contact| contact.address = Some(address));
    }

    /// From now on the other side may have seen the request.
    pub fn sent(&self) {
        self.sent.store(true, Ordering::Relaxed);
    }

    /// What came of it.
    pub fn decide<B>(&self, answer: &Result<Response<B>, Refusal>) {
        let decision = match answer {
            Ok(response) => Decision::Answered(response.status().as_u16()),
            Err(refusal) if self.sent.load(Ordering::Relaxed) => Decision::Failed(refusal.reason.clone()),
            Err(refusal) => Decision::Refused(refusal.reason.clone()),
        };
        self.change(|contact| contact.decision = decision);
    }

    fn change(&self, change: impl FnOnce(&mut Contact)) {
        self.log.change(|contacts| contacts.get_mut(self.index).map(change));
    }
}
