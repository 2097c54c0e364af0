//! Each fault is there on the wire.

mod common;

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use common::{ANTHROPIC, Answer, HEADERS, OPENAI, connect, mock, mock_of, post, post_bytes, request, stream, whole};
use mock_api::{Fault, Reply, Setting, Transfer};

fn reply(fault: impl Into<Setting<Fault>>) -> Reply {
    Reply { faults: vec![fault.into()], ..Reply::text("one two three four") }
}

/// Reads this many bytes of an answer that may have no end, then leaves.
fn start_of(reply: Reply, bytes: u64) -> Vec<u8> {
    let mock = mock(reply);
    let mut connection = connect(&mock);
    connection.write_all(&post_bytes(OPENAI, HEADERS, request(true).to_string().as_bytes())).expect("sends");
    let mut answer = Vec::new();
    connection.take(bytes).read_to_end(&mut answer).expect("reads");
    answer
}

#[test]
fn an_error_after_a_good_status() {
    let openai = stream(reply(Fault::ErrorEvent), OPENAI);
    assert_eq!(openai.status, 200);
    let last = openai.data().pop().expect("an event");
    assert_eq!(last["error"]["message"], "Overloaded");
    assert!(openai.text().contains("one ") && !openai.text().contains("[DONE]") && !openai.text().contains("four"));
    let anthropic = stream(reply(Fault::ErrorEvent), ANTHROPIC).text();
    assert!(
        anthropic.contains("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\""),
        "{anthropic}"
    );
    assert_eq!(whole(reply(Fault::ErrorEvent), OPENAI).json()["error"]["message"], "Overloaded");
}

#[test]
fn a_stream_without_a_stop_reason() {
    for path in [OPENAI, ANTHROPIC] {
        let answer = stream(reply(Fault::Truncated), path);
        assert_eq!(answer.chunks().last().map(Vec::len), Some(0), "it ends in good order");
        let text = answer.text();
        assert!(text.contains("four"), "{text}");
        for word in [r#""stop""#, "message_stop", "end_turn", "[DONE]"] {
            assert!(!text.contains(word), "{word}: {text}");
        }
    }
}

#[test]
fn bytes_that_are_no_text() {
    for answer in [stream(reply(Fault::InvalidUtf8), OPENAI), whole(reply(Fault::InvalidUtf8), ANTHROPIC)] {
        let body = answer.body();
        let error = String::from_utf8(body.clone()).expect_err("no UTF-8").utf8_error();
        assert_eq!(body[error.valid_up_to()..][..2], [0xC3, 0xFF]);
        assert!(!String::from_utf8_lossy(&body).contains('\u{F8FF}'), "no mark is left");
    }
}

#[test]
fn lines_without_measure() {
    let longest = |answer: &Answer| answer.text().lines().map(str::len).max().unwrap_or(0);
    let answer = stream(reply(Fault::LongLine), ANTHROPIC);
    assert!(longest(&answer) > 1 << 20);
    let last = answer.data().pop().expect("an event");
    assert_eq!(last["type"], "message_stop");
    let answer = whole(reply(Fault::HugeLine.with(3 << 20)), OPENAI);
    assert_eq!(answer.json()["choices"][0]["message"]["content"].as_str().map(str::len), Some((3 << 20) + 18));

    let start = start_of(reply(Fault::HugeLine), 8 << 20);
    let after = start.windows(4).rposition(|window| window == b"data").expect("a line");
    assert!(start.len() - after > 7 << 20, "the line goes on and on");
}

