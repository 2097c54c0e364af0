//! Keys: bound to one host, never shown, never kept, and taken out of whatever comes back.

use mock_api::Mock;
use serde_json::{Value, json};

use crate::common::lab::Lab;
use crate::common::{Home, command, finish, mock};

const KEY: &str = "test-key-0123456789-abcd";

fn host(mock: &Mock) -> String {
    format!("127.0.0.1:{}", mock.port())
}

/// An agent with the key for `mock` in the variable `TEST_KEY`.
fn with_key(mock: &Mock, provider: &str, more: Value) -> Home {
    let mut config = json!({"key_env": "TEST_KEY", "key_host": host(mock)});
    config.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    Home::with_mock(mock, provider, config)
}

#[test]
fn security_the_line_end_after_a_key_is_dropped() {
    for text in [format!("{KEY}\n"), format!("{KEY}\r\n"), format!(" {KEY}\t\n\n")] {
        let mock = mock(&format!("key = \"{KEY}\"\n[[reply]]\ntext = \"hi\"\ntimes = 2\n"));
        with_key(&mock, "openai", json!({})).run_env("TEST_KEY", &text, &["-m", "hi"]).said("hi\n");
        let home = Home::with_mock(&mock, "anthropic", json!({"key_file": "key", "key_host": host(&mock)}));
        write_private(&home, &text);
        home.run(&["-m", "hi"]).said("hi\n");
        assert_eq!(mock.recorded()[0].header("authorization"), Some(format!("Bearer {KEY}").as_str()));
        assert_eq!(mock.recorded()[1].header("x-api-key"), Some(KEY));
    }
}

/// Puts a key file into the home folder.
fn write_private(home: &Home, text: &str) {
    let path = home.path().join("key");
    std::fs::write(&path, text).expect("written");
    #[cfg(unix)]
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("set");
}

#[test]
fn security_a_key_with_other_characters_is_refused_and_not_shown() {
    let mock = mock("[[reply]]\ntext = \"hi\"\n");
    for text in [
        "test-key\nx-evil: 1",
        "test-key\r\nx-evil: 1",
        "test-key 0123456789",
        "test-key\u{1b}[2J",
        "test-key-é",
        "test-key\u{7f}",
        "\n",
        " ",
    ] {
        let home = with_key(&mock, "openai", json!({}));
        let from_variable = home.run_env("TEST_KEY", text, &["-m", "hi"]);
        let home = Home::with_mock(&mock, "openai", json!({"key_file": "key", "key_host": host(&mock)}));
        write_private(&home, text);
        for ran in [from_variable, home.run(&["-m", "hi"])] {
            ran.failed(2, "the key in the ");
            assert!(!ran.stderr.contains("test-key") && !ran.stderr.contains("evil"), "{ran:?}");
        }
    }
    assert!(mock.recorded().is_empty());
}

#[test]
fn security_a_key_that_is_too_long_or_missing_stops_the_run() {
    let mock = mock("[[reply]]\ntext = \"hi\"\n");
    let home = with_key(&mock, "openai", json!({}));
    home.run_env("TEST_KEY", "x".repeat(5000), &["-m", "hi"]).failed(2, "is longer than 4096 bytes");
    home.run(&["-m", "hi"]).failed(2, "there is no key for ");
    home.run_env("TEST_KEY", "", &["-m", "hi"]).failed(2, "there is no key for ");
    assert!(mock.recorded().is_empty());
}

#[test]
fn security_a_key_that_an_error_repeats_is_taken_out() {
    for args in [&["-m", "hi"][..], &["-m", "hi", "--no-stream"], &["-m", "hi", "--json"], &["-m", "hi", "-s", "a"]] {
        let mock = mock("key = \"another\"\n[[reply]]\ntext = \"hi\"\n");
        let ran = with_key(&mock, "openai", json!({})).run_env("TEST_KEY", KEY, args);
        ran.failed(1, "answered 401 (invalid_api_key), Incorrect API key provided: [redacted]: check the key");
        assert!(!ran.stderr.contains(KEY), "{ran:?}");
    }
}

#[test]
fn security_an_error_of_a_line_mode_has_no_key() {
    let mock = mock("key = \"another\"\n");
    let home = with_key(&mock, "openai", json!({}));
    let mut lines = home.command(&["--stdin", "jsonl"]);
    lines.env("TEST_KEY", KEY);
    let ran = finish(lines, b"hi\n");
    assert!(ran.stdout.contains("[redacted]") && !ran.stdout.contains(KEY) && !ran.stderr.contains(KEY), "{ran:?}");
    let mut chat = home.command(&["chat"]);
    chat.env("TEST_KEY", KEY);
    let ran = finish(chat, b"hi\n");
    assert!(ran.stderr.contains("[redacted]") && !ran.stderr.contains(KEY), "{ran:?}");
}

