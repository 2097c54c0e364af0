//! Each quirk is there on the wire, and not without its name.

mod common;

use common::{ANTHROPIC, Answer, OPENAI, mock, post, stream, whole};
use mock_api::{Call, Quirk, Reply};
use serde_json::{Value, json};

/// Text and two calls, one of them without arguments.
fn reply(quirk: Option<Quirk>) -> Reply {
    let mut reply = Reply::call("add", json!({"first": 1, "second": 2}));
    reply.calls.insert(0, Call { name: "now".into(), ..Call::default() });
    Reply { text: Some("I see.".into()), quirks: quirk.into_iter().collect(), ..reply }
}

/// What the stream is like with the quirk, and without.
fn both<T>(path: &str, quirk: Quirk, look: impl Fn(&Answer) -> T) -> (T, T) {
    let mut request = common::request(true);
    request["stream_options"] = json!({"include_usage": true});
    let answer = |quirk| post(&mock(reply(quirk)), path, &request);
    (look(&answer(Some(quirk))), look(&answer(None)))
}

#[track_caller]
fn only_with(path: &str, quirk: Quirk, look: impl Fn(&Answer) -> bool) {
    assert_eq!(both(path, quirk, look), (true, false), "{quirk:?}");
}

fn choices(answer: &Answer) -> Vec<Value> {
    answer.data().iter().map(|chunk| chunk["choices"][0].clone()).collect()
}

/// The tool call deltas that open a call.
fn openings(answer: &Answer) -> Vec<Value> {
    let calls = choices(answer).into_iter().map(|choice| choice["delta"]["tool_calls"][0].clone());
    calls.filter(|call| call["function"]["name"].is_string()).collect()
}

fn blocks(answer: &Answer, event: &str) -> Vec<Value> {
    answer.data().into_iter().filter(|data| data["type"] == event).collect()
}

#[test]
fn lines() {
    for path in [OPENAI, ANTHROPIC] {
        only_with(path, Quirk::Crlf, |answer| answer.text().matches('\n').count() == answer.text().matches("\r\n").count());
        only_with(path, Quirk::NoSpace, |answer| answer.text().contains("data:{") && !answer.text().contains("data: "));
        only_with(path, Quirk::KeepAlive, |answer| answer.text().starts_with(": keep-alive\n\n"));
        only_with(path, Quirk::NoFinalBlankLine, |answer| !answer.text().ends_with("\n\n"));
    }
}

#[test]
fn openai_ends() {
    only_with(OPENAI, Quirk::NoDone, |answer| !answer.text().contains("[DONE]"));
    only_with(OPENAI, Quirk::NoUsage, |answer| !answer.text().contains("usage"));
    only_with(OPENAI, Quirk::UsageChoicesNull, |answer| answer.text().contains(r#""choices":null,"usage""#));
    only_with(OPENAI, Quirk::FinishStop, |answer| answer.text().contains(r#""finish_reason":"stop""#));
    only_with(OPENAI, Quirk::FinishOnLastDelta, |answer| {
        choices(answer).iter().any(|choice| choice["finish_reason"].is_string() && choice["delta"]["tool_calls"].is_array())
    });
}

#[test]
fn openai_deltas() {
    only_with(OPENAI, Quirk::RoleNull, |answer| answer.text().contains(r#""role":null"#));
    only_with(OPENAI, Quirk::ReasoningContent, |answer| answer.text().contains(r#"{"reasoning_content":"Let "}"#));
    only_with(OPENAI, Quirk::ToolNoId, |answer| openings(answer).iter().all(|call| call.get("id").is_none()));
    only_with(OPENAI, Quirk::ToolNoType, |answer| openings(answer).iter().all(|call| call.get("type").is_none()));
    only_with(OPENAI, Quirk::ToolIdEmpty, |answer| openings(answer).iter().all(|call| call["id"] == ""));
    only_with(OPENAI, Quirk::ToolIndexZero, |answer| openings(answer).iter().all(|call| call["index"] == 0));
    let arguments = |answer: &Answer| openings(answer)[1]["function"]["arguments"].clone();
    let (with, without) = both(OPENAI, Quirk::ToolArgumentsWhole, arguments);
    assert_eq!((with, without), (json!(r#"{"first":1,"second":2}"#), json!("")));
    let (with, _) = both(OPENAI, Quirk::ToolArgumentsObject, arguments);
    assert_eq!(with, json!({"first": 1, "second": 2}));
}

#[test]
fn openai_without_a_stream() {
    let message = |quirk| whole(reply(Some(quirk)), OPENAI).json()["choices"][0]["message"].clone();
    assert_eq!(message(Quirk::ToolArgumentsObject)["tool_calls"][1]["function"]["arguments"], json!({"first": 1, "second": 2}));
    assert_eq!(message(Quirk::ToolIdEmpty)["tool_calls"][0]["id"], "");
    assert_eq!(message(Quirk::ReasoningContent)["reasoning_content"], "Let me think.");
    assert_eq!(message(Quirk::RoleNull)["role"], json!(null));
    assert_eq!(whole(reply(Some(Quirk::NoUsage)), OPENAI).json().get("usage"), None);
}

#[test]
fn anthropic_events() {
    let pings = |answer: &Answer| blocks(answer, "ping").len();
    let (with, without) = both(ANTHROPIC, Quirk::Pings, pings);
    assert!(with > 10 && without == 1, "{with} {without}");
    only_with(ANTHROPIC, Quirk::JsonPadding, |answer| answer.text().contains(r#"{"type":"message_stop"        }"#));
    only_with(ANTHROPIC, Quirk::UnknownBlocks, |answer| {
        let kinds: Vec<_> =
            blocks(answer, "content_block_start").iter().map(|data| data["content_block"]["type"].clone()).collect();
        kinds == ["fallback", "text", "compaction", "tool_use", "tool_use"]
    });
    only_with(ANTHROPIC, Quirk::ToolInputEmpty, |answer| {
        let deltas = blocks(answer, "content_block_delta");
        deltas.iter().filter(|data| data["index"] == 1).count() == 1
    });
}

#[test]
fn anthropic_ends() {
    only_with(ANTHROPIC, Quirk::StopDetails, |answer| answer.text().contains(r#""stop_details":null"#));
    let refusal = Reply { refusal: Some("No.".into()), quirks: vec![Quirk::StopDetails], ..Reply::default() };
    assert!(stream(refusal, ANTHROPIC).text().contains(r#""stop_details":{"type":"refusal""#));

    only_with(ANTHROPIC, Quirk::UsageCumulative, |answer| {
        let output: Vec<_> = blocks(answer, "message_delta").iter().map(|data| data["usage"]["output_tokens"].clone()).collect();
        output == [10, 20]
    });
    only_with(ANTHROPIC, Quirk::ToolUnfinished, |answer| {
        let json: String = blocks(answer, "content_block_delta")
            .iter()
            .filter(|data| data["index"] == 2)
            .filter_map(|data| data["delta"]["partial_json"].as_str().map(str::to_string))
            .collect();
        let stops = blocks(answer, "content_block_stop").len();
        json == r#"{"first""# && stops == 2 && blocks(answer, "message_delta")[0]["delta"]["stop_reason"] == "max_tokens"
    });
}
