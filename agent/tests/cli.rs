//! The command as a user meets it: messages, configuration, commands, output, and each exit code.

mod common;

use common::{Home, finish, mock};
use serde_json::{Value, json};

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
    assert_eq!(home.path().read_dir().expect("the home folder").count(), 0);
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
fn exit_1_when_the_server_is_not_there_or_says_no() {
    let config = |base: &str| json!({"provider": "openai", "model": "m", "base_url": base, "retries": 0}).to_string();
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port();
    Home::with_config(&config(&format!("http://127.0.0.1:{port}"))).run(&["-m", "hi"]).failed(1, "reply, cannot connect");
    for (status, words) in
        [(400, "check model"), (401, "check the key"), (404, "check model and base_url"), (500, "try again later")]
    {
        let mock = mock(&format!("[[reply]]\nstatus = {status}\nerror = {{ message = \"because\" }}\n"));
        Home::with_config(&config(&mock.url())).run(&["-m", "hi"]).failed(1, words);
    }
}

#[test]
fn exit_2_when_the_command_line_is_wrong() {
    let home = Home::new();
    home.run(&["--nonsense"]).failed(2, "--nonsense: see agent --help");
    home.run(&["hi"]).failed(2, "unknown command hi, a message goes after -m");
    home.run(&["-m"]).failed(2, "there is no value after -m");
    home.run(&["-m", "a", "-m", "b"]).failed(2, "-m is given twice: see agent --help");
    home.run(&["-m", "a", "-s", "../b"]).failed(2, "the name of a session is ");
    home.run(&["-m", "a", "-p", "x"]).failed(2, "--provider is offline, openai or anthropic and not x");
    home.run(&["a\nb\x1b[31m"]).failed(2, "a b\\u{1b}[31m");
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
    wrong("{", "config.json in the home folder is wrong: it should have a name in quotes, line 1, column 2: ");
    wrong("{\"system\": 1}", "\"system\" must be a string, line 1, column 12: ");
    wrong("{\"modle\": \"x\"}", "unknown key \"modle\", line 1, column 2: ");
    wrong(&" ".repeat(65_537), "is larger than 64 KiB: ");
    wrong("{\"provider\": \"openai\"}", "no model is named: use --model NAME or set model in the configuration");
    wrong("{\"workspace\": \"/nowhere\", \"grant\": {\"read\": [\"**\"]}}", "the workspace /nowhere cannot be opened, ");
}

#[test]
fn exit_4_when_the_model_refuses() {
    let mock = mock("[[reply]]\nrefusal = \"I will not.\"\n");
    let ran = Home::with_mock(&mock, "openai", json!({})).run(&["-m", "hi"]);
    ran.ended(4, "the model or its filter refused to answer: ask in another way");
    assert_eq!(ran.stdout, "I will not.\n");
}

#[test]
fn exit_5_when_the_reply_is_cut_and_what_there_is_is_shown_and_kept() {
    for provider in ["openai", "anthropic"] {
        let mock = mock("[[reply]]\ntext = \"half a\"\nstop = \"length\"\n");
        let home = Home::with_mock(&mock, provider, json!({}));
        let ran = home.run(&["-m", "hi", "-s", "a"]);
        ran.ended(5, "the reply is cut at the limit on tokens: raise max_tokens");
        assert_eq!(ran.stdout, "half a\n");
        assert_eq!(home.session_lines("a")[1], json!({"role": "assistant", "content": "half a", "cut": true}));
    }
}

#[test]
fn json_has_the_reply_what_it_took_and_how_it_failed() {
    let mock =
        mock("[[reply]]\ntext = \"a\\nb\"\nusage = { input = 7, output = 3 }\n[[reply]]\ntext = \"half\"\nstop = \"length\"\n");
    let home = Home::with_mock(&mock, "openai", json!({}));
    let usage = json!({"input_tokens": 7, "output_tokens": 3});
    assert_eq!(home.run(&["-m", "hi", "--json"]).json(), json!({"reply": "a\nb", "rounds": 1, "tool_calls": 0, "usage": usage}));
    let ran = home.run(&["-m", "hi", "--json", "-s", "a"]);
    ran.ended(5, "the reply is cut");
    let value = ran.json();
    assert_eq!((&value["reply"], &value["session"], &value["exit_code"]), (&json!("half"), &json!("a"), &json!(5)));
    assert!(value["error"].as_str().expect("a text").starts_with("the reply is cut"));
}

