//! Anthropic Messages: the request, and what a response or an event of a stream says.

use alloc::string::String;

use super::reading::{Limits, Reading, Wrong};
use super::{Endpoint, Request, Stop};
use crate::json::{self, Json};
use crate::message::{Message, Reply};

/// The body of a request.
pub(super) fn body(endpoint: &Endpoint, request: Request<'_>) -> String {
    let mut out = String::new();
    json::field(&mut out, "{\"model\":", &endpoint.model);
    out.push_str(",\"max_tokens\":");
    json::number(&mut out, endpoint.max_tokens);
    if endpoint.stream {
        out.push_str(",\"stream\":true");
    }
    if let Some(system) = request.system {
        json::field(&mut out, ",\"system\":", system);
    }
    let mut before = ",\"tools\":[{\"name\":";
    for tool in request.tools {
        json::field(&mut out, before, tool.name);
        json::field(&mut out, ",\"description\":", tool.description);
        out.push_str(",\"input_schema\":");
        out.push_str(tool.parameters);
        before = "},{\"name\":";
    }
    out.push_str(if request.tools.is_empty() { ",\"messages\":[" } else { "}],\"messages\":[" });
    let mut blocks = Blocks { out, role: "" };
    for message in request.messages {
        match message {
            Message::User(text) => blocks.text("user", text),
            Message::Tool(outcome) => {
                blocks.open("user", "{\"type\":\"tool_result\",\"tool_use_id\":", &outcome.call);
                json::field(&mut blocks.out, ",\"content\":", &outcome.text);
                blocks.out.push_str(if outcome.error { ",\"is_error\":true}" } else { "}" });
            }
            Message::Assistant(reply) => assistant(&mut blocks, reply),
        }
    }
    blocks.out.push_str(if blocks.role.is_empty() { "]}" } else { "]}]}" });
    blocks.out
}

/// Messages as blocks. Neighbours of one role become one message: all results of a reply's calls have to stand together, in front.
struct Blocks {
    out: String,
    role: &'static str,
}

impl Blocks {
    fn next(&mut self, role: &'static str) {
        if self.role == role {
            self.out.push(',');
            return;
        }
        self.out.push_str(if self.role.is_empty() { "" } else { "]}," });
        json::field(&mut self.out, "{\"role\":", role);
        self.out.push_str(",\"content\":[");
        self.role = role;
    }

    fn open(&mut self, role: &'static str, before: &str, text: &str) {
        self.next(role);
        json::field(&mut self.out, before, text);
    }

    /// Nothing for a text of space alone, which the API refuses.
    fn text(&mut self, role: &'static str, text: &str) {
        if !crate::text::is_blank(text) {
            self.open(role, "{\"type\":\"text\",\"text\":", text);
            self.out.push('}');
        }
    }
}

fn assistant(blocks: &mut Blocks, reply: &Reply) {
    if !reply.thinking.is_empty() && !reply.cut {
        blocks.next("assistant");
        blocks.out.push_str(&reply.thinking);
    }
    blocks.text("assistant", &reply.text);
    for call in reply.calls_to_send() {
        blocks.open("assistant", "{\"type\":\"tool_use\",\"id\":", &call.id);
        json::field(&mut blocks.out, ",\"name\":", &call.name);
        blocks.out.push_str(",\"input\":");
        blocks.out.push_str(call.object());
        blocks.out.push('}');
    }
}

/// Takes in a whole response or one event of a stream. What is of an unknown type is passed over.
pub(super) fn take(reading: &mut Reading, json: Json<'_>) -> Result<(), Wrong> {
    let index = json.get("index").and_then(Json::number).unwrap_or(0);
    match json.text_of("type").unwrap_or_default().as_str() {
        "message" => {
            reading.is_whole = true;
            for (index, block) in json.get("content").into_iter().flat_map(Json::items).enumerate() {
                open(reading, index as u64, block)?;
            }
            close(reading, json);
            take_usage(reading, json);
        }
        "message_start" => json.get("message").into_iter().for_each(|message| take_usage(reading, message)),
        "content_block_start" => json.get("content_block").map_or(Ok(()), |block| open(reading, index, block))?,
        "content_block_delta" => json.get("delta").map_or(Ok(()), |delta| extend(reading, index, delta))?,
        "content_block_stop" => reading.close_thinking(),
        "message_stop" => reading.is_over = true,
        "message_delta" => {
            json.get("delta").into_iter().for_each(|delta| close(reading, delta));
            take_usage(reading, json);
        }
        _ => {}
    }
    Ok(())
}

fn take_usage(reading: &mut Reading, json: Json<'_>) {
    let count = |name| json.get("usage").and_then(|usage| usage.get(name)).and_then(Json::number);
    // What a cache held was read too.
    if let Some(input) = count("input_tokens") {
        let cached = [count("cache_creation_input_tokens"), count("cache_read_input_tokens")].into_iter().flatten();
        reading.usage.input_tokens = cached.fold(input, u64::saturating_add);
    }
    // Each event has the sum so far.
    if let Some(output) = count("output_tokens") {
        reading.usage.output_tokens = output;
    }
}

/// A block starts, or all of it is there.
fn open(reading: &mut Reading, index: u64, block: Json<'_>) -> Result<(), Wrong> {
    match block.text_of("type").unwrap_or_default().as_str() {
        "text" => reading.say(&block.text_of("text").unwrap_or_default()),
        "tool_use" => {
            let at = reading.open_call(index)?;
            let Some((_, call)) = reading.calls.get_mut(at) else { return Ok(()) };
            call.id = block.text_of("id").unwrap_or_default();
            call.name = block.text_of("name").unwrap_or_default();
            // In a stream the input is an empty object that its pieces replace.
            match block.get("input") {
                Some(input) if input.members().next().is_some() => Limits::add(&mut call.arguments, input.raw())?,
                _ => {}
            }
        }
        "thinking" if !reading.is_whole => reading.open_thinking(block),
        "thinking" | "redacted_thinking" => reading.keep_block(block.raw())?,
        _ => {}
    }
    Ok(())
}

/// A piece of a block.
fn extend(reading: &mut Reading, index: u64, delta: Json<'_>) -> Result<(), Wrong> {
    if let Some(text) = delta.text_of("text") {
        reading.say(&text);
    }
    if let Some(text) = delta.text_of("thinking") {
        Limits::add(&mut reading.thought.text, &text)?;
    }
    if let Some(text) = delta.text_of("signature") {
        Limits::add(&mut reading.thought.signature, &text)?;
    }
    match (delta.text_of("partial_json"), reading.calls.iter_mut().rfind(|(at, _)| *at == index)) {
        (Some(text), Some((_, call))) => Limits::add(&mut call.arguments, &text),
        _ => Ok(()),
    }
}

fn close(reading: &mut Reading, json: Json<'_>) {
    let Some(reason) = json.text_of("stop_reason") else { return };
    reading.stop = Some(match reason.as_str() {
        "max_tokens" | "model_context_window_exceeded" => Stop::Length,
        "refusal" => Stop::Refused,
        "pause_turn" => Stop::Paused,
        _ => Stop::End,
    });
}
