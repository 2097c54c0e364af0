//! The core on a host in memory: in which order it asks for effects, and what it does when one fails.

mod common;

use agent::cli;
use agent::failure::{Exit, Failure};
use agent::program;
use common::memory::Memory;

/// Runs the command line `args`.
fn run(args: &[&str], host: &mut Memory) -> Result<(), Failure> {
    let options = cli::parse(args.iter().map(ToString::to_string)).expect("a command line");
    program::run(options, "agent 0", host)
}

const APPEND: &str = r#"append s {\"role\":\"user\",\"content\":\"hi\"}\n{\"role\":\"assistant\",\"content\":\"Offline, turn 1.\\nYou said: hi\"}\n"#;
const REPLY: &str = "output Offline, turn 1.\\nYou said: hi\\n";

/// The configuration of a server on this machine that needs no key.
const SERVER: &str = r#"{"provider": "openai", "model": "m", "base_url": "http://127.0.0.1:9", "retries": 1}"#;
const WHOLE: &str = r#"{"choices":[{"message":{"role":"assistant","content":"hello"},"finish_reason":"stop"}]}"#;

#[test]
fn a_turn_reads_then_claims_then_shows_then_keeps() {
    let mut host = Memory::default();
    assert_eq!(run(&["-s", "s"], &mut host), Ok(()));
    assert_eq!(host.effects, ["read config.json", "input 65536", "claim s", "read session s", REPLY, APPEND]);
}

#[test]
fn a_given_message_and_no_session_need_no_input_and_no_file() {
    let mut host = Memory::default();
    assert_eq!(run(&["-m", "hi"], &mut host), Ok(()));
    assert_eq!(host.effects, ["read config.json", REPLY]);
}

#[test]
fn a_reply_that_cannot_be_kept_is_shown_all_the_same() {
    let mut host = Memory { append_fails: true, ..Memory::default() };
    let failure = run(&["-s", "s"], &mut host).expect_err("it is not kept");
    let text = "this turn is not kept in the session s: the disk is full".to_string();
    assert_eq!(failure, Failure { exit: Exit::File, text });
    assert_eq!(host.shown, "Offline, turn 1.\nYou said: hi\n");
}

#[test]
fn a_session_of_another_run_is_neither_read_nor_written() {
    let mut host = Memory { claim_fails: true, ..Memory::default() };
    let failure = run(&["-s", "s"], &mut host).expect_err("it is taken");
    assert_eq!(failure.exit, Exit::File);
    assert_eq!(host.effects, ["read config.json", "input 65536", "claim s"]);
}

#[test]
fn damage_is_warned_about_once_and_the_append_starts_on_a_line_of_its_own() {
    let mut host = Memory { session: b"{\"role".to_vec(), ..Memory::default() };
    assert_eq!(run(&["-s", "s"], &mut host), Ok(()));
    assert_eq!(host.asked("warn ").len(), 1);
    assert!(host.asked("append s \\n{").len() == 1, "{:?}", host.effects);
}

#[test]
fn a_configuration_that_cannot_be_read_stops_the_turn_before_anything_else() {
    let mut host = Memory::default();
    let failure = run(&["-c", "c", "-s", "s"], &mut host).expect_err("no configuration");
    assert_eq!(failure, Failure { exit: Exit::Usage, text: "the configuration c cannot be read: it burns".to_string() });
    assert_eq!(host.effects, ["read config c"]);
}

