//! One script on every host: the native binary, the WASI 0.2 component under the Wasmtime command line, and the preview 1 module with its HTTP
//! carried by the effect protocol. Each has to say the same, keep the same session, write the same files and send the same requests.
//!
//! `cargo xtask test` runs it: it needs `WASMTIME` (the command), `AGENT_WASIP2` and `AGENT_WASIP1` (the shipped files).

#[path = "hosts/effect_host.rs"]
mod effect_host;
#[path = "hosts/limits.rs"]
mod limits;
#[path = "hosts/platform.rs"]
mod platform;

use std::collections::BTreeMap;

use mock_api::{Mock, Script};
use platform::{Platform, Run, World};

const SCRIPT: &str = r#"
[[reply]]
text = "I write it. Größe ✓"
calls = [
    { name = "write_file", arguments = { path = "out/new/a.txt", content = "one\ntwo\n" } },
    { name = "read_file", arguments = { path = "given.txt" } },
]
usage = { input = 10, output = 5 }

[[reply]]
text = "Now I change it."
calls = [
    { name = "edit_file", arguments = { path = "out/new/a.txt", old = "two", new = "three" } },
    { name = "list_dir", arguments = { path = "out" } },
    { name = "read_file", arguments = { path = "../home/config.json" } },
    { name = "http_get", arguments = { url = "PAGE" } },
]

[[reply]]
text = "Done: the file is there.\nTwo lines."

[[reply]]
text = "You said it before."
expect = { contains = ["Done: the file is there."] }

[[page]]
path = "/page"
body = "What the page says."
"#;

/// What a run leaves, without what has to differ: the port in the requests.
#[derive(Debug, PartialEq)]
struct Left {
    said: Vec<String>,
    session: String,
    files: BTreeMap<String, String>,
    requests: Vec<serde_json::Value>,
}

fn play(platform: &Platform, provider: &str, stream: bool) -> Left {
    let world = World::new();
    world.file("ws/given.txt", "what is given\n");
    let mock = Mock::start(Script::default()).expect("a port");
    let url = mock.url();
    drop(mock);
    let port = url.rsplit(':').next().expect("a port").parse().expect("a number");
    let script = Script::from_toml(&SCRIPT.replace("PAGE", &format!("{url}/page"))).expect("a script");
    let mock = Mock::start_on(([127, 0, 0, 1], port).into(), script).expect("the port is free again");
    world.config(&format!(
        r#"{{"provider": "{provider}", "model": "m", "base_url": "{url}", "stream": {stream}, "system": "Be brief.", "retries": 0,
            "key_file": "key", "key_host": "127.0.0.1:{port}",
            "grant": {{"read": ["**"], "write": ["out/**"], "hosts": ["{url}"]}}}}"#
    ));
    world.key("test-key-0123456789");
    let said = ["go", "what did I say?"].map(|message| platform.run(&world, Run::args(&["-m", message, "-s", "work"])));
    assert!(mock.mismatches().is_empty(), "{:?}", mock.mismatches());
    let requests = mock.recorded();
    let key = if provider == "openai" { "authorization" } else { "x-api-key" };
    assert!(requests.iter().filter(|request| request.method == "POST").all(|request| request.header(key).is_some()));
    let requests = requests.iter().map(|request| request.json()).collect();
    let session = world.read("home/sessions/work.jsonl");
    assert!(!session.contains("test-key"), "{session}");
    let text = |text: String| text.replace(&port.to_string(), "PORT");
    let requests = serde_json::from_str(&text(serde_json::to_string::<Vec<_>>(&requests).expect("JSON"))).expect("JSON");
    Left { said: said.map(|ran| ran.expect_success()).into(), session: text(session), files: world.files("ws"), requests }
}

