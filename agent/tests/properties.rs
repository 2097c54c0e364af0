//! Properties of what reads bytes from outside: no input panics, what was written reads back, and a cut loses only what it cuts.

use agent::config::Config;
use agent::message::{self, Message, Role};
use agent::session::Session;
use proptest::prelude::*;

fn messages() -> impl Strategy<Value = Vec<Message>> {
    let role = prop_oneof![Just(Role::User), Just(Role::Assistant)];
    let content = prop_oneof![any::<String>(), "[\\n\\r\\t\"\\\\{}a\u{0}\u{2028}\u{1F600}]{0,20}"];
    prop::collection::vec((role, content).prop_map(|(role, content)| Message { role, content }), 0..8)
}

/// Bytes near a session's: pieces of JSON, line ends, and anything.
fn nearly_a_session() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"\n".to_vec()),
        Just(br#"{"role":"user","content":"a"}"#.to_vec()),
        Just(br#"{"role":"assistant","content":"#.to_vec()),
        Just(br#""\ud800""#.to_vec()),
        Just(b"[[[[[[[[{".repeat(40)),
        prop::collection::vec(any::<u8>(), 0..20),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn what_was_written_reads_back(messages in messages()) {
        let bytes = Session::default().encode(&messages).expect("messages encode");
        prop_assert_eq!(bytes.iter().filter(|&&byte| byte == b'\n').count(), messages.len());
        prop_assert_eq!(Session::decode(&bytes), Session { messages, unread_lines: vec![], open: false });
    }

    #[test]
    fn a_cut_at_any_byte_keeps_every_whole_line(messages in messages()) {
        let bytes = Session::default().encode(&messages).expect("messages encode");
        for cut in 0..=bytes.len() {
            let ends = bytes[..cut].iter().filter(|&&byte| byte == b'\n').count();
            let session = Session::decode(&bytes[..cut]);
            // A line that lacks only its newline is whole, so there can be one more message than newlines.
            let whole = session.messages.len();
            prop_assert!(whole == ends || (whole == ends + 1 && bytes[cut] == b'\n'));
            prop_assert_eq!(&session.messages[..], &messages[..whole]);
            prop_assert_eq!(session.open, cut > 0 && bytes[cut - 1] != b'\n');
        }
    }

    #[test]
    fn appending_to_any_file_keeps_what_it_has(before in nearly_a_session(), turn in messages()) {
        let session = Session::decode(&before);
        let mut bytes = before;
        bytes.append(&mut session.encode(&turn).expect("messages encode"));
        let after = Session::decode(&bytes);
        prop_assert_eq!(after.messages, [session.messages, turn].concat());
        prop_assert_eq!(after.unread_lines, session.unread_lines);
        prop_assert!(!after.open);
    }

    #[test]
    fn every_line_is_read_counted_or_empty(bytes in nearly_a_session()) {
        let session = Session::decode(&bytes);
        let lines = bytes.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).count();
        prop_assert_eq!(session.messages.len() + session.unread_lines.len(), lines);
    }

    #[test]
    fn input_that_is_utf8_is_a_message_and_other_input_is_not(bytes in nearly_a_session()) {
        prop_assert_eq!(message::from_input(&bytes).is_ok(), std::str::from_utf8(&bytes).is_ok());
    }

    #[test]
    fn a_json_message_gives_its_content(content in any::<String>()) {
        let json = serde_json::to_vec(&Message { role: Role::User, content: content.clone() }).expect("a message encodes");
        prop_assert_eq!(message::from_input(&json), Ok(content));
    }

    #[test]
    fn a_configuration_is_read_or_refused(bytes in nearly_a_session(), key in "[a-z_]{0,20}|system|replies", value in any::<String>()) {
        let _ = Config::decode(&bytes);
        let text = serde_json::json!({ key.as_str(): value }).to_string();
        let read = Config::decode(text.as_bytes());
        prop_assert_eq!(read.is_ok(), key == "system" || (key == "provider" && value == "offline"), "{:?}", read);
    }
}
