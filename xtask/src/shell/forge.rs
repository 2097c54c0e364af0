//! Where pull requests are: the one place that knows how a comment is found, written and changed there.

mod environment;
mod github;
mod http;
mod retry;

pub use environment::{Environment, event};
pub use github::GitHub;
pub use retry::Patience;

use crate::data::{event::PullRequest, exit::Failure};
use std::fmt;

/// A forge, with the rights of one token. One implementation is [`GitHub`]; another needs these five.
pub trait Forge {
    /// The login under which this token's comments appear.
    ///
    /// # Errors
    /// The token is refused, or the forge does not answer.
    fn login(&self) -> Result<String, ForgeError>;

    /// A pull request as it is now.
    ///
    /// # Errors
    /// There is none of that number, or the forge does not answer.
    fn pull_request(&self, number: u64) -> Result<PullRequest, ForgeError>;

    /// The first comment of a pull request that is ours.
    ///
    /// # Errors
    /// There are too many to look at, or the forge does not answer.
    fn find(&self, number: u64, is_ours: &dyn Fn(&Posted) -> bool) -> Result<Option<Posted>, ForgeError>;

    /// Writes a new comment.
    ///
    /// # Errors
    /// [`ForgeError::Unknown`] where it may be there or not.
    fn create(&self, number: u64, body: &str) -> Result<Posted, ForgeError>;

    /// Changes a comment.
    ///
    /// # Errors
    /// It may not be changed, or the forge does not answer.
    fn update(&self, id: u64, body: &str) -> Result<(), ForgeError>;
}

/// A comment that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// Its number.
    pub id: u64,
    /// The login of who wrote it; empty where the account is gone.
    pub author: String,
    /// Its Markdown.
    pub body: String,
}

/// Why something was not done. The words are for a person, on one line, and have the cure; nothing of the token is in them.
#[derive(Debug)]
pub enum ForgeError {
    /// The token may read and not write.
    ReadOnly(String),
    /// No answer: it may have been done or not.
    Unknown(String),
    /// No answer, or one that makes no sense, to a question.
    Unreachable(String),
    /// A clear no.
    Refused(String),
}

impl fmt::Display for ForgeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::ReadOnly(said) | Self::Unknown(said) | Self::Unreachable(said) | Self::Refused(said)) = self;
        f.write_str(said)
    }
}

impl std::error::Error for ForgeError {}

impl From<ForgeError> for Failure {
    fn from(error: ForgeError) -> Failure {
        match error {
            ForgeError::ReadOnly(said) | ForgeError::Refused(said) => Failure::usage(said),
            ForgeError::Unknown(said) | ForgeError::Unreachable(said) => Failure::tool(said),
        }
    }
}
