//! One message of a conversation as the core keeps it, and its form as a line of JSON. The providers have forms of their own.

use alloc::string::String;
use alloc::vec::Vec;
use core::str::Utf8Error;

use crate::json::{self, Json};

/// One message, and one line of a session.
///
/// ```text
/// {"role":"user","content":"hi"}
/// {"role":"assistant","content":"","calls":[{"id":"c1","name":"read_file","arguments":"{\"path\":\"a\"}"}]}
/// {"role":"tool","call":"c1","content":"text of a"}
/// ```
///
/// Other keys are ignored when one is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// What the person or program that runs the agent said.
    User(String),
    /// What the provider replied.
    Assistant(Reply),
    /// What a tool call came to.
    Tool(Outcome),
}

/// A reply of the assistant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// What was said.
    pub text: String,
    /// The tools to run, in this order.
    pub calls: Vec<Call>,
    /// Blocks that the provider wants back word for word, as JSON joined by commas: the reasoning of a model. `thinking` in a session.
    pub thinking: String,
    /// Whether the reply ended before its end: `"cut":true` in a session.
    pub cut: bool,
}

/// A call of a tool.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Call {
    /// What the result is to be sent back under.
    pub id: String,
    /// The tool.
    pub name: String,
    /// The arguments as the model wrote them. They should be a JSON object; nothing holds that.
    pub arguments: String,
}

/// What a tool call came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The [`Call::id`].
    pub call: String,
    /// What the model is told.
    pub text: String,
    /// Whether the tool failed: `"error":true` in a session.
    pub error: bool,
}

impl Message {
    /// Appends this as one line of JSON without its end.
    pub fn encode(&self, out: &mut String) {
        match self {
            Message::User(text) => json::field(out, "{\"role\":\"user\",\"content\":", text),
            Message::Assistant(reply) => {
                json::field(out, "{\"role\":\"assistant\",\"content\":", &reply.text);
                reply.encode_rest(out);
            }
            Message::Tool(outcome) => {
                json::field(out, "{\"role\":\"tool\",\"call\":", &outcome.call);
                json::field(out, ",\"content\":", &outcome.text);
                if outcome.error {
                    out.push_str(",\"error\":true");
                }
            }
        }
        out.push('}');
    }

    /// The message that an object is, if it is one.
    pub fn decode(json: Json<'_>) -> Option<Message> {
        let text = json.text_of("content")?;
        let role = json.get("role")?;
        if role.is("user") {
            Some(Message::User(text))
        } else if role.is("assistant") {
            Some(Message::Assistant(Reply::decode(text, json)))
        } else if role.is("tool") {
            let error = json.get("error").and_then(Json::truth) == Some(true);
            Some(Message::Tool(Outcome { call: json.text_of("call")?, text, error }))
        } else {
            None
        }
    }

    /// This message with each of its texts changed by `change`, but for what has to stay word for word.
    pub fn map_texts(&self, change: &dyn Fn(&str) -> String) -> Message {
        match self {
            Message::User(text) => Message::User(change(text)),
            Message::Tool(outcome) => Message::Tool(Outcome { text: change(&outcome.text), ..outcome.clone() }),
            Message::Assistant(reply) => {
                let call = |call: &Call| Call { arguments: change(&call.arguments), ..call.clone() };
                let calls = reply.calls.iter().map(call).collect();
                Message::Assistant(Reply { text: change(&reply.text), calls, thinking: reply.thinking.clone(), cut: reply.cut })
            }
        }
    }

    /// About how many bytes this takes in a request.
    pub fn size_bytes(&self) -> usize {
        const AROUND: usize = 64;
        AROUND
            + match self {
                Message::User(text) => text.len(),
                Message::Tool(outcome) => outcome.text.len() + outcome.call.len(),
                Message::Assistant(reply) => {
                    let calls = reply.calls.iter().map(|call| AROUND + call.id.len() + call.name.len() + call.arguments.len());
                    reply.text.len() + reply.thinking.len() + calls.sum::<usize>()
                }
            }
    }
}

impl Call {
    /// The arguments if they are a JSON object, and otherwise an empty one: what was wrong with them stands in the result of the call.
    pub fn object(&self) -> &str {
        match json::parse(&self.arguments) {
            Ok(json) if json.is_object() => json.raw(),
            _ => "{}",
        }
    }
}

impl Reply {
    /// The calls that were run, and so have results. Those of a reply that was cut were not.
    pub fn calls_to_send(&self) -> &[Call] {
        if self.cut { &[] } else { &self.calls }
    }

    fn encode_rest(&self, out: &mut String) {
        let mut before = ",\"calls\":[{\"id\":";
        for call in &self.calls {
            json::field(out, before, &call.id);
            json::field(out, ",\"name\":", &call.name);
            json::field(out, ",\"arguments\":", &call.arguments);
            before = "},{\"id\":";
        }
        if !self.calls.is_empty() {
            out.push_str("}]");
        }
        if !self.thinking.is_empty() {
            json::field(out, ",\"thinking\":", &self.thinking);
        }
        if self.cut {
            out.push_str(",\"cut\":true");
        }
    }

    /// A reply written by hand: an object whose `content` may be missing.
    pub fn decode_scripted(json: Json<'_>) -> Option<Reply> {
        json.is_object().then(|| Reply::decode(json.text_of("content").unwrap_or_default(), json))
    }

    /// The reply with this text and what else `json` says of it.
    fn decode(text: String, json: Json<'_>) -> Reply {
        let call = |call: Json<'_>| {
            // A script is written by hand, where arguments are nicer as an object.
            let arguments = call.get("arguments").map(|value| value.text().unwrap_or_else(|| value.raw().into()));
            Call {
                id: call.text_of("id").unwrap_or_default(),
                name: call.text_of("name").unwrap_or_default(),
                arguments: arguments.unwrap_or_default(),
            }
        };
        Reply {
            text,
            calls: json.get("calls").into_iter().flat_map(Json::items).map(call).collect(),
            thinking: json.text_of("thinking").unwrap_or_default(),
            cut: json.get("cut").and_then(Json::truth) == Some(true),
        }
    }
}

/// The user's text in `input`: the `content` of a JSON object that is a message of the user, and otherwise `input` itself as plain
/// text, without the line ends that a shell or an editor puts after it. A byte order mark in front is dropped.
pub fn from_input(input: &[u8]) -> Result<String, Utf8Error> {
    let text = core::str::from_utf8(without_bom(input))?;
    match json::parse(text).ok().and_then(Message::decode) {
        Some(Message::User(content)) => Ok(content),
        _ => {
            let mut end = text.len();
            while matches!(text.as_bytes().get(end.wrapping_sub(1)), Some(b'\r' | b'\n')) {
                end -= 1;
            }
            Ok(text.get(..end).unwrap_or_default().into())
        }
    }
}

/// `bytes` without the UTF-8 byte order mark that some editors and shells put in front.
pub(crate) fn without_bom(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)
}

#[cfg(test)]
mod tests;
