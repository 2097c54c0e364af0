//! A host in memory: each effect is a line in a list, and what it answers is what the test put there.

use std::collections::{BTreeMap, VecDeque};

use agent::capability::path::WorkPath;
#[cfg(feature = "memory-flat")]
use agent::effects::MemoryFile;
use agent::effects::{File, Host, Ran, Trouble};
use agent::http::{Head, Request};
use agent::session::Name;

/// See the module.
#[derive(Default)]
pub struct Memory {
    /// What was asked for, in order.
    pub effects: Vec<String>,
    pub config: Option<String>,
    pub session: Vec<u8>,
    pub work: BTreeMap<String, String>,
    pub variables: BTreeMap<String, String>,
    pub keys: BTreeMap<String, String>,
    pub lines: VecDeque<&'static str>,
    /// The responses to come: a status and the pieces of a body.
    pub responses: VecDeque<(u16, Vec<&'static str>)>,
    /// What has been shown.
    pub shown: String,
    /// The requests that were sent: the headers, and the body.
    pub sent: Vec<(Vec<(String, String)>, String)>,
    pub claim_fails: bool,
    pub append_fails: bool,
    pub output_fails: bool,
    pub send_fails: bool,
    pub body: VecDeque<&'static str>,
    pub now_ms: u64,
    /// The files of memories that are open, as they were then.
    pub opened: BTreeMap<&'static str, Vec<u8>>,
    /// The files of memories.
    pub memories: BTreeMap<String, Vec<u8>>,
    /// What still fits on the disk.
    pub free_bytes: Option<usize>,
    /// A write that failed half way is not taken back.
    pub leaves_torn: bool,
    /// Another run writes.
    pub is_busy: bool,
    /// What another run appends at the last moment.
    pub intruder: Vec<u8>,
}

impl Memory {
    /// With this configuration in its home.
    pub fn new(config: &str) -> Memory {
        Memory { config: Some(config.to_string()), ..Memory::default() }
    }

    /// The effects whose lines start with `word`.
    pub fn asked(&self, word: &str) -> Vec<&str> {
        self.effects.iter().filter(|effect| effect.starts_with(word)).map(String::as_str).collect()
    }

    fn note(&mut self, effect: String) {
        self.effects.push(effect);
    }
}

fn limited(text: Option<&String>, limit: usize) -> Result<Vec<u8>, Trouble> {
    match text {
        None => Err(Trouble::Missing),
        Some(text) if text.len() > limit => Err(Trouble::TooLarge),
        Some(text) => Ok(text.clone().into_bytes()),
    }
}

impl Host for Memory {
    fn read(&mut self, file: File<'_>, limit: usize) -> Result<Vec<u8>, Trouble> {
        match file {
            File::DefaultConfig => {
                self.note("read config.json".into());
                limited(self.config.as_ref(), limit)
            }
            File::Config(path) => {
                self.note(format!("read config {path}"));
                Err(Trouble::Other("it burns".into()))
            }
            File::Key(path) => {
                self.note(format!("read key {path}"));
                limited(self.keys.get(path), limit)
            }
            File::Session(name) => {
                self.note(format!("read session {}", name.as_str()));
                if self.session.len() > limit { Err(Trouble::TooLarge) } else { Ok(self.session.clone()) }
            }
            File::Work(path) => {
                self.note(format!("read {}", path.text()));
                limited(self.work.get(&path.text()), limit)
            }
        }
    }

    fn claim(&mut self, session: &Name) -> Result<(), String> {
        self.note(format!("claim {}", session.as_str()));
        if self.claim_fails { Err("is in use by another run".into()) } else { Ok(()) }
    }

    fn append(&mut self, session: &Name, bytes: &[u8]) -> Result<(), String> {
        self.note(format!("append {} {}", session.as_str(), bytes.escape_ascii()));
        if self.append_fails {
            return Err("the disk is full".into());
        }
        self.session.extend_from_slice(bytes);
        Ok(())
    }

    fn sessions(&mut self) -> Result<Vec<String>, String> {
        self.note("sessions".into());
        Ok(vec!["b".into(), "../c".into(), "a".into()])
    }

    fn variable(&mut self, name: &str) -> Option<String> {
        self.note(format!("variable {name}"));
        self.variables.get(name).cloned()
    }

    fn input(&mut self, limit: usize) -> Result<Vec<u8>, Trouble> {
        self.note(format!("input {limit}"));
        Ok(b"hi".to_vec())
    }

    fn line(&mut self, limit: usize) -> Result<Option<Vec<u8>>, Trouble> {
        self.note("line".into());
        match self.lines.pop_front() {
            Some(line) if line.len() > limit => Err(Trouble::TooLarge),
            line => Ok(line.map(|line| line.as_bytes().to_vec())),
        }
    }

    fn output(&mut self, text: &str) -> Result<(), String> {
        self.note(format!("output {}", text.escape_debug()));
        if self.output_fails {
            return Err("it is gone".into());
        }
        self.shown.push_str(text);
        Ok(())
    }

    fn prompt(&mut self, text: &str) {
        self.note(format!("prompt {text}"));
    }

