//! Vectors of a provider: what is asked, what is taken, what is refused, and that a memory is never a mix.

use mock_api::{Expect, Fault, Mock, Reply, Script};
use serde_json::{Value, json};

use super::{Host, refused, run};
use crate::common::Home;

/// A mock that answers so, and a home whose memory is of its vectors; `more` is the rest of the key `memory`.
fn of(embeddings: impl IntoIterator<Item = Reply>, more: Value, retries: u64) -> (Mock, Home) {
    let script = Script { embeddings: embeddings.into_iter().collect(), ..Script::default() };
    let mock = Mock::start(script).expect("the mock starts");
    let mut memory = json!({"embedder": "provider", "model": "e-1"});
    memory.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    let home = Home::with_mock(&mock, "openai", json!({"memory": memory, "retries": retries}));
    (mock, home)
}

#[test]
fn lines_are_sent_in_batches_and_found_again() {
    let (mock, home) = of([], json!({"dimensions": 48}), 0);
    let lines: String = (0..130).map(|number| format!("fact number {number} about thing{number}\n")).collect();
    let ran = home.run_with(&["memory", "add", "--stdin", "jsonl"], lines.as_bytes());
    assert!(ran.code == Some(0) && ran.stdout.lines().count() == 130, "{ran:?}");
    let bodies: Vec<Value> = mock.recorded().iter().map(|request| request.json()).collect();
    let counts: Vec<usize> = bodies.iter().map(|body| body["input"].as_array().expect("a list").len()).collect();
    assert_eq!(counts, [64, 64, 2]);
    assert_eq!(
        (&bodies[0]["model"], &bodies[0]["encoding_format"], &bodies[0]["dimensions"]),
        (&json!("e-1"), &json!("float"), &json!(48))
    );
    let found = home.run(&["memory", "search", "-k", "1", "thing77"]).stdout;
    assert!(found.starts_with("78  0.") && found.ends_with("fact number 77 about thing77\n"), "{found}");
    let stats = home.run(&["memory", "stats"]).stdout;
    assert!(stats.contains("embedder    openai/e-1\n") && stats.contains("dimensions  48\n"), "{stats}");
}

#[test]
fn what_can_be_helped_by_asking_again_is_asked_again() {
    let mut late = Reply::error(429, "slow down");
    late.headers.insert("retry-after-ms".into(), "1".into());
    let cut = Reply { faults: vec![Fault::Drop.into()], ..Reply::default() };
    let (mock, home) = of([late, cut], json!({}), 2);
    home.run(&["memory", "add", "a text"]).said("remembered as 1\n");
    assert_eq!(mock.recorded().len(), 3);
}

#[test]
fn errors_of_the_server_are_told_without_the_key() {
    let (mock, home) = of([Reply::error(401, "Incorrect API key provided: sk-0123456789abcdefXYZ")], json!({}), 2);
    let ran = home.run(&["memory", "add", "a text"]);
    assert!(ran.code == Some(1) && ran.stderr.contains("answered 401 (invalid_api_key)"), "{ran:?}");
    assert!(!ran.stderr.contains("0123456789"), "{}", ran.stderr);
    assert_eq!(mock.recorded().len(), 1);
    assert!(!home.path().join("memory/default.memory").exists());
}