#[test]
fn security_a_key_stands_in_no_report_and_no_session() {
    let mock = mock("[[reply]]\ntext = \"hi\"\ntimes = 2\n");
    let home = with_key(&mock, "openai", json!({}));
    let check = home.run_env("TEST_KEY", KEY, &["check"]);
    assert!(check.stdout.contains("...abcd from the variable TEST_KEY, sent to 127.0.0.1:"), "{check:?}");
    let told = home.run_env("TEST_KEY", KEY, &["-m", "hi", "-s", "a"]);
    let json = home.run_env("TEST_KEY", KEY, &["-m", "hi", "-s", "a", "--json"]);
    let shown = home.run_env("TEST_KEY", KEY, &["sessions", "show", "a"]);
    for ran in [check, told, json, shown] {
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(!ran.stdout.contains(KEY) && !ran.stderr.contains(KEY), "{ran:?}");
    }
    assert!(!home.session_text("a").contains(KEY));
    let body = String::from_utf8(mock.recorded()[0].body.clone()).expect("UTF-8");
    assert!(!body.contains(KEY) && !mock.recorded()[0].path.contains(KEY), "{body}");
}

#[cfg(target_os = "linux")]
#[test]
fn security_a_key_is_no_argument_of_any_process() {
    let mock = mock("[[reply]]\ntext = \"hi\"\ndelay_ms = 300\n");
    let home = with_key(&mock, "openai", json!({}));
    let mut command = home.command(&["-m", "hi"]);
    command.env("TEST_KEY", KEY);
    let child = command.spawn().expect("the agent starts");
    crate::common::wait_for("the request", || !mock.recorded().is_empty());
    let words = std::fs::read_to_string(format!("/proc/{}/cmdline", child.id())).expect("it runs");
    assert!(words.contains("-m") && !words.contains(KEY), "{words}");
    assert_eq!(child.wait_with_output().expect("it ends").status.code(), Some(0));
}

#[test]
fn security_a_key_that_is_streamed_back_in_pieces_is_taken_out() {
    for provider in ["openai", "anthropic"] {
        for pieces in [1, 5, 200] {
            let reply =
                format!("[[reply]]\ntext = \"it is {KEY}, {KEY}{KEY} and test-key-0\"\nsplit_chars = {pieces}\ntimes = 3\n");
            let mock = mock(&reply);
            let home = with_key(&mock, provider, json!({}));
            let wanted = "it is [redacted], [redacted][redacted] and test-key-0";
            home.run_env("TEST_KEY", KEY, &["-m", "hi", "-s", "a"]).said(&format!("{wanted}\n"));
            assert_eq!(home.session_lines("a")[1]["content"], wanted);
            home.run_env("TEST_KEY", KEY, &["-m", "hi", "--no-stream"]).said(&format!("{wanted}\n"));
            assert_eq!(home.run_env("TEST_KEY", KEY, &["-m", "hi", "--json"]).json()["reply"], wanted);
        }
    }
}

#[cfg(unix)]
#[test]
fn security_a_key_file_that_others_can_read_is_refused() {
    let mock = mock("[[reply]]\ntext = \"hi\"\n");
    let home = Home::with_mock(&mock, "openai", json!({"key_file": "key", "key_host": host(&mock)}));
    for mode in [0o644, 0o640, 0o604, 0o620, 0o602] {
        write_private(&home, KEY);
        std::fs::set_permissions(home.path().join("key"), std::os::unix::fs::PermissionsExt::from_mode(mode)).expect("set");
        home.run(&["-m", "hi"]).failed(2, "can be read by others, which a key must not be: chmod 600 it");
    }
    assert!(mock.recorded().is_empty());
    write_private(&home, KEY);
    home.run(&["-m", "hi"]).said("hi\n");
}

#[test]
fn security_a_key_does_not_go_to_another_host_because_base_url_says_so() {
    let mock = mock("[[reply]]\ntext = \"hi\"\n");
    for provider in ["openai", "anthropic"] {
        // The key was named for the vendor, or for another port.
        let home = Home::with_mock(&mock, provider, json!({"key_env": "TEST_KEY"}));
        home.run_env("TEST_KEY", KEY, &["-m", "hi"])
            .failed(2, &format!("the key is for api.{provider}.com and base_url is on 127.0.0.1:"));
        let home = Home::with_mock(&mock, provider, json!({"key_env": "TEST_KEY", "key_host": "127.0.0.1"}));
        home.run_env("TEST_KEY", KEY, &["-m", "hi"]).failed(2, "the key is for 127.0.0.1 and base_url is on 127.0.0.1:");
        let home =
            Home::with_mock(&mock, provider, json!({"key_env": "TEST_KEY", "key_host": format!("localhost:{}", mock.port())}));
        home.run_env("TEST_KEY", KEY, &["-m", "hi"]).failed(2, "the key is for localhost:");
    }
    assert!(mock.recorded().is_empty());
}

#[test]
fn security_the_vendors_key_in_the_environment_is_not_sent_to_a_local_server() {
    for (provider, variable) in [("openai", "OPENAI_API_KEY"), ("anthropic", "ANTHROPIC_API_KEY")] {
        let mock = mock("[[reply]]\ntext = \"hi\"\n");
        Home::with_mock(&mock, provider, json!({})).run_env(variable, KEY, &["-m", "hi"]).said("hi\n");
        let sent = mock.recorded();
        assert_eq!((sent[0].header("authorization"), sent[0].header("x-api-key")), (None, None));
        assert!(sent[0].headers.iter().all(|(_, value)| !value.contains(KEY)));
    }
}

