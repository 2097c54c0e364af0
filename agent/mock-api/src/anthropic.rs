//! Messages: one JSON body, or named events.

use crate::json::{Fields, Json, array, json, null, object};
use crate::modes::Quirk;
use crate::script::Stop;
use crate::sse::{Event, Stage};
use crate::turn::Turn;

/// The answer to a request without `stream`.
pub(crate) fn body(turn: &Turn) -> Json {
    let blocks = blocks(turn).into_iter().map(|block| object(block.whole));
    let stop = [("stop_reason", stop_reason(turn)), ("stop_sequence", null())];
    message(turn, array(blocks), stop, turn.reply.usage.output)
}

/// The answer to a request with `stream`.
pub(crate) fn events(turn: &Turn) -> Vec<Event> {
    let mut out = Stream { turn, events: Vec::new() };
    let open = message(turn, array([]), [("stop_reason", null()), ("stop_sequence", null())], 1);
    out.push(Stage::Content, "message_start", vec![("message", open)]);
    let blocks = blocks(turn);
    let last = blocks.len().saturating_sub(1);
    for (index, block) in blocks.iter().enumerate() {
        let fields = vec![("index", json(index)), ("content_block", object(block.opening.clone()))];
        out.push(Stage::Content, "content_block_start", fields);
        if index == 0 {
            out.push(Stage::Content, "ping", Vec::new());
        }
        for delta in &block.deltas {
            out.push(Stage::Content, "content_block_delta", vec![("index", json(index)), ("delta", object(delta.clone()))]);
        }
        if !(unfinished(turn) && index == last) {
            out.push(Stage::Content, "content_block_stop", vec![("index", json(index))]);
        }
    }
    out.finish();
    out.events
}

struct Stream<'a> {
    turn: &'a Turn<'a>,
    events: Vec<Event>,
}

impl Stream<'_> {
    fn push(&mut self, stage: Stage, name: &'static str, fields: Fields) {
        let mut data = object([("type", json(name))].into_iter().chain(fields));
        if self.turn.quirk(Quirk::JsonPadding) {
            data.0.insert_str(data.0.len() - 1, "        ");
        }
        self.events.push(Event { name: Some(name), data, stage });
        if self.turn.quirk(Quirk::Pings) && !["ping", "message_stop"].contains(&name) {
            self.push(stage, "ping", Vec::new());
        }
    }

    /// The stop reason and the end.
    fn finish(&mut self) {
        let turn = self.turn;
        let output = turn.reply.usage.output;
        let mut delta: Fields = vec![("stop_reason", stop_reason(turn)), ("stop_sequence", null())];
        if turn.quirk(Quirk::StopDetails) {
            let refusal = object([("type", json("refusal")), ("category", null()), ("explanation", null())]);
            let refused = stop_reason(turn) == json("refusal");
            delta.push(("stop_details", if refused { refusal } else { null() }));
        }
        if turn.quirk(Quirk::UsageCumulative) {
            let early = object([("stop_reason", null()), ("stop_sequence", null())]);
            self.push(Stage::Content, "message_delta", vec![("delta", early), ("usage", usage(turn, output / 2))]);
            self.push(Stage::End, "message_delta", vec![("delta", object(delta)), ("usage", usage(turn, output))]);
        } else {
            let usage = object([("output_tokens", json(output))]);
            self.push(Stage::End, "message_delta", vec![("delta", object(delta)), ("usage", usage)]);
        }
        self.push(Stage::End, "message_stop", Vec::new());
    }
}

/// A content block, whole and as a stream has it.
struct Block {
    whole: Fields,
    opening: Fields,
    deltas: Vec<Fields>,
}

