//! An error that carries the exit code of the process.

use std::fmt;

/// The code for a command line or a specification that is wrong.
pub const USAGE: u8 = 2;
/// The code for an artifact that cannot be run at all.
pub const ARTIFACT: u8 = 4;
/// The code for what went wrong on the way.
const OTHER: u8 = 1;

/// One line for a person (step, path and cure), and the exit code. Attach it with [`anyhow::Context::context`].
#[derive(Debug)]
pub struct Failure {
    exit: u8,
    message: String,
}

impl Failure {
    /// The command line or the specification is wrong.
    pub fn usage(message: impl Into<String>) -> Failure {
        Failure { exit: USAGE, message: message.into() }
    }

    /// The artifact cannot be run at all.
    pub fn artifact(message: impl Into<String>) -> Failure {
        Failure { exit: ARTIFACT, message: message.into() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// The exit code of `error`: that of the outermost [`Failure`] in its chain.
pub fn exit_of(error: &anyhow::Error) -> u8 {
    error.downcast_ref::<Failure>().map_or(OTHER, |failure| failure.exit)
}
