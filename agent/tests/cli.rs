//! The command as a user meets it: messages, configuration, help, and each exit code.

mod common;

use common::{Home, finish};

#[test]
fn a_message_is_answered() {
    Home::new().run(&["-m", "hi"]).said("Offline, turn 1.\nYou said: hi\n");
}

#[test]
fn a_message_comes_from_standard_input_as_text_or_as_json() {
    let home = Home::new();
    home.run_with::<&str>(&[], b"hi\nthere\r\n").said("Offline, turn 1.\nYou said: hi there\n");
    home.run_with::<&str>(&[], br#"{"role":"user","content":"caf\u00e9"}"#).said("Offline, turn 1.\nYou said: café\n");
    home.run_with::<&str>(&[], br#"{"content":"x"}"#).said("Offline, turn 1.\nYou said: {\"content\":\"x\"}\n");
}

#[test]
fn a_message_of_the_option_is_always_plain_text() {
    let text = r#"{"role":"user","content":"hi"}"#;
    Home::new().run(&["-m", text]).said(&format!("Offline, turn 1.\nYou said: {text}\n"));
}

#[test]
fn nothing_is_written_without_a_session() {
    let home = Home::new();
    home.run(&["-m", "hi"]).said("Offline, turn 1.\nYou said: hi\n");
    assert_eq!(home.0.path().read_dir().expect("the home folder").count(), 0);
}

#[test]
fn exit_1_when_the_provider_gives_no_reply_and_the_turn_is_not_kept() {
    let home = Home::with_config(r#"{"provider": "offline", "replies": ["one"]}"#);
    home.run(&["-s", "a", "-m", "hi"]).said("one\n");
    let kept = home.session_text("a");
    home.run(&["-s", "a", "-m", "hi"]).failed(1, "no reply for turn 2: add one to `replies`");
    assert_eq!(home.session_text("a"), kept);
}

#[test]
fn exit_2_when_the_command_line_is_wrong() {
    let home = Home::new();
    home.run(&["--nonsense"]).failed(2, "--nonsense");
    home.run(&["hi"]).failed(2, "hi");
    home.run(&["-m"]).failed(2, "-m");
    home.run(&["-m", "a", "-m", "b"]).failed(2, "--message is given twice: see agent --help");
    home.run(&["-m", "a", "-s", "../b"]).failed(2, "--session");
    home.run(&["a\nb\x1b[31m"]).failed(2, "a\\nb");
}

#[test]
fn exit_2_when_the_message_is_wrong() {
    let home = Home::with_config(r#"{"max_message_bytes": 5}"#);
    for empty in ["", " \n"] {
        home.run(&["-m", empty]).failed(2, "the message is empty: ");
        home.run_with::<&str>(&[], empty.as_bytes()).failed(2, "the message is empty: ");
    }
    home.run_with::<&str>(&[], b"ab\xFF").failed(2, "not UTF-8 at byte 2: ");
    home.run(&["-m", "12345"]).said("Offline, turn 1.\nYou said: 12345\n");
    home.run(&["-m", "123456"]).failed(2, "longer than max_message_bytes, 5: ");
    home.run_with::<&str>(&[], b"12345").said("Offline, turn 1.\nYou said: 12345\n");
    home.run_with::<&str>(&[], b"123456").failed(2, "longer than max_message_bytes, 5: ");
}

#[test]
fn exit_2_when_the_configuration_is_wrong() {
    let wrong = |config: &str, text: &str| Home::with_config(config).run(&["-m", "hi"]).failed(2, text);
    wrong("{", "config.json in the home folder is wrong: EOF while parsing an object at line 1 column 1: ");
    wrong("{\"system\": 1}", "`system`: invalid type: integer `1`, expected a string at line 1 column 12: ");
    wrong("{\"modle\": \"x\"}", "unknown key \"modle\" at line 1 column ");
    wrong("{\"a\\nb\": 1}", "unknown key \"a\\nb\" at line 1 column ");
    wrong(&" ".repeat(65_537), "is larger than 64 KiB: ");
    let home = Home::new();
    std::fs::write(home.0.path().join("config.json"), b"{\"system\": \"\xFF\"}").expect("written");
    home.run(&["-m", "hi"]).failed(2, "it is not UTF-8: ");
    home.run(&["-m", "hi", "-c", "/nowhere/c.json"]).failed(2, "the configuration /nowhere/c.json is not there: ");
}

#[test]
fn a_configuration_may_have_a_byte_order_mark_and_be_anywhere() {
    let home = Home::with_config("\u{FEFF}{\"system\": \"be brief\"}");
    let wanted = "Offline, turn 1.\nSystem: be brief\nYou said: hi\n";
    home.run(&["-m", "hi"]).said(wanted);
    let path = home.0.path().join("config.json");
    let elsewhere = Home::new();
    elsewhere.run(&["-m", "hi", "--config", path.to_str().expect("UTF-8")]).said(wanted);
}

#[test]
fn the_home_folder_is_under_home_unless_it_is_named() {
    let home = Home::new();
    let run = |name: &str, args: &[&str]| {
        let mut command = home.command(args);
        command.env_remove("AGENT_HOME").env(name, home.0.path());
        finish(command, b"")
    };
    run("HOME", &["-m", "hi", "-s", "a"]).said("Offline, turn 1.\nYou said: hi\n");
    assert!(home.0.path().join(".agent/sessions/a.jsonl").is_file());
    run("NEITHER", &["-m", "hi"]).said("Offline, turn 1.\nYou said: hi\n");
    run("NEITHER", &["-m", "hi", "-s", "a"]).failed(3, "there is no home folder, set AGENT_HOME");
}

#[test]
fn help_names_every_option_key_file_and_code() {
    let ran = Home::new().run(&["--help"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    for word in ["--message", "--session", "--config", "--help", "--version", "AGENT_HOME", "sessions/NAME.jsonl", "config.json"]
    {
        assert!(ran.stdout.contains(word), "{word}");
    }
    for key in ["provider", "system", "replies", "max_message_bytes", "max_session_bytes"] {
        assert!(ran.stdout.contains(&format!("\n  {key} ")), "{key}");
    }
    for code in 0..=3 {
        assert!(ran.stdout.contains(&format!("\n  {code}  ")), "{code}");
    }
    assert!(ran.stdout.lines().all(|line| line.len() <= 80));
}

#[test]
fn version_names_the_allocator() {
    let wanted = format!("agent {} (allocator {})\n", env!("CARGO_PKG_VERSION"), agent_allocator::NAME);
    Home::new().run(&["--version"]).said(&wanted);
}

#[test]
fn a_reader_that_went_away_is_no_error() {
    use std::io::Write;
    let mut child = Home::new().command::<&str>(&[]).spawn().expect("the agent starts");
    drop(child.stdout.take());
    child.stdin.take().expect("piped").write_all(b"hi").expect("the agent waits for its message");
    let output = child.wait_with_output().expect("the agent ends");
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), b"".as_slice()));
}

#[cfg(target_os = "linux")]
#[test]
fn exit_3_when_standard_output_is_full() {
    for args in [["-m", "hi"], ["-m", "--help"], ["--help", "x"]] {
        let mut command = Home::new().command(&args);
        command.stdout(std::fs::File::create("/dev/full").expect("it opens"));
        finish(command, b"").failed(3, "cannot be written: No space left");
    }
}

#[cfg(unix)]
#[test]
fn exit_2_when_an_argument_is_not_utf8() {
    use std::ffi::{OsStr, OsString};
    use std::os::unix::ffi::OsStrExt;
    let home = Home::new();
    for option in ["-m", "-s", "-c"] {
        home.run(&[OsString::from(option), OsStr::from_bytes(b"a\xFF").to_owned()]).failed(2, "unicode");
    }
}
