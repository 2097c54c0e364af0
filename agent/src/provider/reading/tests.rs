//! What is read of each kind of event and body, without a network: the shapes that servers send, and the limits.

use alloc::format;
use alloc::string::ToString;

use super::*;
use crate::sse::Decoder;

/// Reads a stream that comes in these pieces.
fn stream(api: Api, pieces: &[&[u8]]) -> Result<Reading, Wrong> {
    let (mut decoder, mut reading) = (Decoder::default(), Reading::default());
    for piece in pieces {
        decoder.push(piece, |data| reading.take(api, data))?;
    }
    decoder.finish(|data| reading.take(api, data))?;
    Ok(reading)
}

/// Reads these events, given by their data, and then the end.
fn events(api: Api, events: &[&str]) -> (Reply, Stop, Usage) {
    let text: String = events.iter().map(|event| format!("data: {event}\n\n")).collect();
    stream(api, &[text.as_bytes()]).expect("a stream").finish()
}

fn whole(api: Api, body: &str) -> (Reply, Stop, Usage) {
    let mut reading = Reading::default();
    reading.take(api, body).expect("a body");
    reading.finish()
}

/// A piece of a Chat Completions stream.
fn delta(delta: &str) -> String {
    format!("{{\"choices\":[{{\"index\":0,\"delta\":{delta},\"finish_reason\":null}}]}}")
}

fn finish(reason: &str) -> String {
    format!("{{\"choices\":[{{\"index\":0,\"delta\":{{}},\"finish_reason\":\"{reason}\"}}]}}")
}

/// The calls of a stream of these `tool_calls`, as id, name and arguments.
fn calls(pieces: &[&str]) -> Vec<(String, String, String)> {
    let mut list: Vec<String> = pieces.iter().map(|piece| delta(&format!("{{\"tool_calls\":[{piece}]}}"))).collect();
    list.push(finish("tool_calls"));
    let list: Vec<&str> = list.iter().map(String::as_str).collect();
    let (reply, stop, _) = events(Api::OpenAi, &list);
    assert_eq!(stop, Stop::Tools);
    reply.calls.into_iter().map(|call| (call.id, call.name, call.arguments)).collect()
}

fn call(id: &str, name: &str, arguments: &str) -> (String, String, String) {
    (id.to_string(), name.to_string(), arguments.to_string())
}

const OPENAI: &str = include_str!("../../../tests/wire/payloads/openai.sse");
const ANTHROPIC: &str = include_str!("../../../tests/wire/payloads/anthropic.sse");

#[test]
fn a_stream_cut_at_any_byte_reads_the_same() {
    for (api, text) in [(Api::OpenAi, OPENAI), (Api::Anthropic, ANTHROPIC)] {
        let bytes = text.as_bytes();
        let wanted = stream(api, &[bytes]).expect("a stream").finish();
        assert_eq!((wanted.1, wanted.0.calls.len(), wanted.2.output_tokens), (Stop::Tools, 2, 16));
        for at in 0..=bytes.len() {
            let (left, right) = bytes.split_at(at);
            assert_eq!(stream(api, &[left, right]).expect("a stream").finish(), wanted, "{at}");
        }
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(stream(api, &single).expect("a stream").finish(), wanted);
    }
}

#[test]
fn calls_are_put_together_by_index_by_id_or_by_their_order() {
    let open =
        |index: &str, id: &str, name: &str| format!("{{{index}{id}\"function\":{{\"name\":\"{name}\",\"arguments\":\"\"}}}}");
    let more = |index: &str, text: &str| format!("{{{index}\"function\":{{\"arguments\":\"{text}\"}}}}");
    let wanted = [call("a", "f", "{1}"), call("b", "g", "{2}")];
    let (a, b) = ("\"id\":\"a\",", "\"id\":\"b\",");
    let cases = [
        // As the service itself does it, and with the pieces of two calls mixed.
        [open("\"index\":0,", a, "f"), more("\"index\":0,", "{1}"), open("\"index\":1,", b, "g"), more("\"index\":1,", "{2}")],
        [open("\"index\":0,", a, "f"), open("\"index\":1,", b, "g"), more("\"index\":1,", "{2}"), more("\"index\":0,", "{1}")],
        // All with index 0, told apart by their ids.
        [open("\"index\":0,", a, "f"), more("\"index\":0,", "{1}"), open("\"index\":0,", b, "g"), more("\"index\":0,", "{2}")],
        // Without an index.
        [open("", a, "f"), more("", "{1}"), open("", b, "g"), more("", "{2}")],
    ];
    for case in cases {
        let pieces: Vec<&str> = case.iter().map(String::as_str).collect();
        assert_eq!(calls(&pieces), wanted, "{pieces:?}");
    }
}

