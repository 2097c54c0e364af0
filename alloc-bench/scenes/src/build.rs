//! JSON that is made: a conversation that becomes longer, and the request for each turn of it as one text.

use serde::Serialize;
use serde_json::{Value, json};

/// Where the words are taken from.
const WORDS: &str = include_str!("../../payloads/chat-request.json");
const TOOLS: &str = include_str!("../../payloads/tools.json");

const TURN_COUNT: usize = 12;

/// Bytes of the words of one message, and how many more each later one has.
const MESSAGE_BYTES: usize = 300;
const GROWTH_BYTES: usize = 40;

/// A request as a tree of types that write themselves.
#[derive(Serialize)]
struct Request<'a> {
    model: &'a str,
    max_completion_tokens: u32,
    messages: &'a [Value],
    tools: &'a Value,
}

/// Builds the requests; gives the bytes of all of them.
pub fn run() -> Result<f64, String> {
    let tools: Value = serde_json::from_str(TOOLS).map_err(|error| error.to_string())?;
    let (mut messages, mut byte_count, mut words) = (Vec::new(), 0, WORDS.chars());
    let mut text = |turn: usize| -> String { words.by_ref().take(MESSAGE_BYTES + GROWTH_BYTES * turn).collect() };
    messages.push(json!({ "role": "system", "content": text(0) }));
    for turn in 0..TURN_COUNT {
        messages.push(json!({ "role": "user", "content": text(turn) }));
        let request = Request { model: "gpt-large-1", max_completion_tokens: 4096, messages: &messages, tools: &tools };
        byte_count += serde_json::to_string(&request).map_err(|error| error.to_string())?.len();
        let id = format!("call_{turn:022}");
        let arguments = json!({ "path": format!("src/{turn}.rs"), "content": text(turn) }).to_string();
        let call = json!({ "id": id, "type": "function", "function": { "name": "write_file", "arguments": arguments } });
        messages.push(json!({ "role": "assistant", "content": null, "tool_calls": [call] }));
        messages.push(json!({ "role": "tool", "tool_call_id": id, "content": text(turn) }));
        messages.push(json!({ "role": "assistant", "content": text(turn) }));
        // As a session file gets it: one message a line.
        byte_count += messages.iter().rev().take(4).map(|message| message.to_string().len()).sum::<usize>();
    }
    Ok(byte_count as f64)
}
