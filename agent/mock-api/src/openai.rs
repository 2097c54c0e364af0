//! Chat Completions: one JSON body, or chunks.

use crate::json::{Fields, Json, array, json, null, object};
use crate::modes::Quirk;
use crate::script::Stop;
use crate::sse::{Event, Stage};
use crate::turn::Turn;

/// The seconds of the epoch at which every answer was created.
const CREATED: u64 = 1_750_000_000;

/// The answer to a request without `stream`.
pub(crate) fn body(turn: &Turn) -> Json {
    let mut message: Fields = vec![("role", role(turn)), ("content", json(turn.text())), ("refusal", json(&turn.reply.refusal))];
    if turn.quirk(Quirk::ReasoningContent) {
        message.push(("reasoning_content", json(reasoning(turn))));
    }
    if !turn.reply.calls.is_empty() {
        let calls = (0..turn.reply.calls.len()).map(|index| {
            let call = &turn.reply.calls[index];
            let text = json(call.arguments_text());
            let arguments = if turn.quirk(Quirk::ToolArgumentsObject) { call.arguments_value() } else { text };
            object(call_fields(turn, index, arguments))
        });
        message.push(("tool_calls", array(calls)));
    }
    let choice = [("index", json(0)), ("message", object(message)), ("logprobs", null()), ("finish_reason", finish_reason(turn))];
    let mut fields = head(turn, "chat.completion");
    fields.push(("choices", array([object(choice)])));
    if !turn.quirk(Quirk::NoUsage) {
        fields.push(("usage", usage(turn)));
    }
    object(fields)
}

/// The answer to a request with `stream`.
pub(crate) fn events(turn: &Turn) -> Vec<Event> {
    let mut deltas: Vec<_> = deltas(turn).into_iter().map(|delta| (Stage::Content, delta, null())).collect();
    match deltas.last_mut() {
        Some((stage, _, finish)) if turn.quirk(Quirk::FinishOnLastDelta) => {
            (*stage, *finish) = (Stage::End, finish_reason(turn));
        }
        _ => deltas.push((Stage::End, Vec::new(), finish_reason(turn))),
    }
    let mut events: Vec<_> = deltas.into_iter().map(|(stage, delta, finish)| chunk(turn, stage, delta, finish)).collect();
    if turn.with_usage && !turn.quirk(Quirk::NoUsage) {
        let choices = if turn.quirk(Quirk::UsageChoicesNull) { null() } else { array([]) };
        let mut fields = head(turn, "chat.completion.chunk");
        fields.extend([("choices", choices), ("usage", usage(turn))]);
        events.push(Event { name: None, data: object(fields), stage: Stage::End });
    }
    if !turn.quirk(Quirk::NoDone) {
        events.push(Event { name: None, data: Json("[DONE]".to_string()), stage: Stage::End });
    }
    events
}

fn chunk(turn: &Turn, stage: Stage, delta: Fields, finish: Json) -> Event {
    let choice = [("index", json(0)), ("delta", object(delta)), ("logprobs", null()), ("finish_reason", finish)];
    let mut fields = head(turn, "chat.completion.chunk");
    fields.push(("choices", array([object(choice)])));
    Event { name: None, data: object(fields), stage }
}

