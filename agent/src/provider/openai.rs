//! OpenAI Chat Completions: the request, and what a response or a piece of a stream says.

use alloc::string::String;

use super::reading::{Limits, Reading, Wrong};
use super::{Endpoint, Request, Stop};
use crate::json::{self, Json};
use crate::message::{Call, Message, Reply};

/// The body of a request.
pub(super) fn body(endpoint: &Endpoint, request: Request<'_>) -> String {
    let mut out = String::new();
    json::field(&mut out, "{\"model\":", &endpoint.model);
    json::field(&mut out, ",", &endpoint.max_tokens_field);
    out.push(':');
    json::number(&mut out, endpoint.max_tokens);
    if endpoint.stream {
        out.push_str(",\"stream\":true,\"stream_options\":{\"include_usage\":true}");
    }
    let mut before = ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":";
    for tool in request.tools {
        json::field(&mut out, before, tool.name);
        json::field(&mut out, ",\"description\":", tool.description);
        out.push_str(",\"parameters\":");
        out.push_str(tool.parameters);
        before = "}},{\"type\":\"function\",\"function\":{\"name\":";
    }
    out.push_str(if request.tools.is_empty() { ",\"messages\":[" } else { "}}],\"messages\":[" });
    if let Some(system) = request.system {
        json::field(&mut out, "{\"role\":\"system\",\"content\":", system);
        out.push_str("},");
    }
    for message in request.messages {
        match message {
            Message::User(text) => json::field(&mut out, "{\"role\":\"user\",\"content\":", text),
            Message::Tool(outcome) => {
                json::field(&mut out, "{\"role\":\"tool\",\"tool_call_id\":", &outcome.call);
                json::field(&mut out, ",\"content\":", &outcome.text);
            }
            Message::Assistant(reply) => assistant(&mut out, reply),
        }
        out.push_str("},");
    }
    // The comma after the last message; there is always one.
    out.pop();
    out.push_str("]}");
    out
}

fn assistant(out: &mut String, reply: &Reply) {
    let calls = reply.calls_to_send();
    if reply.text.is_empty() && !calls.is_empty() {
        out.push_str("{\"role\":\"assistant\",\"content\":null");
    } else {
        json::field(out, "{\"role\":\"assistant\",\"content\":", &reply.text);
    }
    let mut before = ",\"tool_calls\":[{\"type\":\"function\",\"id\":";
    for call in calls {
        json::field(out, before, &call.id);
        json::field(out, ",\"function\":{\"name\":", &call.name);
        json::field(out, ",\"arguments\":", call.object());
        before = "}},{\"type\":\"function\",\"id\":";
    }
    out.push_str(if calls.is_empty() { "" } else { "}}]" });
}

/// Takes in a whole response or one piece of a stream: the two differ only in `message` and `delta`.
pub(super) fn take(reading: &mut Reading, json: Json<'_>) -> Result<(), Wrong> {
    if let Some(usage) = json.get("usage") {
        let count = |name| usage.get(name).and_then(Json::number).unwrap_or(0);
        reading.usage.input_tokens = count("prompt_tokens");
        reading.usage.output_tokens = count("completion_tokens");
    }
    let Some(choice) = json.get("choices").and_then(|choices| choices.items().next()) else { return Ok(()) };
    let message = choice.get("message");
    reading.is_whole |= message.is_some();
    if let Some(part) = message.or_else(|| choice.get("delta")) {
        if let Some(text) = part.text_of("content") {
            reading.say(&text);
        }
        // Some servers have an empty refusal, or an empty reason, in each piece: that says nothing.
        if let Some(text) = part.text_of("refusal").filter(|text| !text.is_empty()) {
            reading.refused = true;
            reading.say(&text);
        }
        for call in part.get("tool_calls").into_iter().flat_map(Json::items) {
            take_call(reading, call)?;
        }
    }
    if let Some(reason) = choice.text_of("finish_reason").filter(|reason| !reason.is_empty()) {
        reading.stop = Some(match reason.as_str() {
            "length" => Stop::Length,
            "content_filter" => Stop::Refused,
            // `stop` is also said after calls. What there is decides.
            _ => Stop::End,
        });
    }
    Ok(())
}

fn take_call(reading: &mut Reading, json: Json<'_>) -> Result<(), Wrong> {
    let function = json.get("function");
    let name = function.and_then(|function| function.text_of("name")).unwrap_or_default();
    let id = json.text_of("id").unwrap_or_default();
    // Some servers send neither index nor id with the later pieces, some the index 0 with every call, some no id with any.
    let index = json.get("index").and_then(Json::number);
    let arguments = function.and_then(|function| function.get("arguments"));
    let known = reading.calls.iter().rposition(|(at, call)| {
        let same_id = id.is_empty() || call.id.is_empty() || call.id == id;
        let same_place = index.is_none_or(|index| index == *at);
        let is_complete = || arguments.is_some() && json::parse(&call.arguments).is_ok();
        let is_another = id.is_empty() && !name.is_empty() && (index.is_none() || is_complete());
        same_place && same_id && !is_another
    });
    let at = match known {
        Some(at) if !reading.is_whole => at,
        _ => reading.open_call(index.unwrap_or(u64::MAX))?,
    };
    let Some((_, call)) = reading.calls.get_mut(at) else { return Ok(()) };
    fill(call, id, name, arguments)
}

/// Adds a piece to `call`. The name comes once, or is repeated with each piece.
fn fill(call: &mut Call, id: String, name: String, arguments: Option<Json<'_>>) -> Result<(), Wrong> {
    if call.id.is_empty() {
        call.id = id;
    }
    if call.name.is_empty() {
        call.name = name;
    }
    let Some(arguments) = arguments else { return Ok(()) };
    match arguments.text() {
        Some(text) => Limits::add(&mut call.arguments, &text),
        // An object in the place of its text.
        None => Limits::add(&mut call.arguments, arguments.raw()),
    }
}
