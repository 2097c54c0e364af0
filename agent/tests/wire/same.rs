//! Both providers, with a stream and without: the same text, the same tools, the same counts.

use mock_api::{Reply, Script, Usage};
use serde_json::json;

use super::common::{Bench, WAYS, two_files};

const TEXT: &str = "Gr\u{fc}\u{df}e \u{1F600}\n\ttab \"quote\" \\ back\u{2028}line / end";

#[test]
fn text_is_the_same_each_way() {
    for (api, stream) in WAYS {
        for split in [None, Some(1), Some(3)] {
            let reply = Reply { split_chars: split, ..Reply::text(TEXT) };
            Bench::of(api, stream, [reply]).ask(&[]).said(&format!("{TEXT}\n"));
        }
    }
}

#[test]
fn no_stream_on_the_command_line_asks_for_no_stream() {
    for (api, _) in WAYS {
        let bench = Bench::of(api, true, [Reply::text("a")]);
        bench.ask(&["--no-stream"]).said("a\n");
        assert_eq!(bench.bodies()[0].get("stream"), None);
    }
}

#[test]
fn a_text_that_ends_its_line_gets_no_second_line_end() {
    for (api, stream) in WAYS {
        Bench::of(api, stream, [Reply::text("a\n")]).ask(&[]).said("a\n");
    }
}

#[test]
fn two_calls_at_once_run_in_order_and_the_text_of_both_rounds_is_shown() {
    for (api, stream) in WAYS {
        let bench = Bench::of(api, stream, two_files()).with_files();
        let wanted = "I write \u{e9}\u{1F600}.\nBoth are \u{201e}there\u{201c}.\nBye\n";
        bench.ask(&["-s", "s"]).said(wanted);
        let file = |name| std::fs::read_to_string(bench.work(name)).expect("written");
        assert_eq!((file("a.txt"), file("sub/b.txt")), ("first \u{df}".to_string(), "second\r\n".to_string()));
        let session = bench.session();
        let roles: Vec<_> = session.iter().map(|line| line["role"].as_str().expect("a role")).collect();
        assert_eq!(roles, ["user", "assistant", "tool", "tool", "assistant"]);
        assert_eq!(session[1]["calls"][0]["id"], session[2]["call"]);
        assert_eq!(session[1]["calls"][1]["id"], session[3]["call"]);
        assert_eq!([&session[2]["content"], &session[3]["content"]], ["wrote 8 bytes", "wrote 8 bytes"]);
        assert!(session.iter().all(|line| line.get("cut").is_none()));
    }
}

#[test]
fn json_has_the_last_text_and_the_sums_of_all_rounds() {
    for (api, stream) in WAYS {
        let [mut first, mut second] = two_files();
        first.usage = Usage { input: 1000, output: 20 };
        second.usage = Usage { input: 2000, output: 3 };
        let bench = Bench::of(api, stream, [first, second]).with_files();
        let ran = bench.ask(&["--json"]);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
        let wanted = json!({
            "reply": "Both are \u{201e}there\u{201c}.\nBye", "rounds": 2, "tool_calls": 2,
            "usage": {"input_tokens": 3000, "output_tokens": 23},
        });
        assert_eq!(ran.json(), [wanted]);
    }
}

#[test]
fn a_failed_tool_is_told_to_the_model_and_the_turn_goes_on() {
    for (api, stream) in WAYS {
        let missing = Reply::call("read_file", json!({"path": "none.txt"}));
        let unknown = Reply::call("fly", json!({}));
        let bench = Bench::of(api, stream, [missing, unknown, Reply::text("I see.")]).with_files();
        bench.ask(&["-s", "s"]).said("I see.\n");
        let session = bench.session();
        assert_eq!(session[2]["content"], "none.txt is not there");
        assert!(session[4]["content"].as_str().expect("text").starts_with("there is no tool fly; there is: read_file"));
        assert_eq!((&session[2]["error"], &session[4]["error"]), (&json!(true), &json!(true)));
    }
}

#[test]
fn a_session_goes_on_with_either_provider() {
    for ((api, stream), (other, other_stream)) in WAYS.into_iter().zip(WAYS.into_iter().rev()) {
        let first = Bench::of(api, stream, two_files()).with_files();
        assert_eq!(first.ask(&["-s", "s"]).code, Some(0));
        let second = Bench::of(other, other_stream, [Reply::text("Yes.")]).with_files();
        let folder = second.home().join("sessions");
        std::fs::create_dir(&folder).expect("made");
        std::fs::copy(first.home().join("sessions/s.jsonl"), folder.join("s.jsonl")).expect("copied");
        second.ask(&["-s", "s"]).said("Yes.\n");
        assert_eq!(second.session().len(), 7);
    }
}

#[test]
fn both_ways_of_writing_the_base_lead_to_the_same_path() {
    for (api, stream) in WAYS {
        for end in ["", "/", "/v1", "/v1/"] {
            let bench = Bench::new(api, stream, Script::of([Reply::text("a")]));
            let base = format!("{}{end}", bench.mock.url());
            bench.set("base_url", base).ask(&[]).said("a\n");
        }
    }
}
