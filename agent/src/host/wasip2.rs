//! WASI 0.2, over the bindings in `wasip2` and without `std`.
//!
//! The host grants folders: `/agent` (or what AGENT_HOME names) for the agent's own files, and the workspace.

use alloc::string::String;
use alloc::vec::Vec;

use wasip2::cli::environment::get_environment;
use wasip2::clocks::{monotonic_clock, wall_clock};
use wasip2::filesystem::types::Descriptor;

use crate::capability::path::WorkPath;
#[cfg(feature = "memory-flat")]
use crate::effects::MemoryFile;
use crate::effects::{File, Host, Ran, Trouble};
use crate::http::{Head, Request};
use crate::session::Name;
use crate::text;

mod folder;
mod http;
#[cfg(feature = "memory-flat")]
mod memory;
pub mod start;
mod streams;
mod workspace;

use folder::Place;
use workspace::Workspace;

const NANOS_PER_MS: u64 = 1_000_000;

/// The host of WASI 0.2.
#[derive(Default)]
pub struct PlatformHost {
    input: streams::Input,
    http: http::Http,
    workspace: Option<Workspace>,
    /// The configuration and the key, wherever they were read from.
    own_files: Vec<Descriptor>,
    #[cfg(feature = "memory-flat")]
    memory: memory::Files,
}

impl core::fmt::Debug for PlatformHost {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str("PlatformHost")
    }
}

impl Host for PlatformHost {
    fn read(&mut self, file: File<'_>, limit: usize) -> Result<Vec<u8>, Trouble> {
        let path = match file {
            File::Work(path) => return self.workspace.as_ref().ok_or(Trouble::Missing)?.read(path, limit),
            File::Config(path) => path.into(),
            File::Key(path) if path.starts_with('/') => path.into(),
            File::Key(path) => in_home(path),
            File::DefaultConfig => in_home("config.json"),
            File::Session(name) => session_path(name),
        };
        let Place { folder, path } = folder::find(&path)?;
        let open = folder.open_file(&path)?;
        let bytes = folder::read(&open, limit)?;
        if !matches!(file, File::Session(_)) {
            // The tools are not to find it, should it lie in the workspace.
            self.own_files.push(open);
        }
        Ok(bytes)
    }

    /// There are no locks. Two runs on one session append whole lines in turn, and the next one that reads them repairs the order.
    fn claim(&mut self, _session: &Name) -> Result<(), String> {
        Ok(())
    }

    fn append(&mut self, session: &Name, bytes: &[u8]) -> Result<(), String> {
        let path = session_path(session);
        let append = || {
            let sessions = folder::find(&in_home("sessions"))?;
            sessions.folder.create_folder(&sessions.path)?;
            let Place { folder, path } = folder::find(&path)?;
            folder.append(&path, bytes)
        };
        append().map_err(|trouble| {
            let what = match &trouble {
                Trouble::Other(what) => what,
                _ => "is in no folder that is granted, set AGENT_HOME to one that is",
            };
            text::fill("{} {}", &[&path, what])
        })
    }

    fn sessions(&mut self) -> Result<Vec<String>, String> {
        let names = folder::find(&in_home("sessions")).and_then(|place| place.folder.enter(&place.path)?.list(usize::MAX));
        match names {
            Ok(names) => Ok(names.iter().filter_map(|name| name.strip_suffix(".jsonl")).map(String::from).collect()),
            Err(Trouble::Other(error)) => Err(error),
            Err(_) => Ok(Vec::new()),
        }
    }

    fn variable(&mut self, name: &str) -> Option<String> {
        variable(name)
    }

    fn input(&mut self, limit: usize) -> Result<Vec<u8>, Trouble> {
        self.input.all(limit)
    }

    fn line(&mut self, limit: usize) -> Result<Option<Vec<u8>>, Trouble> {
        self.input.line(limit)
    }

