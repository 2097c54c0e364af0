//! Compiling ahead of time: only where `RUNNER_WAMR_AOT` names the program.

use crate::support::{Job, ahead_of_time, compile, guest};
use runner_protocol::Engine;
use std::{fs, process::Command};

#[test]
fn a_module_that_cannot_be_compiled_is_named() {
    let Some(program) = ahead_of_time() else { return };
    let cases: [(&[u8], &str); 5] = [
        (b"\0asm\x0d\0\x01\0", "is a component; WAMR runs core modules: build for wasm32-wasip1"),
        (b"", "is broken"),
        (b"\0asm\x01\0\0\0\x0a\xff", "is broken"),
        (&wat::parse_str("(module (import \"env\" \"memory\" (memory 1)))").unwrap(), "imports env.memory"),
        (
            &wat::parse_str("(module (func (drop (v128.const i64x2 0 0))))").unwrap(),
            "is not valid, or has what WAMR does not take",
        ),
    ];
    for (bytes, words) in cases {
        let job = Job::of_bytes(bytes);
        let compiled = job.spec.artifact.with_extension("aot");
        let ran = compile(&program, &job.spec.artifact, &compiled);
        let said = String::from_utf8(ran.stderr).unwrap();
        assert!(ran.status.code() == Some(4) && said.lines().next().unwrap().contains(words), "{said}");
        let left: Vec<_> = fs::read_dir(job.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left.len(), 2, "{left:?}");
    }
    let wrong = Command::new(&program).args(["compile", "--engine", "wamr-interpreter", "a", "b"]).output().unwrap();
    assert_eq!(wrong.status.code(), Some(2));
}

#[test]
fn the_same_module_gives_the_same_file() {
    let Some(program) = ahead_of_time() else { return };
    let job = Job::new(&guest(&["words"], "(call $say (i32.const 1) (i32.const 1024) (i32.const 5))"));
    let files = ["a.aot", "b.aot"].map(|name| {
        let path = job.folder.path().join(name);
        assert!(compile(&program, &job.spec.artifact, &path).status.success());
        fs::read(path).unwrap()
    });
    assert!(files[0] == files[1] && !files[0].is_empty());
}

#[test]
fn a_file_that_is_not_the_compilers_is_refused() {
    let Some(program) = ahead_of_time() else { return };
    let job = Job::new(&guest(&[], ""));
    let path = job.folder.path().join("guest.aot");
    assert!(compile(&program, &job.spec.artifact, &path).status.success());
    let compiled = fs::read(&path).unwrap();
    let changed = |at: usize| {
        let mut bytes = compiled.clone();
        bytes[at] ^= 0x7f;
        bytes
    };
    let cases = [
        (fs::read(&job.spec.artifact).unwrap(), "is not compiled"),
        (b"words".to_vec(), "is no WebAssembly"),
        (changed(4), "is not valid, or has what wamr-aot does not take: compile it again"),
        (compiled[..compiled.len() / 2].to_vec(), "is not valid"),
    ];
    for (bytes, words) in cases {
        let mut refused = Job::of_bytes(&bytes);
        refused.spec.engine = Engine::WamrAot;
        let spec = refused.folder.path().join("spec.json");
        fs::write(&spec, serde_json::to_vec(&refused.spec).unwrap()).unwrap();
        let ran = Command::new(&program).arg("run").arg(&spec).output().unwrap();
        let said = String::from_utf8(ran.stderr).unwrap();
        assert!(ran.status.code() == Some(4) && said.lines().next().unwrap().contains(words), "{said}");
    }
}
