//! The component that was built, run by Wasmtime. `cargo xtask test` runs this; by hand:
//!
//! ```text
//! cargo build -p agent-reactor --target wasm32-wasip2 --profile release-wasm --features talc
//! WASMTIME=wasmtime AGENT_REACTOR=target/wasm32-wasip2/release-wasm/agent_reactor.wasm cargo test -p agent-reactor --test reactor
//! ```
//!
//! Wasmtime's command line calls one function of an instance, and none of a resource. What several calls of one instance do is shown by a
//! component around it, `examples/caller.rs`; that test runs with `--include-ignored` and AGENT_CALLER:
//!
//! ```text
//! cargo build -p agent-reactor --target wasm32-wasip2 --example caller
//! wasm-tools compose target/wasm32-wasip2/debug/examples/caller.wasm -d $AGENT_REACTOR -o caller.wasm
//! ```

use std::path::PathBuf;
use std::process::{Command, Output};
use std::{env, fs};

use tempfile::TempDir;
use wit_parser::decoding::{DecodedWasm, decode};

/// A file from the environment; relative paths are from the workspace's root, not from this package, where cargo starts tests.
fn file(variable: &str) -> PathBuf {
    let path = env::var_os(variable).unwrap_or_else(|| panic!("{variable} is not set: see the first lines of this file"));
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join(path)
}

/// A folder that is granted to the component as its home.
struct Home(TempDir);

impl Home {
    fn new(config: &str) -> Home {
        let home = Home(tempfile::tempdir().expect("a temporary folder"));
        home.write("config.json", config);
        home
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.0.path().join(name), text).expect("the file is written");
    }

    fn session(&self, name: &str) -> String {
        fs::read_to_string(self.0.path().join(format!("sessions/{name}.jsonl"))).expect("the session is there")
    }

    fn wasmtime(&self, component: &str, invoke: Option<&str>) -> Output {
        let wasmtime = env::var_os("WASMTIME").expect("WASMTIME is set: see the first lines of this file");
        let mut command = Command::new(wasmtime);
        // A tenth of what the messages of `examples/caller.rs` come to: what is closed is given back.
        command
            .args(["run", "-S", "http", "-W", "max-memory-size=4000000", "--dir"])
            .arg(format!("{}::/agent", self.0.path().display()));
        command.args(invoke.map(|call| format!("--invoke={call}"))).arg(file(component));
        command.output().expect("WASMTIME can be started")
    }

    /// What the function gave, in WAVE. It always gives something: an error is a value.
    fn call(&self, call: &str) -> String {
        let output = self.wasmtime("AGENT_REACTOR", Some(call));
        assert!(output.status.success(), "{call}: {output:?}");
        assert!(output.stderr.is_empty(), "{call}: {output:?}");
        String::from_utf8(output.stdout).expect("WAVE is UTF-8").trim_end().into()
    }
}

const OFFLINE: &str = r#"{"provider":"offline"}"#;
const COUNTS: &str = "rounds: 1, tool-calls: 0, usage: {input-tokens: 0, output-tokens: 0}";

#[test]
fn it_answers() {
    let home = Home::new(OFFLINE);
    assert_eq!(
        home.call(r#"ask(none, none, "hi there")"#),
        format!(r#"ok({{text: "Offline, turn 1.\nYou said: hi there", {COUNTS}}})"#)
    );
    assert!(!home.0.path().join("sessions").exists(), "without a session nothing is kept");
}

#[test]
fn it_keeps_a_session() {
    let home = Home::new(OFFLINE);
    let first = home.call(r#"ask(none, some("Work"), "one")"#);
    assert!(first.contains("turn 1"), "{first}");
    let second = home.call(r#"ask(some("/agent/config.json"), some("work"), "two")"#);
    assert_eq!(second, format!(r#"ok({{text: "Offline, turn 2.\nYou said before: one\nYou said: two", {COUNTS}}})"#));
    assert_eq!(home.session("work").lines().count(), 4);
}

#[test]
fn what_is_wrong_is_an_error_value() {
    let home = Home::new(OFFLINE);
    home.write("bad.json", r#"{"provider":3}"#);
    home.write("short.json", r#"{"provider":"offline","max_message_bytes":4}"#);
    home.write("over.json", r#"{"provider":"offline","replies":[]}"#);
    home.write("keyless.json", r#"{"provider":"openai","model":"m"}"#);
    for (call, exit_code, part) in [
        (r#"ask(some("/agent/bad.json"), none, "x")"#, 2, "is wrong"),
        (r#"ask(some("/agent/none.json"), none, "x")"#, 2, "is not there"),
        (r#"ask(some("/elsewhere/none.json"), none, "x")"#, 2, "is not there"),
        (r#"ask(some("/agent/../x"), none, "x")"#, 2, "cannot be read"),
        (r#"ask(some(""), none, "x")"#, 2, "is not there"),
        (r#"ask(some("/agent/keyless.json"), none, "x")"#, 2, "there is no key"),
        (r#"ask(none, some("../x"), "x")"#, 2, "the name of a session"),
        (r#"ask(none, none, " \n")"#, 2, "the message is empty"),
        (r#"ask(some("/agent/short.json"), none, "12345")"#, 2, "max_message_bytes"),
        (r#"ask(some("/agent/over.json"), none, "x")"#, 1, "no reply for turn 1"),
    ] {
        let result = home.call(call);
        assert!(
            result.starts_with(&format!("err({{exit-code: {exit_code}, text: ")) && result.contains(part),
            "{call}: {result}"
        );
    }
}

#[test]
fn a_reply_that_was_cut_has_its_failure_with_it() {
    let home = Home::new(r#"{"provider":"offline","replies":[{"content":"so far","cut":true}]}"#);
    let result = home.call(r#"ask(none, none, "x")"#);
    assert!(result.starts_with(r#"ok({text: "so far", "#) && result.contains("failure: some({exit-code: 5, "), "{result}");
}

/// The world in `agent/wit` is what the component has: no import that is not listed there, and its only export.
#[test]
fn it_is_of_its_world() {
    let mut wanted = wit_parser::Resolve::default();
    let (package, _) = wanted.push_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../wit")).expect("agent/wit is a package");
    let world = &wanted.worlds[wanted.select_world(&[package], Some("reactor")).expect("the world is there")];
    let bytes = fs::read(file("AGENT_REACTOR")).expect("AGENT_REACTOR can be read");
    let DecodedWasm::Component(has, id) = decode(&bytes).expect("it is a component") else { panic!("it is a component") };
    let listed: Vec<_> = world.imports.keys().map(|key| wanted.name_world_key(key)).collect();
    for import in has.worlds[id].imports.keys().map(|key| has.name_world_key(key)) {
        assert!(listed.contains(&import), "{import} is not in the world `reactor`");
    }
    let exports: Vec<_> = has.worlds[id].exports.keys().map(|key| has.name_world_key(key)).collect();
    assert_eq!(exports, ["agent:agent/session@0.1.0"]);
}

#[test]
#[ignore = "needs AGENT_CALLER, which `wasm-tools compose` makes"]
fn one_instance_serves_many_conversations() {
    let home = Home::new(OFFLINE);
    home.write("bad.json", "{");
    home.write("over.json", r#"{"provider":"offline","replies":[{"content":"scripted"}]}"#);
    let output = home.wasmtime("AGENT_CALLER", None);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), include_str!("caller.txt"));
    assert_eq!(home.session("work").lines().count(), 4);
}