#[test]
fn every_host_says_keeps_writes_and_sends_the_same() {
    let (native, others) = (Platform::Native, [Platform::wasip2(), Platform::wasip1()]);
    for provider in ["openai", "anthropic"] {
        for stream in [true, false] {
            let wanted = play(&native, provider, stream);
            assert_eq!(wanted.said[0], "I write it. Größe ✓\nNow I change it.\nDone: the file is there.\nTwo lines.\n");
            assert_eq!(wanted.said[1], "You said it before.\n");
            assert_eq!(wanted.files["out/new/a.txt"], "one\nthree\n");
            assert_eq!(wanted.requests.len(), 5, "four requests and a page");
            assert!(wanted.session.contains("What the page says."));
            for other in &others {
                assert_eq!(play(other, provider, stream), wanted, "{other:?} {provider} stream {stream}");
            }
        }
    }
}

#[test]
fn the_plain_wasmtime_command_line_runs_the_component() {
    let world = World::new();
    let mock = Mock::start(Script::of([mock_api::Reply::text("Hello from the mock.")])).expect("a port");
    world.config(&format!(r#"{{"provider": "openai", "model": "m", "base_url": "{}"}}"#, mock.url()));
    let ran = Platform::wasip2().run(&world, Run::args(&["-m", "hi"]));
    assert_eq!(ran.expect_success(), "Hello from the mock.\n");
}

#[test]
fn a_preview_1_host_without_the_protocol_is_told_what_is_missing() {
    let world = World::new();
    world.config(r#"{"provider": "openai", "model": "m", "base_url": "http://127.0.0.1:9"}"#);
    let ran = Platform::Wasip1 { effects: false }.run(&world, Run::args(&["-m", "hi"]));
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("AGENT_EFFECTS=jsonl"), "{}", ran.stderr);
}

#[test]
fn symbolic_links_are_not_followed_on_any_host() {
    for platform in [Platform::Native, Platform::wasip2(), Platform::wasip1()] {
        let world = World::new();
        world.file("ws/real/secret.txt", "the secret");
        world.link("ws/link", "real");
        world.link("ws/file.txt", "real/secret.txt");
        world.config(
            r#"{"grant": {"read": ["link/**", "file.txt"], "write": ["file.txt", "link/**"]}, "replies": [{"calls": [
                {"name": "read_file", "arguments": {"path": "link/secret.txt"}}, {"name": "read_file", "arguments": {"path": "file.txt"}},
                {"name": "write_file", "arguments": {"path": "link/new.txt", "content": "x"}},
                {"name": "write_file", "arguments": {"path": "file.txt", "content": "x"}}]}, "end"]}"#,
        );
        platform.run(&world, Run::args(&["-m", "go", "-s", "a"])).expect_success();
        let session = world.read("home/sessions/a.jsonl");
        assert_eq!(session.matches("\"error\":true").count(), 4, "{platform:?} {session}");
        assert!(!session.contains("the secret"), "{platform:?} {session}");
        assert_eq!(world.read("ws/real/secret.txt"), "the secret");
    }
}

#[test]
fn a_home_folder_that_is_not_there_yet_is_not_made_by_a_tool() {
    for platform in [Platform::Native, Platform::wasip2(), Platform::wasip1()] {
        let world = World::new();
        world.home_in_workspace();
        std::fs::remove_dir(world.home()).expect("it was empty");
        let config = r#"{"grant": {"write": ["**"]}, "replies": [{"calls": [
            {"name": "write_file", "arguments": {"path": "home/config.json", "content": "{}"}},
            {"name": "write_file", "arguments": {"path": "Home/sessions/a.jsonl", "content": "{}"}}]}, "end"]}"#;
        world.file("ws/c.json", config);
        let line = platform.run(&world, Run::args(&["-m", "go", "--json", "-c", "c.json"])).expect_success();
        assert!(line.contains("\"tool_calls\":2"), "{platform:?} {line}");
        assert!(!world.home().exists(), "{platform:?}");
        assert!(!world.path("ws/Home").exists(), "{platform:?}");
    }
}

