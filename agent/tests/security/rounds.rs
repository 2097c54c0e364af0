//! The loop: bounded in every direction, and nothing runs that the model did not finish asking for.

use serde_json::{Value, json};

use crate::common::lab::Lab;
use crate::common::{Home, mock};

fn read(path: &str) -> Value {
    json!({"name": "read_file", "arguments": {"path": path}})
}

/// A mock whose model calls `write_file` for the file `made`, and then says `done`; `more` is the rest of the first reply.
fn writes(more: &str) -> mock_api::Mock {
    mock(&format!(
        "[[reply]]\ncalls = [{{ name = \"write_file\", arguments = {{ path = \"made\", content = \"x\" }} }}]\n{more}\n[[reply]]\ntext = \"done\"\n"
    ))
}

fn may_write(lab: &Lab) -> Value {
    json!({"workspace": lab.workspace(), "grant": {"read": ["**"], "write": ["**"]}})
}

#[test]
fn security_an_unknown_tool_is_an_error_that_names_those_there_are() {
    let lab = Lab::new();
    for name in ["rm", "READ_FILE", "read_file ", "", "exec", "../read_file", "read_file\0"] {
        lab.call(json!({"read": ["**"]}), name, json!({})).refused("; there is: read_file list_dir");
    }
}

#[test]
fn security_arguments_that_are_not_json_are_an_error_with_the_byte() {
    let lab = Lab::new();
    for (arguments, words) in [
        ("{\"path\": \"a\"", "the arguments are not JSON: byte 12 should be "),
        ("{path: 1}", "the arguments are not JSON: byte 1 should be a name in quotes"),
        ("{\"path\": \"a\"} x", "the arguments are not JSON: byte 14 should be the end"),
        ("\u{7f}", "the arguments are not JSON: byte 0 should be a value"),
        ("[]", "the arguments must be a JSON object"),
        ("\"a\"", "the arguments must be a JSON object"),
        ("null", "the arguments must be a JSON object"),
        ("", "the argument path is missing or is no string"),
    ] {
        lab.call(json!({"read": ["**"]}), "read_file", json!(arguments)).refused(words);
    }
}

#[test]
fn security_arguments_that_nest_too_deep_are_an_error() {
    let deep = format!("{{\"path\": {}{}}}", "[".repeat(20_000), "]".repeat(20_000));
    Lab::new().call(json!({"read": ["**"]}), "read_file", json!(deep)).refused("the arguments are not JSON");
}

#[test]
fn security_a_turn_ends_after_its_rounds() {
    let lab = Lab::new();
    let replies: Vec<Value> = (0..10).map(|at| json!({"content": "again", "calls": [read(&at.to_string())]})).collect();
    let (ran, told) = lab.play(json!({"max_rounds": 3, "grant": {"read": ["**"]}, "replies": replies}));
    ran.ended(5, "the turn ended after max_rounds requests");
    assert_eq!(told.len(), 3);
}

#[test]
fn security_the_same_call_again_and_again_is_not_run_and_ends_the_turn() {
    let lab = Lab::new();
    lab.file("a", "text");
    let replies = vec![json!({"calls": [read("a")]}); 9];
    let (ran, told) = lab.play(json!({"grant": {"read": ["**"]}, "replies": replies}));
    ran.failed(5, "the model repeats the same tool call");
    assert_eq!(told.len(), 5);
    told[0].gave("text");
    told[1].gave("text");
    for told in &told[2..] {
        told.refused("not run: the same call was made before");
    }
}

#[test]
fn security_a_turn_runs_no_more_tools_than_its_limit() {
    let lab = Lab::new();
    let calls: Vec<Value> =
        (0..5).map(|at| json!({"name": "write_file", "arguments": {"path": format!("f{at}"), "content": ""}})).collect();
    let (ran, told) = lab.play(json!({"max_tool_calls": 3, "grant": {"write": ["**"]}, "replies": [{"calls": calls}, "done"]}));
    ran.said("done\n");
    assert_eq!(told.iter().filter(|told| told.error).count(), 2);
    told[3].refused("not run: the limit on tool calls in one turn is reached");
    assert_eq!(std::fs::read_dir(lab.workspace()).expect("listed").count(), 3);
}

#[test]
fn security_calls_of_a_reply_that_is_cut_by_the_token_limit_are_not_run() {
    for provider in ["openai", "anthropic"] {
        for flags in [&["-m", "hi"][..], &["-m", "hi", "--no-stream"]] {
            let (lab, mock) = (Lab::new(), writes("stop = \"length\""));
            Home::with_mock(&mock, provider, may_write(&lab))
                .run(flags)
                .ended(5, "the reply is cut at the limit on tokens: raise max_tokens");
            assert!(!lab.workspace().join("made").exists() && mock.recorded().len() == 1);
        }
    }
}

#[test]
fn security_calls_of_a_stream_that_stops_early_are_not_run() {
    for provider in ["openai", "anthropic"] {
        for fault in ["truncated", "drop", "error-event", "stall=30000"] {
            let (lab, mock) = (Lab::new(), writes(&format!("text = \"I write it.\"\nfaults = [\"{fault}\"]")));
            let mut config = may_write(&lab);
            config["timeout_s"] = json!(1);
            let ran = Home::with_mock(&mock, provider, config).run(&["-m", "hi"]);
            assert!(matches!(ran.code, Some(1 | 5)) && ran.is_one_line(), "{fault}: {ran:?}");
            assert!(!lab.workspace().join("made").exists(), "{fault}");
            assert_eq!(mock.recorded().len(), 1, "{fault}");
        }
    }
}

