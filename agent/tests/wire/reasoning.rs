//! Blocks of reasoning: never shown, and returned word for word with their signature.

use mock_api::{Quirk, Reply};
use serde_json::{Value, json};

use super::common::{Api, Bench, calls, raw, with_quirks};

const THOUGHT: &str = "The user \"wants\"\n a file. \u{1F914}";

fn thinking(reply: Reply) -> Reply {
    Reply { thinking: Some(THOUGHT.into()), signature: Some("c2ln+/==".into()), ..reply }
}

fn block() -> Value {
    json!({"type": "thinking", "thinking": THOUGHT, "signature": "c2ln+/=="})
}

#[test]
fn a_thinking_block_goes_back_before_its_calls_with_its_signature() {
    for stream in [true, false] {
        let first = thinking(calls("I look.", &[("list_dir", json!({"path": "."}))]));
        let bench = Bench::of(Api::Anthropic, stream, [first, Reply::text("Empty.")]).with_files();
        bench.ask(&["-s", "s"]).said("I look.\nEmpty.\n");
        let content = bench.bodies()[1]["messages"][1]["content"].clone();
        let types: Vec<_> = content.as_array().expect("blocks").iter().map(|block| block["type"].clone()).collect();
        assert_eq!(types, ["thinking", "text", "tool_use"]);
        assert_eq!(content[0], block());
        assert!(bench.session()[1]["thinking"].is_string());
    }
}

#[test]
fn a_thinking_block_goes_back_from_the_session_too() {
    for stream in [true, false] {
        let bench = Bench::of(Api::Anthropic, stream, [thinking(Reply::text("Yes.")), Reply::text("No.")]);
        bench.ask(&["-s", "s"]).said("Yes.\n");
        bench.ask(&["-s", "s"]).said("No.\n");
        assert_eq!(bench.bodies()[1]["messages"][1]["content"], json!([block(), {"type": "text", "text": "Yes."}]));
    }
}

#[test]
fn a_thinking_block_is_whole_with_every_quirk() {
    let quirks = [Quirk::Crlf, Quirk::NoSpace, Quirk::KeepAlive, Quirk::Pings, Quirk::JsonPadding, Quirk::UnknownBlocks];
    for split in [None, Some(1)] {
        let first =
            Reply { split_chars: split, ..with_quirks(thinking(calls("", &[("list_dir", json!({"path": "."}))])), &quirks) };
        let bench = Bench::of(Api::Anthropic, true, [first, Reply::text("Empty.")]).with_files();
        bench.ask(&[]).said("Empty.\n");
        assert_eq!(bench.bodies()[1]["messages"][1]["content"][0], block());
    }
}

#[test]
fn redacted_thinking_goes_back_word_for_word() {
    let redacted = r#"{"type":"redacted_thinking","data":"b3BhcXVl"}"#;
    let whole = format!(
        "{{\"type\":\"message\",\"content\":[{redacted},{{\"type\":\"text\",\"text\":\"Yes.\"}}],\"stop_reason\":\"end_turn\"}}"
    );
    let stream = format!(
        "data: {{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{redacted}}}\n\n\
         data: {{\"type\":\"content_block_stop\",\"index\":0}}\n\n\
         data: {{\"type\":\"content_block_start\",\"index\":1,\"content_block\":{{\"type\":\"text\",\"text\":\"Yes.\"}}}}\n\n\
         data: {{\"type\":\"message_delta\",\"delta\":{{\"stop_reason\":\"end_turn\"}}}}\n\n"
    );
    for (is_stream, body) in [(false, whole), (true, stream)] {
        let bench = Bench::of(Api::Anthropic, is_stream, [raw(200, &body), Reply::text("No.")]);
        bench.ask(&["-s", "s"]).said("Yes.\n");
        // The mock knows this block too, so a strict one takes it.
        bench.ask(&["-s", "s"]).said("No.\n");
        let sent = &bench.bodies()[1]["messages"][1]["content"][0];
        assert_eq!(*sent, serde_json::from_str::<Value>(redacted).expect("JSON"));
    }
}

#[test]
fn thinking_of_one_provider_is_not_sent_to_the_other() {
    let first = Bench::of(Api::Anthropic, true, [thinking(Reply::text("Yes."))]);
    first.ask(&["-s", "s"]).said("Yes.\n");
    let second = Bench::of(Api::OpenAi, true, [Reply::text("No.")]);
    let folder = second.home().join("sessions");
    std::fs::create_dir(&folder).expect("made");
    std::fs::copy(first.home().join("sessions/s.jsonl"), folder.join("s.jsonl")).expect("copied");
    second.ask(&["-s", "s"]).said("No.\n");
    assert_eq!(second.bodies()[0]["messages"][1], json!({"role": "assistant", "content": "Yes."}));
}

#[test]
fn thinking_of_a_cut_reply_is_not_sent_back() {
    for stream in [true, false] {
        let cut = Reply { stop: Some(mock_api::Stop::Length), ..thinking(Reply::text("Half")) };
        let bench = Bench::of(Api::Anthropic, stream, [cut, Reply::text("Whole.")]);
        assert_eq!(bench.ask(&["-s", "s"]).code, Some(5));
        bench.ask(&["-s", "s"]).said("Whole.\n");
        assert_eq!(bench.bodies()[1]["messages"][1]["content"], json!([{"type": "text", "text": "Half"}]));
    }
}
