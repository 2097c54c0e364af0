//! A conversation that is too long for the model: the oldest whole turns are left out until it fits, and no call loses its
//! result.

use mock_api::{ErrorReply, Reply};
use serde_json::{Value, json};

use super::common::{Api, Bench, WAYS, calls, raw_json};

/// How each service says that there is too much.
fn too_long(api: Api) -> Reply {
    let error = match api {
        Api::OpenAi => ErrorReply {
            code: Some("context_length_exceeded".into()),
            message: Some("This model's maximum context length is 10 tokens.".into()),
            ..ErrorReply::default()
        },
        Api::Anthropic => ErrorReply {
            kind: Some("invalid_request_error".into()),
            message: Some("prompt is too long: 300000 tokens > 200000 maximum".into()),
            ..ErrorReply::default()
        },
    };
    Reply { status: Some(400), error: Some(error), ..Reply::default() }
}

/// Puts three turns into the session, each with a call and its result.
fn with_turns(bench: Bench) -> Bench {
    let folder = bench.home().join("sessions");
    std::fs::create_dir(&folder).expect("made");
    let turn = |name: &str| {
        let call = json!({"id": format!("c-{name}"), "name": "list_dir", "arguments": "{}"});
        [
            json!({"role": "user", "content": format!("question {name}")}),
            json!({"role": "assistant", "content": "", "calls": [call]}),
            json!({"role": "tool", "call": format!("c-{name}"), "content": format!("result {name}")}),
            json!({"role": "assistant", "content": format!("answer {name}")}),
        ]
    };
    let lines: Vec<String> = ["one", "two", "three"].iter().flat_map(|name| turn(name)).map(|line| format!("{line}\n")).collect();
    std::fs::write(folder.join("s.jsonl"), lines.concat()).expect("written");
    bench
}

/// Which of the turns a request has, all of each or nothing. That the pairs are whole the strict mock holds.
#[track_caller]
fn turns(body: &Value) -> Vec<&'static str> {
    let text = body.to_string();
    let has = |name: &&str| {
        let count = ["question", "c-", "result", "answer"].iter().filter(|part| {
            let between = if part.ends_with('-') { "" } else { " " };
            text.contains(&format!("{part}{between}{name}\""))
        });
        match count.count() {
            0 => false,
            4 => true,
            parts => panic!("{parts} of 4 parts of {name} are in {text}"),
        }
    };
    ["one", "two", "three"].into_iter().filter(has).collect()
}

#[test]
fn the_oldest_turn_is_left_out_each_time_there_is_too_much() {
    for (api, stream) in WAYS {
        let bench = with_turns(Bench::of(api, stream, [too_long(api), too_long(api), Reply::text("ok")]));
        bench.ask(&["-s", "s"]).said("ok\n");
        let sent: Vec<_> = bench.bodies().iter().map(turns).collect();
        assert_eq!(sent, [vec!["one", "two", "three"], vec!["two", "three"], vec!["three"]]);
        assert!(
            bench.bodies().iter().all(|body| body["messages"]
                .as_array()
                .expect("a list")
                .last()
                .expect("one")
                .to_string()
                .contains("hi"))
        );
        // Nothing is left out of the file.
        assert_eq!(bench.session().len(), 14);
    }
}

#[test]
fn a_message_that_is_too_long_alone_fails_and_is_not_kept() {
    for (api, stream) in WAYS {
        let bench = with_turns(Bench::of(api, stream, [Reply { times: Some(9), ..too_long(api) }])).set("retries", 2);
        bench.ask(&["-s", "s"]).failed(1, "", &["answered 400"]);
        assert_eq!((bench.count(), bench.session().len()), (4, 12));
        assert_eq!(bench.bodies()[3]["messages"].as_array().map(Vec::len), Some(1));
    }
}

#[test]
fn a_request_that_is_too_large_for_a_proxy_is_made_smaller_too() {
    for (api, stream) in WAYS {
        let html = raw_json(413, "<html><h1>413 Request Entity Too Large</h1></html>");
        let bench = with_turns(Bench::of(api, stream, [html, Reply::text("ok")]));
        bench.ask(&["-s", "s"]).said("ok\n");
        assert_eq!(turns(&bench.bodies()[1]), ["two", "three"]);
    }
}

#[test]
fn too_much_that_is_said_in_a_stream_is_the_same() {
    for api in [Api::OpenAi, Api::Anthropic] {
        let error = r#"{"type":"invalid_request_error","code":"context_length_exceeded","message":"no"}"#;
        let body = format!("data: {{\"type\":\"error\",\"error\":{error}}}\n\n");
        let reply = Reply { body: Some(body), ..Reply::default() };
        let bench = with_turns(Bench::of(api, true, [reply, Reply::text("ok")]));
        bench.ask(&["-s", "s"]).said("ok\n");
        assert_eq!(turns(&bench.bodies()[1]), ["two", "three"]);
    }
}

#[test]
fn the_limit_of_the_configuration_is_kept_before_anything_is_sent() {
    for (api, stream) in WAYS {
        let bench = with_turns(Bench::of(api, stream, [Reply::text("ok")])).set("max_context_bytes", 500);
        bench.ask(&["-s", "s"]).said("ok\n");
        assert_eq!(turns(&bench.bodies()[0]), ["three"]);
    }
}

#[test]
fn what_was_left_out_stays_out_for_the_rounds_after() {
    for (api, stream) in WAYS {
        let replies = [too_long(api), calls("", &[("list_dir", json!({"path": "."}))]), Reply::text("ok")];
        let bench = with_turns(Bench::of(api, stream, replies)).with_files();
        bench.ask(&["-s", "s"]).said("ok\n");
        let sent: Vec<_> = bench.bodies().iter().map(turns).collect();
        assert_eq!(sent, [vec!["one", "two", "three"], vec!["two", "three"], vec!["two", "three"]]);
    }
}