#[test]
fn lines_are_answered_line_by_line_each_as_json() {
    let home = Home::new();
    let input =
        b"hi\n\n\"a \\u0062\"\r\n{\"role\":\"user\",\"content\":\"c\"}\n{\"role\":\"system\",\"content\":\"d\"}\n\xFF\nlast";
    let ran = home.run_with(&["--stdin", "jsonl"], input);
    ran.ended(2, "a message was not answered, the line is not UTF-8");
    let lines: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let replies: Vec<&Value> = lines.iter().map(|line| &line["reply"]).collect();
    let said = |text: &str| json!(format!("Offline, turn 1.\nYou said: {text}"));
    let wanted = [said("hi"), said("a b"), said("c"), said(r#"{"role":"system","content":"d"}"#), Value::Null, said("last")];
    assert_eq!(replies, wanted.iter().collect::<Vec<_>>());
    assert_eq!((&lines[4]["exit_code"], lines[4]["error"].is_string()), (&json!(2), true));
    home.run_with(&["--stdin", "jsonl"], b"").said("");
}

#[test]
fn a_chat_answers_line_after_line_until_its_end() {
    let home = Home::new();
    let ran = home.run_with(&["chat"], b"one\n\ntwo\r\n/quit\nthree\n");
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (Some(0), "Offline, turn 1.\nYou said: one\nOffline, turn 2.\nYou said before: one\nYou said: two\n")
    );
    assert_eq!(ran.stderr, "> > > > ");
    assert_eq!(home.run_with(&["chat"], b"one").stdout, "Offline, turn 1.\nYou said: one\n");
    assert_eq!(home.path().read_dir().expect("the home folder").count(), 0);
}

#[test]
fn a_check_says_who_answers_and_what_is_granted() {
    let none = "read       nothing is granted\nwrite      nothing is granted\nhosts      nothing is granted\nprivate    nothing is granted\n\
        exec       nothing is granted\ntools      none: grant something in the configuration\n";
    Home::new().run(&["check"]).said(&format!("config     none, the defaults hold\nprovider   offline\n{none}"));
    let home = Home::new();
    let grant = json!({"read": ["a/**", "*.md"], "write": ["a/**"], "hosts": ["https://a.example"], "private": ["10.0.0.7"], "exec": [["/bin/ls", "*"]]});
    let config = json!({"provider": "anthropic", "model": "m", "grant": grant, "workspace": home.path().parent()});
    home.configure(&config.to_string());
    let ran = home.run_env("ANTHROPIC_API_KEY", "abcd-efgh-ijkl-mnop", &["check"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    for line in [
        "config     config.json in the home folder",
        "provider   https://api.anthropic.com/v1/messages",
        "model      m",
        "key        ...mnop from the variable ANTHROPIC_API_KEY, sent to api.anthropic.com only",
        "read       a/**  *.md",
        "hosts      https://a.example",
        "private    10.0.0.7",
        "exec       /bin/ls *",
        "tools      read_file write_file edit_file list_dir http_get exec",
    ] {
        assert!(ran.stdout.lines().any(|given| given == line), "{line} {}", ran.stdout);
    }
    home.configure("{");
    home.run(&["check"]).failed(2, "is wrong: ");
}

#[test]
fn options_stand_in_the_place_of_the_configuration() {
    let server = mock("[[reply]]\ntext = \"hi\"\ntimes = 3\n");
    let home = Home::with_mock(&server, "openai", json!({}));
    home.run(&["-m", "hi", "--model", "other", "--no-stream"]).said("hi\n");
    home.run(&["-m", "hi", "-p", "anthropic"]).said("hi\n");
    home.run(&["-m", "hi", "-p", "offline"]).said("Offline, turn 1.\nYou said: hi\n");
    let sent = server.recorded();
    assert_eq!((&sent[0].json()["model"], &sent[0].json()["stream"]), (&json!("other"), &Value::Null));
    assert_eq!((sent[1].path.as_str(), &sent[1].json()["stream"]), ("/v1/messages", &json!(true)));
    assert_eq!(sent.len(), 2);
}

#[test]
fn a_configuration_may_have_a_byte_order_mark_and_be_anywhere() {
    let home = Home::with_config("\u{FEFF}{\"system\": \"be brief\"}");
    let wanted = "Offline, turn 1.\nSystem: be brief\nYou said: hi\n";
    home.run(&["-m", "hi"]).said(wanted);
    let path = home.path().join("config.json");
    let elsewhere = Home::new();
    elsewhere.run(&["-m", "hi", "--config", path.to_str().expect("UTF-8")]).said(wanted);
}

#[test]
fn the_home_folder_is_under_home_unless_it_is_named() {
    let home = Home::new();
    let run = |name: &str, args: &[&str]| {
        let mut command = home.command(args);
        command.env_remove("AGENT_HOME").env(name, home.path());
        finish(command, b"")
    };
    run("HOME", &["-m", "hi", "-s", "a"]).said("Offline, turn 1.\nYou said: hi\n");
    assert!(home.path().join(".agent/sessions/a.jsonl").is_file());
    run("NEITHER", &["-m", "hi"]).said("Offline, turn 1.\nYou said: hi\n");
    run("NEITHER", &["-m", "hi", "-s", "a"]).failed(3, "there is no home folder, set AGENT_HOME");
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
    for args in [&["-m", "hi"][..], &["--help"], &["check"], &["-m", "hi", "--json"], &["--version"]] {
        let mut command = Home::new().command(args);
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
        home.run(&[OsString::from(option), OsStr::from_bytes(b"a\xFF").to_owned()])
            .failed(2, "an argument is not UTF-8, a\u{FFFD}: ");
    }
}