    fn output(&mut self, text: &str) -> Result<(), String> {
        streams::output(text)
    }

    fn prompt(&mut self, text: &str) {
        streams::error(text);
    }

    fn warn(&mut self, text: &str) {
        streams::error(&text::fill("agent: {}\n", &[text]));
    }

    fn open_workspace(&mut self, folder: &str) -> Result<(), String> {
        let open = |path: &str| folder::find(path).and_then(|place| place.folder.enter(&place.path));
        let home = open(&home()).ok();
        let home_names = folder::names_below(&self::home(), folder);
        if folder::is_below(folder, &self::home()) {
            return Err("it is the agent's own folder, or inside of that".into());
        }
        match open(folder) {
            Ok(root) => {
                self.workspace = Some(Workspace { root, home, home_names, own_files: core::mem::take(&mut self.own_files) })
            }
            Err(Trouble::Other(error)) => return Err(error),
            Err(_) => return Err("no granted folder has it".into()),
        }
        Ok(())
    }

    fn write(&mut self, path: &WorkPath, bytes: &[u8]) -> Result<(), Trouble> {
        self.workspace.as_ref().ok_or(Trouble::Missing)?.write(path, bytes)
    }

    fn list(&mut self, path: &WorkPath, limit: usize) -> Result<Vec<String>, Trouble> {
        self.workspace.as_ref().ok_or(Trouble::Missing)?.list(path, limit)
    }

    fn send(&mut self, request: &Request<'_>) -> Result<Head, String> {
        self.http.send(request)
    }

    fn receive(&mut self) -> Result<Option<Vec<u8>>, String> {
        self.http.receive()
    }

    fn now_ms(&mut self) -> u64 {
        let now = wall_clock::now();
        now.seconds * 1000 + u64::from(now.nanoseconds) / NANOS_PER_MS
    }

    fn sleep_ms(&mut self, time_ms: u64) {
        monotonic_clock::subscribe_duration(time_ms.saturating_mul(NANOS_PER_MS)).block();
    }

    /// From the clock: it spreads retries, and is used for nothing else.
    fn random(&mut self) -> u64 {
        u64::from(wall_clock::now().nanoseconds) >> 4
    }

    fn run(&mut self, _argv: &[String], _time_ms: u64) -> Result<Ran, String> {
        Err("there are no processes under WASI".into())
    }

    /// There are no locks. Two runs that write one memory at the same time see by its length that it changed; a gap of some instructions is left.
    #[cfg(feature = "memory-flat")]
    fn memory_claim(&mut self, _memory: &Name) -> Result<bool, String> {
        Ok(true)
    }

    #[cfg(feature = "memory-flat")]
    fn memory_open(&mut self, memory: &Name, file: MemoryFile) -> Result<u64, Trouble> {
        self.memory.open(memory, file)
    }

    #[cfg(feature = "memory-flat")]
    fn memory_read(&mut self, file: MemoryFile, at: u64, out: &mut [u8]) -> bool {
        self.memory.read(file, at, out)
    }

    #[cfg(feature = "memory-flat")]
    fn memory_append(&mut self, memory: &Name, file: MemoryFile, at: u64, torn_bytes: u64, bytes: &[u8]) -> Result<(), String> {
        memory::append(memory, file, at, torn_bytes, bytes)
    }

    #[cfg(feature = "memory-flat")]
    fn memory_replace(&mut self, memory: &Name, file: MemoryFile) -> Result<(), String> {
        memory::replace(memory, file)
    }
}

fn variable(name: &str) -> Option<String> {
    get_environment().into_iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value)
}

fn home() -> String {
    variable("AGENT_HOME").unwrap_or_else(|| "/agent".into())
}

fn in_home(path: &str) -> String {
    text::fill("{}/{}", &[&home(), path])
}

fn session_path(session: &Name) -> String {
    in_home(&text::fill("sessions/{}.jsonl", &[session.as_str()]))
}
