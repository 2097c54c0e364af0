//! How often a request is sent. The waits themselves are in `waits.rs`, on a clock that the test moves.

use mock_api::{ErrorReply, Fault, Reply};

use super::common::{APIS, Api, Bench, WAYS, with_fault, with_header};

/// Fails once and may be asked again at once.
fn failed(status: u16) -> Reply {
    with_header(Reply::error(status, "Not now."), "retry-after-ms", "1")
}

#[test]
fn what_may_pass_is_asked_twice_more_and_what_may_not_is_not() {
    for (api, stream) in WAYS {
        for (status, requests) in
            [(400, 1), (401, 1), (403, 1), (404, 1), (408, 3), (409, 3), (422, 1), (429, 3), (500, 3), (503, 3), (529, 3)]
        {
            let bench = Bench::of(api, stream, [Reply { times: Some(9), ..failed(status) }]).set("retries", 2);
            bench.ask(&[]).failed(1, "", &[&format!("answered {status}")]);
            assert_eq!(bench.count(), requests, "{api:?} {status}");
        }
    }
}

#[test]
fn the_server_can_say_that_it_helps_or_that_it_does_not() {
    for api in APIS {
        for (status, should, requests) in
            [(400, "true", 3), (404, "true", 3), (429, "false", 1), (500, "false", 1), (529, "maybe", 3)]
        {
            let reply = with_header(Reply { times: Some(9), ..failed(status) }, "x-should-retry", should);
            let bench = Bench::of(api, true, [reply]).set("retries", 2);
            bench.ask(&[]).failed(1, "", &[&format!("answered {status}")]);
            assert_eq!(bench.count(), requests, "{status} {should}");
        }
    }
}

#[test]
fn retries_are_as_many_as_configured() {
    for api in APIS {
        for retries in [0, 1, 4] {
            let bench = Bench::of(api, true, [Reply { times: Some(9), ..failed(503) }]).set("retries", retries);
            assert_eq!((bench.ask(&[]).code, bench.count()), (Some(1), retries + 1));
        }
    }
}

#[test]
fn a_retry_that_works_leaves_no_trace() {
    for (api, stream) in WAYS {
        let bench = Bench::of(api, stream, [Reply { times: Some(2), ..failed(429) }, Reply::text("ok")]).set("retries", 2);
        bench.ask(&["-s", "s"]).said("ok\n");
        assert_eq!((bench.count(), bench.session().len()), (3, 2));
        let bodies = bench.bodies();
        assert!(bodies.iter().all(|body| *body == bodies[0]));
    }
}

#[test]
fn a_used_up_account_is_not_asked_again() {
    let kind = |kind: &str| Some(ErrorReply { kind: Some(kind.into()), ..ErrorReply::default() });
    for (api, name) in [(Api::OpenAi, "insufficient_quota"), (Api::Anthropic, "billing_error")] {
        let reply = Reply { status: Some(429), error: kind(name), times: Some(9), ..Reply::default() };
        let bench = Bench::of(api, true, [with_header(reply, "x-should-retry", "true")]).set("retries", 2);
        bench.ask(&[]).failed(1, "", &[name]);
        assert_eq!(bench.count(), 1);
    }
}

#[test]
fn a_wait_of_more_than_two_minutes_is_not_taken_for_openai() {
    let bench =
        Bench::of(Api::OpenAi, true, [with_header(Reply::error(429, "Not now."), "retry-after", "121")]).set("retries", 2);
    bench.ask(&[]).failed(1, "", &["answered 429", "try again later"]);
    assert_eq!(bench.count(), 1);
}

#[test]
fn a_wait_in_seconds_and_a_date_that_is_past_are_taken() {
    for api in APIS {
        for value in ["0.01", "Sun, 06 Nov 1994 08:49:37 GMT"] {
            let bench =
                Bench::of(api, true, [with_header(Reply::error(429, "Not now."), "retry-after", value), Reply::text("ok")]);
            let bench = bench.set("retries", 1);
            bench.ask(&[]).said("ok\n");
            assert_eq!(bench.count(), 2);
        }
    }
}

#[test]
fn a_connection_that_breaks_before_any_text_is_tried_again() {
    for (api, stream, fault) in [
        (Api::OpenAi, false, Fault::Drop),
        (Api::Anthropic, false, Fault::Drop),
        (Api::OpenAi, true, Fault::EmptyBody),
        (Api::Anthropic, true, Fault::NotJson),
    ] {
        let bench = Bench::of(api, stream, [with_fault(Reply::text("a"), fault), Reply::text("ok")]).set("retries", 1);
        bench.ask(&[]).said("ok\n");
        assert_eq!(bench.count(), 2, "{fault:?}");
    }
}

#[test]
fn the_results_of_tools_are_not_lost_when_the_request_after_them_is_tried_again() {
    for (api, stream) in WAYS {
        let [first, second] = super::common::two_files();
        let bench = Bench::of(api, stream, [first, failed(529), second]).with_files().set("retries", 1);
        assert_eq!(bench.ask(&["-s", "s"]).code, Some(0));
        let bodies = bench.bodies();
        assert_eq!((bodies.len(), &bodies[1]), (3, &bodies[2]));
        assert_eq!(bench.session().len(), 5);
    }
}

#[test]
fn a_turn_that_fails_after_its_tools_keeps_what_they_did() {
    for (api, stream) in WAYS {
        let [first, second] = super::common::two_files();
        let bench = Bench::of(api, stream, [first, Reply::error(500, "Broken."), second]).with_files();
        bench.ask(&["-s", "s"]).failed(1, "I write \u{e9}\u{1F600}.\n", &["answered 500"]);
        assert_eq!(bench.session().len(), 4);
        // The next turn takes up from there, and each call has its answer.
        let ran = bench.ask(&["-s", "s"]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
    }
}
