//! What the core asks of the world. The hosts (`src/host/`) implement it over `std`; tests implement it in memory.

use alloc::string::String;
use alloc::vec::Vec;

use crate::capability::path::WorkPath;
use crate::http::{Head, Request};
use crate::session::Name;

/// A file that the core may ask to read. The host knows where it lies.
#[derive(Debug, Clone, Copy)]
pub enum File<'a> {
    /// `config.json` in the home folder.
    DefaultConfig,
    /// The configuration at a path from the command line.
    Config(&'a str),
    /// The file of a key, at a path from the configuration; a relative one is in the home folder.
    Key(&'a str),
    /// The file of a session.
    Session(&'a Name),
    /// A file of the workspace. No symbolic link is followed on the way, and nothing of the home folder is found.
    Work(&'a WorkPath),
}

/// Why something could not be read or written.
#[derive(Debug, PartialEq, Eq)]
pub enum Trouble {
    /// There is no such file.
    Missing,
    /// There is more than the limit.
    TooLarge,
    /// Anything else, in the words of the system.
    Other(String),
}

/// A file of a memory, which the host keeps in `memory` in the home folder. No tool of the workspace finds it.
#[cfg(feature = "memory-flat")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemoryFile {
    /// `NAME.memory`: what is remembered.
    Records,
    /// `NAME.hnsw`: the graph over it, which can be made again.
    Graph,
    /// `NAME.new`: what is to take the place of one of the two.
    New,
}

#[cfg(feature = "memory-flat")]
impl MemoryFile {
    /// What follows the name of the memory in that of the file.
    pub fn extension(self) -> &'static str {
        match self {
            MemoryFile::Records => ".memory",
            MemoryFile::Graph => ".hnsw",
            MemoryFile::New => ".new",
        }
    }
}

/// What a command left.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Ran {
    /// How it ended: `exit code 0`, `signal 9`, `stopped after 60 s`.
    pub end: String,
    /// Whether it ended by itself with 0.
    pub success: bool,
    /// What it wrote to both streams, the middle left out where it was too much.
    pub output: Vec<u8>,
}

/// The world outside of the core.
pub trait Host {
    /// The whole of `file`, if it has at most `limit` bytes.
    fn read(&mut self, file: File<'_>, limit: usize) -> Result<Vec<u8>, Trouble>;

    /// Keeps other processes out of `session` until this one ends, where the system can do that. The error says who has it.
    fn claim(&mut self, session: &Name) -> Result<(), String>;

    /// Adds `bytes` to the end of a session's file, which is created when it is not there. What the file has is never rewritten, and
    /// what another process appends at the same time is kept. A write that fails half way is taken back where the system can do that.
    fn append(&mut self, session: &Name, bytes: &[u8]) -> Result<(), String>;

    /// The names of the files of sessions, without their extension, in no order.
    fn sessions(&mut self) -> Result<Vec<String>, String>;

    /// The environment variable `name`, if it is set and not empty.
    fn variable(&mut self, name: &str) -> Option<String>;

    /// All of the input, if it has at most `limit` bytes.
    fn input(&mut self, limit: usize) -> Result<Vec<u8>, Trouble>;

    /// The next line of the input without its end, if it has at most `limit` bytes; nothing at the end. A line that is too large is read to
    /// its end all the same.
    fn line(&mut self, limit: usize) -> Result<Option<Vec<u8>>, Trouble>;

    /// Shows `text` as it is, at once. That nobody reads it any more is not an error.
    fn output(&mut self, text: &str) -> Result<(), String>;

    /// Shows `text` beside the result, without a line end: somebody is asked to type.
    fn prompt(&mut self, text: &str);

    /// Shows `text` as one line beside the result.
    fn warn(&mut self, text: &str);

    /// Makes `folder` the workspace of everything that follows. The error says why it cannot be.
    fn open_workspace(&mut self, folder: &str) -> Result<(), String>;

    /// Makes or replaces a file of the workspace in one step, and makes the folders above it where they are missing.
    fn write(&mut self, path: &WorkPath, bytes: &[u8]) -> Result<(), Trouble>;

    /// The names in a folder of the workspace, in no order, at most `limit`; those of folders end in a slash, those of symbolic links in `@`.
    fn list(&mut self, path: &WorkPath, limit: usize) -> Result<Vec<String>, Trouble>;

    /// Sends `request` and waits for the head of the response. What was left of the response before is dropped.
    fn send(&mut self, request: &Request<'_>) -> Result<Head, String>;

    /// The next piece of the body, at most some 64 KiB; nothing at the end. A body that ends before its length is an error.
    fn receive(&mut self) -> Result<Option<Vec<u8>>, String>;

    /// Milliseconds since 1970.
    fn now_ms(&mut self) -> u64;

    /// Waits.
    fn sleep_ms(&mut self, time_ms: u64);

    /// A number that nobody outside can foresee well enough to coordinate with.
    fn random(&mut self) -> u64;

    /// Runs a command: no shell, no input, an environment of few variables, in the workspace, for at most `time_ms`. Not on WASI: the error
    /// says so.
    fn run(&mut self, argv: &[String], time_ms: u64) -> Result<Ran, String>;

    /// Keeps other processes from writing the memory until [`Host::memory_release`], where the system can do that. False: another one writes it.
    #[cfg(feature = "memory-flat")]
    fn memory_claim(&mut self, _memory: &Name) -> Result<bool, String> {
        Err(NO_MEMORY.into())
    }

    /// Lets others write the memory that was claimed.
    #[cfg(feature = "memory-flat")]
    fn memory_release(&mut self) {}

    /// Opens a file of the memory for [`Host::memory_read`] and gives its length. What is read is of this file, even when another has taken its place.
    #[cfg(feature = "memory-flat")]
    fn memory_open(&mut self, _memory: &Name, _file: MemoryFile) -> Result<u64, Trouble> {
        Err(Trouble::Other(NO_MEMORY.into()))
    }

    /// Fills `out` with what the file that was opened last has from `at` on; false, if that cannot be done.
    #[cfg(feature = "memory-flat")]
    fn memory_read(&mut self, _file: MemoryFile, _at: u64, _out: &mut [u8]) -> bool {
        false
    }

    /// Writes `bytes` behind the first `at` bytes of the file, and has them on the disk when it returns. The file has `torn_bytes` behind `at`, which are cut away first; if
    /// it has not, another process changed it, and nothing is done. At 0 the file is made anew. A write that fails half way is taken back where the system can do that.
    #[cfg(feature = "memory-flat")]
    fn memory_append(
        &mut self,
        _memory: &Name,
        _file: MemoryFile,
        _at: u64,
        _torn_bytes: u64,
        _bytes: &[u8],
    ) -> Result<(), String> {
        Err(NO_MEMORY.into())
    }

    /// Puts [`MemoryFile::New`] in the place of `file`, in one step.
    #[cfg(feature = "memory-flat")]
    fn memory_replace(&mut self, _memory: &Name, _file: MemoryFile) -> Result<(), String> {
        Err(NO_MEMORY.into())
    }
}

#[cfg(feature = "memory-flat")]
const NO_MEMORY: &str = "this host keeps no memory";
