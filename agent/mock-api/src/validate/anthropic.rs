//! What Messages refuses.

use serde_json::Value;

use super::{messages, required_text, text_of, tool_name, tools};

pub(super) fn validate(body: &Value) -> Result<(), String> {
    match body.get("max_tokens") {
        None => return Err("max_tokens: field required".to_string()),
        Some(limit) if limit.as_u64().is_none_or(|limit| limit == 0) => {
            return Err("max_tokens: 1 or more is expected".to_string());
        }
        Some(_) => {}
    }
    if let Some(system) = body.get("system")
        && !system.is_string()
    {
        blocks(system, "system", &["text"])?;
    }
    for (index, tool) in tools(body)?.iter().enumerate() {
        tool_name(tool, &format!("tools.{index}"))?;
        if text_of(tool, "type").is_empty() && !tool.get("input_schema").is_some_and(Value::is_object) {
            return Err(format!("tools.{index}.input_schema: an object is expected"));
        }
    }
    if let Some(choice) = body.get("tool_choice")
        && !["auto", "any", "tool", "none"].contains(&text_of(choice, "type"))
    {
        return Err("tool_choice.type: must be one of auto, any, tool, none".to_string());
    }
    conversation(messages(body)?, text_of(body.get("thinking").unwrap_or(&Value::Null), "type") == "enabled")
}

/// Roles and blocks of each message, and that tool results follow their calls at once.
fn conversation(messages: &[Value], thinking: bool) -> Result<(), String> {
    // The calls of the message before.
    let mut open: Vec<&str> = Vec::new();
    for (index, message) in messages.iter().enumerate() {
        let at = format!("messages.{index}");
        let role = required_text(message, "role").map_err(|error| format!("{at}.{error}"))?;
        let allowed: &[&str] = match role {
            "user" => &["text", "image", "document", "search_result", "tool_result"],
            "assistant" => &["text", "thinking", "redacted_thinking", "tool_use"],
            _ => return Err(format!("{at}.role: must be user or assistant, not `{role}`")),
        };
        if index == 0 && role != "user" {
            return Err(format!("{at}.role: the first message must be of the user"));
        }
        let content = match message.get("content") {
            Some(Value::String(text)) if !text.is_empty() => &[],
            Some(Value::String(_)) => return Err(format!("{at}.content: must not be empty")),
            Some(content) => blocks(content, &format!("{at}.content"), allowed)?,
            None => return Err(format!("{at}.content: field required")),
        };
        results(content, &open, &at)?;
        open = content.iter().filter(|block| text_of(block, "type") == "tool_use").map(|block| text_of(block, "id")).collect();
        let first = content.first().map_or("", |block| text_of(block, "type"));
        if thinking && !open.is_empty() && !first.ends_with("thinking") {
            return Err(format!(
                "{at}.content.0: with thinking enabled, a message that uses tools must start with its thinking block"
            ));
        }
    }
    results(&[], &open, "messages: the end")
}

/// The results of `open` are the first blocks of the message after.
fn results(content: &[Value], open: &[&str], at: &str) -> Result<(), String> {
    let is_result = |block: &&Value| text_of(block, "type") == "tool_result";
    let leading: Vec<_> = content.iter().take_while(is_result).map(|block| text_of(block, "tool_use_id")).collect();
    if content.iter().filter(is_result).count() > leading.len() {
        return Err(format!("{at}: tool_result blocks must come first in the content"));
    }
    let missing: Vec<_> = open.iter().filter(|id| !leading.contains(id)).copied().collect();
    if !missing.is_empty() {
        return Err(format!("{at}: tool_use ids without tool_result blocks right after them: {}", missing.join(", ")));
    }
    match leading.iter().enumerate().find(|(index, id)| !open.contains(id) || leading[..*index].contains(id)) {
        Some((_, id)) => {
            Err(format!("{at}: the tool_result `{id}` belongs to no tool_use in the message before, or comes twice"))
        }
        None => Ok(()),
    }
}

/// Blocks of known types, with what each must have.
fn blocks<'a>(content: &'a Value, at: &str, allowed: &[&str]) -> Result<&'a [Value], String> {
    let Some(list) = content.as_array().filter(|list| !list.is_empty()) else {
        return Err(format!("{at}: a string, or a list with at least one block, is expected"));
    };
    for (index, block) in list.iter().enumerate() {
        let at = format!("{at}.{index}");
        let kind = text_of(block, "type");
        if !allowed.contains(&kind) {
            return Err(format!("{at}.type: `{kind}` is none of {}", allowed.join(", ")));
        }
        let needed: &[&str] = match kind {
            "text" => &["text"],
            "thinking" => &["signature"],
            "tool_use" => &["id", "name"],
            "tool_result" => &["tool_use_id"],
            _ => &[],
        };
        for key in needed {
            required_text(block, key).map_err(|error| format!("{at}.{kind}.{error}"))?;
        }
        if kind == "tool_use" && !block.get("input").is_some_and(Value::is_object) {
            return Err(format!("{at}.tool_use.input: an object is expected"));
        }
        if let ("tool_result", Some(inner @ Value::Array(_))) = (kind, block.get("content")) {
            blocks(inner, &format!("{at}.tool_result.content"), &["text", "image", "document", "search_result"])?;
        }
    }
    Ok(list)
}
