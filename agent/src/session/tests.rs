//! Names, lines and torn ends of sessions.

use super::*;
use crate::message::Reply;
use alloc::string::ToString;
use alloc::vec;

fn user(content: &str) -> Message {
    Message::User(content.to_string())
}

#[test]
fn names_that_are_safe_as_files_pass() {
    let long = "x".repeat(64);
    for good in ["a", "0", "_", "Work-2.b_c", "a..b", "con2", "console", "com", "com10", "a.nul", long.as_str()] {
        assert_eq!(Name::new(good.to_string()).expect(good).as_str(), good.to_ascii_lowercase());
    }
}

#[test]
fn names_that_are_not_safe_are_refused() {
    let long = "x".repeat(65);
    for bad in ["", ".", "..", ".a", "-a", "a/b", "../a", "a\\b", "C:a", "a b", "a\n", "a\0", "é", long.as_str()] {
        assert_eq!(Name::new(bad.to_string()), None, "{bad:?}");
    }
    for device in ["con", "NUL", "Aux.a", "prn.", "com1", "LPT0", "lpt9.x.y"] {
        assert_eq!(Name::new(device.to_string()), None, "{device:?}");
    }
}

#[test]
fn a_turn_is_two_lines_and_reads_back() {
    let turn = [user("a\nb"), Message::Assistant(Reply { text: "\"c\"".to_string(), ..Reply::default() })];
    let bytes = Session::default().encode(&turn);
    assert_eq!(bytes, "{\"role\":\"user\",\"content\":\"a\\nb\"}\n{\"role\":\"assistant\",\"content\":\"\\\"c\\\"\"}\n");
    assert_eq!(Session::decode(bytes.as_bytes()), Session { messages: turn.to_vec(), unread_lines: vec![], open: false });
}

#[test]
fn no_bytes_are_an_empty_session() {
    assert_eq!(Session::decode(b""), Session::default());
}

#[test]
fn a_torn_last_line_is_left_out_and_the_next_turn_starts_on_a_new_one() {
    let mut bytes = b"{\"role\":\"user\",\"content\":\"one\"}\n{\"role\":\"assi".to_vec();
    let session = Session::decode(&bytes);
    assert_eq!(session.messages, [user("one")]);
    assert_eq!((session.unread_lines.as_slice(), session.open), ([2].as_slice(), true));

    bytes.extend_from_slice(session.encode(&[user("two")]).as_bytes());
    let session = Session::decode(&bytes);
    assert_eq!(session.messages, [user("one"), user("two")]);
    assert_eq!((session.unread_lines.as_slice(), session.open), ([2].as_slice(), false));
}

#[test]
fn a_whole_last_line_without_its_newline_is_kept() {
    let session = Session::decode(b"{\"role\":\"user\",\"content\":\"one\"}");
    assert_eq!((session.messages.len(), session.unread_lines.len(), session.open), (1, 0, true));
}

#[test]
fn foreign_lines_are_left_out_by_number_and_empty_ones_are_nothing() {
    let session = Session::decode(
        b"\n# note\n{\"role\":\"user\",\"content\":\"a\"}\r\n \n{\"role\":\"system\",\"content\":\"b\"}\n\xFF\xFE\n{\"role\":\"user\"}\n[]\n",
    );
    assert_eq!(session.messages, [user("a")]);
    assert_eq!(session.unread_lines, [2, 5, 6, 7, 8]);
}