fn blocks(turn: &Turn) -> Vec<Block> {
    let reply = turn.reply;
    let mut blocks = Vec::new();
    if turn.quirk(Quirk::UnknownBlocks) {
        blocks.push(unknown("fallback"));
    }
    if let Some(thinking) = &reply.thinking {
        blocks.push(thinking_block(turn, thinking));
    }
    if turn.text().is_some() || reply.refusal.is_some() {
        let text: String = [turn.text(), reply.refusal.clone()].into_iter().flatten().collect();
        let mut fragments = turn.text_fragments();
        fragments.extend(turn.fragments(reply.refusal.as_deref().unwrap_or_default()));
        let delta = |fragment: &String| vec![("type", json("text_delta")), ("text", json(fragment))];
        blocks.push(Block {
            whole: vec![("type", json("text")), ("text", json(text))],
            opening: vec![("type", json("text")), ("text", json(""))],
            deltas: fragments.iter().map(delta).collect(),
        });
    }
    if turn.quirk(Quirk::UnknownBlocks) {
        blocks.push(unknown("compaction"));
    }
    blocks.extend((0..reply.calls.len()).map(|index| tool_block(turn, index)));
    blocks
}

fn unknown(kind: &str) -> Block {
    Block { whole: vec![("type", json(kind))], opening: vec![("type", json(kind))], deltas: Vec::new() }
}

fn thinking_block(turn: &Turn, thinking: &str) -> Block {
    let kind = || ("type", json("thinking"));
    let signature = || ("signature", json(turn.reply.signature.as_deref().unwrap_or("c2lnbmVk")));
    let delta = |fragment: &String| vec![("type", json("thinking_delta")), ("thinking", json(fragment))];
    let mut deltas: Vec<_> = turn.fragments(thinking).iter().map(delta).collect();
    deltas.push(vec![("type", json("signature_delta")), signature()]);
    Block {
        whole: vec![kind(), ("thinking", json(thinking)), signature()],
        opening: vec![kind(), ("thinking", json("")), ("signature", json(""))],
        deltas,
    }
}

fn tool_block(turn: &Turn, index: usize) -> Block {
    let call = &turn.reply.calls[index];
    let head = || vec![("type", json("tool_use")), ("id", json(turn.call_id("toolu", index))), ("name", json(&call.name))];
    let mut fragments = call.argument_fragments();
    if unfinished(turn) && index + 1 == turn.reply.calls.len() {
        fragments.truncate(fragments.len() / 2);
    }
    if turn.quirk(Quirk::ToolInputEmpty) && !call.has_arguments() {
        fragments.clear();
    }
    fragments.insert(0, String::new());
    let delta = |fragment: &String| vec![("type", json("input_json_delta")), ("partial_json", json(fragment))];
    let mut whole = head();
    whole.push(("input", call.arguments_value()));
    let mut opening = head();
    opening.extend([("caller", object([("type", json("direct"))])), ("input", object([]))]);
    Block { whole, opening, deltas: fragments.iter().map(delta).collect() }
}

fn message(turn: &Turn, content: Json, stop: [(&'static str, Json); 2], output: u64) -> Json {
    let head = [
        ("id", json(format!("msg_{}", turn.number))),
        ("type", json("message")),
        ("role", json("assistant")),
        ("model", json(&turn.model)),
        ("content", content),
    ];
    object(head.into_iter().chain(stop).chain([("usage", usage(turn, output))]))
}

fn unfinished(turn: &Turn) -> bool {
    turn.quirk(Quirk::ToolUnfinished) && !turn.reply.calls.is_empty()
}

fn stop_reason(turn: &Turn) -> Json {
    json(match turn.stop() {
        _ if unfinished(turn) => "max_tokens".to_string(),
        Stop::End if turn.reply.refusal.is_some() => "refusal".to_string(),
        Stop::End => "end_turn".to_string(),
        Stop::Length => "max_tokens".to_string(),
        Stop::Tool => "tool_use".to_string(),
        Stop::Filter => "refusal".to_string(),
        Stop::Pause => "pause_turn".to_string(),
        Stop::Other(text) => text,
    })
}

fn usage(turn: &Turn, output: u64) -> Json {
    object([
        ("input_tokens", json(turn.reply.usage.input)),
        ("cache_creation_input_tokens", json(0)),
        ("cache_read_input_tokens", json(0)),
        ("output_tokens", json(output)),
        ("service_tier", json("standard")),
    ])
}
