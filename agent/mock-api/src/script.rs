//! What the mock answers: replies in order for the model APIs, pages by path for everything else.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::modes::{Chunking, Fault, Modes, Quirk, Transfer};
use crate::named::Setting;

/// A whole script. As TOML, `replies` are `[[reply]]`, `embeddings` are `[[embedding]]` and `pages` are `[[page]]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Script {
    /// Taken in order, one for each accepted request to a model API.
    #[serde(rename = "reply")]
    pub replies: Vec<Reply>,
    /// Taken in order, one for each accepted request for embeddings: an error, a body, faults, what the request must be like. Without any, and behind the
    /// last, the vectors are those of the words.
    #[serde(rename = "embedding")]
    pub embeddings: Vec<Reply>,
    /// What `GET` finds.
    #[serde(rename = "page")]
    pub pages: Vec<Page>,
    /// After the last reply comes the first again. Without it, the script is over and the status is 500.
    pub cycle: bool,
    /// Requests the real services refuse are refused: on unless said otherwise.
    pub strict: bool,
    /// The API key a request must have, if there is one.
    pub key: Option<String>,
    /// For answers that name no chunking of their own.
    pub chunking: Option<Setting<Chunking>>,
    /// For answers that name no transfer of their own.
    pub transfer: Option<Transfer>,
    /// Milliseconds between two writes, for answers that name none of their own.
    pub pause_ms: Option<u64>,
    /// Quirks of every answer.
    pub quirks: Vec<Quirk>,
    /// Faults of every answer.
    pub faults: Vec<Setting<Fault>>,
}

/// One answer of the model.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Reply {
    /// What the model says.
    pub text: Option<String>,
    /// What the model says when it refuses.
    pub refusal: Option<String>,
    /// What the model thinks: a block in the Anthropic format; in the other one the quirk `reasoning-content` shows it.
    pub thinking: Option<String>,
    /// The signature of the thinking block.
    pub signature: Option<String>,
    /// The tools the model calls.
    pub calls: Vec<Call>,
    /// Why the model stopped; without it, by the calls and the refusal.
    pub stop: Option<Stop>,
    /// The tokens that are reported.
    pub usage: Usage,
    /// The model that is reported; without it, the one asked for.
    pub model: Option<String>,
    /// Fragments of text have this many characters; without it, they are words.
    pub split_chars: Option<usize>,
    /// The HTTP status: 200, or that of the error.
    pub status: Option<u16>,
    /// Headers; one that the answer has anyway is replaced.
    pub headers: BTreeMap<String, String>,
    /// The body as it is, instead of anything rendered.
    pub body: Option<String>,
    /// An error in the format of the API that is asked.
    pub error: Option<ErrorReply>,
    /// So many requests get this reply, one if nothing is said.
    pub times: Option<u32>,
    /// Milliseconds before the first byte.
    pub delay_ms: u64,
    /// What the request must be like.
    pub expect: Option<Expect>,
    /// How the bytes are cut.
    pub chunking: Option<Setting<Chunking>>,
    /// How the end of the body is told.
    pub transfer: Option<Transfer>,
    /// Milliseconds between two writes.
    pub pause_ms: Option<u64>,
    /// What a client has to tolerate.
    pub quirks: Vec<Quirk>,
    /// What is wrong on purpose.
    pub faults: Vec<Setting<Fault>>,
}

/// A tool call of the model.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Call {
    /// The tool.
    pub name: String,
    /// Its id; without it, one that is made from the numbers of the reply and the call.
    pub id: Option<String>,
    /// The arguments: an object, an empty one if nothing is said.
    pub arguments: Option<Value>,
    /// The arguments as text that need not be JSON.
    pub raw_arguments: Option<String>,
}

/// Token counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Usage {
    /// Tokens read.
    pub input: u64,
    /// Tokens written.
    pub output: u64,
}

