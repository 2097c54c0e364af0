//! The example script means what it says, and can be played.

mod common;

use common::{HEADERS, OPENAI, exchange, get, post_bytes};
use mock_api::{Call, Chunking, ErrorReply, Expect, Fault, Mock, Page, Quirk, Reply, Script, Stop, Transfer, Usage};
use serde_json::json;

fn map(key: &str, value: &str) -> std::collections::BTreeMap<String, String> {
    [(key.to_string(), value.to_string())].into()
}

fn error() -> Reply {
    let error = ErrorReply {
        kind: Some("rate_limit_error".into()),
        code: Some("rate_limit_exceeded".into()),
        message: Some("Slow down.".into()),
    };
    Reply { error: Some(error), status: Some(429), headers: map("retry-after", "1"), times: Some(2), ..Reply::default() }
}

fn calls() -> Reply {
    let weather = Call { name: "get_weather".into(), arguments: Some(json!({"city": "Paris", "days": 2})), ..Call::default() };
    let raw_arguments = Some(r#"{"zone": "Eur"#.into());
    let time = Call { name: "get_time".into(), id: Some("call_x".into()), raw_arguments, ..Call::default() };
    Reply {
        text: Some("I look it up.".into()),
        thinking: Some("Paris, I think.".into()),
        signature: Some("c2lnbmVk".into()),
        calls: vec![weather, time],
        stop: Some(Stop::Tool),
        usage: Usage { input: 44, output: 16 },
        model: Some("m-2".into()),
        split_chars: Some(4),
        delay_ms: 1,
        expect: Some(Expect {
            contains: vec!["weather".into()],
            lacks: vec!["secret".into()],
            header: map("content-type", "application/json"),
        }),
        chunking: Some(Chunking::Bytes.with(100)),
        transfer: Some(Transfer::Close),
        pause_ms: Some(0),
        quirks: vec![Quirk::Crlf, Quirk::ToolIndexZero],
        faults: vec![Fault::LongLine.with(2000)],
        ..Reply::default()
    }
}

fn example() -> Script {
    let refusal = Reply { refusal: Some("I will not.".into()), stop: Some(Stop::Other("odd_reason".into())), ..Reply::default() };
    let raw = Reply { body: Some(r#"{"detail":"Not here."}"#.into()), status: Some(404), ..Reply::default() };
    let page = Page {
        path: "/page.html".into(),
        status: Some(200),
        headers: map("content-type", "text/html"),
        body: "<p>Hi</p>".into(),
        delay_ms: 1,
        chunking: Some(Chunking::Byte.into()),
        transfer: Some(Transfer::Length),
        pause_ms: Some(0),
        faults: vec![Fault::SlowHeaders.with(1)],
    };
    Script {
        pages: vec![page],
        key: Some("sk-test".into()),
        chunking: Some(Chunking::Event.into()),
        transfer: Some(Transfer::Chunked),
        pause_ms: Some(1),
        quirks: vec![Quirk::NoSpace],
        faults: vec![Fault::Stall.with(1)],
        ..Script::of([error(), calls(), refusal, raw])
    }
}

#[test]
fn toml_and_rust_say_the_same() {
    assert_eq!(Script::from_toml(include_str!("example.toml")), Ok(example()));
}

#[test]
fn it_can_be_played() {
    let mock = Mock::start(example()).expect("starts");
    let mut request = common::request(true);
    request["messages"][0]["content"] = json!("weather?");
    let headers = format!("{HEADERS}authorization: Bearer sk-test\r\n");
    let bytes = post_bytes(OPENAI, &headers, request.to_string().as_bytes());
    let answers: Vec<_> = (0..6).map(|_| exchange(&mock, &bytes)).collect();
    assert_eq!(answers.iter().map(|answer| answer.status).collect::<Vec<_>>(), [429, 429, 200, 200, 404, 500]);
    let played = answers[2].text();
    assert!(played.contains("data:{") && played.contains("\r\n\r\n") && played.contains("I lo") && played.contains("call_x"));
    assert!(played.contains(&"a".repeat(2000)));
    assert_eq!(answers[3].data().last().expect("an event")["choices"][0]["finish_reason"], "odd_reason");
    assert_eq!(get(&mock, "/page.html").text(), "<p>Hi</p>");
    assert!(mock.mismatches().is_empty());
}
