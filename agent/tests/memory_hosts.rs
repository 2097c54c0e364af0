//! The memory on every host: each has to remember the same in the same bytes, find the same, and get over a file that was cut off.
//!
//! `cargo xtask test` runs it: it needs `WASMTIME` (the command), and `AGENT_WASIP2` and `AGENT_WASIP1`, the files built with `memory-hnsw`.

#[allow(dead_code, reason = "shared with the test of everything else")]
#[path = "hosts/effect_host.rs"]
mod effect_host;
#[allow(dead_code, reason = "shared with the test of everything else")]
#[path = "hosts/platform.rs"]
mod platform;

use std::fs;

use platform::{Platform, Run, World};

const CONFIG: &str = r#"{"grant": {"memory": "read-write"}, "replies": [
    {"calls": [{"name": "remember", "arguments": {"text": "The garage code is 4711.", "tags": ["home"]}},
               {"name": "remember", "arguments": {"text": "Größe: the desk is 80 cm deep."}}]}, "kept",
    {"calls": [{"name": "recall", "arguments": {"query": "code of the garage", "k": 1}}]}, "found"]}"#;
const STORE: &str = "home/memory/default.memory";

fn memory(platform: Platform, world: &World, args: &[&str]) -> String {
    platform.run(world, Run::args(&[&["memory"], args].concat())).expect_success()
}

/// What a session, a search and a file that was cut off leave: texts, the bytes of the store, and what is in it at the end.
fn play(platform: Platform) -> (Vec<String>, Vec<u8>, String) {
    let world = World::new();
    world.config(CONFIG);
    let said = ["go", "and now?"].map(|message| platform.run(&world, Run::args(&["-m", message, "-s", "a"])).expect_success());
    let session = world.read("home/sessions/a.jsonl");
    assert!(session.contains("remembered as 2"), "{platform:?} {session}");
    let searched = memory(platform, &world, &["search", "desk", "--json"]);
    let stored = fs::read(world.path(STORE)).expect("the store");
    // The last commit is lost, and the rest of it is no trouble.
    fs::write(world.path(STORE), &stored[..stored.len() - 5]).expect("cut");
    assert!(!memory(platform, &world, &["list"]).contains("desk"), "{platform:?}");
    memory(platform, &world, &["add", "After the cut."]);
    memory(platform, &world, &["forget", "1"]);
    let forgotten = fs::read(world.path(STORE)).expect("the store").len();
    memory(platform, &world, &["rebuild"]);
    assert!(fs::read(world.path(STORE)).expect("the store").len() < forgotten, "{platform:?}: what was forgotten is gone");
    let texts = said.into_iter().chain([session, searched]).collect();
    (texts, stored, memory(platform, &world, &["list"]))
}

#[test]
fn every_host_remembers_the_same() {
    let wanted = play(Platform::Native);
    assert!(wanted.0[2].contains("The garage code is 4711."), "{}", wanted.0[2]);
    assert!(wanted.0[3].contains("80 cm") && wanted.2.contains("After the cut."), "{wanted:?}");
    for platform in [Platform::wasip2(), Platform::wasip1()] {
        assert_eq!(play(platform), wanted, "{platform:?}");
    }
}

#[test]
fn a_damaged_store_is_told_and_left_as_it_is() {
    for platform in [Platform::Native, Platform::wasip2(), Platform::wasip1()] {
        let world = World::new();
        memory(platform, &world, &["add", "one thing"]);
        let mut bytes = fs::read(world.path(STORE)).expect("the store");
        *bytes.last_mut().expect("bytes") ^= 1;
        fs::write(world.path(STORE), &bytes).expect("damaged");
        for args in [&["memory", "list"][..], &["memory", "add", "another"]] {
            let ran = platform.run(&world, Run::args(args));
            assert_ne!(ran.code, Some(0), "{platform:?}");
            assert!(ran.stderr.contains("default"), "{platform:?} {}", ran.stderr);
        }
        assert_eq!(fs::read(world.path(STORE)).expect("the store"), bytes, "{platform:?}");
    }
}
