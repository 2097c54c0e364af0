//! What goes wrong on the way: what the user sees, and that nothing that was said is lost.

use std::time::{Duration, Instant};

use mock_api::{Fault, Named, Reply, Setting};
use serde_json::json;

use super::common::{APIS, Api, Bench, WAYS, with_fault};

const TEXT: &str = "One two three four five six seven eight.";

fn bench(api: Api, stream: bool, fault: impl Into<Setting<Fault>>) -> Bench {
    Bench::of(api, stream, [with_fault(Reply::text(TEXT), fault)])
}

/// Nothing came: exit code 1, one line, and no session that was not there before.
#[track_caller]
fn gives_nothing(bench: Bench, texts: &[&str]) {
    bench.ask(&["-s", "s"]).failed(1, "", texts);
    let path = bench.home().join("sessions/s.jsonl");
    assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), "", "a message that was not answered is not kept");
}

/// A part of the text came: it is shown and kept, and marked as cut.
#[track_caller]
fn gives_a_part(bench: &Bench, texts: &[&str]) {
    let ran = bench.ask(&["-s", "s"]);
    let shown = ran.stdout.strip_suffix('\n').expect("a line");
    assert!(!shown.is_empty() && TEXT.starts_with(shown), "{ran:?}");
    ran.failed(5, &ran.stdout, texts);
    assert_eq!(
        bench.session(),
        [json!({"role": "user", "content": "hi"}), json!({"role": "assistant", "content": shown, "cut": true})]
    );
    assert_eq!(bench.count(), 1, "nothing is asked again once something was shown");
}

#[test]
fn an_error_event_after_a_text_keeps_the_text() {
    for api in APIS {
        let bench = bench(api, true, Fault::ErrorEvent).set("retries", 2);
        gives_a_part(&bench, &["127.0.0.1 answered 529 (overloaded_error), Overloaded", "try again later"]);
    }
}

#[test]
fn an_error_in_the_place_of_a_body_is_that_error() {
    for api in APIS {
        gives_nothing(bench(api, false, Fault::ErrorEvent), &["answered 529", "Overloaded", "try again later"]);
    }
}

#[test]
fn a_stream_without_its_end_keeps_the_text() {
    for api in APIS {
        let bench = bench(api, true, Fault::Truncated).set("retries", 2);
        gives_a_part(&bench, &["the reply is cut", "stopped before its end", "try again"]);
        assert_eq!(bench.session()[1]["content"], TEXT);
    }
}

#[test]
fn the_next_turn_of_a_cut_one_sends_what_was_kept() {
    for api in APIS {
        let bench = Bench::of(api, true, [with_fault(Reply::text(TEXT), Fault::Truncated), Reply::text("Nine.")]);
        assert_eq!(bench.ask(&["-s", "s"]).code, Some(5));
        bench.ask(&["-s", "s"]).said("Nine.\n");
        assert!(bench.bodies()[1].to_string().contains(TEXT));
        assert_eq!(bench.session().len(), 4);
    }
}

#[test]
fn a_connection_that_ends_in_the_middle_keeps_the_text() {
    for api in APIS {
        gives_a_part(
            &bench(api, true, Fault::Drop).set("retries", 2),
            &["127.0.0.1 gave a part of a reply, the response ended before its length", "try again"],
        );
        gives_nothing(bench(api, false, Fault::Drop), &["the response ended before its length", "try again"]);
    }
}

#[test]
fn bytes_that_are_no_utf8_are_refused_and_the_text_before_them_is_kept() {
    for api in APIS {
        gives_a_part(&bench(api, true, Fault::InvalidUtf8), &["not UTF-8", "try again"]);
        gives_nothing(bench(api, false, Fault::InvalidUtf8), &["not UTF-8", "try again"]);
    }
}

#[test]
fn a_pause_shorter_than_the_timeout_is_waited_for() {
    for (api, stream) in WAYS {
        bench(api, stream, Fault::Stall.with(300)).set("timeout_s", 10).ask(&[]).said(&format!("{TEXT}\n"));
    }
}

#[test]
fn a_pause_longer_than_the_timeout_ends_the_wait_and_keeps_the_text() {
    for (api, stream) in WAYS {
        let started = Instant::now();
        let bench = bench(api, stream, Fault::Stall.with(30_000)).set("timeout_s", 1);
        let texts = ["timed out after 1 s", "check base_url and the network"];
        if stream {
            gives_a_part(&bench, &texts)
        } else {
            gives_nothing(bench, &texts)
        }
        assert!(started.elapsed() < Duration::from_secs(10));
    }
}

#[test]
fn a_head_that_comes_slowly_is_waited_for_and_one_that_is_too_slow_is_not() {
    for (api, stream) in WAYS {
        bench(api, stream, Fault::SlowHeaders.with(1)).set("timeout_s", 10).ask(&[]).said(&format!("{TEXT}\n"));
    }
    for api in APIS {
        gives_nothing(bench(api, true, Fault::SlowHeaders.with(200)).set("timeout_s", 1), &["timed out after 1 s"]);
    }
}

