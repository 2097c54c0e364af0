//! What the services refuse with 400, for both formats.

mod anthropic;
mod openai;

use serde_json::Value;

use crate::api::Api;
use crate::request::Recorded;

/// What is wrong with a request, in the order the services look: the first thing is told.
pub(crate) fn validate(api: Api, request: &Recorded, body: &Value) -> Result<(), String> {
    if api == Api::Anthropic && request.header("anthropic-version").is_none() {
        return Err("anthropic-version: header is required".to_string());
    }
    required_text(body, "model")?;
    if body.get("stream").is_some_and(|stream| !stream.is_boolean()) {
        return Err("stream: a boolean is expected".to_string());
    }
    match api {
        Api::OpenAi => openai::validate(body),
        Api::Anthropic => anthropic::validate(body),
    }
}

/// The messages, of which there must be some.
fn messages(body: &Value) -> Result<&[Value], String> {
    match body.get("messages").and_then(Value::as_array) {
        Some(messages) if !messages.is_empty() => Ok(messages),
        Some(_) => Err("messages: at least one message is required".to_string()),
        None => Err("messages: field required".to_string()),
    }
}

/// The tools, if any; each must be an object.
fn tools(body: &Value) -> Result<&[Value], String> {
    let Some(tools) = body.get("tools") else {
        let choice = body.get("tool_choice").is_some();
        return if choice { Err("tool_choice: only allowed together with tools".to_string()) } else { Ok(&[]) };
    };
    tools.as_array().map(Vec::as_slice).ok_or_else(|| "tools: a list is expected".to_string())
}

fn tool_name(tool: &Value, at: &str) -> Result<(), String> {
    let name = required_text(tool, "name").map_err(|error| format!("{at}.{error}"))?;
    let good = name.len() <= 64 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    if good { Ok(()) } else { Err(format!("{at}.name: only letters, digits, _ and -, at most 64, not `{name}`")) }
}

pub(crate) fn required_text<'a>(value: &'a Value, key: &str) -> Result<&'a str, String> {
    match value.get(key) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text),
        Some(Value::String(_)) => Err(format!("{key}: must not be empty")),
        Some(_) => Err(format!("{key}: a string is expected")),
        None => Err(format!("{key}: field required")),
    }
}

/// The text of a key, `""` if it has none.
fn text_of<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}