    fn warn(&mut self, text: &str) {
        self.note(format!("warn {text}"));
    }

    fn open_workspace(&mut self, folder: &str) -> Result<(), String> {
        self.note(format!("workspace {folder}"));
        if folder == "nowhere" { Err("no such folder".into()) } else { Ok(()) }
    }

    fn write(&mut self, path: &WorkPath, bytes: &[u8]) -> Result<(), Trouble> {
        self.note(format!("write {}", path.text()));
        self.work.insert(path.text(), String::from_utf8(bytes.to_vec()).expect("text"));
        Ok(())
    }

    fn list(&mut self, path: &WorkPath, _limit: usize) -> Result<Vec<String>, Trouble> {
        self.note(format!("list {}", path.text()));
        Ok(self.work.keys().cloned().collect())
    }

    fn send(&mut self, request: &Request<'_>) -> Result<Head, String> {
        self.note(format!("send {}", request.url.text()));
        if self.send_fails {
            return Err("cannot connect".into());
        }
        let headers = request.headers.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        self.sent.push((headers, request.body.unwrap_or_default().to_string()));
        let (status, body) = self.responses.pop_front().ok_or("there is no response left")?;
        let is_stream = body.iter().any(|piece| piece.starts_with("data:"));
        self.body = body.into();
        let kind = if is_stream { "text/event-stream" } else { "application/json" };
        Ok(Head { status, headers: vec![("content-type".into(), kind.into())] })
    }

    fn receive(&mut self) -> Result<Option<Vec<u8>>, String> {
        match self.body.pop_front() {
            Some("BREAK") => Err("the response ended before its length".into()),
            piece => Ok(piece.map(|piece| piece.as_bytes().to_vec())),
        }
    }

    fn now_ms(&mut self) -> u64 {
        self.now_ms += 1;
        self.now_ms
    }

    fn sleep_ms(&mut self, time_ms: u64) {
        self.note(format!("sleep {time_ms}"));
    }

    fn random(&mut self) -> u64 {
        0
    }

    fn run(&mut self, argv: &[String], time_ms: u64) -> Result<Ran, String> {
        self.note(format!("run {} for {time_ms}", argv.join(" ")));
        Ok(Ran { end: "exit code 0".into(), success: true, output: b"ran".to_vec() })
    }

    #[cfg(feature = "memory-flat")]
    fn memory_claim(&mut self, memory: &Name) -> Result<bool, String> {
        self.note(format!("memory claim {}", memory.as_str()));
        Ok(!self.is_busy)
    }

    #[cfg(feature = "memory-flat")]
    fn memory_release(&mut self) {
        self.note("memory release".into());
    }

    #[cfg(feature = "memory-flat")]
    fn memory_open(&mut self, memory: &Name, file: MemoryFile) -> Result<u64, Trouble> {
        self.note(format!("memory open {}{}", memory.as_str(), file.extension()));
        let found = self.memories.get(&file_name(memory, file)).cloned().ok_or(Trouble::Missing)?;
        let length = found.len() as u64;
        self.opened.insert(file.extension(), found);
        Ok(length)
    }

    #[cfg(feature = "memory-flat")]
    fn memory_read(&mut self, file: MemoryFile, at: u64, out: &mut [u8]) -> bool {
        self.opened.get(file.extension()).is_some_and(|bytes| agent_memory::store::copy_from(bytes, at, out))
    }

    #[cfg(feature = "memory-flat")]
    fn memory_append(&mut self, memory: &Name, file: MemoryFile, at: u64, torn_bytes: u64, bytes: &[u8]) -> Result<(), String> {
        self.note(format!("memory append {}{} at {at}", memory.as_str(), file.extension()));
        let found = self.memories.entry(file_name(memory, file)).or_default();
        found.append(&mut self.intruder);
        if at == 0 {
            found.clear();
        }
        if found.len() as u64 != at + torn_bytes {
            return Err("another run has changed it".into());
        }
        found.truncate(at as usize);
        let fits = self.free_bytes.map_or(bytes.len(), |free| free.min(bytes.len()));
        found.extend_from_slice(&bytes[..fits]);
        self.free_bytes = self.free_bytes.map(|free| free - fits);
        if fits == bytes.len() {
            // As on a disk, an open file is the file.
            self.opened.insert(file.extension(), found.clone());
            return Ok(());
        }
        if !self.leaves_torn {
            found.truncate(at as usize);
        }
        Err("the disk is full".into())
    }

    #[cfg(feature = "memory-flat")]
    fn memory_replace(&mut self, memory: &Name, file: MemoryFile) -> Result<(), String> {
        self.note(format!("memory replace {}{}", memory.as_str(), file.extension()));
        let new = self.memories.remove(&file_name(memory, MemoryFile::New)).ok_or("there is none")?;
        self.memories.insert(file_name(memory, file), new);
        Ok(())
    }
}

#[cfg(feature = "memory-flat")]
fn file_name(memory: &Name, file: MemoryFile) -> String {
    [memory.as_str(), file.extension()].concat()
}