#[test]
fn what_is_no_file_neither_blocks_nor_is_followed() {
    for platform in [Platform::Native, Platform::wasip2(), Platform::wasip1()] {
        let world = World::new();
        world.file("ws/precious.txt", "precious");
        world.link("ws/out", "elsewhere");
        std::fs::create_dir(world.path("ws/new")).expect("made");
        world.link("ws/new/.agent-new-file", "../precious.txt");
        let made = std::process::Command::new("mkfifo").arg(world.path("ws/pipe")).status().expect("mkfifo");
        assert!(made.success());
        world.config(
            r#"{"grant": {"read": ["**"], "write": ["**"]}, "replies": [{"calls": [
                {"name": "read_file", "arguments": {"path": "pipe"}}, {"name": "list_dir", "arguments": {"path": "pipe"}},
                {"name": "read_file", "arguments": {"path": "pipe/x"}}, {"name": "write_file", "arguments": {"path": "pipe", "content": "x"}},
                {"name": "write_file", "arguments": {"path": "new/a.txt", "content": "x"}}]}, "end"]}"#,
        );
        platform.run(&world, Run::args(&["-m", "go", "-s", "a"])).expect_success();
        let session = world.read("home/sessions/a.jsonl");
        assert_eq!(session.matches("\"error\":true").count(), 4, "{platform:?} {session}");
        assert_eq!(
            (world.read("ws/precious.txt").as_str(), world.read("ws/new/a.txt").as_str()),
            ("precious", "x"),
            "{platform:?}"
        );
    }
}

#[test]
fn names_of_the_own_network_need_more_than_a_wildcard_on_any_host() {
    for platform in [Platform::Native, Platform::wasip2(), Platform::wasip1()] {
        let world = World::new();
        let mock =
            Mock::start(Script::from_toml("[[page]]\npath = \"/\"\nbody = \"inside\"\n").expect("a script")).expect("a port");
        let call = format!(r#"{{"name": "http_get", "arguments": {{"url": "http://localhost:{}/"}}}}"#, mock.port());
        world.config(&format!(r#"{{"grant": {{"hosts": ["http://*:*"]}}, "replies": [{{"calls": [{call}]}}, "end"]}}"#));
        platform.run(&world, Run::args(&["-m", "go", "-s", "a"])).expect_success();
        let session = world.read("home/sessions/a.jsonl");
        assert!(!session.contains("inside") && session.contains("\"error\":true"), "{platform:?} {session}");
        assert!(mock.recorded().is_empty(), "{platform:?}");
    }
}

#[test]
fn a_configuration_in_the_workspace_is_out_of_reach_on_any_host() {
    for platform in [Platform::Native, Platform::wasip2(), Platform::wasip1()] {
        let world = World::new();
        let config = r#"{"grant": {"read": ["**"], "write": ["**"]}, "replies": [{"calls": [
            {"name": "read_file", "arguments": {"path": "agent.json"}},
            {"name": "write_file", "arguments": {"path": "agent.json", "content": "{}"}}]}, "end"]}"#;
        world.file("ws/agent.json", config);
        platform.run(&world, Run::args(&["-m", "go", "-s", "a", "-c", "agent.json"])).expect_success();
        let session = world.read("home/sessions/a.jsonl");
        assert_eq!(session.matches("is in the agent's own folder").count(), 2, "{platform:?} {session}");
        assert_eq!(world.read("ws/agent.json"), config);
    }
}

#[test]
fn the_home_folder_inside_of_the_workspace_is_out_of_reach_on_any_host() {
    for platform in [Platform::Native, Platform::wasip2(), Platform::wasip1()] {
        let world = World::new();
        world.home_in_workspace();
        world.config(
            r#"{"grant": {"read": ["**"], "write": ["**"]}, "replies": [{"calls": [
                {"name": "read_file", "arguments": {"path": "home/config.json"}},
                {"name": "write_file", "arguments": {"path": "home/sessions/a.jsonl", "content": "x"}},
                {"name": "list_dir", "arguments": {"path": "home"}}]}, "end"]}"#,
        );
        platform.run(&world, Run::args(&["-m", "go", "-s", "a"])).expect_success();
        let session = world.read("ws/home/sessions/a.jsonl");
        assert_eq!(session.matches("is in the agent's own folder").count(), 3, "{platform:?} {session}");
    }
}
