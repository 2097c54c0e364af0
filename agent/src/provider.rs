//! Providers: what turns a conversation into a reply.

use alloc::string::String;

use crate::failure::Failure;
use crate::message::Message;

mod offline;

pub use offline::Offline;

/// What a provider is asked: the conversation so far, which ends with the user's newest message.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The system prompt of the configuration.
    pub system: Option<&'a str>,
    /// The messages, oldest first.
    pub messages: &'a [Message],
}

/// Something that answers.
pub trait Provider {
    /// The assistant's reply to `request`.
    fn reply(&self, request: Request<'_>) -> Result<String, Failure>;
}
