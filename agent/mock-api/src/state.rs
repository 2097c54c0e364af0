//! What a mock keeps while it runs: where in the script it is, and what it was asked.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::sync::Mutex;

use serde_json::json;

use crate::request::Recorded;
use crate::script::{Reply, Script};
use crate::stop::{Stop, lock};

/// Shared by all threads of a mock.
pub(crate) struct State {
    pub script: Script,
    pub stop: Stop,
    /// Answers given from the script.
    answered: Mutex<usize>,
    /// Requests for embeddings that were answered.
    embedded: Mutex<usize>,
    /// What is answered to those the script says nothing of.
    plain: Reply,
    recorded: Mutex<Vec<Recorded>>,
    mismatches: Mutex<Vec<String>>,
    record: Option<Mutex<File>>,
    /// The open connections, to end them.
    connections: Mutex<BTreeMap<usize, TcpStream>>,
}

impl State {
    pub(crate) fn new(script: Script, record: Option<File>) -> State {
        State {
            script,
            stop: Stop::default(),
            answered: Mutex::default(),
            embedded: Mutex::default(),
            plain: Reply::default(),
            recorded: Mutex::default(),
            mismatches: Mutex::default(),
            record: record.map(Mutex::new),
            connections: Mutex::default(),
        }
    }

    /// The next reply and the number of its answer, from 1; none if the script is over.
    pub(crate) fn next_reply(&self) -> Option<(usize, &Reply)> {
        let mut answered = lock(&self.answered);
        let mut position = *answered;
        let total = self.answers();
        if self.script.cycle && total > 0 {
            position %= total;
        }
        let reply = at(&self.script.replies, position)?;
        *answered += 1;
        Some((*answered, reply))
    }

    /// How the next request for embeddings is answered, and its number, from 1. Behind those of the script come plain ones.
    pub(crate) fn next_embedding(&self) -> (usize, &Reply) {
        let mut embedded = lock(&self.embedded);
        let reply = at(&self.script.embeddings, *embedded).unwrap_or(&self.plain);
        *embedded += 1;
        (*embedded, reply)
    }

    /// Why there is no next reply.
    pub(crate) fn over(&self) -> String {
        format!("script is over: it has {} answers, and this request is one more", self.answers())
    }

    fn answers(&self) -> usize {
        self.script.replies.iter().map(|reply| reply.times.unwrap_or(1) as usize).sum()
    }

    pub(crate) fn record(&self, request: &Recorded) {
        lock(&self.recorded).push(request.clone());
        let Some(file) = &self.record else { return };
        let body = match request.json() {
            serde_json::Value::Null => json!(String::from_utf8_lossy(&request.body)),
            value => value,
        };
        let line = json!({"method": request.method, "path": request.path, "headers": request.headers, "body": body});
        if let Err(error) = lock(file).write_all(format!("{line}\n").as_bytes()) {
            eprintln!("mock-api: the record cannot be written: {error}");
        }
    }

    pub(crate) fn recorded(&self) -> Vec<Recorded> {
        lock(&self.recorded).clone()
    }

    pub(crate) fn mismatch(&self, message: &str) {
        lock(&self.mismatches).push(message.to_string());
    }

    pub(crate) fn mismatches(&self) -> Vec<String> {
        lock(&self.mismatches).clone()
    }

    /// Keeps a handle of a connection, unless the mock has ended.
    pub(crate) fn opened(&self, id: usize, stream: &TcpStream) -> std::io::Result<()> {
        let mut connections = lock(&self.connections);
        if self.stop.is_set() {
            return Err(std::io::ErrorKind::Interrupted.into());
        }
        connections.insert(id, stream.try_clone()?);
        Ok(())
    }

    pub(crate) fn closed(&self, id: usize) {
        lock(&self.connections).remove(&id);
    }

    /// Ends every wait, and every read and write on a connection.
    pub(crate) fn end(&self) {
        let connections = lock(&self.connections);
        self.stop.set();
        for stream in connections.values() {
            // It may be closed already: then it has ended, which is all that is wanted.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

/// The reply for the request at `position`.
fn at(replies: &[Reply], mut position: usize) -> Option<&Reply> {
    for reply in replies {
        let times = reply.times.unwrap_or(1) as usize;
        if position < times {
            return Some(reply);
        }
        position -= times;
    }
    None
}
