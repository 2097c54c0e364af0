//! Vectors of texts: the same for the same words, refused as the service refuses, with the faults of everything else.

mod common;

use common::{HEADERS, exchange, mock, post, post_bytes, request};
use mock_api::{Fault, Mock, Reply, Script};
use serde_json::{Value, json};

const PATH: &str = "/v1/embeddings";

fn of(embeddings: impl IntoIterator<Item = Reply>) -> Mock {
    let script = Script { embeddings: embeddings.into_iter().collect(), ..Script::of([Reply::text("a")]) };
    Mock::start(script).expect("starts")
}

fn ask(mock: &Mock, input: Value) -> common::Answer {
    post(mock, PATH, &json!({"model": "e", "input": input, "dimensions": 8}))
}

#[test]
fn the_same_words_are_the_same_vector_and_no_reply_is_taken() {
    let mock = mock(Reply::text("still there"));
    let answer = ask(&mock, json!(["One two.", "three", "one TWO"])).json();
    let vectors: Vec<&Value> = answer["data"].as_array().expect("a list").iter().map(|item| &item["embedding"]).collect();
    assert_eq!((vectors.len(), vectors[0].as_array().map(Vec::len)), (3, Some(8)));
    assert_eq!(vectors[0], vectors[2]);
    assert_ne!(vectors[0], vectors[1]);
    assert_eq!((&answer["object"], &answer["model"], &answer["data"][1]["index"]), (&json!("list"), &json!("e"), &json!(1)));
    assert_eq!(answer["usage"]["prompt_tokens"], json!(5));
    let alone = ask(&mock, json!("three")).json();
    assert_eq!(&alone["data"][0]["embedding"], vectors[1]);
    let reply = post(&mock, common::OPENAI, &request(false));
    assert!(reply.text().contains("still there"));
}

#[test]
fn what_the_service_refuses_is_refused() {
    let body = |change: Value| {
        let mut body = json!({"model": "e", "input": ["a"]});
        body.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
        body
    };
    for (change, why) in [
        (json!({"model": ""}), "model: must not be empty"),
        (json!({"input": []}), "input: a string or a list"),
        (json!({"input": ["a", ""]}), "input: a string or a list"),
        (json!({"input": ["a", 1]}), "input: a string or a list"),
        (json!({"input": vec!["a"; 2049]}), "at most 2048 texts"),
        (json!({"dimensions": 0}), "dimensions: a whole number"),
        (json!({"encoding_format": "base64"}), "only float"),
    ] {
        let answer = post(&of([]), PATH, &body(change));
        assert_eq!(answer.status, 400);
        assert!(answer.text().contains(why), "{}", answer.text());
    }
    let get = exchange(&of([]), &post_bytes(PATH, HEADERS, b"[]"));
    assert_eq!(get.status, 400);
}

#[test]
fn errors_bodies_and_faults_are_played_in_order() {
    let late = Reply { times: Some(2), ..Reply::error(429, "slow down") };
    let raw = Reply { body: Some("{\"data\":[]}".into()), ..Reply::default() };
    let cut = Reply { faults: vec![Fault::Drop.into()], ..Reply::default() };
    let mock = of([late, raw, cut]);
    assert_eq!([ask(&mock, json!("a")).status, ask(&mock, json!("a")).status], [429, 429]);
    assert_eq!(ask(&mock, json!("a")).text(), "{\"data\":[]}");
    let cut = ask(&mock, json!("a"));
    let promised: usize = cut.header("content-length").and_then(|length| length.parse().ok()).expect("a length");
    assert!(cut.raw.len() < promised);
    assert_eq!(ask(&mock, json!("a")).json()["data"][0]["index"], json!(0));
}
