//! A reply as it is read: from one JSON text or from the events of a stream, of either API.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Api, Stop, Usage, anthropic, openai};
use crate::json::{self, Json};
use crate::message::{Call, Reply};

/// The largest response.
pub const MAX_RESPONSE_BYTES: usize = 8 * 1024 * 1024;
/// The most calls in one reply.
pub const MAX_CALLS: usize = 16;
/// The longest arguments of one call, and the longest reasoning.
pub const MAX_ARGUMENTS_BYTES: usize = 256 * 1024;

/// Why a response cannot be read on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// It is not what the API sends: what was found.
    Format(&'static str),
    /// The provider says that it failed: the text of the error as it came.
    Error(String),
}

impl From<crate::sse::Trouble> for Wrong {
    fn from(trouble: crate::sse::Trouble) -> Wrong {
        Wrong::Format(match trouble {
            crate::sse::Trouble::TooLong => "the stream has a line of more than 1 MiB",
            crate::sse::Trouble::NotUtf8 => "the stream is not UTF-8",
        })
    }
}

/// See the module.
#[derive(Debug, Default)]
pub struct Reading {
    /// The text so far.
    pub text: String,
    /// The calls so far, with the place that the provider gives each.
    pub calls: Vec<(u64, Call)>,
    /// Why it ended, once that was said.
    pub stop: Option<Stop>,
    /// The usage so far.
    pub usage: Usage,
    /// A text of refusal came.
    pub(super) refused: bool,
    /// The stream said that nothing more comes.
    pub(super) is_over: bool,
    /// The response is one JSON text and no stream: it is complete as it stands.
    pub(super) is_whole: bool,
    /// The reasoning that is being read.
    pub(super) thought: Thought,
    thinking: String,
}

/// A block of reasoning in a stream.
#[derive(Debug, Default)]
pub(super) struct Thought {
    pub(super) text: String,
    pub(super) signature: String,
}

/// The limits on what adds up.
pub(super) struct Limits;

impl Limits {
    /// Appends `text` to `to`.
    pub(super) fn add(to: &mut String, text: &str) -> Result<(), Wrong> {
        if to.len() + text.len() > MAX_ARGUMENTS_BYTES {
            return Err(Wrong::Format("the arguments of a call, or the reasoning, have more than 256 KiB"));
        }
        to.push_str(text);
        Ok(())
    }
}

impl Reading {
    /// Takes in one event of a stream or a whole response: the text of one JSON object, or the end mark of a stream.
    pub fn take(&mut self, api: Api, text: &str) -> Result<(), Wrong> {
        if text.starts_with("[DONE]") {
            self.is_over = true;
            return Ok(());
        }
        let json = json::parse(text).map_err(|_| Wrong::Format("the response is not JSON"))?;
        if let Some(error) = json.get("error").filter(|error| !matches!(error.raw(), "false" | "0" | "\"\"" | "{}")) {
            return Err(Wrong::Error(error.raw().into()));
        }
        match api {
            Api::OpenAi if api.is_built() => openai::take(self, json),
            Api::Anthropic if api.is_built() => anthropic::take(self, json),
            _ => Ok(()),
        }
    }

    /// The end was reached. What nobody ended is truncated, whatever mark stood at its end.
    pub fn finish(mut self) -> (Reply, Stop, Usage) {
        let stop = match self.stop {
            _ if self.refused => Stop::Refused,
            Some(Stop::End) if !self.calls.is_empty() => Stop::Tools,
            Some(stop) => stop,
            // Compatible servers leave the reason out of whole responses.
            None if self.is_whole => {
                if self.calls.is_empty() {
                    Stop::End
                } else {
                    Stop::Tools
                }
            }
            None => Stop::Truncated,
        };
        self.close_thinking();
        // Calls that are not run get no results, and so are not sent back.
        let cut = matches!(stop, Stop::Length | Stop::Truncated) || (stop != Stop::Tools && !self.calls.is_empty());
        let calls = self.calls.into_iter().map(|(_, call)| call).collect();
        (Reply { text: self.text, calls, thinking: self.thinking, cut }, stop, self.usage)
    }

    /// Whether anything has come that a reply is made of.
    pub fn is_empty(&self) -> bool {
        !self.is_whole && self.text.is_empty() && self.calls.is_empty() && self.stop.is_none()
    }

    pub(super) fn say(&mut self, text: &str) {
        // The limit on the whole response is the limit on this.
        self.text.push_str(text);
    }

    /// A new call at this place. Gives its position.
    pub(super) fn open_call(&mut self, index: u64) -> Result<usize, Wrong> {
        if self.calls.len() >= MAX_CALLS {
            return Err(Wrong::Format("the reply has more than 16 calls"));
        }
        self.calls.push((index, Call::default()));
        Ok(self.calls.len() - 1)
    }

    pub(super) fn open_thinking(&mut self, block: Json<'_>) {
        self.close_thinking();
        self.thought.text = block.text_of("thinking").unwrap_or_default();
        self.thought.signature = block.text_of("signature").unwrap_or_default();
    }

    /// A block of reasoning is kept only with its signature: without it the API does not take it back.
    pub(super) fn close_thinking(&mut self) {
        let thought = core::mem::take(&mut self.thought);
        if !thought.signature.is_empty() {
            let mut block = String::new();
            json::field(&mut block, "{\"type\":\"thinking\",\"thinking\":", &thought.text);
            json::field(&mut block, ",\"signature\":", &thought.signature);
            block.push('}');
            // More of it than the limit is left out: the API takes a reply without reasoning.
            let _ = self.keep_block(&block);
        }
    }

    pub(super) fn keep_block(&mut self, raw: &str) -> Result<(), Wrong> {
        let comma = if self.thinking.is_empty() { "" } else { "," };
        Limits::add(&mut self.thinking, &crate::text::fill("{}{}", &[comma, raw]))
    }
}

#[cfg(all(test, feature = "openai", feature = "anthropic"))]
mod tests;