#[test]
fn responses_that_cannot_be_are_refused_and_nothing_is_kept() {
    let many = format!("[{}]", vec!["1"; 4097].join(","));
    for (body, wrong) in [
        (r#"{"data":[]}"#.to_string(), "no vector for some"),
        (r#"{"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}]}"#.into(), "or two for one"),
        (r#"{"data":[{"index":1,"embedding":[1]}]}"#.into(), "other texts than were sent"),
        (r#"{"data":[{"embedding":[1]}]}"#.into(), "other texts than were sent"),
        (r#"{"data":[{"index":0,"embedding":[]}]}"#.into(), "other dimensions"),
        (r#"{"data":[{"index":0,"embedding":"AAAA"}]}"#.into(), "other dimensions"),
        (r#"{"data":[{"index":0,"embedding":[1,null]}]}"#.into(), "no number, or too large"),
        (r#"{"data":[{"index":0,"embedding":["1"]}]}"#.into(), "no number, or too large"),
        (r#"{"data":[{"index":0,"embedding":[1e39]}]}"#.into(), "no number, or too large"),
        (r#"{"data":[{"index":0,"embedding":[NaN]}]}"#.into(), "not JSON"),
        (r#"{"data":[{"index":0,"embedding":[0.0,-0,1e-99]}]}"#.into(), "the vector is zero"),
        (format!(r#"{{"data":[{{"index":0,"embedding":{many}}}]}}"#), "other dimensions than the memory"),
        (r#"{"data":{}}"#.into(), "no list of data"),
        ("[]".into(), "no list of data"),
        (r#"{"error":{"message":"no such model","code":"model_not_found"}}"#.into(), "no such model"),
    ] {
        let (_mock, home) = of([Reply { body: Some(body.clone()), ..Reply::default() }], json!({}), 0);
        let ran = home.run(&["memory", "add", "a text"]);
        assert!(ran.code == Some(1) && ran.stderr.contains(wrong), "{body:.80}: {ran:?}");
        assert!(!home.path().join("memory/default.memory").exists());
    }
}

#[test]
fn other_dimensions_than_the_memory_has_are_refused() {
    let body =
        |values: &str| Reply { body: Some(format!(r#"{{"data":[{{"index":0,"embedding":{values}}}]}}"#)), ..Reply::default() };
    let (_mock, home) = of([body("[1,2,3]"), body("[1,2]"), body("[1,2]"), body("[3,2,1]")], json!({}), 0);
    home.run(&["memory", "add", "a text"]).said("remembered as 1\n");
    for args in [["memory", "add", "another"], ["memory", "search", "a text"]] {
        let ran = home.run(&args);
        assert!(ran.code == Some(1) && ran.stderr.contains("the vector has other dimensions"), "{ran:?}");
    }
    // The cosine is 0.714; the integers make it 0.713.
    assert!(home.run(&["memory", "search", "a text"]).stdout.starts_with("1  0.71"));
}

#[test]
fn a_memory_is_of_one_embedder_and_rebuild_changes_it() {
    let (mock, home) = of([], json!({}), 0);
    let provider = std::fs::read_to_string(home.path().join("config.json")).expect("the configuration");
    home.configure("{}");
    for text in ["the blue door is locked", "seven angry wolves"] {
        assert_eq!(home.run(&["memory", "add", text]).code, Some(0));
    }
    home.configure(&provider);
    let ran = home.run(&["memory", "search", "door"]);
    assert!(
        ran.code == Some(2) && ran.stderr.contains("made by lexical with 512 dimensions, and openai/e-1 with any"),
        "{ran:?}"
    );
    assert!(mock.recorded().is_empty(), "nothing is sent for a memory of another embedder");
    home.run(&["memory", "rebuild"]).said("made anew, 2 records\n");
    assert!(home.run(&["memory", "search", "-k1", "the blue door"]).stdout.starts_with("1  0."));
    home.configure("{}");
    assert_eq!(home.run(&["memory", "search", "door"]).code, Some(2));
    home.run(&["memory", "rebuild"]).said("made anew, 2 records\n");
    assert!(home.run(&["memory", "search", "-k1", "wolves"]).stdout.starts_with("2  0."));
}

#[test]
fn the_key_goes_to_its_host_and_only_there() {
    let wanted =
        Expect { header: [("authorization".to_string(), "Bearer test-key-0123456789".to_string())].into(), ..Expect::default() };
    let (mock, home) = of([Reply { expect: Some(wanted), ..Reply::default() }], json!({}), 0);
    let config = json!({
        "provider": "openai", "base_url": mock.url(), "key_env": "KEY", "key_host": mock.url().replace("http://", ""),
        "memory": {"embedder": "provider", "model": "e-1"},
    });
    home.configure(&config.to_string());
    home.run_env("KEY", "test-key-0123456789", &["memory", "add", "the key test-key-0123456789 is here"])
        .said("remembered as 1\n");
    assert_eq!(mock.mismatches(), Vec::<String>::new());
    assert_eq!(mock.recorded()[0].json()["input"], json!(["the key [redacted] is here"]));
    home.configure(&config.to_string().replace(&mock.url(), "http://127.0.0.2:9"));
    let ran = home.run_env("KEY", "test-key-0123456789", &["memory", "add", "more"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("the key is for"), "{ran:?}");
    // What needs no vectors needs no key.
    home.run(&["memory", "list"]).said("1  the key [redacted] is here\n");
}

#[test]
fn who_has_no_embeddings_says_what_to_do() {
    for (provider, name) in [("anthropic", "anthropic"), ("offline", "offline")] {
        let config = json!({
            "provider": provider, "model": "m", "base_url": "http://127.0.0.1:9", "memory": {"embedder": "provider", "model": "e"},
        });
        let mut host = Host::new(&config.to_string());
        let cure = ["the provider", name, "has no embeddings: set embedder to \"lexical\""];
        refused(&mut host, &["add", "a text"], &cure);
        assert_eq!(run(&mut host, &["list"]).as_deref(), Ok(""));
        let home = Home::with_config(&config.to_string());
        let ran = home.run(&["-m", "hi"]);
        assert!(ran.code == Some(2) && ran.stderr.contains("has no embeddings"), "{ran:?}");
    }
}
