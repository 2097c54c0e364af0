//! What both formats look like when nothing is wrong.

mod common;

use common::{ANTHROPIC, Answer, OPENAI, mock, post, stream, whole};
use mock_api::{Reply, Stop, Usage};
use serde_json::json;

fn tool() -> Reply {
    Reply { usage: Usage { input: 44, output: 16 }, ..Reply::call("get_weather", json!({"city": "Paris"})) }
}

#[track_caller]
fn lines(answer: &Answer, wanted: &[&str]) {
    assert_eq!(answer.status, 200);
    let text = answer.text();
    assert!(text.ends_with("\n\n"));
    let head = r#""object":"chat.completion.chunk","created":1750000001,"model":"m-1","system_fingerprint":"fp_mock""#;
    let lines: Vec<_> = text.lines().filter(|line| !line.is_empty()).map(|line| line.replace(head, "HEAD")).collect();
    assert_eq!(lines, wanted);
}

#[test]
fn openai_whole() {
    let answer = whole(tool(), OPENAI);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("x-request-id"), Some("req_1"));
    let wanted = concat!(
        r#"{"id":"chatcmpl-1","object":"chat.completion","created":1750000001,"model":"m-1","system_fingerprint":"fp_mock","#,
        r#""choices":[{"index":0,"message":{"role":"assistant","content":null,"refusal":null,"#,
        r#""tool_calls":[{"id":"call_1_1","type":"function","#,
        r#""function":{"name":"get_weather","arguments":"{\"city\":\"Paris\"}"}}]},"#,
        r#""logprobs":null,"finish_reason":"tool_calls"}],"#,
        r#""usage":{"prompt_tokens":44,"completion_tokens":16,"total_tokens":60,"#,
        r#""completion_tokens_details":{"reasoning_tokens":0}}}"#,
    );
    assert_eq!(answer.text(), wanted);
}

#[test]
fn openai_stream_of_one_call() {
    let mut request = common::request(true);
    request["stream_options"] = json!({"include_usage": true});
    let answer = post(&mock(tool()), OPENAI, &request);
    assert_eq!(answer.header("content-type"), Some("text/event-stream"));
    let wanted = [
        concat!(
            r#"data: {"id":"chatcmpl-1",HEAD,"choices":[{"index":0,"delta":{"role":"assistant","content":null,"#,
            r#""tool_calls":[{"index":0,"id":"call_1_1","type":"function","function":{"name":"get_weather","arguments":""}}],"#,
            r#""refusal":null},"logprobs":null,"finish_reason":null}]}"#
        ),
        concat!(
            r#"data: {"id":"chatcmpl-1",HEAD,"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"#,
            r#""function":{"arguments":"{\"city\":"}}]},"logprobs":null,"finish_reason":null}]}"#
        ),
        concat!(
            r#"data: {"id":"chatcmpl-1",HEAD,"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"#,
            r#""function":{"arguments":"\"Paris\"}"}}]},"logprobs":null,"finish_reason":null}]}"#
        ),
        r#"data: {"id":"chatcmpl-1",HEAD,"choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"tool_calls"}]}"#,
        concat!(
            r#"data: {"id":"chatcmpl-1",HEAD,"choices":[],"usage":{"prompt_tokens":44,"completion_tokens":16,"#,
            r#""total_tokens":60,"completion_tokens_details":{"reasoning_tokens":0}}}"#
        ),
        "data: [DONE]",
    ];
    lines(&answer, &wanted);
}

