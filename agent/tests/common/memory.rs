//! A host in memory: each effect is a line in a list, and what it answers is what the test put there.

use std::collections::{BTreeMap, VecDeque};

use agent::capability::path::WorkPath;
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
}
