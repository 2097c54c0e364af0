//! The real world over `std`, native and under WASI preview 1: the agent's own files, which are alike on both, and [`platform`] for the rest.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::string::{String, ToString};
use std::vec::Vec;

use crate::capability::path::WorkPath;
#[cfg(feature = "memory-flat")]
use crate::effects::MemoryFile;
use crate::effects::{File, Host, Ran, Trouble};
use crate::http::{Head, Request};
use crate::session::Name;

use super::{platform, streams};

#[cfg(feature = "memory-flat")]
#[path = "standard/memory.rs"]
mod memory;

/// The host of the platform that this is built for.
#[derive(Default)]
pub struct PlatformHost {
    platform: platform::Platform,
    workspace: Option<platform::Workspace>,
    /// The configuration and the keys that were read, for no tool to find.
    own_files: Vec<PathBuf>,
    /// The session's file, locked as long as it is open.
    claimed: Option<fs::File>,
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
            File::Config(path) => PathBuf::from(path),
            File::Key(path) => home().unwrap_or_default().join(path),
            File::DefaultConfig => home().ok_or(Trouble::Missing)?.join("config.json"),
            File::Session(name) => sessions().map_err(Trouble::Other)?.join(file_name(name)),
        };
        if !matches!(file, File::Session(_)) {
            platform::check_own(&path).map_err(|error| Trouble::Other([&path.to_string_lossy(), " ", error].concat()))?;
            self.own_files.push(path.clone());
        }
        match fs::File::open(&path) {
            Ok(open) => {
                if let File::Key(_) = file {
                    platform::check_private(&open)
                        .map_err(|error| Trouble::Other([&path.to_string_lossy(), " ", error].concat()))?;
                }
                read_up_to(open, limit).map_err(|error| Trouble::Other(at(&path, &error)))?
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Trouble::Missing),
            Err(error) => Err(Trouble::Other(at(&path, &error))),
        }
    }

    fn claim(&mut self, session: &Name) -> Result<(), String> {
        self.claimed = platform::claim(&sessions()?, &file_name(session))?;
        Ok(())
    }

    fn append(&mut self, session: &Name, bytes: &[u8]) -> Result<(), String> {
        let folder = sessions()?;
        let cure = ", set AGENT_HOME to a folder that can be written";
        platform::create_private_folder(&folder).map_err(|error| [&at(&folder, &error), cure].concat())?;
        let path = folder.join(file_name(session));
        let file = platform::private_file().append(true).create(true).open(&path);
        // One write: with O_APPEND the system then keeps it in one piece.
        file.and_then(|file| platform::append(file, bytes)).map_err(|error| at(&path, &error))
    }

    fn sessions(&mut self) -> Result<Vec<String>, String> {
        let folder = sessions()?;
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other.map_err(|error| at(&folder, &error))?,
        };
        let name = |entry: io::Result<fs::DirEntry>| {
            let name = entry.ok()?.file_name().into_string().ok()?;
            name.strip_suffix(".jsonl").map(String::from)
        };
        Ok(entries.filter_map(name).collect())
    }

    fn variable(&mut self, name: &str) -> Option<String> {
        env_path(name).map(|value| value.to_string_lossy().into_owned())
    }

    fn input(&mut self, limit: usize) -> Result<Vec<u8>, Trouble> {
        self.platform.input(limit)
    }

    fn line(&mut self, limit: usize) -> Result<Option<Vec<u8>>, Trouble> {
        self.platform.line(limit)
    }

    fn output(&mut self, text: &str) -> Result<(), String> {
        self.platform.output(text)
    }

    fn prompt(&mut self, text: &str) {
        streams::error(text);
    }

    fn warn(&mut self, text: &str) {
        streams::error(&["agent: ", text, "\n"].concat());
    }

    fn open_workspace(&mut self, folder: &str) -> Result<(), String> {
        let mut workspace = platform::Workspace::open(folder, home().as_deref())?;
        self.own_files.iter().try_for_each(|file| workspace.hide(file))?;
        self.workspace = Some(workspace);
        Ok(())
    }

    fn write(&mut self, path: &WorkPath, bytes: &[u8]) -> Result<(), Trouble> {
        self.workspace.as_ref().ok_or(Trouble::Missing)?.write(path, bytes)
    }

    fn list(&mut self, path: &WorkPath, limit: usize) -> Result<Vec<String>, Trouble> {
        self.workspace.as_ref().ok_or(Trouble::Missing)?.list(path, limit)
    }

    fn send(&mut self, request: &Request<'_>) -> Result<Head, String> {
        self.platform.send(request)
    }

    fn receive(&mut self) -> Result<Option<Vec<u8>>, String> {
        self.platform.receive()
    }

    fn now_ms(&mut self) -> u64 {
        self.platform.now_ms()
    }

    fn sleep_ms(&mut self, time_ms: u64) {
        self.platform.sleep_ms(time_ms);
    }

    fn random(&mut self) -> u64 {
        self.platform.random()
    }

    fn run(&mut self, argv: &[String], time_ms: u64) -> Result<Ran, String> {
        platform::run(self.workspace.as_ref(), argv, time_ms)
    }

    #[cfg(feature = "memory-flat")]
    fn memory_claim(&mut self, memory: &Name) -> Result<bool, String> {
        self.memory.claim(memory)
    }

    #[cfg(feature = "memory-flat")]
    fn memory_release(&mut self) {
        self.memory.release();
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

pub(super) fn home() -> Option<PathBuf> {
    env_path("AGENT_HOME").or_else(platform::default_home)
}

/// A variable that is set and not empty.
pub(super) fn env_path(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

fn sessions() -> Result<PathBuf, String> {
    Ok(home().ok_or("there is no home folder, set AGENT_HOME")?.join("sessions"))
}

fn file_name(session: &Name) -> String {
    [session.as_str(), ".jsonl"].concat()
}

/// An error about `path`, in the words of the system, which never say which path it was.
pub(super) fn at(path: &Path, error: &io::Error) -> String {
    [&path.to_string_lossy(), ": ", &error.to_string()].concat()
}

/// All of `from`, or the error of reading it, or the trouble that there is more than `limit` bytes.
pub(super) fn read_up_to(from: impl Read, limit: usize) -> io::Result<Result<Vec<u8>, Trouble>> {
    let mut bytes = Vec::new();
    let one_more = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    from.take(one_more).read_to_end(&mut bytes)?;
    Ok(if bytes.len() > limit { Err(Trouble::TooLarge) } else { Ok(bytes) })
}
