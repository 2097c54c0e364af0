//! What a failed run is: an exit code and one line for standard error.

use alloc::string::String;

use crate::text;

/// The exit codes that are not 0. `agent --help` documents them and `tests/cli.rs` holds them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// The provider gave no reply.
    Provider = 1,
    /// The command line, the configuration or the message is wrong.
    Usage = 2,
    /// A session, a file or a standard stream could not be read or written.
    File = 3,
    /// The model or a filter of its provider refused to answer.
    Refused = 4,
    /// The reply was cut: by the token limit, by the limits on rounds and tool calls, or by a stream that stopped.
    Cut = 5,
}

/// Why a run ended without doing its work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The exit code of the process.
    pub exit: Exit,
    /// What happened and what to do about it, as `<what>: <cure>`.
    pub text: String,
}

impl Failure {
    /// Puts `parts` into `template`: see [`text::fill`].
    pub fn new(exit: Exit, template: &str, parts: &[&str]) -> Failure {
        Failure { exit, text: text::fill(template, parts) }
    }
}
