//! Errors of the service: each form of body, one line for the user, and never the key.

use mock_api::{ErrorReply, Reply};

use super::common::{APIS, Api, Bench, KEY, WAYS, raw, raw_json};

#[test]
fn each_status_has_its_words_and_its_cure() {
    for (api, stream) in WAYS {
        for (status, cure) in [
            (400, "check model, base_url and the limits in the configuration"),
            (401, "check the key, `agent check` says where it comes from"),
            (402, "check the "),
            (403, "check the key"),
            (404, "check model and base_url"),
            (409, "check model, base_url"),
            (422, "check model, base_url"),
            (429, "try again later"),
            (500, "try again later"),
            (503, "try again later"),
            (504, "try again later"),
            (529, "try again later"),
        ] {
            let bench = Bench::of(api, stream, [Reply::error(status, "The words of it.")]);
            bench.ask(&[]).failed(1, "", &[&format!("127.0.0.1 answered {status} ("), "), The words of it.: ", cure]);
        }
    }
}

#[test]
fn each_form_of_error_body_is_read() {
    for (body, wanted) in [
        (
            r#"{"error":{"message":"no","type":"invalid_request_error","param":null,"code":"bad_thing"}}"#,
            "answered 400 (bad_thing), no: ",
        ),
        (
            r#"{"type":"error","error":{"type":"bad_thing","message":"no"},"request_id":"req_1"}"#,
            "answered 400 (bad_thing), no: ",
        ),
        (r#"{"error":"no such thing"}"#, "answered 400, no such thing: "),
        (r#"{"detail":"no such thing"}"#, "answered 400, no such thing: "),
        (r#"{"detail":[{"loc":["body"],"msg":"x"}]}"#, "answered 400, bad request: "),
        (r#"{"message":"no such thing"}"#, "answered 400, no such thing: "),
        (r#"{"error":{"message":"two\nlines\u001b[2J","code":400}}"#, "answered 400, two lines\\u{1b}[2J: "),
        (r#"{"error":{}}"#, "answered 400, bad request: "),
        (r#"{"error":null}"#, "answered 400, bad request: "),
        (r#"[1]"#, "answered 400, bad request: "),
        (r#"{"error":{"message":"cut of"#, "answered 400, bad request: "),
        ("<html><body><h1>413</h1></body></html>", "answered 400, bad request: "),
        ("\u{fffd}", "answered 400, bad request: "),
        ("", "answered 400, bad request: "),
    ] {
        for api in APIS {
            Bench::of(api, true, [raw_json(400, body)]).ask(&[]).failed(1, "", &[wanted]);
        }
    }
}

#[test]
fn an_error_that_has_the_key_is_shown_without_it() {
    for (api, stream) in WAYS {
        let error = Reply::error(401, &format!("Incorrect API key provided: {KEY}."));
        let bench = Bench::of(api, stream, [error.clone()]).with_key();
        let ran = bench.ask(&["-s", "s"]);
        ran.failed(1, "", &["provided: [redacted]."]);
        assert!(!ran.stderr.contains(KEY));
        let ran = Bench::of(api, stream, [error]).with_key().ask(&["--json"]);
        assert!(!format!("{ran:?}").contains(KEY), "{ran:?}");
    }
}

#[test]
fn a_key_that_looks_like_one_is_not_shown_either() {
    for (api, stream) in WAYS {
        let error = Reply::error(401, "Incorrect API key provided: sk-abcdefghijklmnopqrstuvwx");
        Bench::of(api, stream, [error]).ask(&[]).failed(1, "", &["provided: [redacted]: "]);
    }
}

#[test]
fn an_error_after_a_good_status_is_an_error() {
    for (body, wanted) in [
        (r#"{"error":{"message":"Upstream is gone","code":502}}"#, "Upstream is gone"),
        (r#"{"error":"out of memory"}"#, "out of memory"),
        (r#"{"type":"error","error":{"type":"api_error","message":"Broken"}}"#, "(api_error), Broken"),
    ] {
        for api in APIS {
            Bench::of(api, false, [raw(200, body)]).ask(&[]).failed(1, "", &[wanted]);
            Bench::of(api, true, [raw(200, &format!("data: {body}\n\n"))]).ask(&[]).failed(1, "", &[wanted]);
            Bench::of(api, true, [raw(200, &format!("event: error\ndata: {body}"))]).ask(&[]).failed(1, "", &[wanted]);
        }
    }
}

#[test]
fn a_field_named_error_that_says_nothing_is_no_error() {
    for nothing in ["null", "false", "0", "\"\"", "{}"] {
        let body =
            format!("{{\"error\":{nothing},\"choices\":[{{\"message\":{{\"content\":\"ok\"}},\"finish_reason\":\"stop\"}}]}}");
        Bench::of(Api::OpenAi, false, [raw(200, &body)]).ask(&[]).said("ok\n");
    }
}

#[test]
fn an_account_that_is_used_up_is_told_so() {
    let error = |code: &str| ErrorReply { code: Some(code.into()), message: Some("Used up.".into()), ..ErrorReply::default() };
    let reply = Reply { status: Some(429), error: Some(error("insufficient_quota")), ..Reply::default() };
    let bench = Bench::of(Api::OpenAi, true, [reply]).set("retries", 2);
    bench.ask(&[]).failed(1, "", &["(insufficient_quota), Used up.", "check the plan and the balance"]);
    assert_eq!(bench.count(), 1);
}

#[test]
fn one_failed_line_of_many_is_told_and_the_others_are_answered() {
    for (api, stream) in WAYS {
        let bench = Bench::of(api, stream, [Reply::text("a"), Reply::error(400, "no"), Reply::text("c")]);
        let ran = bench.lines(&["-s", "s"], "1\n2\n3\n");
        let out = ran.json();
        assert_eq!((out[0]["reply"].clone(), out[2]["reply"].clone(), ran.code), ("a".into(), "c".into(), Some(1)), "{ran:?}");
        assert!(out[1]["error"].as_str().expect("an error").contains("answered 400"));
        // The message that was not answered is not in the conversation.
        assert_eq!(bench.session().len(), 4);
    }
}