/// Why the model stopped. In a script any other text than these names is sent as it is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stop {
    /// It had said everything.
    End,
    /// The token limit.
    Length,
    /// It waits for its tools.
    Tool,
    /// The content is not allowed.
    Filter,
    /// A pause in a long turn; the OpenAI format has none and says `stop`.
    Pause,
    /// As it is.
    #[serde(untagged)]
    Other(String),
}

/// An error of the service. What is left out follows from the rest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ErrorReply {
    /// The type.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// The code; the Anthropic format has none.
    pub code: Option<String>,
    /// What went wrong.
    pub message: Option<String>,
}

/// What a request must be like; else it is answered with 400 and kept as a mismatch.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expect {
    /// Texts the body has.
    pub contains: Vec<String>,
    /// Texts the body has not.
    pub lacks: Vec<String>,
    /// Headers with exactly these values.
    pub header: BTreeMap<String, String>,
}

/// What one path answers to `GET`, as often as it is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Page {
    /// The path, without a query.
    pub path: String,
    /// The HTTP status, 200 if nothing is said.
    pub status: Option<u16>,
    /// Headers; one that the answer has anyway is replaced.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
    /// Milliseconds before the first byte.
    pub delay_ms: u64,
    /// How the bytes are cut.
    pub chunking: Option<Setting<Chunking>>,
    /// How the end of the body is told.
    pub transfer: Option<Transfer>,
    /// Milliseconds between two writes.
    pub pause_ms: Option<u64>,
    /// What is wrong on purpose.
    pub faults: Vec<Setting<Fault>>,
}

impl Script {
    /// A script of these replies, strict and otherwise plain.
    pub fn of(replies: impl IntoIterator<Item = Reply>) -> Script {
        Script { replies: replies.into_iter().collect(), ..Script::default() }
    }

    /// Reads a script. The error says where and what.
    pub fn from_toml(text: &str) -> Result<Script, String> {
        let script: Script = toml::from_str(text).map_err(|error| error.to_string())?;
        script.check()?;
        Ok(script)
    }

    /// The modes of all answers.
    pub(crate) fn modes(&self) -> Modes {
        let Script { chunking, transfer, pause_ms, quirks, faults, .. } = self.clone();
        Modes { chunking, transfer, pause_ms, quirks, faults }
    }
}

impl Default for Script {
    fn default() -> Script {
        Script {
            replies: Vec::new(),
            embeddings: Vec::new(),
            pages: Vec::new(),
            cycle: false,
            strict: true,
            key: None,
            chunking: None,
            transfer: None,
            pause_ms: None,
            quirks: Vec::new(),
            faults: Vec::new(),
        }
    }
}

impl Reply {
    /// The model says this.
    pub fn text(text: &str) -> Reply {
        Reply { text: Some(text.to_string()), ..Reply::default() }
    }

    /// The model calls one tool.
    pub fn call(name: &str, arguments: Value) -> Reply {
        let call = Call { name: name.to_string(), arguments: Some(arguments), ..Call::default() };
        Reply { calls: vec![call], ..Reply::default() }
    }

    /// The service fails.
    pub fn error(status: u16, message: &str) -> Reply {
        let error = ErrorReply { message: Some(message.to_string()), ..ErrorReply::default() };
        Reply { status: Some(status), error: Some(error), ..Reply::default() }
    }

    pub(crate) fn modes(&self) -> Modes {
        let Reply { chunking, transfer, pause_ms, quirks, faults, .. } = self.clone();
        Modes { chunking, transfer, pause_ms, quirks, faults }
    }
}

impl Page {
    pub(crate) fn modes(&self) -> Modes {
        let Page { chunking, transfer, pause_ms, faults, .. } = self.clone();
        Modes { chunking, transfer, pause_ms, quirks: Vec::new(), faults }
    }
}

impl Default for Usage {
    fn default() -> Usage {
        Usage { input: 100, output: 20 }
    }
}
