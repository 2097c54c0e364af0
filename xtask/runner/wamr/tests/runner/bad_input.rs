//! What cannot be run: one line, the cure, the exit code.

use crate::support::{Job, guest};
use runner_protocol::{Engine, Repeat, Start};
use std::process::Command;

#[test]
fn an_artifact_that_cannot_be_run_is_named() {
    let cases: [(&[u8], &str); 7] = [
        (b"\0asm\x0d\0\x01\0", "is a component; WAMR runs core modules: build for wasm32-wasip1"),
        (b"#!/bin/sh\n", "is no WebAssembly: use the artifact for wasm32-wasip1"),
        (b"", "is no WebAssembly: use the artifact for wasm32-wasip1"),
        (b"\0aot\x05\0\0\0", "is compiled already: use wamr-aot"),
        (b"\0asm\x01\0\0\0\x0a\xff", "is broken: build it again"),
        (
            &wat::parse_str("(module (func (drop (v128.const i64x2 0 0))))").unwrap(),
            "is not valid, or has what wamr-interpreter does not take: build it again for wasm32-wasip1, without newer features",
        ),
        (&wat::parse_str("(module (memory i64 1))").unwrap(), "does not take"),
    ];
    for (bytes, words) in cases {
        let (code, said) = Job::of_bytes(bytes).interpreted().refused();
        assert!(code == 4 && said.starts_with("error: ") && said.lines().next().unwrap().contains(words), "{code} {said}");
        assert!(said.contains("guest.wasm"), "{said}");
    }
}

#[test]
fn a_missing_import_is_named() {
    let missing = [
        ("(module (import \"env\" \"fly\" (func)) (func (export \"_start\")))", "imports env.fly"),
        (
            "(module (import \"wasi_snapshot_preview1\" \"fd_close\" (func)) (func (export \"_start\")))",
            "imports wasi_snapshot_preview1.fd_close",
        ),
        ("(module (import \"env\" \"memory\" (memory 1)) (func (export \"_start\")))", "imports env.memory"),
    ];
    for (wat, words) in missing {
        let (code, said) = Job::new(wat).interpreted().refused();
        assert!(code == 4 && said.contains(words), "{code} {said}");
    }
}

#[test]
fn a_module_that_is_no_command_is_refused() {
    for wat in ["(module)", "(module (func (export \"_start\") (param i32)))", "(module (memory (export \"_start\") 1))"] {
        let (code, said) = Job::new(wat).interpreted().refused();
        assert!(code == 4 && said.contains("`_start`") && said.lines().count() == 1, "{code} {said}");
        let mut job = Job::new(wat).interpreted();
        job.spec.start = Start::Instantiate;
        assert_eq!(job.run().outcome.instance_count, 1);
    }
}

#[test]
fn a_specification_that_cannot_be_kept_is_refused() {
    let refused = |change: &dyn Fn(&mut Job)| {
        let mut job = Job::new(&guest(&[], "")).interpreted();
        change(&mut job);
        job.refused()
    };
    let session = Start::Session { config: None, session: None, messages: Vec::new() };
    type Change<'a> = &'a dyn Fn(&mut Job);
    let cases: [(Change<'_>, i32, &str); 6] = [
        (&|job| job.spec.start = session.clone(), 2, "no component model"),
        (&|job| job.spec.engine = Engine::WamrAot, 2, "asks for wamr-aot"),
        (&|job| job.spec.repeat = Repeat { count: 0, live_count: 1 }, 2, "`count`"),
        (&|job| job.spec.sha256 = "00".into(), 4, "is not the one that was asked for"),
        (&|job| job.spec.artifact = "/nowhere.wasm".into(), 4, "/nowhere.wasm"),
        (&|job| job.spec.folders[0].host = "/nowhere".into(), 1, "/nowhere"),
    ];
    for (change, code, words) in cases {
        let (exit, said) = refused(change);
        assert!(exit == code && said.contains(words), "{exit} {said}");
    }
}

#[test]
fn the_command_line_is_explained() {
    let ask = |arguments: &[&str]| Command::new(env!("CARGO_BIN_EXE_runner-wamr")).args(arguments).output().unwrap();
    assert_eq!(String::from_utf8(ask(&["--version"]).stdout).unwrap(), "runner-wamr wamr 2.4.3\n");
    for wrong in [&["run"] as &[&str], &[], &["fly"], &["run", "/nowhere.json"]] {
        assert_eq!(ask(wrong).status.code(), Some(2), "{wrong:?}");
    }
}