#[test]
fn a_stream_that_was_longer_by_its_length_is_whole_as_its_end_was_said() {
    for api in APIS {
        bench(api, true, Fault::LengthTooLong).ask(&[]).said(&format!("{TEXT}\n"));
        gives_nothing(bench(api, false, Fault::LengthTooLong), &["the response ended before its length"]);
    }
}

#[test]
fn a_body_that_is_cut_by_its_length_is_no_reply() {
    for api in APIS {
        gives_nothing(bench(api, false, Fault::LengthTooShort), &["the response is not JSON"]);
        // Ten bytes less of a stream cut its end mark at most.
        bench(api, true, Fault::LengthTooShort).ask(&[]).said(&format!("{TEXT}\n"));
        let bench = bench(api, true, Fault::LengthTooShort.with(600));
        gives_a_part(&bench, &["the reply is cut"]);
    }
}

#[test]
fn a_redirect_is_not_followed() {
    for (api, stream) in WAYS {
        for status in [301, 302, 307, 308] {
            let bench = bench(api, stream, Fault::Redirect.with(status)).with_key().set("retries", 2);
            bench.ask(&[]).failed(1, "", &[&format!("answered {status}, a redirect, which is not followed"), "set base_url"]);
            assert_eq!(bench.count(), 1, "the request and its key go nowhere else");
        }
    }
}

#[test]
fn a_compressed_body_that_nobody_asked_for_is_refused() {
    for (api, stream) in WAYS {
        let bench = bench(api, stream, Fault::Gzip).set("retries", 2);
        bench.ask(&[]).failed(1, "", &["compressed body that nobody asked for", "check base_url"]);
        assert_eq!(bench.count(), 1);
    }
}

#[test]
fn an_error_page_is_an_error_in_words_of_our_own() {
    for (api, stream) in WAYS {
        gives_nothing(
            bench(api, stream, Fault::HtmlError),
            &["127.0.0.1 answered 502, an error of the server", "try again later"],
        );
        gives_nothing(bench(api, stream, Fault::HtmlError.with(403)), &["answered 403, forbidden", "check the key"]);
        gives_nothing(bench(api, stream, Fault::HtmlError.with(200)), &["the response is not JSON", "check base_url"]);
    }
}

#[test]
fn a_good_status_with_plain_text_is_no_reply() {
    for (api, stream) in WAYS {
        gives_nothing(bench(api, stream, Fault::NotJson), &["the response is not JSON", "check base_url"]);
    }
}

#[test]
fn an_empty_body_is_no_reply() {
    for (api, stream) in WAYS {
        gives_nothing(bench(api, stream, Fault::EmptyBody), &["the response ", "try again"]);
    }
}

#[test]
fn nobody_listening_is_said_with_its_cure() {
    for (api, stream) in WAYS {
        let bench = bench(api, stream, Fault::Drop);
        let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
        gives_nothing(
            bench.set("base_url", format!("http://127.0.0.1:{port}")),
            &["cannot connect", "check base_url and the network"],
        );
    }
}

#[test]
fn json_output_has_the_part_and_the_error() {
    for api in APIS {
        let ran = bench(api, true, Fault::Drop).ask(&["--json"]);
        let out = &ran.json()[0];
        assert!(!out["reply"].as_str().expect("a text").is_empty() && TEXT.starts_with(out["reply"].as_str().expect("a text")));
        assert_eq!((out["exit_code"].clone(), ran.code), (json!(5), Some(5)));
        assert!(out["error"].as_str().expect("an error").contains("ended before its length"));
    }
}

#[test]
fn whatever_the_fault_nothing_panics_and_the_session_stays_readable() {
    let endless = [Fault::EndlessText, Fault::EndlessComments, Fault::HugeLine];
    for (api, stream) in WAYS {
        for kind in Fault::TABLE.iter().map(|row| row.kind).filter(|fault| !endless.contains(fault)) {
            // Both are about time, which these tests have little of.
            let fault = match kind {
                Fault::Stall | Fault::SlowHeaders => kind.with(2),
                other => other.into(),
            };
            let bench = Bench::of(api, stream, [with_fault(Reply::text(TEXT), fault), Reply::text("Good.")]).set("timeout_s", 5);
            let ran = bench.ask(&["-s", "s"]);
            assert!(matches!(ran.code, Some(0 | 1 | 5)), "{fault:?} {ran:?}");
            assert!(ran.code == Some(0) || ran.stderr.lines().count() == 1, "{fault:?} {ran:?}");
            bench.ask(&["-s", "s"]).said("Good.\n");
            bench.session();
        }
    }
}
