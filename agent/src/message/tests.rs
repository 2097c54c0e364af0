//! Messages as lines, and the user's message in the input.

use super::*;
use alloc::string::ToString;
use alloc::vec;

fn read(input: &str) -> String {
    from_input(input.as_bytes()).expect("UTF-8")
}

fn there_and_back(message: &Message, line: &str) {
    let mut out = String::new();
    message.encode(&mut out);
    assert_eq!(out, line);
    assert_eq!(Message::decode(json::parse(&out).expect("JSON")).as_ref(), Some(message));
}

#[test]
fn each_kind_is_a_line_and_reads_back() {
    there_and_back(&Message::User("a\n\"b\"".to_string()), r#"{"role":"user","content":"a\n\"b\""}"#);
    let reply = Reply { text: "hi".to_string(), ..Reply::default() };
    there_and_back(&Message::Assistant(reply), r#"{"role":"assistant","content":"hi"}"#);
    let call = |id: &str| Call { id: id.to_string(), name: "f".to_string(), arguments: "{".to_string() };
    let reply = Reply { text: String::new(), calls: vec![call("a"), call("b")], thinking: "{}".to_string(), cut: true };
    there_and_back(
        &Message::Assistant(reply),
        r#"{"role":"assistant","content":"","calls":[{"id":"a","name":"f","arguments":"{"},{"id":"b","name":"f","arguments":"{"}],"thinking":"{}","cut":true}"#,
    );
    let outcome = Outcome { call: "a".to_string(), text: "t".to_string(), error: true };
    there_and_back(&Message::Tool(outcome), r#"{"role":"tool","call":"a","content":"t","error":true}"#);
}

#[test]
fn a_json_message_of_the_user_gives_its_content() {
    assert_eq!(read(r#"{"role":"user","content":"hi\n"}"#), "hi\n");
    assert_eq!(read(" \n{\"content\": \"\\u00e9\", \"role\": \"user\", \"id\": [1]}\n"), "é");
}

#[test]
fn everything_else_is_plain_text() {
    for text in [
        "hi",
        "{",
        "{}",
        "[1]",
        r#"["user","hi"]"#,
        r#"{"role":"system","content":"hi"}"#,
        r#"{"content":"hi"}"#,
        r#"{"role":"assistant","content":"hi"}"#,
        r#"{"role":"user","content":1}"#,
        r#"{"role":"user"}"#,
        r#"{"role":"user","content":"a"} b"#,
    ] {
        assert_eq!(read(text), text);
    }
}

#[test]
fn only_line_ends_are_cut_from_plain_text() {
    assert_eq!(read("  two\nlines \r\n\n"), "  two\nlines ");
    assert_eq!(read("\n"), "");
}

#[test]
fn a_byte_order_mark_is_dropped() {
    assert_eq!(read("\u{FEFF}hi"), "hi");
    assert_eq!(read("\u{FEFF}{\"role\":\"user\",\"content\":\"hi\"}"), "hi");
}

#[test]
fn what_is_not_utf8_is_refused_with_its_place() {
    assert_eq!(from_input(b"ab\xFF").expect_err("not UTF-8").valid_up_to(), 2);
}
