//! JSON that is read: as a tree of values, and into types of a program's own.

use serde::Deserialize;
use serde_json::Value;

const REQUEST: &str = include_str!("../../payloads/chat-request.json");
const RESPONSE: &str = include_str!("../../payloads/chat-response.json");
const TOOLS: &str = include_str!("../../payloads/tools.json");

/// A response, as far as programs read it.
#[derive(Deserialize)]
struct Response {
    id: String,
    model: String,
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    role: String,
    content: Option<String>,
    #[serde(default)]
    tool_calls: Vec<Call>,
    tool_call_id: Option<String>,
}

#[derive(Deserialize)]
struct Call {
    id: String,
    function: Function,
}

#[derive(Deserialize)]
struct Function {
    name: String,
    arguments: String,
}

/// A request, as far as a server reads it.
#[derive(Deserialize)]
struct Request {
    messages: Vec<Message>,
}

/// Reads each payload; gives the bytes of all texts that were found.
pub fn run() -> Result<f64, String> {
    let mut byte_count = 0;
    for text in [REQUEST, RESPONSE, TOOLS] {
        let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        byte_count += bytes_of(&value);
    }
    let request: Request = serde_json::from_str(REQUEST).map_err(|error| error.to_string())?;
    byte_count += request.messages.iter().map(bytes_of_message).sum::<usize>();
    let response: Response = serde_json::from_str(RESPONSE).map_err(|error| error.to_string())?;
    byte_count += response.id.len() + response.model.len();
    for Choice { message, finish_reason } in &response.choices {
        byte_count += bytes_of_message(message) + finish_reason.as_ref().map_or(0, String::len);
    }
    Ok(byte_count as f64)
}

fn bytes_of(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 1,
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(bytes_of).sum(),
        Value::Object(fields) => fields.iter().map(|(name, value)| name.len() + bytes_of(value)).sum(),
    }
}

fn bytes_of_message(message: &Message) -> usize {
    let texts = [Some(&message.role), message.content.as_ref(), message.tool_call_id.as_ref()];
    let calls = message.tool_calls.iter().map(|call| {
        // The arguments are JSON in a text of JSON.
        let arguments = serde_json::from_str(&call.function.arguments).map_or(0, |value: Value| bytes_of(&value));
        call.id.len() + call.function.name.len() + arguments
    });
    texts.into_iter().flatten().map(String::len).sum::<usize>() + calls.sum::<usize>()
}