/// The deltas of everything the model says.
fn deltas(turn: &Turn) -> Vec<Fields> {
    let reply = turn.reply;
    let text = turn.text();
    // One call and nothing else: it opens together with the message. Else each call opens in a chunk of its own.
    let single = text.is_none() && reply.refusal.is_none() && reply.calls.len() == 1;
    let content = if text.is_some() { json("") } else { null() };
    let refusal = if reply.refusal.is_some() { json("") } else { null() };
    let mut opening: Fields = vec![("role", json("assistant")), ("content", content)];
    if single {
        opening.push(("tool_calls", call_opening(turn, 0)));
    }
    if single || reply.calls.is_empty() {
        opening.push(("refusal", refusal));
    }
    let mut deltas = vec![opening];
    if turn.quirk(Quirk::ReasoningContent) {
        deltas.extend(turn.fragments(reasoning(turn)).iter().map(|fragment| vec![("reasoning_content", json(fragment))]));
    }
    deltas.extend(turn.text_fragments().iter().map(|fragment| vec![("content", json(fragment))]));
    let refusal = reply.refusal.as_deref().unwrap_or_default();
    deltas.extend(turn.fragments(refusal).iter().map(|fragment| vec![("refusal", json(fragment))]));
    for index in 0..reply.calls.len() {
        if !single {
            deltas.push(vec![("tool_calls", call_opening(turn, index))]);
        }
        deltas.extend(call_fragments(turn, index));
    }
    if turn.quirk(Quirk::RoleNull) {
        for delta in &mut deltas {
            delta.retain(|(key, _)| *key != "role");
            delta.insert(0, ("role", null()));
        }
    }
    deltas
}

fn call_opening(turn: &Turn, index: usize) -> Json {
    let call = &turn.reply.calls[index];
    let arguments = if turn.quirk(Quirk::ToolArgumentsObject) {
        call.arguments_value()
    } else if turn.quirk(Quirk::ToolArgumentsWhole) {
        json(call.arguments_text())
    } else {
        json("")
    };
    let mut fields = vec![("index", call_index(turn, index))];
    fields.extend(call_fields(turn, index, arguments));
    array([object(fields)])
}

fn call_fragments(turn: &Turn, index: usize) -> Vec<Fields> {
    if turn.quirk(Quirk::ToolArgumentsObject) || turn.quirk(Quirk::ToolArgumentsWhole) {
        return Vec::new();
    }
    let delta = |fragment: &String| {
        let function = object([("arguments", json(fragment))]);
        vec![("tool_calls", array([object([("index", call_index(turn, index)), ("function", function)])]))]
    };
    turn.reply.calls[index].argument_fragments().iter().map(delta).collect()
}

fn call_index(turn: &Turn, index: usize) -> Json {
    json(if turn.quirk(Quirk::ToolIndexZero) { 0 } else { index })
}

fn call_fields(turn: &Turn, index: usize, arguments: Json) -> Fields {
    let mut fields = Vec::new();
    if turn.quirk(Quirk::ToolIdEmpty) {
        fields.push(("id", json("")));
    } else if !turn.quirk(Quirk::ToolNoId) {
        fields.push(("id", json(turn.call_id("call", index))));
    }
    if !turn.quirk(Quirk::ToolNoType) {
        fields.push(("type", json("function")));
    }
    fields.push(("function", object([("name", json(&turn.reply.calls[index].name)), ("arguments", arguments)])));
    fields
}

fn head(turn: &Turn, object: &str) -> Fields {
    vec![
        ("id", json(format!("chatcmpl-{}", turn.number))),
        ("object", json(object)),
        ("created", json(CREATED + turn.number as u64)),
        ("model", json(&turn.model)),
        ("system_fingerprint", json("fp_mock")),
    ]
}

fn role(turn: &Turn) -> Json {
    if turn.quirk(Quirk::RoleNull) { null() } else { json("assistant") }
}

fn reasoning<'a>(turn: &'a Turn) -> &'a str {
    turn.reply.thinking.as_deref().unwrap_or("Let me think.")
}

fn finish_reason(turn: &Turn) -> Json {
    json(match turn.stop() {
        Stop::Tool if turn.quirk(Quirk::FinishStop) => "stop".to_string(),
        Stop::End | Stop::Pause => "stop".to_string(),
        Stop::Length => "length".to_string(),
        Stop::Tool => "tool_calls".to_string(),
        Stop::Filter => "content_filter".to_string(),
        Stop::Other(text) => text,
    })
}

fn usage(turn: &Turn) -> Json {
    let usage = turn.reply.usage;
    object([
        ("prompt_tokens", json(usage.input)),
        ("completion_tokens", json(usage.output)),
        ("total_tokens", json(usage.input + usage.output)),
        ("completion_tokens_details", object([("reasoning_tokens", json(0))])),
    ])
}