#[test]
fn security_a_key_is_not_sent_in_the_clear_to_another_machine() {
    for at in ["10.0.0.1:8080", "a.example", "api.openai.com", "[fd00::1]:8080", "localhost.evil.example"] {
        let config = json!({"provider": "openai", "model": "m", "base_url": format!("http://{at}"), "key_env": "TEST_KEY", "key_host": at, "timeout_s": 1});
        let ran = Home::with_config(&config.to_string()).run_env("TEST_KEY", KEY, &["-m", "hi"]);
        ran.failed(2, "the key is not sent without TLS");
        assert!(!ran.stderr.contains(KEY), "{ran:?}");
    }
}

#[test]
fn security_a_base_url_with_a_user_name_or_a_trick_is_refused() {
    for base in [
        "https://api.openai.com@evil.example",
        "https://u:p@api.openai.com",
        "file:///tmp/x",
        "api.openai.com",
        "http://0x7f.1:80",
        "https://api.openai.com\\@evil.example",
    ] {
        let config = json!({"provider": "openai", "model": "m", "base_url": base});
        let ran = Home::with_config(&config.to_string()).run_env("OPENAI_API_KEY", KEY, &["-m", "hi"]);
        ran.failed(2, " is not taken, ");
    }
}

/// Keys of known forms, made up here. They are put together so that no scanner takes this file for a leak.
fn tokens() -> Vec<String> {
    let filler = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
    [
        "sk-",
        "sk-ant-api03-",
        "ghp_",
        "gho_",
        "ghu_",
        "ghr_",
        "xoxs-",
        "xoxe-",
        "xoxr-",
        "github_pat_",
        "xoxb-",
        "xoxp-",
        "AKIA",
        "AIza",
    ]
    .iter()
    .map(|start| format!("{start}{filler}"))
    .collect()
}

#[test]
fn security_tokens_in_a_tools_output_reach_neither_the_session_nor_the_model() {
    for token in tokens() {
        let mock =
            mock("[[reply]]\ncalls = [{ name = \"read_file\", arguments = { path = \"notes\" } }]\n[[reply]]\ntext = \"done\"\n");
        let lab = Lab::new();
        lab.file("notes", format!("before {token} after"));
        let config = json!({"provider": "openai", "model": "m", "base_url": mock.url(), "workspace": lab.workspace(), "grant": {"read": ["**"]}});
        std::fs::write(lab.home().join("config.json"), config.to_string()).expect("written");
        let ran = finish(command(&lab.home(), &["-s", "a", "-m", "hi"]), b"");
        ran.said("done\n");
        let session = std::fs::read_to_string(lab.home().join("sessions/a.jsonl")).expect("there");
        let sent = mock.recorded().into_iter().map(|request| String::from_utf8(request.body).expect("UTF-8")).collect::<String>();
        for text in [session, sent] {
            assert!(text.contains("before [redacted] after") && !text.contains(&token), "{text}");
        }
    }
}

#[test]
fn security_a_private_key_in_a_tools_output_is_taken_out() {
    let lab = Lab::new();
    lab.file("notes", "-----BEGIN OPENSSH PRIVATE KEY-----\nMIIsecret\n-----END OPENSSH PRIVATE KEY-----\n");
    let told = lab.call(json!({"read": ["**"]}), "read_file", json!({"path": "notes"}));
    assert!(told.text.contains("[redacted]") && !told.text.contains("MIIsecret"), "{told:?}");
}

#[test]
fn security_the_configured_key_in_a_file_is_not_given_to_the_model() {
    let mock =
        mock("[[reply]]\ncalls = [{ name = \"read_file\", arguments = { path = \"notes\" } }]\n[[reply]]\ntext = \"done\"\n");
    let workspace = Lab::new();
    workspace.file("notes", format!("OPENAI_API_KEY={KEY}\n"));
    let home = with_key(&mock, "openai", json!({"workspace": workspace.workspace(), "grant": {"read": ["**"]}}));
    home.run_env("TEST_KEY", KEY, &["-m", "hi", "-s", "a"]).said("done\n");
    let last = mock.recorded()[1].json();
    assert_eq!(last["messages"].as_array().expect("messages").last().expect("one")["content"], "OPENAI_API_KEY=[redacted]\n");
    assert!(!home.session_text("a").contains(KEY));
}

#[test]
fn security_a_key_across_the_cut_of_a_long_output_is_taken_out_whole() {
    let lab = Lab::new();
    let token = &tokens()[0];
    for before in [32 * 1024 - 1, 32 * 1024 - 10, 32 * 1024 - token.len() + 1] {
        lab.file("notes", format!("{} {token} after", "x".repeat(before - 1)));
        let told = lab.call(json!({"read": ["**"]}), "read_file", json!({"path": "notes"}));
        let tail = told.text.trim_start_matches('x');
        assert!(!tail.contains("sk-a"), "{tail}");
    }
}