#[test]
fn calls_without_ids_are_told_apart() {
    let whole =
        |index: &str, id: &str, name: &str| format!("{{{index}{id}\"function\":{{\"name\":\"{name}\",\"arguments\":\"{{}}\"}}}}");
    for id in ["", "\"id\":\"\",", "\"id\":null,"] {
        for (first, second) in [("\"index\":0,", "\"index\":1,"), ("\"index\":0,", "\"index\":0,"), ("", "")] {
            let pieces = [whole(first, id, "f"), whole(second, id, "g")];
            let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
            assert_eq!(calls(&pieces), [call("", "f", "{}"), call("", "g", "{}")], "{pieces:?}");
        }
    }
}

#[test]
fn id_and_name_that_come_with_each_piece_are_read_once() {
    let piece = |text: &str| {
        format!("{{\"index\":0,\"id\":\"a\",\"type\":\"function\",\"function\":{{\"name\":\"f\",\"arguments\":\"{text}\"}}}}")
    };
    assert_eq!(calls(&[&piece(""), &piece("{\\\"x\\\":"), &piece("1}")]), [call("a", "f", "{\"x\":1}")]);
}

#[test]
fn arguments_as_an_object_are_read_as_their_text() {
    let piece = r#"{"index":0,"id":"a","function":{"name":"f","arguments":{"x":[1]}}}"#;
    assert_eq!(calls(&[piece]), [call("a", "f", "{\"x\":[1]}")]);
    assert_eq!(calls(&[r#"{"index":0,"id":"a","function":{"name":"f","arguments":null}}"#]), [call("a", "f", "")]);
    assert_eq!(calls(&[r#"{"index":0,"id":"a","function":{"name":"f"}}"#]), [call("a", "f", "")]);
}

#[test]
fn null_is_as_good_as_nothing() {
    let (reply, stop, usage) = events(
        Api::OpenAi,
        &[
            r#"{"choices":[{"delta":{"role":null,"content":"a","refusal":null,"tool_calls":null},"finish_reason":null}]}"#,
            r#"{"choices":[],"usage":null}"#,
            r#"{"choices":[{"delta":null,"finish_reason":"stop"}],"error":null}"#,
            r#"{"choices":null,"usage":{"prompt_tokens":1,"completion_tokens":2}}"#,
        ],
    );
    assert_eq!((reply.text.as_str(), stop, usage), ("a", Stop::End, Usage { input_tokens: 1, output_tokens: 2 }));
}

#[test]
fn an_empty_refusal_is_none() {
    let (reply, stop, _) = events(Api::OpenAi, &[&delta(r#"{"content":"a","refusal":""}"#), &finish("stop")]);
    assert_eq!((reply.text.as_str(), stop), ("a", Stop::End));
    let body = r#"{"choices":[{"message":{"content":"a","refusal":""},"finish_reason":"stop"}]}"#;
    assert_eq!(whole(Api::OpenAi, body).1, Stop::End);
}

#[test]
fn an_empty_reason_is_none() {
    let piece = r#"{"choices":[{"delta":{"content":"a"},"finish_reason":""}]}"#;
    assert_eq!(events(Api::OpenAi, &[piece]).1, Stop::Truncated);
    assert_eq!(events(Api::OpenAi, &[piece, &finish("length")]).1, Stop::Length);
}

#[test]
fn each_reason_means_what_it_says() {
    for (reason, stop) in [
        ("stop", Stop::End),
        ("length", Stop::Length),
        ("content_filter", Stop::Refused),
        ("tool_calls", Stop::End),
        ("new", Stop::End),
    ] {
        assert_eq!(events(Api::OpenAi, &[&finish(reason)]).1, stop, "{reason}");
    }
    for (reason, stop) in [
        ("end_turn", Stop::End),
        ("stop_sequence", Stop::End),
        ("tool_use", Stop::End),
        ("max_tokens", Stop::Length),
        ("model_context_window_exceeded", Stop::Length),
        ("refusal", Stop::Refused),
        ("pause_turn", Stop::Paused),
        ("new", Stop::End),
    ] {
        let event = format!("{{\"type\":\"message_delta\",\"delta\":{{\"stop_reason\":\"{reason}\",\"stop_details\":null}}}}");
        assert_eq!(events(Api::Anthropic, &[&event]).1, stop, "{reason}");
        let body = format!("{{\"type\":\"message\",\"content\":[],\"stop_reason\":\"{reason}\"}}");
        assert_eq!(whole(Api::Anthropic, &body).1, stop, "{reason}");
    }
}

#[test]
fn calls_that_are_not_run_are_marked_as_cut() {
    let piece = delta(r#"{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]}"#);
    for (reason, cut) in [("stop", false), ("tool_calls", false), ("length", true), ("content_filter", true)] {
        let (reply, _, _) = events(Api::OpenAi, &[&piece, &finish(reason)]);
        assert_eq!((reply.cut, reply.calls.len()), (cut, 1), "{reason}");
        assert_eq!(reply.calls_to_send().is_empty(), cut);
    }
    assert!(!events(Api::OpenAi, &[&finish("content_filter")]).0.cut);
}

/// The events of a block of reasoning with a text of so many bytes.
fn thought(bytes: usize) -> [String; 4] {
    [
        r#"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}"#
            .to_string(),
        format!(
            "{{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{{\"type\":\"thinking_delta\",\"thinking\":\"{}\"}}}}",
            "x".repeat(bytes)
        ),
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2ln"}}"#.to_string(),
        r#"{"type":"content_block_stop","index":0}"#.to_string(),
    ]
}

#[test]
fn several_blocks_of_reasoning_are_kept_as_a_list_also_where_one_is_too_much() {
    let end = r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"}}"#;
    for (sizes, kept) in [(&[1, 2][..], 2), (&[150_000, 150_000], 1), (&[150_000, 150_000, 3], 2)] {
        let mut list: Vec<String> = sizes.iter().flat_map(|bytes| thought(*bytes)).collect();
        list.push(end.to_string());
        let list: Vec<&str> = list.iter().map(String::as_str).collect();
        let (reply, _, _) = events(Api::Anthropic, &list);
        let blocks: serde_json::Value = serde_json::from_str(&format!("[{}]", reply.thinking)).expect("a list");
        assert_eq!(blocks.as_array().map(Vec::len), Some(kept), "{sizes:?}");
    }
}

#[test]
fn reasoning_without_a_signature_is_left_out() {
    let list: Vec<String> = thought(5).into_iter().filter(|event| !event.contains("signature_delta")).collect();
    let list: Vec<&str> = list.iter().map(String::as_str).collect();
    assert_eq!(events(Api::Anthropic, &list).0.thinking, "");
}

#[test]
fn events_and_blocks_of_unknown_types_are_passed_over() {
    let (reply, stop, _) = events(
        Api::Anthropic,
        &[
            r#"{"type":"ping"}"#,
            r#"{"type":"brand_new","index":7,"delta":{"text":"no"}}"#,
            r#"{"type":"content_block_start","index":0,"content_block":{"type":"compaction"}}"#,
            r#"{"type":"content_block_delta","index":0,"delta":{"type":"compaction_delta","content":"no"}}"#,
            r#"{"type":"content_block_stop","index":0}"#,
            r#"{"type":"content_block_start","index":1,"content_block":{"type":"text","text":"a"}}"#,
            r#"{"type":"content_block_delta","index":1,"delta":{"type":"citations_delta","citation":{"cited_text":"no"}}}"#,
            r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"}}"#,
        ],
    );
    assert_eq!((reply.text.as_str(), stop), ("a", Stop::End));
    assert_eq!(whole(Api::OpenAi, r#"{"choices":[{"message":{"content":"a","audio":{"x":1}}}],"extra":[]}"#).0.text, "a");
}

#[test]
fn tokens_of_the_cache_were_read_and_later_sums_count() {
    let read = r#""usage":{"input_tokens":1,"cache_creation_input_tokens":20,"cache_read_input_tokens":300,"output_tokens":1}"#;
    let start = format!("{{\"type\":\"message_start\",\"message\":{{{read}}}}}");
    let more = r#"{"type":"message_delta","delta":{},"usage":{"output_tokens":4}}"#;
    let end = r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":9}}"#;
    assert_eq!(events(Api::Anthropic, &[&start, more, end]).2, Usage { input_tokens: 321, output_tokens: 9 });
}

#[test]
fn an_error_is_an_error_and_nothing_is_none() {
    for nothing in ["null", "false", "0", "\"\"", "{}"] {
        assert!(Reading::default().take(Api::OpenAi, &format!("{{\"error\":{nothing}}}")).is_ok(), "{nothing}");
    }
    for error in ["\"text\"", "{\"message\":\"m\"}", "true", "[1]", "42"] {
        let wrong = Reading::default().take(Api::OpenAi, &format!("{{\"error\":{error}}}")).expect_err(error);
        assert_eq!(wrong, Wrong::Error(error.to_string()));
    }
}

#[test]
fn what_is_no_json_is_a_wrong_format() {
    for text in ["", " ", "fine", "{\"a\":1", "{} {}", "[DONE", "data"] {
        assert!(matches!(Reading::default().take(Api::OpenAi, text), Err(Wrong::Format(_))), "{text:?}");
    }
    for text in ["[DONE]", "[DONE] ", "[DONE]\n"] {
        let mut reading = Reading::default();
        assert_eq!(reading.take(Api::OpenAi, text), Ok(()));
        assert!(reading.is_over && reading.is_empty());
    }
}

#[test]
fn json_of_any_other_shape_is_an_empty_reply() {
    for api in [Api::OpenAi, Api::Anthropic] {
        for text in
            ["{}", "[]", "1", "null", "\"a\"", r#"{"choices":[]}"#, r#"{"choices":{}}"#, r#"{"choices":[1]}"#, r#"{"type":1}"#]
        {
            let mut reading = Reading::default();
            assert_eq!(reading.take(api, text), Ok(()), "{text}");
            assert!(reading.is_empty(), "{text}");
        }
    }
}

#[test]
fn calls_and_arguments_have_a_limit() {
    let open =
        |at: usize| delta(&format!("{{\"tool_calls\":[{{\"index\":{at},\"id\":\"c{at}\",\"function\":{{\"name\":\"f\"}}}}]}}"));
    let mut reading = Reading::default();
    for at in 0..MAX_CALLS {
        assert_eq!(reading.take(Api::OpenAi, &open(at)), Ok(()));
    }
    assert!(matches!(reading.take(Api::OpenAi, &open(MAX_CALLS)), Err(Wrong::Format(_))));
    let more = |bytes: usize| {
        let text = "x".repeat(bytes);
        delta(&format!("{{\"tool_calls\":[{{\"index\":0,\"function\":{{\"arguments\":\"{text}\"}}}}]}}"))
    };
    assert_eq!(reading.take(Api::OpenAi, &more(MAX_ARGUMENTS_BYTES)), Ok(()));
    assert!(matches!(reading.take(Api::OpenAi, &more(1)), Err(Wrong::Format(_))));
}
