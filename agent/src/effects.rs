//! What the core asks of the world. The binary implements it over `std`; tests implement it in memory.

use alloc::string::String;
use alloc::vec::Vec;

use crate::session::Name;

/// A file that the core may ask to read. The host knows where it lies.
#[derive(Debug, Clone, Copy)]
pub enum File<'a> {
    /// `config.json` in the home folder.
    DefaultConfig,
    /// The configuration at a path from the command line.
    Config(&'a str),
    /// The file of a session.
    Session(&'a Name),
}

/// Why something could not be read.
#[derive(Debug, PartialEq, Eq)]
pub enum Trouble {
    /// There is no such file.
    Missing,
    /// There is more than the limit.
    TooLarge,
    /// Anything else, in the words of the system.
    Other(String),
}

/// The world outside of the core.
pub trait Host {
    /// The whole of `file`, if it has at most `limit` bytes.
    fn read(&mut self, file: File<'_>, limit: usize) -> Result<Vec<u8>, Trouble>;

    /// Adds `bytes` to the end of a session's file, which is created when it is not there. What the file has is never rewritten, and
    /// what another process appends at the same time is kept.
    fn append(&mut self, session: &Name, bytes: &[u8]) -> Result<(), String>;

    /// All of the input, if it has at most `limit` bytes.
    fn input(&mut self, limit: usize) -> Result<Vec<u8>, Trouble>;

    /// Shows `text` as the result of the run. That nobody reads it any more is not an error.
    fn output(&mut self, text: &str) -> Result<(), String>;

    /// Shows `text` as one line beside the result.
    fn warn(&mut self, text: &str);
}
