//! Properties of what reads bytes from outside: no input panics, what was written reads back, and a cut loses only what it cuts.

use agent::config::Config;
use agent::message::{self, Call, Message, Outcome, Reply};
use agent::session::Session;
use agent::session::repair::repair;
use proptest::prelude::*;

fn text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[\\n\\r\\t\"\\\\{}a\u{0}\u{7f}\u{9b}\u{2028}\u{1F600}]{0,20}"]
}

fn call() -> impl Strategy<Value = Call> {
    ("[ab]{0,2}", text(), text()).prop_map(|(id, name, arguments)| Call { id, name, arguments })
}

fn message() -> impl Strategy<Value = Message> {
    let reply = (text(), prop::collection::vec(call(), 0..3), text(), any::<bool>());
    prop_oneof![
        text().prop_map(Message::User),
        reply.prop_map(|(text, calls, thinking, cut)| Message::Assistant(Reply { text, calls, thinking, cut })),
        ("[ab]{0,2}", text(), any::<bool>()).prop_map(|(call, text, error)| Message::Tool(Outcome { call, text, error })),
    ]
}

fn messages() -> impl Strategy<Value = Vec<Message>> {
    prop::collection::vec(message(), 0..8)
}

/// Bytes near a session's: pieces of JSON, line ends, and anything.
fn nearly_a_session() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"\n".to_vec()),
        Just(br#"{"role":"user","content":"a"}"#.to_vec()),
        Just(br#"{"role":"tool","call":"a","content":"a"}"#.to_vec()),
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
        let text = Session::default().encode(&messages);
        prop_assert_eq!(text.bytes().filter(|&byte| byte == b'\n').count(), messages.len());
        prop_assert_eq!(Session::decode(text.as_bytes()), Session { messages, unread_lines: vec![], open: false });
    }

    #[test]
    fn each_line_is_json_for_others_too(message in message()) {
        let mut line = String::new();
        message.encode(&mut line);
        prop_assert!(serde_json::from_str::<serde_json::Value>(&line).is_ok_and(|value| value["role"].is_string()), "{}", line);
        prop_assert!(!line.contains(char::is_control), "{:?}", line);
    }

    #[test]
    fn a_cut_at_any_byte_keeps_every_whole_line(messages in messages()) {
        let text = Session::default().encode(&messages);
        let bytes = text.as_bytes();
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
        bytes.extend_from_slice(session.encode(&turn).as_bytes());
        let after = Session::decode(&bytes);
        prop_assert_eq!(after.messages, [session.messages, turn.clone()].concat());
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
    fn a_repaired_conversation_has_a_result_for_each_call_and_no_other(messages in messages()) {
        let repaired = repair(messages.clone());
        let mut waiting: Vec<&str> = Vec::new();
        for message in &repaired {
            if let Message::Tool(outcome) = message {
                prop_assert_eq!(waiting.first(), Some(&outcome.call.as_str()));
                waiting.remove(0);
                continue;
            }
            prop_assert!(waiting.is_empty());
            if let Message::Assistant(reply) = message {
                waiting = reply.calls_to_send().iter().map(|call| call.id.as_str()).collect();
            }
        }
        prop_assert!(waiting.is_empty());
        let said = |messages: &[Message]| messages.iter().filter(|message| !matches!(message, Message::Tool(_))).cloned().collect::<Vec<_>>();
        prop_assert_eq!(said(&repaired), said(&messages));
        prop_assert_eq!(repair(repaired.clone()), repaired);
    }

    #[test]
    fn input_that_is_utf8_is_a_message_and_other_input_is_not(bytes in nearly_a_session()) {
        prop_assert_eq!(message::from_input(&bytes).is_ok(), std::str::from_utf8(&bytes).is_ok());
    }

    #[test]
    fn a_json_message_gives_its_content(content in any::<String>()) {
        let json = serde_json::json!({"role": "user", "content": content}).to_string();
        prop_assert_eq!(message::from_input(json.as_bytes()), Ok(content));
    }

    #[test]
    fn a_configuration_is_read_or_refused(bytes in nearly_a_session(), key in "[a-z_]{0,20}|system|replies", value in any::<String>()) {
        const STRINGS: [&str; 8] = ["system", "model", "base_url", "key_env", "key_file", "key_host", "max_tokens_field", "workspace"];
        let _ = Config::decode(&bytes);
        let text = serde_json::json!({ key.as_str(): value }).to_string();
        let read = Config::decode(text.as_bytes());
        prop_assert_eq!(read.is_ok(), STRINGS.contains(&key.as_str()) || (key == "provider" && value == "offline"), "{:?}", read);
    }

    #[test]
    fn a_configuration_of_any_shape_is_read_or_refused(text in "\\{\"(grant|replies|provider|stream|max_rounds)\": ?[\\[\\]{}\",:a-z0-9* ]{0,40}\\}") {
        let _ = Config::decode(text.as_bytes());
    }
}
