//! `cargo xtask run` for real: that it sees a change of one instruction, that counts repeat, and what it says of files that are wrong.
//!
//! `cargo xtask test` runs it: XTASK_RUNNER_DIR names the folder of the runners.
#![cfg(unix)]

use serde_json::Value;
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};
use tempfile::TempDir;
use wasmparser::{ExternalKind, Operator, Parser, Payload};

const WASIP2: &str = "agent/wasm32-wasip2/release-wasm/dlmalloc/agent.wasm";
const WASIP1: &str = "agent/wasm32-wasip1/release-wasm/dlmalloc/agent.wasm";

/// Runs `xtask run ARGUMENTS` in this repository, without times.
fn run(arguments: &[&str]) -> Output {
    assert!(env::var_os("XTASK_RUNNER_DIR").is_some(), "run this by `cargo xtask test`");
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(["run", "--check", "--samples", "0"]).args(arguments).output().expect("xtask starts")
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[track_caller]
fn expect(output: &Output, code: i32, words: &[&str]) {
    assert_eq!(output.status.code(), Some(code), "{}", text(output));
    for word in words {
        assert!(text(output).contains(word), "no {word:?} in {}", text(output));
    }
}

/// The file that `size` ships.
fn shipped(variant: &str) -> Vec<u8> {
    let target =
        env::var_os("CARGO_TARGET_DIR").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"), PathBuf::from);
    fs::read(target.join("xtask/size").join(variant)).expect("`cargo xtask size` has shipped it")
}

/// A folder with `bytes` in the file `a.wasm`, and the option that runs that instead of the agent.
fn replaced(bytes: &[u8]) -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wasm");
    fs::write(&path, bytes).unwrap();
    let option = format!("agent={}", path.display());
    (folder, option)
}

/// `wasm` with the first instruction of the function that is exported as `export` made `unreachable`: the first that opens no block.
fn with_one_instruction_changed(wasm: &[u8], export: &str) -> Vec<u8> {
    let (mut imported, mut bodies, mut wanted) = (0, Vec::new(), None);
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.unwrap() {
            // Each nested module begins anew: the one that is looked for is the first with this export.
            Payload::Version { .. } if wanted.is_none() => (imported, bodies) = (0, Vec::new()),
            Payload::Version { .. } => break,
            Payload::ImportSection(section) => {
                let is_function = |import: &wasmparser::Import| matches!(import.ty, wasmparser::TypeRef::Func(_));
                imported += section.into_imports().map(Result::unwrap).filter(is_function).count();
            }
            Payload::ExportSection(section) => {
                let mut exports = section.into_iter().map(Result::unwrap);
                wanted = exports.find(|one| one.kind == ExternalKind::Func && one.name == export).map(|one| one.index as usize);
            }
            Payload::CodeSectionEntry(body) => bodies.push(body),
            _ => {}
        }
    }
    let body = &bodies[wanted.expect("the module has the export") - imported];
    let mut operators = body.get_operators_reader().unwrap();
    let (at, end) = loop {
        let at = usize::try_from(operators.original_position()).unwrap();
        // What opens a block has an end that would be left over.
        if !matches!(operators.read().unwrap(), Operator::Block { .. } | Operator::Loop { .. }) {
            break (at, usize::try_from(operators.original_position()).unwrap());
        }
    };
    let mut changed = wasm.to_vec();
    // What is left of a longer instruction does nothing.
    changed[at..end].fill(0x01);
    changed[at] = 0x00;
    changed
}

#[test]
fn one_changed_instruction_turns_the_cells_red_and_nothing_is_recorded() {
    let baseline = Path::new(env!("CARGO_MANIFEST_DIR")).join("../baselines/run.json");
    let before = fs::read(&baseline).unwrap();
    for (variant, export, engine) in [(WASIP2, "wasi:cli/run@0.2.0#run", "wasmtime-jit"), (WASIP1, "_start", "wamr-interpreter")]
    {
        let good = shipped(variant);
        let arguments =
            |option: &str| run(&["--filter", "message", "--engine", "native", "--engine", engine, "--replace", option]);
        let (_folder, option) = replaced(&good);
        expect(&arguments(&option), 0, &["PASS"]);
        let bad = with_one_instruction_changed(&good, export);
        assert_eq!(bad.len(), good.len());
        let (_folder, option) = replaced(&bad);
        expect(&arguments(&option), 1, &["FAIL", "unreachable"]);
    }
    assert_eq!(fs::read(baseline).unwrap(), before);
}

#[test]
fn twenty_repeats_count_the_same() {
    let counts = || {
        let output = run(&["--filter", "session", "--filter", "reply.openai-stream", "--engine", "wasmtime-aot", "--json"]);
        expect(&output, 0, &[]);
        let run: Value = serde_json::from_slice(&output.stdout).unwrap();
        run["measurements"].clone()
    };
    let first = counts();
    assert!(first.as_array().is_some_and(|counts| counts.len() >= 4), "{first}");
    for _ in 1..20 {
        assert_eq!(counts(), first);
    }
}

#[test]
fn files_that_cannot_be_run_are_said_in_one_line() {
    let (component, module) = (shipped(WASIP2), shipped(WASIP1));
    let cut = &component[..component.len() / 2];
    let foreign = wat::parse_str("(module (import \"env\" \"secret\" (func)) (func (export \"_start\")))").unwrap();
    let cases: [(&[u8], &str, &str); 6] = [
        (b"#!/bin/sh\n", "wasmtime-jit", "is no WebAssembly"),
        (&module, "wasmtime-jit", "is a core module"),
        (&component, "wamr-interpreter", "is a component"),
        (cut, "wasmtime-jit", "is not valid"),
        (cut, "wasmtime-aot", "is not valid"),
        (&foreign, "wamr-interpreter", "secret"),
    ];
    for (bytes, engine, words) in cases {
        let (_folder, option) = replaced(bytes);
        let output = run(&["--filter", "start", "--engine", engine, "--replace", &option]);
        expect(&output, 1, &["FAIL", words]);
    }
}

#[test]
fn a_worse_count_an_unknown_scenario_and_a_broken_baseline_are_told() {
    expect(&run(&["--filter", "nothing-like-this"]), 2, &["selects no scenario"]);
    expect(&run(&["--engine", "wasmtime"]), 2, &["is no engine"]);
    expect(&run(&["--replace", "agent"]), 2, &["NAME=FILE"]);
}
