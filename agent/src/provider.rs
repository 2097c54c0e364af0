//! Providers: what turns a conversation into a reply.

use alloc::string::String;
use alloc::vec::Vec;

use crate::capability::Private;
use crate::effects::Host;
use crate::failure::{Exit, Failure};
use crate::key::Key;
use crate::message::{Message, Reply};
use crate::tool::Tool;
use crate::url::Url;

mod anthropic;
#[cfg(all(feature = "memory-flat", feature = "openai"))]
pub mod embeddings;
mod exchange;
pub mod fault;
mod offline;
mod openai;
pub mod reading;
pub mod retry;

/// The two model APIs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Api {
    /// OpenAI Chat Completions, and what is compatible with it.
    OpenAi,
    /// Anthropic Messages.
    Anthropic,
}

/// Who answers.
#[derive(Debug, Clone)]
pub enum Provider {
    /// Needs no network: see [`offline`](self) and the replies of its script.
    Offline(Option<Vec<Reply>>),
    /// A server that speaks one of the two APIs.
    Remote(Endpoint),
}

/// A server and how to talk to it.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// What it speaks.
    pub api: Api,
    /// Where the requests go, path included.
    pub url: Url,
    /// The key for it; local servers need none.
    pub key: Option<Key>,
    /// The model.
    pub model: String,
    /// The most tokens a reply may have.
    pub max_tokens: u64,
    /// The name under which `max_tokens` is sent to an OpenAI server.
    pub max_tokens_field: String,
    /// Whether text is asked for as it is made.
    pub stream: bool,
    /// How long to wait for the next byte.
    pub timeout_ms: u64,
    /// How often a request is sent again.
    pub retries: u64,
    /// Which private addresses its name may lead to.
    pub private: Private,
}

/// What a provider is asked: the conversation so far, which ends with the user's newest message or the results of tools.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The system prompt.
    pub system: Option<&'a str>,
    /// The messages, oldest first; each call has its result.
    pub messages: &'a [Message],
    /// The tools that the model may call.
    pub tools: &'a [&'static Tool],
}

/// Why a reply ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// The model was done.
    End,
    /// The model wants results of tools.
    Tools,
    /// The limit on tokens or the context was reached: the reply is cut.
    Length,
    /// The model or a filter refused.
    Refused,
    /// The provider wants to be asked again with what there is so far.
    Paused,
    /// The stream stopped before it said why: the reply is cut.
    Truncated,
}

/// What tokens an exchange took, as the provider says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Read by the model.
    pub input_tokens: u64,
    /// Written by the model.
    pub output_tokens: u64,
}

/// A reply and what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The reply; its calls are to be run only if it was not cut.
    pub reply: Reply,
    /// Why it ended.
    pub stop: Stop,
    /// What it took.
    pub usage: Usage,
    /// The text was shown as it came.
    pub streamed: bool,
    /// What went wrong after a part of the text had been shown.
    pub trouble: Option<Failure>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoAnswer {
    /// The conversation is too long for the model.
    TooLong(Failure),
    /// Anything else.
    Failed(Failure),
}

impl Provider {
    /// Asks, and again where that can help. `show` gets the text as it comes.
    pub fn ask<H: Host>(
        &self,
        request: Request<'_>,
        host: &mut H,
        show: &mut impl FnMut(&str, &mut H) -> Result<(), Failure>,
    ) -> Result<Answer, NoAnswer> {
        match self {
            Provider::Offline(script) => offline::reply(script.as_deref(), request).map_err(NoAnswer::Failed),
            Provider::Remote(endpoint) if cfg!(any(feature = "openai", feature = "anthropic")) => {
                exchange::ask(endpoint, request, host, show)
            }
            Provider::Remote(_) => Err(NoAnswer::Failed(Failure::new(
                Exit::Provider,
                "this build has no provider but offline: build it with one",
                &[],
            ))),
        }
    }
}

impl Api {
    /// Whether this build speaks it.
    pub fn is_built(self) -> bool {
        match self {
            Api::OpenAi => cfg!(feature = "openai"),
            Api::Anthropic => cfg!(feature = "anthropic"),
        }
    }

    /// The server of the vendor.
    pub fn default_base(self) -> &'static str {
        match self {
            Api::OpenAi => "https://api.openai.com",
            Api::Anthropic => "https://api.anthropic.com",
        }
    }

    /// The variable that mostly holds the vendor's key.
    pub fn default_key_variable(self) -> &'static str {
        match self {
            Api::OpenAi => "OPENAI_API_KEY",
            Api::Anthropic => "ANTHROPIC_API_KEY",
        }
    }

    /// Where requests go on a server whose base is `base`. Bases are written with and without the version, so both are taken.
    pub fn url(self, mut base: Url) -> Url {
        while base.path.ends_with('/') {
            base.path.pop();
        }
        let (version, rest) = match self {
            // A path of any kind is one that the server's documents give in full: `/v1`, `/api/v4`, `/v1beta/openai`.
            Api::OpenAi => (base.path.is_empty(), "/chat/completions"),
            Api::Anthropic => (!base.path.ends_with("/v1"), "/messages"),
        };
        base.path.push_str(if version { "/v1" } else { "" });
        base.path.push_str(rest);
        base
    }

    /// Where vectors of texts are asked for, on the server where `url` is for conversations.
    #[cfg(all(feature = "memory-flat", feature = "openai"))]
    pub fn embeddings_url(self, mut url: Url) -> Url {
        let base = url.path.strip_suffix("/chat/completions").unwrap_or_default().len();
        url.path.truncate(base);
        url.path.push_str("/embeddings");
        url
    }

    fn body(self, endpoint: &Endpoint, request: Request<'_>) -> String {
        match self {
            Api::OpenAi => openai::body(endpoint, request),
            Api::Anthropic => anthropic::body(endpoint, request),
        }
    }
}
