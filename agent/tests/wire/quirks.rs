//! What servers that mean well send: each quirk alone and all of them together change nothing of what comes out.

use mock_api::{Named, Quirk, Reply, Usage};
use serde_json::{Value, json};

use super::common::{APIS, Api, Bench, WAYS, calls, two_files, with_quirks};

const SAID: &str = "I write \u{e9}\u{1F600}.\nBoth are \u{201e}there\u{201c}.\nBye\n";

/// All but the one that is no whole reply, and has a test of its own.
fn tolerable() -> Vec<Quirk> {
    Quirk::TABLE.iter().map(|row| row.kind).filter(|quirk| *quirk != Quirk::ToolUnfinished).collect()
}

/// A turn with two calls comes out as it should: what is shown, the files, the session.
#[track_caller]
fn is_as_ever(api: Api, stream: bool, quirks: &[Quirk]) {
    let replies = two_files().map(|reply| with_quirks(reply, quirks));
    let bench = Bench::of(api, stream, replies).with_files();
    let ran = bench.ask(&["-s", "s"]);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (Some(0), SAID, ""), "{api:?} {stream} {quirks:?}");
    let file = |name| std::fs::read_to_string(bench.work(name)).unwrap_or_default();
    assert_eq!((file("a.txt"), file("sub/b.txt")), ("first \u{df}".into(), "second\r\n".into()), "{api:?} {stream} {quirks:?}");
    let session = bench.session();
    assert_eq!(session.len(), 5, "{api:?} {stream} {quirks:?}");
    let ids: Vec<&Value> = [0, 1].iter().map(|at| &session[1]["calls"][at]["id"]).collect();
    assert!(ids[0] != ids[1] && ids.iter().all(|id| !id.as_str().unwrap_or_default().is_empty()), "{quirks:?} {ids:?}");
    assert_eq!((ids[0], ids[1]), (&session[2]["call"], &session[3]["call"]));
}

#[test]
fn each_quirk_alone_changes_nothing() {
    for (api, stream) in WAYS {
        for quirk in tolerable() {
            is_as_ever(api, stream, &[quirk]);
        }
    }
}

#[test]
fn all_quirks_together_change_nothing() {
    for (api, stream) in WAYS {
        is_as_ever(api, stream, &tolerable());
    }
}

#[test]
fn all_quirks_but_one_change_nothing() {
    for api in APIS {
        for left_out in tolerable() {
            let quirks: Vec<Quirk> = tolerable().into_iter().filter(|quirk| *quirk != left_out).collect();
            is_as_ever(api, true, &quirks);
        }
    }
}

#[test]
fn a_text_alone_in_the_last_event_is_shown_with_every_quirk() {
    for (api, stream) in WAYS {
        for text in ["one", "two words", "\u{1F600}"] {
            let bench = Bench::of(api, stream, [with_quirks(Reply::text(text), &tolerable())]);
            bench.ask(&[]).said(&format!("{text}\n"));
        }
    }
}

#[test]
fn a_call_without_arguments_is_an_empty_object() {
    for (api, stream) in WAYS {
        for quirks in [&[][..], &[Quirk::ToolInputEmpty], &[Quirk::ToolArgumentsWhole], &[Quirk::ToolArgumentsObject]] {
            let replies = [with_quirks(calls("", &[("list_dir", json!({}))]), quirks), Reply::text("ok")];
            let bench = Bench::of(api, stream, replies).with_files();
            bench.ask(&[]).said("ok\n");
            let messages = &bench.bodies()[1]["messages"];
            match api {
                Api::OpenAi => assert_eq!(messages[2]["tool_calls"][0]["function"]["arguments"], "{}"),
                Api::Anthropic => assert_eq!(messages[1]["content"][0]["input"], json!({})),
            }
        }
    }
}

#[test]
fn usage_that_is_said_often_counts_once_and_usage_that_is_missing_is_nothing() {
    for (api, stream) in WAYS {
        for (quirk, counted) in
            [(Quirk::UsageCumulative, true), (Quirk::UsageChoicesNull, true), (Quirk::NoUsage, api != Api::OpenAi)]
        {
            let reply = Reply { usage: Usage { input: 1234, output: 567 }, ..Reply::text("a") };
            let ran = Bench::of(api, stream, [with_quirks(reply, &[quirk])]).ask(&["--json"]);
            let (input, output) = if counted { (1234, 567) } else { (0, 0) };
            assert_eq!(ran.json()[0]["usage"], json!({"input_tokens": input, "output_tokens": output}), "{api:?} {quirk:?}");
        }
    }
}

#[test]
fn an_unfinished_call_is_not_run_and_the_reply_is_cut() {
    let [first, second] = two_files();
    for stream in [true, false] {
        let replies = [with_quirks(first.clone(), &[Quirk::ToolUnfinished]), second.clone()];
        let bench = Bench::of(Api::Anthropic, stream, replies).with_files();
        bench.ask(&["-s", "s"]).failed(5, "I write \u{e9}\u{1F600}.\n", &["cut at the limit on tokens", "raise max_tokens"]);
        assert!(!bench.work("a.txt").exists() && !bench.work("sub/b.txt").exists());
        assert_eq!((bench.session()[1]["cut"].clone(), bench.count()), (json!(true), 1));
    }
}

#[test]
fn reasoning_beside_the_text_is_not_shown() {
    for stream in [true, false] {
        let reply = Reply { thinking: Some("SECRET THOUGHT".into()), ..Reply::text("a b") };
        let bench = Bench::of(Api::OpenAi, stream, [with_quirks(reply, &[Quirk::ReasoningContent])]);
        bench.ask(&["-s", "s"]).said("a b\n");
        assert_eq!(bench.session()[1], json!({"role": "assistant", "content": "a b"}));
    }
}
