//! When a request is sent again and after which wait, and how long one exchange may take: on a clock that the test moves.

use agent::provider::{Api, NoAnswer, Stop};

use super::memory::{Memory, Response, payloads};

const APIS: [Api; 2] = [Api::OpenAi, Api::Anthropic];

/// A stream with one text, complete.
fn good(api: Api) -> Response {
    Response::events(match api {
        Api::OpenAi => "data: {\"choices\":[{\"delta\":{\"content\":\"ok\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
        Api::Anthropic => {
            "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"ok\"}}\n\n\
             data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}\n\ndata: {\"type\":\"message_stop\"}\n\n"
        }
    })
}

/// The start of a stream, with a text.
fn half(api: Api) -> Response {
    Response::events(match api {
        Api::OpenAi => "data: {\"choices\":[{\"delta\":{\"content\":\"ok\"}}]}\n\n",
        Api::Anthropic => {
            "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"ok\"}}\n\n"
        }
    })
}

/// The waits between the requests, where the first ones are answered so.
fn waits(api: Api, failed: impl IntoIterator<Item = Response>) -> Vec<u64> {
    let mut host = Memory::of(failed.into_iter().chain([good(api)]));
    let answer = host.ask(api, 9).expect("an answer");
    assert_eq!(answer.reply.text, "ok");
    assert_eq!(host.bodies.len(), host.sleeps.len() + 1);
    assert!(host.bodies.iter().all(|body| *body == host.bodies[0]), "the same is asked each time");
    host.sleeps
}

#[test]
fn the_own_wait_doubles_up_to_eight_seconds() {
    for api in APIS {
        let failed = (0..7).map(|_| Response::new(503, "{}"));
        assert_eq!(waits(api, failed), [500, 1000, 2000, 4000, 8000, 8000, 8000]);
    }
}

#[test]
fn the_server_says_how_long_to_wait() {
    for api in APIS {
        for (name, value, wait) in [
            ("retry-after-ms", "1500.5", 1500),
            ("retry-after", "7", 7000),
            ("retry-after", "0.5", 500),
            ("retry-after", "Sun, 06 Nov 1994 08:49:47 GMT", 10_000),
            ("retry-after", "Sun, 06 Nov 1994 08:49:00 GMT", 500),
            ("retry-after", "soon", 500),
            ("retry-after", "0", 500),
        ] {
            assert_eq!(waits(api, [Response::failed(429, name, value)]), [wait], "{api:?} {name}: {value}");
        }
        let mut both = Response::failed(429, "retry-after", "9");
        both.headers.push(("retry-after-ms", "10".into()));
        assert_eq!(waits(api, [both]), [10]);
    }
}

#[test]
fn anthropic_is_obeyed_up_to_a_minute_and_openai_up_to_two_and_not_asked_again_above() {
    let asked = |seconds: &str| Response::failed(429, "retry-after", seconds);
    assert_eq!(waits(Api::Anthropic, [asked("60")]), [60_000]);
    assert_eq!(waits(Api::Anthropic, [asked("61")]), [500]);
    assert_eq!(waits(Api::OpenAi, [asked("120")]), [120_000]);
    let mut host = Memory::of([asked("121"), good(Api::OpenAi)]);
    let failure = match host.ask(Api::OpenAi, 2) {
        Err(NoAnswer::Failed(failure)) => failure.text,
        other => panic!("{other:?}"),
    };
    assert_eq!((host.bodies.len(), host.sleeps.len()), (1, 0));
    assert_eq!(failure, "127.0.0.1 answered 429, too many requests: try again later");
}

#[test]
fn what_breaks_before_a_text_is_shown_is_asked_again() {
    for api in APIS {
        let broken = [
            Response::events("").then_breaks(),
            Response::events(": comment\n\n"),
            Response::events("data: not json\n\n"),
            Response::events("data: \u{0}"),
            Response::new(200, "fine, thank you"),
            Response::new(200, ""),
            Response::events("data: {\"error\":{\"type\":\"overloaded_error\",\"message\":\"full\"}}\n\n"),
        ];
        for response in broken {
            assert_eq!(waits(api, [response.clone()]), [500], "{api:?} {response:?}");
        }
    }
}

