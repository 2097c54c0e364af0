//! Sessions on a real disk: kept, resumed, listed, shown, and readable after damage. What protects them is in `security/sessions.rs`.

mod common;

use std::collections::BTreeSet;

use agent::message::Message;
use agent::session::Session;
use common::Home;
use serde_json::json;

const ONE: &str =
    "{\"role\":\"user\",\"content\":\"one\"}\n{\"role\":\"assistant\",\"content\":\"Offline, turn 1.\\nYou said: one\"}\n";

#[test]
fn a_turn_is_kept_and_the_next_one_knows_it() {
    let home = Home::new();
    home.run(&["-s", "work", "-m", "one"]).said("Offline, turn 1.\nYou said: one\n");
    assert_eq!(home.session_text("work"), ONE);
    home.run_with(&["--session=work"], b"two").said("Offline, turn 2.\nYou said before: one\nYou said: two\n");
    let text = home.session_text("work");
    assert!(text.starts_with(ONE) && text.lines().count() == 4, "{text}");
    home.run(&["-s", "other", "-m", "one"]).said("Offline, turn 1.\nYou said: one\n");
}

#[test]
fn a_chat_and_lines_are_kept_too() {
    let home = Home::new();
    let ran = home.run_with(&["chat", "-s", "a"], b"one\ntwo\n/quit\nthree\n");
    assert_eq!(ran.stdout, "Offline, turn 1.\nYou said: one\nOffline, turn 2.\nYou said before: one\nYou said: two\n");
    let ran = home.run_with(&["--stdin", "jsonl", "-s", "a"], b"three\n\"four\"\n");
    assert!(ran.code == Some(0) && ran.stdout.lines().count() == 2, "{ran:?}");
    home.run(&["-s", "a", "-m", "five"]).said("Offline, turn 5.\nYou said before: four\nYou said: five\n");
    assert_eq!(home.session_lines("a").len(), 10);
}

#[test]
fn a_turn_with_tools_is_kept_with_its_calls_and_results() {
    let workspace = tempfile::tempdir().expect("a folder");
    std::fs::write(workspace.path().join("a"), "text of a").expect("written");
    let calls = json!([{"id": "c1", "name": "read_file", "arguments": {"path": "a"}}]);
    let config = json!({"workspace": workspace.path(), "grant": {"read": ["**"]}, "replies": [{"content": "I look.", "calls": calls}, "done", "more"]});
    let home = Home::with_config(&config.to_string());
    home.run(&["-s", "a", "-m", "go"]).said("I look.\ndone\n");
    let wanted = [
        json!({"role": "user", "content": "go"}),
        json!({"role": "assistant", "content": "I look.", "calls": [{"id": "c1", "name": "read_file", "arguments": "{\"path\":\"a\"}"}]}),
        json!({"role": "tool", "call": "c1", "content": "text of a"}),
        json!({"role": "assistant", "content": "done"}),
    ];
    assert_eq!(home.session_lines("a"), wanted);
    home.run(&["-s", "a", "-m", "go"]).said("more\n");
    assert_eq!(
        home.run(&["sessions", "show", "a"]).stdout,
        "user: go\nassistant: I look.\ncall: read_file {\"path\":\"a\"}\ntool: text of a\nassistant: done\nuser: go\nassistant: more\n"
    );
    assert_eq!(home.run(&["sessions", "show", "a", "--json"]).stdout, home.session_text("a"));
}

#[test]
fn sessions_are_listed_and_shown() {
    let home = Home::new();
    home.run(&["sessions", "list"]).said("");
    for name in ["b", "a", "a-2"] {
        assert_eq!(home.run(&["-s", name, "-m", "one"]).code, Some(0));
    }
    home.run(&["sessions", "list"]).said("a\na-2\nb\n");
    home.run(&["sessions", "show", "a"]).said("user: one\nassistant: Offline, turn 1.\nYou said: one\n");
    home.run(&["sessions", "show", "c"]).failed(2, "there is no session c: `agent sessions list` shows those that are there");
    assert!(!home.session("c").exists());
}