#[test]
fn security_a_call_whose_pieces_stop_half_way_is_not_run() {
    let (lab, mock) = (Lab::new(), writes("quirks = [\"tool-unfinished\"]"));
    let ran = Home::with_mock(&mock, "anthropic", may_write(&lab)).run(&["-m", "hi"]);
    ran.ended(5, "the reply is cut");
    assert!(!lab.workspace().join("made").exists());
}

#[test]
fn security_a_reply_that_is_refused_runs_nothing() {
    for provider in ["openai", "anthropic"] {
        let mock = mock("[[reply]]\nrefusal = \"I will not.\"\n");
        let ran = Home::with_mock(&mock, provider, json!({})).run(&["-m", "hi", "-s", "a"]);
        ran.ended(4, "the model or its filter refused to answer");
        let (lab, mock) = (Lab::new(), writes("stop = \"filter\""));
        let ran = Home::with_mock(&mock, provider, may_write(&lab)).run(&["-m", "hi"]);
        assert_eq!(ran.code, Some(4), "{ran:?}");
        assert!(!lab.workspace().join("made").exists());
    }
}

#[test]
fn security_more_than_sixteen_calls_in_one_reply_are_refused_whole() {
    for (count, runs) in [(16, true), (17, false)] {
        for provider in ["openai", "anthropic"] {
            let lab = Lab::new();
            let call = |at| format!("{{ name = \"write_file\", arguments = {{ path = \"f{at}\", content = \"\" }} }}");
            let calls: Vec<String> = (0..count).map(call).collect();
            let mock = mock(&format!("[[reply]]\ncalls = [{}]\n[[reply]]\ntext = \"done\"\n", calls.join(", ")));
            let ran = Home::with_mock(&mock, provider, may_write(&lab)).run(&["-m", "hi"]);
            let made = std::fs::read_dir(lab.workspace()).expect("listed").count();
            if runs {
                ran.said("done\n");
                assert_eq!(made, 16);
            } else {
                ran.failed(1, "the reply has more than 16 calls");
                assert_eq!(made, 0);
            }
        }
    }
}

#[test]
fn security_arguments_over_256_kib_are_refused() {
    for provider in ["openai", "anthropic"] {
        let lab = Lab::new();
        let call =
            format!("{{ name = \"write_file\", arguments = {{ path = \"made\", content = \"{}\" }} }}", "x".repeat(256 * 1024));
        let mock = mock(&format!("[[reply]]\ncalls = [{call}]\n[[reply]]\ntext = \"done\"\n"));
        // In one piece: cut into pieces of a word, the stream around them would be over its own limit first.
        Home::with_mock(&mock, provider, may_write(&lab)).run(&["-m", "hi", "--no-stream"]).failed(1, "have more than 256 KiB");
        assert!(!lab.workspace().join("made").exists());
    }
}

#[test]
fn security_a_line_of_a_stream_over_its_limit_is_refused() {
    let mock = mock("[[reply]]\ntext = \"hi\"\nfaults = [\"long-line=2000000\"]\n");
    Home::with_mock(&mock, "openai", json!({})).run(&["-m", "hi"]).ended(5, "the stream has a line of more than 1 MiB");
}

#[test]
fn security_a_response_without_end_is_cut() {
    let mock = mock("[[reply]]\ntext = \"hi\"\nfaults = [\"huge-line\"]\n");
    Home::with_mock(&mock, "openai", json!({})).run(&["-m", "hi", "--no-stream"]).failed(1, "the response has more than 8 MiB");
}

#[test]
fn security_calls_are_answered_in_their_order_each_under_its_own_id() {
    for quirk in ["tool-no-id", "tool-id-empty", "tool-index-zero"] {
        let lab = Lab::new();
        lab.file("a", "text of a");
        lab.file("b", "text of b");
        let calls = "calls = [{ name = \"read_file\", arguments = { path = \"a\" } }, { name = \"read_file\", arguments = { path = \"b\" } }]";
        let mock = mock(&format!("[[reply]]\n{calls}\nquirks = [\"{quirk}\"]\n[[reply]]\ntext = \"done\"\n"));
        Home::with_mock(&mock, "openai", may_write(&lab)).run(&["-m", "hi"]).said("done\n");
        let sent = mock.recorded()[1].json();
        let messages = sent["messages"].as_array().expect("messages");
        let [.., asked, a, b] = &messages[..] else { panic!("{messages:?}") };
        assert_eq!((&a["content"], &b["content"]), (&json!("text of a"), &json!("text of b")), "{quirk}");
        assert_eq!(
            (&a["tool_call_id"], &b["tool_call_id"]),
            (&asked["tool_calls"][0]["id"], &asked["tool_calls"][1]["id"]),
            "{quirk}"
        );
        assert_ne!(a["tool_call_id"], b["tool_call_id"], "{quirk}");
    }
}