#[test]
fn openai_stream_of_text_and_two_calls() {
    let mut reply = Reply::text("I see.");
    reply.calls = [tool().calls, tool().calls].concat();
    reply.calls[1].raw_arguments = Some("{\"ci".into());
    reply.calls[1].arguments = None;
    let deltas: Vec<_> = stream(reply, OPENAI).data().iter().map(|chunk| chunk["choices"][0]["delta"].to_string()).collect();
    assert_eq!(deltas[0], r#"{"content":"","role":"assistant"}"#);
    assert_eq!(deltas[1..3], [r#"{"content":"I "}"#, r#"{"content":"see."}"#]);
    assert!(deltas[3].contains(r#""id":"call_1_1","index":0"#), "{}", deltas[3]);
    assert!(deltas[6].contains(r#""id":"call_1_2","index":1"#), "{}", deltas[6]);
    assert_eq!(deltas[7..], [r#"{"tool_calls":[{"function":{"arguments":"{\"ci"},"index":1}]}"#, "{}"]);
}

#[test]
fn anthropic_whole() {
    let reply = Reply { text: Some("Hm.".into()), thinking: Some("Paris?".into()), signature: Some("abc".into()), ..tool() };
    let answer = whole(reply, ANTHROPIC);
    assert_eq!(answer.header("request-id"), Some("req_1"));
    let wanted = concat!(
        r#"{"id":"msg_1","type":"message","role":"assistant","model":"m-1","content":["#,
        r#"{"type":"thinking","thinking":"Paris?","signature":"abc"},{"type":"text","text":"Hm."},"#,
        r#"{"type":"tool_use","id":"toolu_1_1","name":"get_weather","input":{"city":"Paris"}}],"#,
        r#""stop_reason":"tool_use","stop_sequence":null,"#,
        r#""usage":{"input_tokens":44,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":16,"#,
        r#""service_tier":"standard"}}"#,
    );
    assert_eq!(answer.text(), wanted);
}

#[test]
fn anthropic_stream() {
    let reply = Reply { text: Some("Hm.".into()), ..tool() };
    let wanted = [
        "event: message_start",
        concat!(
            r#"data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m-1","#,
            r#""content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":44,"cache_creation_input_tokens":0,"#,
            r#""cache_read_input_tokens":0,"output_tokens":1,"service_tier":"standard"}}}"#
        ),
        "event: content_block_start",
        r#"data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
        "event: ping",
        r#"data: {"type":"ping"}"#,
        "event: content_block_delta",
        r#"data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hm."}}"#,
        "event: content_block_stop",
        r#"data: {"type":"content_block_stop","index":0}"#,
        "event: content_block_start",
        concat!(
            r#"data: {"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"toolu_1_1","#,
            r#""name":"get_weather","caller":{"type":"direct"},"input":{}}}"#
        ),
        "event: content_block_delta",
        r#"data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":""}}"#,
        "event: content_block_delta",
        r#"data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"city\":"}}"#,
        "event: content_block_delta",
        r#"data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"\"Paris\"}"}}"#,
        "event: content_block_stop",
        r#"data: {"type":"content_block_stop","index":1}"#,
        "event: message_delta",
        concat!(
            r#"data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"#,
            r#""usage":{"output_tokens":16}}"#
        ),
        "event: message_stop",
        r#"data: {"type":"message_stop"}"#,
    ];
    lines(&stream(reply, ANTHROPIC), &wanted);
}

#[test]
fn each_stop_has_a_word_in_each_format() {
    let stops = [
        (Stop::End, "stop", "end_turn"),
        (Stop::Length, "length", "max_tokens"),
        (Stop::Tool, "tool_calls", "tool_use"),
        (Stop::Filter, "content_filter", "refusal"),
        (Stop::Pause, "stop", "pause_turn"),
        (Stop::Other("odd".into()), "odd", "odd"),
    ];
    for (stop, openai, anthropic) in stops {
        let reply = Reply { stop: Some(stop), ..Reply::text("a") };
        assert_eq!(whole(reply.clone(), OPENAI).json()["choices"][0]["finish_reason"], openai);
        assert_eq!(whole(reply, ANTHROPIC).json()["stop_reason"], anthropic);
    }
}

#[test]
fn a_refusal_has_its_own_place() {
    let reply = Reply { refusal: Some("I will not.".into()), ..Reply::default() };
    let message = &whole(reply.clone(), OPENAI).json()["choices"][0]["message"];
    assert_eq!((&message["content"], &message["refusal"]), (&json!(null), &json!("I will not.")));
    let fragments: Vec<_> =
        stream(reply.clone(), OPENAI).data().iter().map(|chunk| chunk["choices"][0]["delta"].clone()).collect();
    assert_eq!(fragments[1..3], [json!({"refusal": "I "}), json!({"refusal": "will "})]);
    let message = whole(reply, ANTHROPIC).json();
    assert_eq!((&message["stop_reason"], &message["content"][0]["text"]), (&json!("refusal"), &json!("I will not.")));
}

#[test]
fn an_error_has_the_format_of_the_api() {
    let mut reply = Reply::error(429, "Slow down.");
    reply.headers.insert("retry-after".into(), "2".into());
    let answer = whole(reply.clone(), OPENAI);
    assert_eq!((answer.status, answer.header("retry-after")), (429, Some("2")));
    let wanted = r#"{"error":{"message":"Slow down.","type":"requests","param":null,"code":"rate_limit_exceeded"}}"#;
    assert_eq!(answer.text(), wanted);
    let answer = stream(reply, ANTHROPIC);
    let wanted = r#"{"type":"error","error":{"type":"rate_limit_error","message":"Slow down."},"request_id":"req_1"}"#;
    assert_eq!((answer.status, answer.text().as_str()), (429, wanted));
}
