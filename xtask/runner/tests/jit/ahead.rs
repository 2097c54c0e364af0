//! Compiled ahead of time by one program, run by the other. Needs both features: `--features jit,precompiled`.

#![cfg(feature = "precompiled")]

use crate::{
    common::{Ran, program, run, run_bytes},
    guests::{command, rounds},
};
use runner_protocol::{Ended, Engine};
use std::{fs, process::Command};
use tempfile::TempDir;

const ENGINES: [Engine; 2] = [Engine::WasmtimeAot, Engine::WasmtimePulley];

fn compiled(wat: &str, engine: Engine) -> Vec<u8> {
    let folder = TempDir::new().expect("a folder");
    let (wasm, code) = (folder.path().join("guest.wasm"), folder.path().join("guest.cwasm"));
    fs::write(&wasm, wat::parse_str(wat).expect("WAT")).expect("written");
    let output = Command::new(program("runner-jit")).args(["compile", "--engine", engine.name()]).args([&wasm, &code]).output();
    let output = output.expect("runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    fs::read(code).expect("compiled")
}

fn refused(ran: &Ran, says: &str) {
    assert!(ran.code == Some(4) && ran.stderr.contains(says), "{says}: {:?} {}", ran.code, ran.stderr);
}

#[test]
fn it_runs_as_if_compiled_now() {
    let now = run(&rounds(1000), |_| ()).instance();
    for engine in ENGINES {
        let ahead = run_bytes(&compiled(&rounds(1000), engine), |spec| spec.engine = engine).instance();
        assert_eq!((&ahead.ended, ahead.fuel_count), (&now.ended, now.fuel_count), "{engine}");
        let trap = run_bytes(&compiled(&command("", "unreachable"), engine), |spec| spec.engine = engine).ended();
        assert_eq!(trap, Ended::Trap { reason: "wasm trap: wasm `unreachable` instruction executed".into() });
    }
}

#[test]
fn files_of_another_engine_or_version_are_refused() {
    let [aot, pulley] = ENGINES.map(|engine| compiled(&rounds(1), engine));
    refused(&run_bytes(&aot, |spec| spec.engine = Engine::WasmtimePulley), "for another engine");
    refused(&run_bytes(&pulley, |spec| spec.engine = Engine::WasmtimeAot), "for another engine");
    refused(&run_bytes(&aot, |_| ()), "is compiled already");
    let wasm = wat::parse_str(rounds(1)).expect("WAT");
    refused(&run_bytes(&wasm, |spec| spec.engine = Engine::WasmtimeAot), "is no compiled component");
    // The version stands in a section of the file: its length, then `48`.
    let at = aot.windows(3).position(|bytes| bytes == b"\x0248").expect("a version");
    let mut older = aot;
    older[at + 2] = b'7';
    refused(&run_bytes(&older, |spec| spec.engine = Engine::WasmtimeAot), "another version");
}

#[test]
fn a_file_that_was_changed_is_refused() {
    let code = compiled(&rounds(1), Engine::WasmtimeAot);
    let ran = run_bytes(&code, |spec| {
        spec.engine = Engine::WasmtimeAot;
        let mut bytes = fs::read(&spec.artifact).expect("the artifact");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&spec.artifact, bytes).expect("written");
    });
    refused(&ran, "is not the one that was asked for");
}
