//! Sessions on a real disk: kept, resumed, private, shared by two processes, and readable after damage.

mod common;

use std::collections::BTreeSet;

use agent::message::Role;
use agent::session::Session;
use common::Home;

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
    assert!(
        std::fs::read(home.session("a"))
            .expect("there")
            .starts_with(b"# mine\n{\"role\":\"user\",\"content\":\"one\"}\n\xFF\xFE\n1\n")
    );
}

#[test]
fn exit_3_when_a_session_is_too_large_or_not_a_file() {
    let home = Home::with_config(r#"{"max_session_bytes": 100}"#);
    home.write_session("large", &[b'\n'; 101]);
    home.run(&["-s", "large", "-m", "hi"]).failed(3, "is larger than max_session_bytes: ");
    assert_eq!(home.session_text("large").len(), 101);
    std::fs::create_dir(home.session("folder")).expect("made");
    home.run(&["-s", "folder", "-m", "hi"]).failed(3, "the session folder cannot be read: ");
}

#[cfg(target_os = "linux")]
#[test]
fn exit_3_and_the_reply_when_a_turn_cannot_be_kept() {
    let mut command = Home::new().command(&["-s", "a", "-m", "hi"]);
    // A folder that not even the superuser can make.
    command.env("AGENT_HOME", "/proc/agent-home");
    let ran = common::finish(command, b"");
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(3), "Offline, turn 1.\nYou said: hi\n"));
    assert!(
        ran.is_one_line() && ran.stderr.contains("this turn is not kept in the session a: /proc/agent-home/sessions: "),
        "{ran:?}"
    );
    assert!(ran.stderr.contains("set AGENT_HOME to a folder that can be written"), "{ran:?}");
}

#[cfg(unix)]
#[test]
fn what_is_created_belongs_to_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    let deep = home.0.path().join("new/home");
    let mut command = home.command(&["-s", "a", "-m", "hi"]);
    command.env("AGENT_HOME", &deep);
    common::finish(command, b"").said("Offline, turn 1.\nYou said: hi\n");
    let mode = |path: &str| deep.join(path).metadata().expect("there").permissions().mode() & 0o777;
    assert_eq!((mode(""), mode("sessions"), mode("sessions/a.jsonl")), (0o700, 0o700, 0o600));
}

#[test]
fn processes_that_append_at_the_same_time_lose_nothing() {
    const WRITERS: usize = 4;
    const TURNS: usize = 15;
    let home = Home::new();
    home.write_session("a", b"{\"role\":\"us");
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let home = &home;
            scope.spawn(move || {
                for turn in 0..TURNS {
                    let message = format!("{writer}-{turn} {}", "x".repeat(3_000));
                    assert_eq!(home.run(&["-s", "a", "-m", &message]).code, Some(0));
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
            assert_eq!((turn[0].role, turn[1].role), (Role::User, Role::Assistant));
            assert!(turn[1].content.ends_with(&turn[0].content), "a turn is in one piece");
            turn[0].content.split_once(' ').expect("written above").0
        })
        .collect();
    assert_eq!((session.messages.len(), said.len()), (2 * WRITERS * TURNS, WRITERS * TURNS));
}
