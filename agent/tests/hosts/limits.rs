//! Memory and work of the component, held by the limits of Wasmtime: a limit that is passed fails the run, so a run that ends well is the proof.

use crate::platform::{Platform, Run, World};

const MIB: u32 = 1024 * 1024;

/// Runs `check` or a conversation with linear memory held to so many bytes.
fn runs_within(world: &World, run: Run, memory_bytes: u32) -> bool {
    let limit = format!("max-memory-size={memory_bytes}");
    let ran = Platform::Wasip2.run(world, run.wasmtime(&["-W", &limit]));
    ran.code == Some(0)
}

#[test]
fn an_idle_agent_takes_less_than_a_mebibyte() {
    let world = World::new();
    world.config(r#"{"grant": {"read": ["**"]}}"#);
    assert!(runs_within(&world, Run::args(&["check"]), MIB - 65_536));
    assert!(!runs_within(&world, Run::args(&["check"]), 65_536), "the limit is a limit");
}

#[test]
fn a_hundred_turns_with_tools_take_less_than_four_mebibytes() {
    let world = World::new();
    world.file("ws/given.txt", &"a line of text\n".repeat(100));
    let call = r#"{"content": "I look.", "calls": [{"name": "read_file", "arguments": {"path": "given.txt"}}]}, "It has a hundred lines.""#;
    world.config(&format!(r#"{{"grant": {{"read": ["**"]}}, "replies": [{}]}}"#, vec![call; 100].join(", ")));
    let messages = "{\"role\":\"user\",\"content\":\"look again\"}\n".repeat(100);
    let run = || Run::args(&["--stdin", "jsonl", "-s", "long"]).input(messages.clone());
    assert!(runs_within(&world, run(), 4 * MIB));
    let session = world.read("home/sessions/long.jsonl");
    assert_eq!(session.lines().count(), 400);
    // And the same session, read back whole, with one turn more.
    world.config(r#"{"grant": {"read": ["**"]}}"#);
    assert!(runs_within(&world, Run::args(&["-m", "and now?", "-s", "long"]), 4 * MIB));
}

/// The least fuel, within 2 %, that answers so many messages.
fn fuel(world: &World, messages: usize) -> u64 {
    let input = "hello there\n".repeat(messages);
    let passes = |fuel: u64| {
        let limit = format!("fuel={fuel}");
        let ran = Platform::Wasip2.run(world, Run::args(&["--stdin", "jsonl"]).input(input.clone()).wasmtime(&["-W", &limit]));
        ran.code == Some(0)
    };
    let (mut fails, mut works) = (0, 1_000_000);
    while !passes(works) {
        (fails, works) = (works, works * 2);
    }
    while works - fails > works / 50 {
        let middle = (works + fails) / 2;
        if passes(middle) { works = middle } else { fails = middle }
    }
    works
}

#[test]
fn the_work_for_a_message_does_not_grow_with_their_number() {
    let world = World::new();
    let (few, many) = (fuel(&world, 100), fuel(&world, 1000));
    assert!(many < few * 10 + few / 2, "{few} for 100 messages, {many} for 1000");
}

/// The static native binary, TLS and all, as `cargo xtask test` builds it: musl, opt-level z, one codegen unit, stripped.
#[test]
#[cfg(target_os = "linux")]
fn the_static_native_binary_is_below_two_million_bytes() {
    let path = std::env::var_os("AGENT_STATIC").expect("AGENT_STATIC is not set: run this by `cargo xtask test`");
    let length = std::fs::metadata(&path).expect("it was built").len();
    assert!(length < 2_000_000, "{length}");
    let world = World::new();
    let mut command = std::process::Command::new(path);
    let ran = command.env_clear().env("AGENT_HOME", world.home()).args(["-m", "hi"]).output().expect("it runs");
    assert_eq!(ran.stdout, b"Offline, turn 1.\nYou said: hi\n");
}
