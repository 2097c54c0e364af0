//! What Chat Completions refuses.

use serde_json::Value;

use super::{messages, required_text, text_of, tool_name, tools};

const ROLES: &[&str] = &["developer", "system", "user", "assistant", "tool"];

pub(super) fn validate(body: &Value) -> Result<(), String> {
    if body.get("stream_options").is_some_and(|options| !options.is_null()) && body.get("stream") != Some(&Value::Bool(true)) {
        return Err("stream_options: only allowed when stream is true".to_string());
    }
    for (index, tool) in tools(body)?.iter().enumerate() {
        let at = format!("tools[{index}]");
        if text_of(tool, "type") != "function" {
            return Err(format!("{at}.type: must be `function`"));
        }
        tool_name(tool.get("function").unwrap_or(&Value::Null), &format!("{at}.function"))?;
    }
    // The calls that have no answer yet.
    let mut open: Vec<&str> = Vec::new();
    for (index, message) in messages(body)?.iter().enumerate() {
        let at = format!("messages[{index}]");
        let role = required_text(message, "role").map_err(|error| format!("{at}.{error}"))?;
        if role == "tool" {
            answer(message, &at, &mut open)?;
        } else {
            all_answered(&open)?;
        }
        match role {
            "assistant" => open = assistant(message, &at)?,
            _ if ROLES.contains(&role) => content(message, &at)?,
            _ => return Err(format!("{at}.role: `{role}` is none of {}", ROLES.join(", "))),
        }
    }
    all_answered(&open)
}

fn answer(message: &Value, at: &str, open: &mut Vec<&str>) -> Result<(), String> {
    let Some(id) = message.get("tool_call_id").and_then(Value::as_str) else {
        return Err(format!("{at}.tool_call_id: field required"));
    };
    let Some(position) = open.iter().position(|known| *known == id) else {
        return Err(format!("{at}: a tool message must answer a tool call of the assistant message before it, `{id}` does not"));
    };
    open.remove(position);
    Ok(())
}

fn all_answered(open: &[&str]) -> Result<(), String> {
    if open.is_empty() {
        return Ok(());
    }
    Err(format!(
        "messages: each tool call must be answered by a tool message right after it; without an answer: {}",
        open.join(", ")
    ))
}

/// The ids of the calls of an assistant message.
fn assistant<'a>(message: &'a Value, at: &str) -> Result<Vec<&'a str>, String> {
    let calls: &[Value] = match message.get("tool_calls") {
        None | Some(Value::Null) => &[],
        Some(Value::Array(calls)) if !calls.is_empty() => calls,
        Some(_) => return Err(format!("{at}.tool_calls: a list with at least one call is expected")),
    };
    let refusal = message.get("refusal").is_some_and(Value::is_string);
    if calls.is_empty() && !refusal || message.get("content").is_some_and(|content| !content.is_null()) {
        content(message, at)?;
    }
    let mut ids = Vec::new();
    for (index, call) in calls.iter().enumerate() {
        let at = format!("{at}.tool_calls[{index}]");
        let function = call.get("function").unwrap_or(&Value::Null);
        let Some(id) = call.get("id").and_then(Value::as_str) else { return Err(format!("{at}.id: a string is expected")) };
        if text_of(call, "type") != "function" {
            return Err(format!("{at}.type: must be `function`"));
        }
        required_text(function, "name").map_err(|error| format!("{at}.function.{error}"))?;
        if !function.get("arguments").is_some_and(Value::is_string) {
            return Err(format!("{at}.function.arguments: a string is expected"));
        }
        ids.push(id);
    }
    Ok(ids)
}

/// Text, or a list of parts with a type.
fn content(message: &Value, at: &str) -> Result<(), String> {
    match message.get("content") {
        Some(Value::String(_)) => Ok(()),
        Some(Value::Array(parts)) if !parts.is_empty() && parts.iter().all(|part| !text_of(part, "type").is_empty()) => Ok(()),
        _ => Err(format!("{at}.content: a string, or a list of parts with a type, is expected")),
    }
}