#[test]
fn a_torn_last_line_loses_nothing_else_at_any_byte() {
    let home = Home::new();
    // Each place where the write of the first turn can have been cut off, by tens to keep the run short, and both sides of each line's end.
    let ends = [ONE.find('\n').expect("a first line"), ONE.len() - 1];
    let cuts: BTreeSet<usize> = (1..ONE.len()).step_by(10).chain(ends).chain(ends.map(|end| end + 1)).collect();
    for cut in cuts {
        let name = format!("cut{cut}");
        home.write_session(&name, &ONE.as_bytes()[..cut]);
        let before = Session::decode(&ONE.as_bytes()[..cut]);

        let ran = home.run(&["-s", &name, "-m", "two"]);
        assert_eq!(ran.code, Some(0), "{cut}: {ran:?}");
        assert_eq!(ran.stderr.is_empty(), before.unread_lines.is_empty(), "{cut}: {ran:?}");
        if !before.unread_lines.is_empty() {
            assert!(ran.is_one_line() && ran.stderr.contains("has lines that are not messages: "), "{cut}: {ran:?}");
        }

        let text = home.session_text(&name);
        assert!(text.starts_with(&ONE[..cut]), "{cut}: {text}");
        let after = Session::decode(text.as_bytes());
        assert_eq!(after.messages.len(), before.messages.len() + 2, "{cut}: {text}");
        assert_eq!(after.messages[..before.messages.len()], before.messages, "{cut}");
        assert_eq!(after.unread_lines, before.unread_lines, "{cut}");
        assert!(!after.open, "{cut}");
    }
}

#[test]
fn foreign_lines_are_reported_and_stay() {
    let home = Home::new();
    home.write_session("a", b"# mine\n{\"role\":\"user\",\"content\":\"one\"}\n\xFF\xFE\n1\n2\n3\n4\n");
    let ran = home.run(&["-s", "a", "-m", "two"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), "Offline, turn 2.\nYou said before: one\nYou said: two\n"));
    assert!(ran.is_one_line() && ran.stderr.contains("1, 3, 4, 5, 6 and more: "), "{ran:?}");
    let after = std::fs::read(home.session("a")).expect("there");
    assert!(after.starts_with(b"# mine\n{\"role\":\"user\",\"content\":\"one\"}\n\xFF\xFE\n1\n"));
}

#[test]
fn exit_3_when_a_session_is_too_large_or_not_a_file() {
    let home = Home::with_config(r#"{"max_session_bytes": 100}"#);
    home.write_session("large", &[b'\n'; 101]);
    home.run(&["-s", "large", "-m", "hi"]).failed(3, "is larger than max_session_bytes: ");
    assert_eq!(home.session_text("large").len(), 101);
    std::fs::create_dir(home.session("folder")).expect("made");
    home.run(&["-s", "folder", "-m", "hi"]).failed(3, "the session folder ");
}

#[cfg(target_os = "linux")]
#[test]
fn exit_3_when_a_session_cannot_be_made() {
    let mut command = Home::new().command(&["-s", "a", "-m", "hi"]);
    // A folder that not even the superuser can make.
    command.env("AGENT_HOME", "/proc/agent-home");
    let ran = common::finish(command, b"");
    ran.failed(3, "the session a /proc/agent-home/sessions/a.jsonl: ");
    assert!(ran.stderr.contains("set AGENT_HOME to a folder that can be written"), "{ran:?}");
}

#[test]
fn without_a_home_folder_there_is_no_session() {
    let mut command = Home::new().command(&["-s", "a", "-m", "hi"]);
    command.env_remove("AGENT_HOME");
    common::finish(command, b"").failed(3, "there is no home folder, set AGENT_HOME");
    let mut command = Home::new().command(&["-m", "hi"]);
    command.env_remove("AGENT_HOME");
    common::finish(command, b"").said("Offline, turn 1.\nYou said: hi\n");
}

#[test]
fn processes_that_use_one_session_take_turns_and_lose_nothing() {
    const WRITERS: usize = 4;
    const TURNS: usize = 8;
    let home = Home::new();
    home.write_session("a", b"{\"role\":\"us");
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let home = &home;
            scope.spawn(move || {
                for turn in 0..TURNS {
                    let message = format!("{writer}-{turn} {}", "x".repeat(3_000));
                    // The one that has the session is done in some milliseconds.
                    common::wait_for("the session", || {
                        let ran = home.run(&["-s", "a", "-m", &message]);
                        assert!(
                            ran.code == Some(0) || (ran.code == Some(3) && ran.stderr.contains("is in use by another run")),
                            "{ran:?}"
                        );
                        ran.code == Some(0)
                    });
                }
            });
        }
    });

    let session = Session::decode(home.session_text("a").as_bytes());
    assert_eq!(session.unread_lines, [1]);
    let said: BTreeSet<&str> = session
        .messages
        .chunks(2)
        .map(|turn| {
            let [Message::User(said), Message::Assistant(reply)] = turn else { panic!("a turn is in one piece: {turn:?}") };
            assert!(reply.text.ends_with(said.as_str()), "a turn is in one piece");
            said.split_once(' ').expect("written above").0
        })
        .collect();
    assert_eq!((session.messages.len(), said.len()), (2 * WRITERS * TURNS, WRITERS * TURNS));
}
