//! Why a reply ended, and what the user and the next request make of it.

use mock_api::{Reply, Stop};
use serde_json::json;

use super::common::{APIS, Api, Bench, WAYS, calls, raw, raw_json, two_files};

fn stopped(reply: Reply, stop: Stop) -> Reply {
    Reply { stop: Some(stop), ..reply }
}

#[test]
fn a_refusal_is_shown_and_is_exit_code_4() {
    for (api, stream) in WAYS {
        let refusal = Reply { refusal: Some("I will not.".into()), ..Reply::default() };
        let bench = Bench::of(api, stream, [refusal]);
        bench.ask(&["-s", "s"]).failed(4, "I will not.\n", &["refused to answer", "ask in another way"]);
        assert_eq!((bench.session().len(), bench.session()[1]["content"].clone()), (2, json!("I will not.")));
        assert_eq!(bench.count(), 1);
    }
}

#[test]
fn a_filter_is_exit_code_4_and_what_came_before_it_is_shown() {
    for (api, stream) in WAYS {
        let bench = Bench::of(api, stream, [stopped(Reply::text("How to"), Stop::Filter)]);
        bench.ask(&["-s", "s"]).failed(4, "How to\n", &["refused"]);
        assert_eq!(bench.session()[1]["content"], "How to");
    }
}

#[test]
fn a_filter_that_says_nothing_is_exit_code_4_too() {
    for (api, stream) in WAYS {
        Bench::of(api, stream, [stopped(Reply::default(), Stop::Filter)]).ask(&[]).failed(4, "", &["refused"]);
    }
}

#[test]
fn calls_of_a_refused_reply_are_not_run_and_the_conversation_goes_on() {
    for (api, stream) in WAYS {
        let [first, _] = two_files();
        let bench = Bench::of(api, stream, [stopped(first, Stop::Filter), Reply::text("Then this.")]).with_files();
        let ran = bench.lines(&["-s", "s"], "one\ntwo\n");
        let replies = ran.json();
        assert_eq!((replies[0]["exit_code"].clone(), replies[1]["reply"].clone()), (json!(4), json!("Then this.")), "{ran:?}");
        assert!(!bench.work("a.txt").exists());
    }
}

#[test]
fn the_limit_on_tokens_is_exit_code_5_and_no_call_is_run() {
    for (api, stream) in WAYS {
        let [first, _] = two_files();
        let bench = Bench::of(api, stream, [stopped(first, Stop::Length), Reply::text("Better.")]).with_files();
        bench.ask(&["-s", "s"]).failed(5, "I write \u{e9}\u{1F600}.\n", &["cut at the limit on tokens", "raise max_tokens"]);
        assert!(!bench.work("a.txt").exists());
        let session = bench.session();
        assert_eq!(
            (session.len(), session[1]["cut"].clone(), session[1]["calls"].as_array().map(Vec::len)),
            (2, json!(true), Some(2))
        );
        // The next turn sends the text, and not the calls that nobody answered.
        bench.ask(&["-s", "s"]).said("Better.\n");
        assert!(!bench.bodies()[1].to_string().contains("a.txt"));
    }
}

#[test]
fn arguments_that_were_cut_are_not_run_and_not_sent() {
    for (api, stream) in WAYS {
        let mut reply = stopped(calls("", &[("write_file", json!({}))]), Stop::Length);
        reply.calls[0].arguments = None;
        reply.calls[0].raw_arguments = Some("{\"path\":\"a.txt\",\"conte".into());
        let bench = Bench::of(api, stream, [reply, Reply::text("ok")]).with_files();
        bench.ask(&["-s", "s"]).failed(5, "", &["raise max_tokens"]);
        bench.ask(&["-s", "s"]).said("ok\n");
    }
}

#[test]
fn a_full_context_is_a_cut_reply() {
    for stream in [true, false] {
        let reply = stopped(Reply::text("So far"), Stop::Other("model_context_window_exceeded".into()));
        Bench::of(Api::Anthropic, stream, [reply]).ask(&[]).failed(5, "So far\n", &["cut"]);
    }
}

#[test]
fn a_stop_sequence_and_an_unknown_reason_are_ends() {
    for (api, stream) in WAYS {
        for reason in ["stop_sequence", "function_call", "brand_new"] {
            Bench::of(api, stream, [stopped(Reply::text("a"), Stop::Other(reason.into()))]).ask(&[]).said("a\n");
        }
    }
}

#[test]
fn a_pause_is_asked_again_with_what_there_is() {
    for stream in [true, false] {
        let bench = Bench::of(Api::Anthropic, stream, [stopped(Reply::text("I look"), Stop::Pause), Reply::text("Found.")]);
        bench.ask(&["-s", "s"]).said("I look\nFound.\n");
        let bodies = bench.bodies();
        assert_eq!(bodies[1]["messages"][0], bodies[0]["messages"][0]);
        assert_eq!(bodies[1]["messages"][1], json!({"role": "assistant", "content": [{"type": "text", "text": "I look"}]}));
        assert_eq!(bodies[1]["messages"].as_array().map(Vec::len), Some(2));
    }
}

#[test]
fn pauses_without_end_reach_the_limit_on_rounds() {
    let pause = Reply { times: Some(9), ..stopped(Reply::text("I look"), Stop::Pause) };
    let bench = Bench::of(Api::Anthropic, true, [pause]).set("max_rounds", 3);
    bench.ask(&[]).failed(5, "I look\nI look\nI look\n", &["max_rounds"]);
    assert_eq!(bench.count(), 3);
}

#[test]
fn a_stream_that_only_says_done_is_no_reply() {
    for api in APIS {
        Bench::of(api, true, [raw(200, "data: [DONE]\n\n")]).ask(&["-s", "s"]).failed(1, "", &["empty", "try again"]);
    }
}

#[test]
fn done_without_a_reason_to_stop_is_a_cut_stream() {
    let body = "data: {\"choices\":[{\"delta\":{\"content\":\"I was\"}}]}\n\ndata: [DONE]\n\n";
    let bench = Bench::of(Api::OpenAi, true, [raw(200, body)]);
    bench.ask(&["-s", "s"]).failed(5, "I was\n", &["stopped before its end", "try again"]);
    assert_eq!(bench.session()[1], json!({"role": "assistant", "content": "I was", "cut": true}));
}

#[test]
fn calls_in_a_stream_without_a_reason_to_stop_are_not_run() {
    let arguments = json!({"path": "a.txt", "content": ""}).to_string();
    let call = json!({"index": 0, "id": "c", "function": {"name": "write_file", "arguments": arguments}});
    let body =
        format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"So\",\"tool_calls\":[{call}]}}}}]}}\n\ndata: [DONE]\n\n");
    let bench = Bench::of(Api::OpenAi, true, [raw(200, &body)]).with_files();
    bench.ask(&[]).failed(5, "So\n", &["stopped before its end"]);
    assert!(!bench.work("a.txt").exists());
}

#[test]
fn a_whole_body_without_a_reason_to_stop_is_whole() {
    let openai = "{\"choices\":[{\"message\":{\"content\":\"ok\"}}]}";
    let anthropic = "{\"type\":\"message\",\"content\":[{\"type\":\"text\",\"text\":\"ok\"}]}";
    for (api, body) in [(Api::OpenAi, openai), (Api::Anthropic, anthropic)] {
        Bench::of(api, false, [raw(200, body)]).ask(&[]).said("ok\n");
        // So it is where a stream was asked for and a body came.
        Bench::of(api, true, [raw_json(200, body)]).ask(&[]).said("ok\n");
    }
}
