//! What reaches a terminal: whatever a model, a server or a file says, it moves no cursor, sets no title and hides no text.

use serde_json::json;

use crate::common::lab::Lab;
use crate::common::{Home, Ran, finish, mock};

/// Clears the screen, sets the title, writes the clipboard, turns text around, goes back.
const EVIL: &str = "a\u{1b}[2J\u{1b}]0;title\u{7}\u{1b}]52;c;aGk=\u{7}\u{9b}31m\u{202e}b\u{2066}\rc\u{8}d\u{7f}";
const WRITTEN_OUT: &str =
    "a\\u{1b}[2J\\u{1b}]0;title\\u{7}\\u{1b}]52;c;aGk=\\u{7}\\u{9b}31m\\u{202e}b\\u{2066}\\u{d}c\\u{8}d\\u{7f}";

/// Nothing in it but line ends and tabs drives a terminal.
#[track_caller]
fn is_harmless(ran: &Ran) {
    let drives = |char: char| {
        (char.is_control() && char != '\n' && char != '\t')
            || "\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}".contains(char)
    };
    assert!(!ran.stdout.contains(drives) && !ran.stderr.contains(drives), "{ran:?}");
}

#[test]
fn security_control_characters_of_a_reply_are_written_out() {
    let home = Home::with_config(&json!({"replies": [EVIL]}).to_string());
    home.run(&["-m", "hi"]).said(&format!("{WRITTEN_OUT}\n"));
    let ran = finish(home.command(&["chat"]), b"hi\n");
    assert_eq!(ran.stdout, format!("{WRITTEN_OUT}\n"));
}

#[test]
fn security_control_characters_of_a_stream_are_written_out_however_it_is_cut() {
    for provider in ["openai", "anthropic"] {
        for (chunking, split) in [("byte", 1), ("utf8", 3), ("event", 100)] {
            let reply = format!("[[reply]]\ntext = {}\nsplit_chars = {split}\nchunking = \"{chunking}\"\n", toml_text(EVIL));
            Home::with_mock(&mock(&reply), provider, json!({})).run(&["-m", "hi"]).said(&format!("{WRITTEN_OUT}\n"));
        }
    }
}

/// `text` as a string of TOML.
fn toml_text(text: &str) -> String {
    let chars = text
        .chars()
        .map(|char| if char.is_control() || !char.is_ascii() { format!("\\U{:08x}", u32::from(char)) } else { char.to_string() });
    format!("\"{}\"", chars.collect::<String>())
}

#[test]
fn security_control_characters_of_a_servers_error_are_written_out() {
    let mock = mock(&format!("[[reply]]\nstatus = 400\nerror = {{ message = {} }}\n", toml_text(EVIL)));
    let ran = Home::with_mock(&mock, "openai", json!({})).run(&["-m", "hi"]);
    ran.failed(1, "\\u{1b}]0;title");
    is_harmless(&ran);
}

#[test]
fn security_control_characters_in_a_shown_session_are_written_out() {
    let home = Home::new();
    let lines = [
        json!({"role": "user", "content": EVIL}),
        json!({"role": "assistant", "content": EVIL, "calls": [{"id": EVIL, "name": EVIL, "arguments": EVIL}]}),
        json!({"role": "tool", "call": EVIL, "content": EVIL, "error": true}),
        json!({"role": "tool", "call": EVIL, "content": EVIL}),
    ];
    home.write_session("a", lines.map(|line| format!("{line}\n")).concat().as_bytes());
    let ran = home.run(&["sessions", "show", "a"]);
    let wanted = format!(
        "user: {WRITTEN_OUT}\nassistant: {WRITTEN_OUT}\ncall: {WRITTEN_OUT} {WRITTEN_OUT}\ntool error: {WRITTEN_OUT}\ntool: {WRITTEN_OUT}\n"
    );
    ran.said(&wanted);
    is_harmless(&ran);
}

#[test]
fn security_control_characters_in_a_tools_error_are_written_out() {
    let lab = Lab::new();
    let (ran, told) = lab.play(json!({"grant": {"read": ["**"]}, "replies": [{"calls": [{"name": EVIL}, {"name": "read_file", "arguments": {"path": EVIL}}]}, "done"]}));
    ran.said("done\n");
    assert!(told.iter().all(|told| told.error), "{told:?}");
    is_harmless(&lab.run(&["sessions", "show", "lab"]));
}

#[test]
fn security_a_json_result_drives_no_terminal_and_has_the_exact_text() {
    let home = Home::with_config(&json!({"replies": [EVIL]}).to_string());
    let ran = home.run(&["-m", "hi", "--json", "-s", "a"]);
    assert_eq!(ran.json()["reply"], EVIL);
    let controls = |ran: &Ran| ran.stdout.trim_end().contains(char::is_control);
    assert!(!controls(&ran), "{ran:?}");
    let ran = home.run(&["sessions", "show", "a", "--json"]);
    assert!(ran.stdout.lines().all(|line| !line.contains(char::is_control)), "{ran:?}");
}

#[test]
fn security_a_failure_is_one_line_whatever_is_in_it() {
    let home = Home::new();
    home.write_session("a", b"\x1b]0;title\x07\n");
    for args in [
        &[EVIL][..],
        &["-m", "a", "-p", EVIL],
        &["-m", "a", "-c", EVIL],
        &["-m", "a", "-s", EVIL],
        &["--stdin", EVIL],
        &["sessions", EVIL],
    ] {
        let ran = home.run(args);
        assert!(ran.code == Some(2) && ran.is_one_line(), "{ran:?}");
        is_harmless(&ran);
    }
    let ran = home.run(&["-m", "hi", "-s", "a"]);
    assert!(ran.code == Some(0) && ran.is_one_line(), "{ran:?}");
    is_harmless(&ran);
    for config in [
        json!({EVIL: 1}),
        json!({"workspace": EVIL, "grant": {"read": ["**"]}}),
        json!({"provider": EVIL}),
        json!({"grant": {"read": [EVIL]}}),
    ] {
        let ran = Home::with_config(&config.to_string()).run(&["-m", "hi"]);
        assert!(ran.code == Some(2) && ran.is_one_line(), "{ran:?}");
        is_harmless(&ran);
    }
}

#[test]
fn security_a_check_is_harmless_whatever_is_granted() {
    let config = json!({"grant": {"exec": [["/bin/echo", EVIL]], "read": ["**"]}, "workspace": "."});
    let ran = Home::with_config(&config.to_string()).run(&["check"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    assert!(ran.stdout.contains("\\u{1b}]0;title"), "{ran:?}");
    is_harmless(&ran);
}

#[cfg(unix)]
#[test]
fn security_a_listing_has_one_line_for_each_name_whatever_the_name_is() {
    let lab = Lab::new();
    lab.file("a\nb\u{1b}[2J", "");
    let told = lab.call(json!({"read": ["**"]}), "list_dir", json!({"path": "."}));
    told.gave("a\u{FFFD}b\u{FFFD}[2J");
}