#[test]
fn what_breaks_after_a_text_was_shown_is_not_asked_again_and_the_text_is_kept() {
    for api in APIS {
        let mut invalid = half(api);
        invalid.pieces.push(Ok(b"data: \xFF\n\n".to_vec()));
        let mut error = half(api);
        error.pieces.push(Ok(b"data: {\"error\":{\"type\":\"overloaded_error\",\"message\":\"full\"}}\n\n".to_vec()));
        for response in [half(api), half(api).then_breaks(), invalid, error] {
            let mut host = Memory::of([response.clone(), good(api)]);
            let answer = host.ask(api, 2).expect("an answer");
            assert_eq!((answer.reply.text.as_str(), host.shown.as_str()), ("ok", "ok"), "{response:?}");
            assert_eq!((answer.reply.cut, answer.stop, host.bodies.len()), (true, Stop::Truncated, 1), "{response:?}");
        }
    }
}

#[test]
fn a_stream_that_broke_after_its_reason_to_stop_is_whole() {
    for (api, response) in payloads().into_iter().step_by(2) {
        let wanted = Memory::of([response.clone()]).ask(api, 0).expect("an answer");
        assert_eq!(Memory::of([response.then_breaks()]).ask(api, 0).expect("an answer"), wanted);
        let text = good(api).pieces[0].clone().expect("bytes");
        let without_end = String::from_utf8(text).expect("UTF-8").replace("data: [DONE]\n\n", "");
        let without_end = without_end.replace("data: {\"type\":\"message_stop\"}\n\n", "");
        let answer = Memory::of([Response::events(&without_end).then_breaks()]).ask(api, 0).expect("an answer");
        assert_eq!((answer.stop, answer.reply.cut, answer.trouble), (Stop::End, false, None));
    }
}

#[test]
fn nothing_is_waited_for_after_the_end_mark() {
    for api in APIS {
        let mut host = Memory::of([good(api)]);
        host.endless = Some(b": still here\n\n");
        let answer = host.ask(api, 0).expect("an answer");
        assert_eq!((answer.stop, host.received), (Stop::End, 1), "{api:?}");
    }
}

#[test]
fn the_last_event_without_its_blank_line_is_shown_too() {
    let last = "data: {\"choices\":[{\"delta\":{\"content\":\"ok\"},\"finish_reason\":\"stop\"}]}";
    for end in ["", "\n"] {
        let mut host = Memory::of([Response::events(&[last, end].concat())]);
        let answer = host.ask(Api::OpenAi, 0).expect("an answer");
        assert_eq!((answer.stop, answer.reply.text.as_str(), host.shown.as_str()), (Stop::End, "ok", "ok"));
    }
}

#[test]
fn the_type_of_a_stream_is_read_in_any_case_and_with_parameters() {
    for kind in ["Text/Event-Stream", "text/event-stream;charset=utf-8", " text/event-stream "] {
        for api in APIS {
            let response = Response { headers: vec![("content-type", kind.into())], ..good(api) };
            assert_eq!(Memory::of([response]).ask(api, 0).expect("an answer").reply.text, "ok", "{kind}");
        }
    }
}

#[test]
fn an_error_in_the_last_event_without_its_blank_line_is_an_error() {
    for api in APIS {
        let mut response = half(api);
        response.pieces.push(Ok(b"data: {\"error\":{\"type\":\"api_error\",\"message\":\"out of order\"}}\n".to_vec()));
        let answer = Memory::of([response]).ask(api, 0).expect("a part");
        let trouble = answer.trouble.expect("what went wrong").text;
        assert!(trouble.contains("out of order"), "{trouble}");
    }
}

#[test]
fn an_exchange_ends_after_ten_minutes_however_lively_it_is() {
    for api in APIS {
        for (response, most) in
            [(half(api), 22), (Response::events(": a\n\n"), 22), (Response::new(200, " "), 22), (Response::new(500, " "), 22)]
        {
            let mut host = Memory::of([response.clone()]);
            host.endless = Some(b": a\n\n");
            host.piece_ms = 30_000;
            let said = match host.ask(api, 0) {
                Ok(answer) => answer.trouble.expect("a trouble").text,
                Err(NoAnswer::Failed(failure)) => failure.text,
                Err(other) => panic!("{other:?}"),
            };
            assert!(host.received <= most, "{}", host.received);
            assert!(response.status == 500 || said.contains("more than 10 minutes"), "{said}");
        }
    }
}

#[test]
fn a_reply_of_calls_alone_that_is_cut_off_is_asked_for_again() {
    let openai = r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{"}}]}}]}"#;
    let anthropic = r#"{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"a","name":"f"}}"#;
    for (api, event) in [(Api::OpenAi, openai), (Api::Anthropic, anthropic)] {
        let response = Response::events(&format!("data: {event}\n\n"));
        assert_eq!(waits(api, [response.clone(), response.then_breaks()]), [500, 1000]);
    }
}