#[test]
fn streams_without_end() {
    let start = String::from_utf8(start_of(reply(Fault::EndlessText), 60_000)).expect("UTF-8");
    assert!(start.matches(r#"{"content":"on "}"#).count() > 100);
    let start = String::from_utf8(start_of(reply(Fault::EndlessComments.with(1)), 3_000)).expect("UTF-8");
    assert!(start.matches(": keep-alive\n\n").count() > 50);
}

#[test]
fn other_answers() {
    let answer = stream(reply(Fault::Redirect), OPENAI);
    assert_eq!((answer.status, answer.header("location")), (302, Some("/redirected")));
    assert_eq!(stream(reply(Fault::Redirect.with(307)), OPENAI).status, 307);
    let answer = stream(reply(Fault::HtmlError), OPENAI);
    assert_eq!((answer.status, answer.header("content-type")), (502, Some("text/html; charset=utf-8")));
    assert!(answer.text().starts_with("<!DOCTYPE html>"));
    let answer = whole(reply(Fault::NotJson), OPENAI);
    assert_eq!((answer.status, answer.text().as_str()), (200, "The service is fine, thank you.\n"));
    let answer = whole(reply(Fault::HugeError.with(200_000)), OPENAI);
    assert_eq!((answer.status, answer.json()["error"]["message"].as_str().map(str::len)), (500, Some(200_000)));
    let answer = whole(reply(Fault::EmptyBody), OPENAI);
    assert_eq!((answer.status, answer.header("content-length"), answer.raw.len()), (200, Some("0"), 0));
}

#[test]
fn a_redirect_goes_where_the_script_says() {
    let headers = [("location".to_string(), "http://127.0.0.1:1/".to_string())].into();
    let answer = whole(Reply { headers, ..reply(Fault::Redirect) }, OPENAI);
    assert_eq!(answer.header("location"), Some("http://127.0.0.1:1/"));
}

#[test]
fn gzip_that_nobody_asked_for() {
    let answer = whole(reply(Fault::Gzip), OPENAI);
    assert_eq!(answer.header("content-encoding"), Some("gzip"));
    assert_eq!(answer.raw[..3], [0x1F, 0x8B, 8]);
    let both = Reply { faults: vec![Fault::Gzip.into(), Fault::InvalidUtf8.into()], ..Reply::text("a") };
    let raw = whole(both, OPENAI).raw;
    let stored = usize::from(u16::from_le_bytes([raw[11], raw[12]]));
    assert_eq!(raw.len(), 15 + stored + 8, "one stored block, and all of it");
}

#[test]
fn a_connection_that_ends_in_the_middle() {
    let answer = stream(reply(Fault::Drop), OPENAI);
    let body = String::from_utf8(answer.body()).expect("UTF-8");
    assert!(answer.chunks().last().is_some_and(|chunk| !chunk.is_empty()), "no last chunk");
    assert!(!body.ends_with('\n') && body.lines().last().is_some_and(|line| line.starts_with("data: {")), "{body}");
    let answer = whole(Reply { transfer: Some(Transfer::Length), ..reply(Fault::Drop) }, OPENAI);
    let length: usize = answer.header("content-length").and_then(|length| length.parse().ok()).expect("a length");
    assert!(answer.raw.len() < length && !answer.raw.is_empty());
}

#[test]
fn lengths_that_are_wrong() {
    let declared = |answer: &Answer| answer.header("content-length").and_then(|length| length.parse::<usize>().ok());
    let answer = stream(reply(Fault::LengthTooLong), OPENAI);
    assert_eq!(declared(&answer), Some(answer.raw.len() + 10));
    let answer = whole(reply(Fault::LengthTooShort.with(3)), OPENAI);
    assert_eq!(declared(&answer), Some(answer.raw.len() - 3));
    assert_eq!(answer.header("connection"), Some("close"));
}

#[test]
fn heads_that_are_large_or_slow() {
    let answer = whole(reply(Fault::HeaderFlood.with(300_000)), OPENAI);
    assert!(answer.head.len() > 300_000 && answer.head.matches("x-flood-").count() > 1000);
    assert_eq!(answer.json()["model"], "m-1");
    let start = Instant::now();
    assert_eq!(whole(reply(Fault::SlowHeaders.with(1)), OPENAI).json()["model"], "m-1");
    assert!(start.elapsed() > Duration::from_millis(80));
}

#[test]
fn a_pause_in_the_middle() {
    let start = Instant::now();
    let answer = stream(reply(Fault::Stall.with(150)), OPENAI);
    assert!(start.elapsed() >= Duration::from_millis(150) && answer.text().ends_with("data: [DONE]\n\n"));
}

#[test]
fn twice_429_then_200() {
    let mock = mock_of("[[reply]]\ntimes = 2\nerror = { type = 'rate_limit_error' }\n[[reply]]\ntext = 'a'\n");
    let statuses: Vec<_> = (0..4).map(|_| post(&mock, ANTHROPIC, &request(true)).status).collect();
    assert_eq!(statuses, [429, 429, 200, 500]);
}
