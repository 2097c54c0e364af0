//! The effect protocol, against guests that keep to it and guests that do not.

use crate::support::{Job, Ran, exit, guest};
use mock_api::{Mock, Page, Script};
use runner_protocol::{Decision, Guard, Network};
use serde_json::{Value, json};
use std::{
    fs,
    time::{Duration, Instant},
};

/// A guest that writes each line, and copies what it then reads to standard error.
fn asking(lines: &[&str]) -> Job {
    let texts: Vec<String> = lines.iter().map(|line| format!("{line}\n")).collect();
    let body: String = (1u32..)
        .zip(&texts)
        .map(|(number, text)| {
            let echo = if text.contains("\"output\"") { "" } else { "(call $echo (i32.const 0) (i32.const 2))" };
            format!("(call $say (i32.const 1) (i32.const {}) (i32.const {})) {echo}", number * 1024, text.len())
        })
        .collect();
    let mut job = Job::new(&guest(&texts.iter().map(String::as_str).collect::<Vec<_>>(), &body));
    job.spec.environment.insert("AGENT_EFFECTS".into(), "jsonl".into());
    job
}

/// The answers that a guest copied.
fn answers(ran: &Ran) -> Vec<Value> {
    ran.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn get(url: &str) -> String {
    format!(r#"{{"effect":"send","method":"GET","url":"{url}","headers":[],"timeout_ms":2000,"private":["*"]}}"#)
}

#[test]
fn texts_lines_and_the_time() {
    let line = r#"{"effect":"line"}"#;
    let now = r#"{"effect":"now"}"#;
    let job = |input: &str| {
        let mut job =
            asking(&[r#"{"effect":"output","text":"Hello, "}"#, line, line, line, now, r#"{"effect":"output","text":"you\n"}"#]);
        let path = job.folder.path().join("input");
        fs::write(&path, input).unwrap();
        job.spec.stdin = Some(path);
        job.run()
    };
    let ran = job("one\r\ntwo");
    assert_eq!((ran.ended(), &*ran.stdout), (&exit(0), "Hello, you\n"));
    let again = job("one\r\ntwo");
    assert_eq!(again.stderr, ran.stderr, "the clock repeats");
    let said = answers(&ran);
    assert_eq!(said[..3], [json!({"text": "one"}), json!({"text": "two"}), json!({"end": true})]);
    assert!(said[3]["time_ms"].as_u64().unwrap() > 1_700_000_000_000, "{said:?}");
}

#[test]
fn a_guest_sleeps_and_its_clock_with_it() {
    let now = r#"{"effect":"now"}"#;
    let mut job = asking(&[now, r#"{"effect":"sleep","time_ms":300}"#, now]);
    let started = Instant::now();
    let said = answers(&job.run());
    assert!(started.elapsed() >= Duration::from_millis(300) && said[1] == json!({}));
    let slept_ms = said[2]["time_ms"].as_u64().unwrap() - said[0]["time_ms"].as_u64().unwrap();
    assert!((300..310).contains(&slept_ms), "{slept_ms}");
    job.spec.limits.deadline_ms = 100;
    assert_eq!(job.run().limit(), "deadline_ms");
}

#[test]
fn http_goes_where_it_is_granted() {
    let page = Page { path: "/page".into(), body: "the page".into(), ..Page::default() };
    let mock = Mock::start(Script { pages: vec![page], ..Script::default() }).unwrap();
    let receive = r#"{"effect":"receive"}"#;
    let mut job = asking(&[&get(&format!("{}/page", mock.url())), receive, receive, receive]);
    job.spec.network =
        Some(Network { hosts: vec![mock.url()], private: vec!["127.0.0.1".parse().unwrap()], ..Network::default() });
    let ran = job.run();
    let said = answers(&ran);
    assert_eq!((said[0]["status"].as_u64(), ran.ended()), (Some(200), &exit(0)), "{said:?}");
    assert_eq!(said[1..], [json!({"bytes": "dGhlIHBhZ2U="}), json!({"end": true}), json!({"end": true})]);
    assert_eq!(ran.instance().contacts.len(), 1);
    assert_eq!(ran.instance().contacts[0].decision, Decision::Answered(200));
    assert_eq!(mock.recorded().len(), 1);
}

#[test]
fn the_host_checks_again_whatever_the_guest_says() {
    let mock = Mock::start(Script::default()).unwrap();
    let url = format!("{}/page", mock.url());
    let granted = Network { hosts: vec![mock.url()], ..Network::default() };
    let other =
        Network { hosts: vec!["https://example.com".into()], private: vec!["127.0.0.1".parse().unwrap()], ..Network::default() };
    for (network, is_logged) in [(None, false), (Some(granted), true), (Some(other), true)] {
        let mut job = asking(&[&get(&url)]);
        job.spec.network = network;
        let ran = job.run();
        assert!(answers(&ran)[0]["error"].is_string(), "{}", ran.stderr);
        assert_eq!(ran.instance().contacts.len(), usize::from(is_logged));
    }
    let ran = asking(&[&get(&url)]).without(Guard::Linking).run();
    assert!(answers(&ran)[0]["error"].is_string() && ran.instance().contacts.len() == 1);
    assert!(mock.recorded().is_empty());
}

#[test]
fn what_is_no_effect_is_answered_with_an_error() {
    let ran =
        asking(&["key-12", "", "{}", r#"{"effect":"fly"}"#, r#"{"effect":"send"}"#, &get("not a url"), &get("ftp://a.b/")]).run();
    let said = answers(&ran);
    assert!(said.len() == 7 && said.iter().all(|answer| answer["error"].is_string()), "{said:?}");
    assert!(!ran.stderr.contains("key-12"));
    assert_eq!(ran.ended(), &exit(0));
}

#[test]
fn a_guest_that_does_not_listen_is_ended() {
    let ask = r#"{"effect":"now"}"#;
    let flood = format!("(loop $again (call $say (i32.const 1) (i32.const 1024) (i32.const {})) (br $again))", ask.len() + 1);
    let mut job = Job::new(&guest(&[&format!("{ask}\n")], &flood));
    job.spec.environment.insert("AGENT_EFFECTS".into(), "jsonl".into());
    assert!(matches!(job.run().ended(), runner_protocol::Ended::Trap { reason } if reason.contains("not read")));
    let mut job = Job::new(&guest(&[], "(call $echo (i32.const 0) (i32.const 2))"));
    job.spec.environment.insert("AGENT_EFFECTS".into(), "jsonl".into());
    let ran = job.run();
    assert_eq!((ran.ended(), &*ran.stderr), (&exit(0), ""), "its input is at its end");
}

#[test]
fn what_is_shown_counts_as_output() {
    let mut job = asking(&[r#"{"effect":"output","text":"0123456789"}"#]);
    job.spec.limits.output_bytes = 4;
    let ran = job.run();
    assert_eq!((ran.limit(), &*ran.stdout), ("output_bytes", "0123"));
}
