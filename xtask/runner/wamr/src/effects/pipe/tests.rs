//! Streams and host together, against lines of every kind.

use super::*;
use proptest::{collection::vec, prelude::*};
use runner_host::{clock::Clock, output::Output};
use runner_protocol::{Engine, Limits, Repeat, SCHEMA, Spec, Start};
use serde_json::Value;
use std::collections::BTreeMap;
use tokio::runtime::{Builder, Runtime};

fn spec() -> Spec {
    Spec {
        schema: SCHEMA,
        engine: Engine::WamrInterpreter,
        artifact: "a.wasm".into(),
        sha256: String::new(),
        start: Start::Command,
        arguments: Vec::new(),
        environment: BTreeMap::new(),
        stdin: None,
        folders: Vec::new(),
        network: None,
        limits: Limits::default(),
        repeat: Repeat::default(),
        output: ".".into(),
        without_guards: Vec::new(),
    }
}

fn streams(input: &[u8]) -> (Questions, Answers, Output) {
    let output = Output::new(&spec());
    let pipe = Pipe::new(Host::new(input, output.clone(), Clock::new(), None));
    (Questions(pipe.clone()), Answers(pipe), output)
}

fn executor() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// All that can be read, in pieces of `size`.
fn read_all(answers: &mut Answers, size: usize) -> String {
    let executor = executor();
    let mut bytes = Vec::new();
    while let Ok(piece) = executor.block_on(answers.blocking_read(size)) {
        bytes.extend_from_slice(&piece);
    }
    String::from_utf8(bytes).unwrap()
}

/// A line that is an effect, nearly one, or anything.
fn line() -> impl Strategy<Value = Vec<u8>> {
    let effect = prop_oneof![
        Just(r#"{"effect":"line"}"#.to_string()),
        Just(r#"{"effect":"now"}"#.to_string()),
        Just(r#"{"effect":"receive"}"#.to_string()),
        Just(r#"{"effect":"sleep","time_ms":0}"#.to_string()),
        r#"\{"effect":"(line|send|fly|)"(,"[a-z_]{1,8}":("x"|1|null|\[\]|\{\}))?\}"#,
        r#"\{"effect":"send","method":"[A-Z ]{0,4}","url":"[a-z:/. ]{0,12}","headers":\[\["[a-z ]{0,3}","x"\]\],"timeout_ms":1\}"#,
    ];
    prop_oneof![effect.prop_map(String::into_bytes), vec(any::<u8>(), 0..40)]
        .prop_map(|line| line.into_iter().filter(|byte| *byte != b'\n').collect())
}

proptest! {
    #[test]
    fn every_line_but_output_gets_one_answer(lines in vec(line(), 0..5), input in vec(any::<u8>(), 0..60), cut in 1usize..50, size in 1usize..50) {
        let (mut questions, mut answers, _) = streams(&input);
        let (mut text, mut answered) = (String::new(), 0);
        for line in &lines {
            let line = [line.as_slice(), b"\n"].concat();
            for piece in line.chunks(cut) {
                questions.write(Bytes::copy_from_slice(piece)).unwrap();
            }
            text.push_str(&read_all(&mut answers, size));
            answered += 1;
            prop_assert_eq!(text.lines().count(), answered);
        }
        for answer in text.lines() {
            let answer: Value = serde_json::from_str(answer).unwrap();
            prop_assert!(answer.is_object());
        }
    }

    #[test]
    fn what_is_said_is_shown(said in vec(any::<String>(), 0..5)) {
        let (mut questions, mut answers, output) = streams(b"");
        for text in &said {
            let line = serde_json::json!({ "effect": "output", "text": text }).to_string() + "\n";
            questions.write(Bytes::from(line)).unwrap();
        }
        prop_assert_eq!(read_all(&mut answers, 10), "");
        let folder = tempfile::tempdir().unwrap();
        output.save(folder.path()).unwrap();
        prop_assert_eq!(std::fs::read_to_string(folder.path().join("stdout")).unwrap(), said.concat());
    }
}

#[test]
fn the_lines_of_the_user_come_in_order_with_their_bytes() {
    let (mut questions, mut answers, _) = streams(b"one\n\ntwo\r\n\xff\nlast");
    for expected in [
        r#"{"text":"one"}"#,
        r#"{"text":""}"#,
        r#"{"text":"two"}"#,
        r#"{"error":"the line is not UTF-8"}"#,
        r#"{"text":"last"}"#,
        r#"{"end":true}"#,
    ] {
        questions.write(Bytes::from_static(b"{\"effect\":\"line\"}\n")).unwrap();
        assert_eq!(read_all(&mut answers, 100).trim_end(), expected);
    }
}

#[test]
fn questions_that_nobody_waits_for_end_the_guest() {
    let (mut questions, ..) = streams(b"");
    let ask = || Bytes::from_static(b"{\"effect\":\"now\"}\n");
    (0..OPEN_COUNT).for_each(|_| questions.write(ask()).unwrap());
    assert!(matches!(questions.write(ask()), Err(StreamError::Trap(_))));
}