#[test]
fn each_call_is_kept_before_it_is_run_and_its_result_as_it_comes() {
    let config = r#"{"grant": {"read": ["**"]}, "replies": [{"content": "I look.", "calls": [
        {"id": "c1", "name": "read_file", "arguments": {"path": "a"}}, {"id": "c2", "name": "read_file", "arguments": {"path": "b"}}]}, "done"]}"#;
    let mut host = Memory::new(config);
    host.work.insert("a".into(), "text of a".into());
    assert_eq!(run(&["-m", "hi", "-s", "s"], &mut host), Ok(()));
    let words: Vec<&str> =
        host.effects.iter().map(|effect| effect.split_once(' ').map_or(effect.as_str(), |(word, _)| word)).collect();
    let wanted =
        ["read", "workspace", "claim", "read", "output", "append", "read", "append", "read", "append", "output", "append"];
    assert_eq!(words, wanted);
    let appended = host.asked("append");
    assert!(appended[0].contains("I look.") && appended[0].contains("c2") && appended[1].contains("text of a"), "{appended:?}");
    assert!(appended[2].contains("b is not there") && appended[2].contains(r#"\"error\":true"#), "{appended:?}");
    assert_eq!(host.shown, "I look.\ndone\n");
}

#[test]
fn a_workspace_is_opened_only_when_a_tool_needs_it() {
    let mut host = Memory::new(r#"{"workspace": "nowhere"}"#);
    assert_eq!(run(&["-m", "hi"], &mut host), Ok(()));
    let mut host = Memory::new(r#"{"workspace": "nowhere", "grant": {"read": ["**"]}}"#);
    let failure = run(&["-m", "hi"], &mut host).expect_err("there is none");
    let text = "the workspace nowhere cannot be opened, no such folder: set workspace to a folder that is there".to_string();
    assert_eq!(failure, Failure { exit: Exit::Usage, text });
}

#[test]
fn a_request_has_no_header_that_nobody_asked_for() {
    let mut host = Memory::new(SERVER);
    host.responses.push_back((200, vec![WHOLE]));
    assert_eq!(run(&["-m", "hi"], &mut host), Ok(()));
    let names: Vec<&str> = host.sent[0].0.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["content-type", "accept", "accept-encoding"]);
    assert_eq!(host.asked("send"), ["send http://127.0.0.1:9/v1/chat/completions"]);
    assert_eq!(host.shown, "hello\n");
}

#[test]
fn a_stream_is_shown_piece_by_piece() {
    let mut host = Memory::new(SERVER);
    let pieces = vec![
        "data: {\"choices\":[{\"delta\":{\"content\":\"one \"}}]}\n\nda",
        "ta: {\"choices\":[{\"delta\":{\"content\":\"two\"}}]}\n\n",
        "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
    ];
    host.responses.push_back((200, pieces));
    assert_eq!(run(&["-m", "hi"], &mut host), Ok(()));
    assert_eq!(host.asked("output"), ["output one ", "output two", "output \\n"]);
}

#[test]
fn a_failure_that_may_pass_is_tried_again_and_one_that_may_not_is_not() {
    for (status, sent) in [(500, 2), (429, 2), (401, 1), (400, 1)] {
        let mut host = Memory::new(SERVER);
        host.responses.push_back((status, vec![]));
        host.responses.push_back((200, vec![WHOLE]));
        let ran = run(&["-m", "hi"], &mut host);
        assert_eq!((host.asked("send").len(), host.asked("sleep").len()), (sent, sent - 1), "{status}");
        assert_eq!(ran.is_ok(), sent == 2, "{status}");
    }
    let mut host = Memory { send_fails: true, ..Memory::new(SERVER) };
    assert_eq!(run(&["-m", "hi"], &mut host).expect_err("nobody is there").exit, Exit::Provider);
    assert_eq!(host.asked("send").len(), 2);
}

#[test]
fn nothing_is_asked_again_once_text_was_shown() {
    let mut host = Memory::new(SERVER);
    host.responses.push_back((200, vec!["data: {\"choices\":[{\"delta\":{\"content\":\"half\"}}]}\n\n", "BREAK"]));
    let failure = run(&["-m", "hi", "-s", "s"], &mut host).expect_err("it broke");
    assert_eq!((failure.exit, host.asked("send").len()), (Exit::Cut, 1));
    assert_eq!(host.shown, "half\n");
    assert!(host.asked("append")[0].contains(r#"\"cut\":true"#), "{:?}", host.effects);
}

#[test]
fn a_conversation_that_is_too_long_is_sent_again_without_its_oldest_turn() {
    let session = b"{\"role\":\"user\",\"content\":\"old\"}\n{\"role\":\"assistant\",\"content\":\"older\"}\n".to_vec();
    let mut host = Memory { session, ..Memory::new(SERVER) };
    host.responses.push_back((400, vec![r#"{"error":{"code":"context_length_exceeded","message":"too long"}}"#]));
    host.responses.push_back((200, vec![WHOLE]));
    assert_eq!(run(&["-m", "new", "-s", "s"], &mut host), Ok(()));
    assert!(host.sent[0].1.contains("old") && !host.sent[1].1.contains("old") && host.sent[1].1.contains("new"));
    assert!(host.asked("sleep").is_empty());
    // The file keeps all of it.
    assert!(host.session.starts_with(b"{\"role\":\"user\",\"content\":\"old\"}\n"));
}

#[test]
fn a_chat_goes_on_after_a_turn_that_failed() {
    let mut host =
        Memory { lines: ["one", "", "  ", "two", "/quit", "never"].into(), ..Memory::new(r#"{"replies": ["first"]}"#) };
    assert_eq!(run(&["chat"], &mut host), Ok(()));
    assert_eq!(host.shown, "first\n");
    assert_eq!((host.asked("prompt").len(), host.asked("warn").len(), host.lines.len()), (5, 1, 1));
}

#[test]
fn a_line_that_is_too_long_ends_neither_a_chat_nor_the_lines() {
    let lines = || ["too long for it", "short"].into();
    let mut host = Memory { lines: lines(), ..Memory::new(r#"{"max_message_bytes": 5}"#) };
    assert_eq!(run(&["chat"], &mut host), Ok(()));
    assert_eq!((host.shown.as_str(), host.asked("warn").len()), ("Offline, turn 1.\nYou said: short\n", 1));
    let mut host = Memory { lines: lines(), ..Memory::new(r#"{"max_message_bytes": 5}"#) };
    assert_eq!(run(&["--stdin", "jsonl"], &mut host).expect_err("one was not answered").exit, Exit::Usage);
    assert_eq!(host.shown.lines().count(), 2);
}

#[test]
fn the_names_of_sessions_are_sorted_and_what_is_no_name_is_left_out() {
    let mut host = Memory::default();
    assert_eq!(run(&["sessions", "list"], &mut host), Ok(()));
    assert_eq!((host.shown.as_str(), host.effects.len()), ("a\nb\n", 2));
}

#[test]
fn a_check_reads_the_key_and_sends_nothing() {
    let mut host = Memory::new(r#"{"provider": "anthropic", "model": "m", "key_file": "k"}"#);
    host.keys.insert("k".into(), "abcd-efgh-ijkl-mnop\n".into());
    assert_eq!(run(&["check"], &mut host), Ok(()));
    assert!(host.shown.contains("...mnop from the file k, sent to api.anthropic.com only"), "{}", host.shown);
    assert!(!host.shown.contains("abcd") && host.asked("send").is_empty());
}
