//! What cannot be run at all: one line, the cure, the exit code.

use crate::{
    common::{program, run, run_bytes},
    guests::{command, lifted},
};
use runner_protocol::{Ended, Guard, Network, Start};
use std::process::Command;

fn importing(interface: &str) -> String {
    let import = format!(r#"(import "{interface}" (instance (export "fields" (type (sub resource)))))"#);
    lifted(&import, "", "", "i32.const 0")
}

#[test]
fn an_interface_that_is_not_granted_is_not_there() {
    let wat = importing("wasi:http/types@0.2.0");
    let ended = run(&wat, |_| ()).ended();
    let reason = "it imports wasi:http/types@0.2.0, which it is not granted: grant it a network".to_string();
    assert_eq!(ended, Ended::Stopped { limit: "linking".into(), reason });
    assert_eq!(run(&wat, |spec| spec.network = Some(Network::default())).ended(), Ended::Exit { code: 0 });
    assert_eq!(run(&wat, |spec| spec.without_guards = vec![Guard::Linking]).ended(), Ended::Exit { code: 0 });
}

#[test]
fn sockets_and_strangers_are_not_there_whatever_is_granted() {
    for interface in ["wasi:sockets/tcp@0.2.0", "wasi:sockets/ip-name-lookup@0.2.0", "my:own/thing"] {
        let refused = run(&importing(interface), |spec| {
            spec.network = Some(Network::default());
            spec.without_guards = vec![Guard::Linking];
        });
        assert_eq!(refused.code, Some(4));
        assert!(refused.stderr.contains(&format!("imports {interface}")), "{}", refused.stderr);
    }
}

#[test]
fn what_is_no_component_is_named() {
    let core = wat::parse_str("(module)").expect("WAT");
    let broken = wat::parse_str(command("", "i32.const 0")).expect("WAT");
    let cases = [
        (&core[..], "is a core module"),
        (b"#!/bin/sh", "is no WebAssembly"),
        (b"", "is no WebAssembly"),
        (&broken[..broken.len() / 2], "is not valid"),
    ];
    for (bytes, says) in cases {
        let refused = run_bytes(bytes, |_| ());
        assert!(refused.code == Some(4) && refused.stderr.contains(says), "{says}: {:?} {}", refused.code, refused.stderr);
        assert!(refused.stderr.starts_with("error: ") && refused.stderr.contains("guest.wasm"), "{}", refused.stderr);
    }
}

#[test]
fn a_way_in_that_is_not_there_is_named() {
    let refused = run("(component)", |_| ());
    assert!(refused.code == Some(4) && refused.stderr.contains("does not export wasi:cli/run"), "{}", refused.stderr);
    let session = Start::Session { config: None, session: None, messages: Vec::new() };
    let refused = run("(component)", |spec| spec.start = session);
    assert!(refused.code == Some(4) && refused.stderr.contains("does not export agent:agent/session"), "{}", refused.stderr);
}

#[test]
fn the_command_line_is_checked() {
    let output = |arguments: &[&str]| Command::new(program("runner-jit")).args(arguments).output().expect("runs");
    let version = output(&["--version"]);
    assert_eq!(String::from_utf8_lossy(&version.stdout), "runner-jit wasmtime 48.0.8\n");
    for wrong in [
        &[][..],
        &["run"],
        &["run", "/nowhere"],
        &["compile", "--engine", "wasmtime-jit", "a", "b"],
        &["compile", "--engine", "x", "a", "b"],
    ] {
        let output = output(wrong);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{wrong:?}");
        assert!(output.stderr.starts_with(b"error: "), "{wrong:?}");
    }
}
