//! Exit codes, and the error that carries one.

use std::fmt;

/// Why the process ended; the discriminant is the exit code that scripts may rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    /// Every verdict passed.
    Pass = 0,
    /// A verdict failed: worse, better but not recorded, missing, incomparable, over budget.
    Verdict = 1,
    /// The command line, an input file, the policy or a baseline is wrong.
    Usage = 2,
    /// A tool is missing or has the wrong version.
    Tool = 3,
    /// The measurement is invalid: the subject does not build, its artifact does not validate, a count is zero.
    Invalid = 4,
}

impl Exit {
    /// The exit that a code stands for; [`Exit::Invalid`] for one that is none of ours.
    pub fn of_code(code: u8) -> Exit {
        [Exit::Pass, Exit::Verdict, Exit::Usage, Exit::Tool].into_iter().find(|exit| *exit as u8 == code).unwrap_or(Exit::Invalid)
    }
}

/// One line for a person (step, path or command, cure) and the exit code of the process.
///
/// Attach it with [`anyhow::Context::context`]; `main` finds it anywhere in the chain.
#[derive(Debug)]
pub struct Failure {
    /// The code the process ends with.
    pub exit: Exit,
    /// The step, the path or command, and the cure, in one line.
    pub message: String,
}

impl Failure {
    /// A failure of the command line, an input file, the policy or a baseline.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, message: message.into() }
    }

    /// A tool that is missing or has the wrong version.
    pub fn tool(message: impl Into<String>) -> Self {
        Self { exit: Exit::Tool, message: message.into() }
    }

    /// A measurement that cannot be trusted or could not be made.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self { exit: Exit::Invalid, message: message.into() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// The exit code of an error: that of the outermost [`Failure`] in its chain, else [`Exit::Usage`].
pub fn exit_of(error: &anyhow::Error) -> Exit {
    error.downcast_ref::<Failure>().map_or(Exit::Usage, |failure| failure.exit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context;

    #[test]
    fn the_outermost_failure_decides() {
        let inner: anyhow::Result<()> = Err(Failure::tool("no optimizer").into());
        let error = inner.context("cannot measure").unwrap_err();
        assert_eq!(exit_of(&error), Exit::Tool);
        let error = Err::<(), _>(error).context(Failure::invalid("no size")).unwrap_err();
        assert_eq!(exit_of(&error), Exit::Invalid);
        assert_eq!(exit_of(&anyhow::anyhow!("plain")), Exit::Usage);
    }
}
