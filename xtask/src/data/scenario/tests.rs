//! Scenarios that are read, filled and refused.

use super::{place::Places, world::Entry, *};
use proptest::prelude::*;
use runner_protocol::{Access, Start};
use std::path::Path;

const HEAD: &str = "summary = \"It works.\"\nartifact = \"agent\"\n";

fn read(text: &str) -> Scenario {
    Scenario::parse("s", &format!("{HEAD}{text}")).unwrap().remove(0)
}

#[track_caller]
fn refused(text: &str, line: usize, why: &str) {
    let error = Scenario::parse("s", text).unwrap_err();
    assert!(error.starts_with(&format!("s.toml:{line}: ")), "{error} should be of line {line}");
    assert!(error.contains(why), "{error} should contain {why}");
    assert!(!error.contains('\n'), "{error}");
}

#[track_caller]
fn refused_after_head(text: &str, line: usize, why: &str) {
    refused(&format!("{HEAD}{text}"), line + 2, why);
}

fn job<'a>(engine: Engine, places: &'a Places, guarding: Guarding) -> Job<'a> {
    Job {
        engine,
        artifact: Path::new("a.wasm"),
        sha256: "00",
        root: Path::new("/w"),
        stdin: None,
        output: Path::new("/o"),
        authority: Some(Path::new("/ca.pem")),
        places,
        guarding,
    }
}

#[test]
fn one_file_is_one_scenario() {
    let scenario = read("[[step]]\n");
    assert_eq!((scenario.id.as_str(), scenario.step.len()), ("s", 1));
    let places = Places::default();
    let spec = scenario.spec(&scenario.step[0], &job(Engine::WasmtimeJit, &places, Guarding::On));
    assert_eq!(
        (spec.arguments, spec.start, spec.network, spec.limits),
        (vec!["agent".into()], Start::Command, None, Limits::default())
    );
    assert!(spec.folders.is_empty() && spec.environment.is_empty() && spec.without_guards.is_empty());
}

#[test]
fn a_scenario_becomes_a_specification() {
    let scenario = read(
        r#"
effects = true
guard = "private"
not-applicable = {native = "a sandbox"}
[mock]
tls = true
[[mock.page]]
path = "/page"
body = "at {mock}"
[config]
base_url = "{mock}"
retries = 0
[capabilities]
home = "read-write"
workspace = "read"
[capabilities.network]
hosts = ["{mock}", "https://a.test:{mock-port}"]
private = ["127.0.0.1"]
names."a.test" = [["127.0.0.1"], ["127.0.0.2"]]
roots = "mock"
credentials = [{host = "{mock}", header = "x-key", value = "secret"}]
timeouts.connect_ms = 7
whole-bodies = true
[limits]
deadline_ms = 300
[files]
"workspace/a.txt" = "see {mock-host}"
[links]
"workspace/link" = "../outside"
[[step]]
arguments = ["-m", "go to {mock}"]
environment = {A = "b"}
repeat = 3
[unguarded]
ended = "exit 1"
"#,
    );
    let places = Places { port: Some(4000), tls: true };
    let spec = scenario.spec(&scenario.step[0], &job(Engine::WamrAot, &places, Guarding::Off));
    assert_eq!(spec.arguments, ["agent", "-m", "go to https://localhost:4000"]);
    assert_eq!(spec.environment["AGENT_EFFECTS"], "jsonl");
    assert_eq!((spec.repeat.count, spec.limits.deadline_ms, spec.limits.memory_bytes), (3, 300, 16 << 20));
    let folders: Vec<_> = spec.folders.iter().map(|one| (one.host.to_str().unwrap(), one.guest.as_str(), one.access)).collect();
    assert_eq!(folders, [("/w/home", "/agent", Access::ReadWrite), ("/w/workspace", ".", Access::Read)]);
    assert_eq!(spec.without_guards, [Guard::Private]);
    let network = spec.network.unwrap();
    assert_eq!(network.hosts, ["https://localhost:4000", "https://a.test:4000"]);
    assert_eq!((network.timeouts.connect_ms, network.timeouts.tls_ms, network.whole_bodies), (7, 5_000, true));
    assert_eq!(network.names["a.test"].len(), 2);
    assert_eq!(network.roots, [Path::new("/ca.pem")]);
    assert_eq!(
        (network.credentials[0].host.as_str(), network.credentials[0].value_file.to_str()),
        ("https://localhost:4000", Some("/w/credentials/0"))
    );

    let entries: BTreeMap<String, Entry> = scenario.entries(&places).into_iter().collect();
    assert_eq!(entries["workspace/a.txt"], Entry::File("see localhost:4000".into()));
    assert_eq!(entries["credentials/0"], Entry::File("secret".into()));
    assert_eq!(entries["workspace/link"], Entry::Link("../outside".into()));
    let Entry::File(config) = &entries["home/config.json"] else { panic!() };
    let config: serde_json::Value = serde_json::from_str(config).unwrap();
    assert_eq!(config, serde_json::json!({"base_url": "https://localhost:4000", "retries": 0}));
    let script = scenario.mock_script(&places).unwrap();
    assert!(script.contains("at https://localhost:4000") && !script.contains("tls"), "{script}");

    let jit = scenario.spec(&scenario.step[0], &job(Engine::WasmtimeJit, &places, Guarding::On));
    assert!(!jit.environment.contains_key("AGENT_EFFECTS") && jit.without_guards.is_empty());
    let control = scenario.control(&job(Engine::WasmtimeJit, &places, Guarding::On));
    assert_eq!((control.arguments, control.repeat.count), (vec!["hostile".into(), "echo".into(), "works".into()], 1));
}

#[test]
fn input_is_a_text_or_made() {
    let scenario = read("[[step]]\nlines = {count = 2, text = \"message {n}\"}\n[[step]]\nstdin = \"hi\"\n[[step]]\n");
    let inputs: Vec<_> = scenario.step.iter().map(|step| scenario.stdin(step, &Places::default())).collect();
    assert_eq!(inputs, [Some("message 1\nmessage 2\n".into()), Some("hi".into()), None]);
}

#[test]
fn cases_fill_their_values_in() {
    let text = r#"
summary = "{what} is read."
artifact = "agent"
[config]
stream = "{stream}"
provider = "{provider}"
text = "{text}"

[[case]]
id = "one"
what = "A stream"
stream = true
provider = "openai"
text = "with \"quotes\"\n"

[[case]]
id = "two"
what = "A body"
stream = false
provider = "anthropic"
text = ""

[[step]]
"#;
    let scenarios = Scenario::parse("f", text).unwrap();
    let ids: Vec<_> = scenarios.iter().map(|scenario| scenario.id.as_str()).collect();
    assert_eq!(ids, ["f.one", "f.two"]);
    assert_eq!(scenarios[0].summary, "A stream is read.");
    let config = scenarios[0].config.as_ref().unwrap();
    assert_eq!((config["stream"].as_bool(), config["text"].as_str()), (Some(true), Some("with \"quotes\"\n")));
    let wrong = |from: &str, to: &str, line, why: &str| {
        let error = Scenario::parse("f", &text.replacen(from, to, 1)).unwrap_err();
        assert!(error.starts_with(&format!("f.toml:{line}: ")) && error.contains(why), "{error}");
    };
    wrong("id = \"two\"", "id = \"one\"", 9, "two cases have the id `one`");
    wrong("id = \"two\"", "name = \"two\"", 9, "needs an `id`");
    wrong("what = \"A body\"", "what = 'A \"body\"'", 9, "case `two`: `what` has a quote");
    wrong("text = \"\"", "text = \"\"\nmore = 1", 9, "`more` is used nowhere");
    wrong("text = \"\"", "text = \"\"\nmock = 1", 9, "`mock` stands for something else");
    // A value that is missing is found where it is wanted, in the line of the file.
    wrong("stream = false", "", 4, "{stream} stands for nothing");
    wrong("[[step]]", "[[step]]\nargument = 3", 26, "unknown field `argument`");
}

#[test]
fn what_is_not_known_or_not_there_is_refused_with_its_line() {
    refused("summary = \"s\"\n[[step]]\n", 1, "missing field `artifact`");
    refused(&format!("{HEAD}fule = true\n[[step]]\n"), 3, "unknown field `fule`, expected one of");
    refused_after_head("[[step]]\n[step.expect]\nend = 1\n", 3, "unknown field `end`");
    refused_after_head("[[step]]\nexpect.ended = \"exit\"\n", 2, "`exit` is no end: use `exit CODE`");
    refused_after_head("[[step]]\nexpect.files = {a = 3}\n", 2, "a text, `{ contains = [...] }` or `{ absent = true }`");
    refused_after_head("[limits]\ndeadline = 3\n[[step]]\n", 2, "unknown field `deadline`");
    refused_after_head("guard = \"walls\"\n[[step]]\n", 1, "unknown variant `walls`");
    refused_after_head("[capabilities]\nhome = \"write\"\n[[step]]\n", 2, "unknown variant `write`");
    refused_after_head("[[step]\n", 1, "");
    refused("summary = \" \"\nartifact = \"a\"\n[[step]]\n", 1, "say in one line");
    refused("summary = \"s\"\nartifact = \"a\"\nstep = []\n", 3, "nothing is run");
    assert!(Scenario::parse("a.b", HEAD).unwrap_err().contains("use letters"));
}

/// Where the key is not in the file, what is wrong is said of its first line.
const NOWHERE: usize = 0;

#[test]
fn what_contradicts_itself_is_refused() {
    let cases = [
        ("[files]\n\"a.txt\" = \"\"\n[[step]]\n", 1, "begin it with home/"),
        ("[files]\n\"home/../a\" = \"\"\n[[step]]\n", 1, "without `..`"),
        ("[files]\n\"home/a\" = \"\"\n[links]\n\"home/a\" = \"b\"\n[[step]]\n", 3, "is a file as well"),
        ("[files]\n\"home/config.json\" = \"\"\n[config]\n[[step]]\n", 3, "leave one of them out"),
        ("canary = true\n[[step]]\n", 1, "there is no [mock]"),
        ("canary = true\n[mock]\n[[step]]\n", 1, "nobody looks at the canary"),
        ("[mock]\ntls = false\n[[step]]\n", 2, "only `tls = true`"),
        ("effects = true\n[mock]\n[capabilities.network]\nroots = \"mock\"\n[[step]]\n", 4, "only with `tls = true`"),
        ("[capabilities.network]\nhosts = [\"https://a.test\"]\n[[step]]\n", NOWHERE, "set `effects = true`"),
        ("[[step]]\nstdin = \"\"\nlines = {count = 1, text = \"\"}\n", 3, "leave one out"),
        ("[[step]]\nlines = {count = 0, text = \"\"}\n", 2, "1 or more"),
        ("[[step]]\nrepeat = 2\nlive = 2\n", 3, "leave one out"),
        ("[[step]]\nrepeat = 0\n", 2, "1 or more"),
        ("[[step]]\nrepeat = 2\n", NOWHERE, "name `native`"),
        ("not-applicable = {native = \"n\"}\n[[step]]\ninstantiate = true\narguments = [\"a\"]\n", 3, "nothing is called"),
        ("not-applicable = {native = \"n\"}\n[[step]]\nsession = {messages = []}\n", 3, "it has no messages"),
        ("not-applicable = {native = \"n\"}\n[[step]]\nsession = {messages = [\"a\"]}\n", 1, "name `wamr`"),
        ("not-applicable = {wasm = \"n\"}\n[[step]]\n", 1, "`wasm` is no engine"),
        ("not-applicable = {wamr = \"\"}\n[[step]]\n", 1, "has no reason"),
        ("not-applicable = {wamr = \"n\", wasmtime = \"n\", native = \"n\"}\n[[step]]\n", 1, "no engine is left"),
        ("fuel = true\nnot-applicable = {wasmtime = \"n\"}\n[[step]]\n", 1, "only Wasmtime counts fuel"),
        (
            "fuel = true\neffects = true\n[capabilities.network]\nhosts = [\"https://a.test\"]\n[[step]]\n",
            1,
            "set `whole-bodies = true`",
        ),
        ("guard = \"memory\"\n[[step]]\n", 1, "go together"),
        ("[unguarded]\n[[step]]\n", NOWHERE, "go together"),
        ("[[step]]\nexpect.files = {a = \"\"}\n[[step]]\n", 1, "after the last step"),
        ("[[step]]\nexpect.request-count = 1\n", NOWHERE, "add a [mock]"),
        ("[mock]\n[[step]]\n[step.expect]\nrequest-count = 1\nrequest = []\n", 4, "leave one of them out"),
        ("[[step]]\n[step.expect]\ncanary-count = 1\n", 3, "there is no canary"),
        ("[[step]]\n[step.expect]\nended = \"stopped fuel\"\n", 3, "`fuel` is no limit"),
        ("[[step]]\n[step.expect]\nfiles = {a = {absent = false}}\n", 3, "only `absent = true`"),
        ("[[step]]\n[[step.expect.contact]]\nrefused = \"\"\nanswered = 1\n", NOWHERE, "leave one"),
        (
            "not-applicable = {native = \"n\"}\n[[step]]\nrepeat = 5\n[step.expect]\nmax-memory-slope-bytes = 1\n",
            5,
            "have no slope",
        ),
        ("volatile = {stdout = \"\"}\n[[step]]\n", 1, "`stdout` has no reason"),
        ("[config]\nbase_url = \"{mock}\"\n[[step]]\n", 1, "without a [mock]"),
        ("[[step]]\narguments = [\"{canary}\"]\n", 1, "set `canary = true`"),
        ("[[step]]\nstdin = \"{n}\"\n", 1, "{n} stands for nothing"),
        ("[[step]]\nname = \"a b\"\n", 2, "is no name of a step"),
        ("[[step]]\nname = \"a\"\n[[step]]\nname = \"a\"\n", 2, "each name once"),
        ("fuel = true\n[[step]]\ncounts = [\"missed\"]\n", 3, "`_count` or `_bytes` at the end"),
        ("fuel = true\n[[step]]\ncounts = [\"a_count\", \"a_count\"]\n", 3, "`a_count` is measured twice"),
        ("fuel = true\n[[step]]\ncounts = [\"fuel_count\"]\n", 3, "`fuel_count` is measured twice"),
        ("[[step]]\ncounts = [\"a_count\"]\n", NOWHERE, "set `fuel = true`"),
        ("fuel = true\n[cost.a]\nwith = \"s\"\nof = [\"fuel\"]\n[[step]]\n", 2, "no step of the name `s`"),
        (
            "fuel = true\n[cost.a]\nwith = \"s\"\nwithout = \"s\"\nof = [\"fuel\"]\n[[step]]\nname = \"s\"\n",
            2,
            "nothing beyond itself",
        ),
        ("fuel = true\n[cost.a]\nwith = \"s\"\nof = []\n[[step]]\nname = \"s\"\n", 2, "fuel, memory or time"),
        ("fuel = true\n[cost.a]\nwith = \"s\"\nof = [\"fuel\", \"fuel\"]\n[[step]]\nname = \"s\"\n", 2, "something twice"),
        ("fuel = true\n[cost.a]\nwith = \"s\"\ncount = 0\nof = [\"fuel\"]\n[[step]]\nname = \"s\"\n", 2, "`count` be 1 or more"),
        ("fuel = true\n[cost.a]\nwith = \"s\"\ncount = 2\nof = [\"memory\"]\n[[step]]\nname = \"s\"\n", 2, "not shared out"),
        ("[mock]\n[cost.a]\nwith = \"s\"\nof = [\"time\"]\n[[step]]\nname = \"s\"\n", 2, "a [mock] answers once"),
        (
            "fuel = true\n[cost.a]\nwith = \"s\"\nof = [\"fuel\"]\nagainst = \"a\"\n[[step]]\nname = \"s\"\n",
            2,
            "only times are compared",
        ),
        ("[cost.a]\nwith = \"s\"\nof = [\"time\"]\nagainst = \"a\"\n[[step]]\nname = \"s\"\n", 1, "no other cost with a time"),
        ("fuel = true\n[at-most]\na_count = 1\n[[step]]\n", 2, "`a_count` is not measured here: there are fuel_count"),
        ("[at-most]\nfuel_count = 1\n[[step]]\n", 1, "without `fuel = true`"),
        ("fuel = true\nat-most = {fuel_count = {percent = 3}}\n[[step]]\n", 2, "a number, or `{ percent"),
    ];
    for (text, line, why) in cases {
        refused(&format!("{HEAD}{text}"), if line == NOWHERE { 1 } else { line + 2 }, why);
    }
}

#[test]
fn ports_are_filled_in_and_taken_out() {
    let plain = Places { port: Some(80), tls: false };
    assert_eq!(
        plain.fill("{mock} {mock-host} {mock-port} {canary} {x}"),
        "http://127.0.0.1:80 127.0.0.1:80 80 http://127.0.0.2:80 {x}"
    );
    assert_eq!(plain.unfill("a:80 b:8080 80 c:80"), "a:{mock-port} b:8080 80 c:{mock-port}");
    assert_eq!(Places::default().fill("{mock}"), "{mock}");
}

proptest! {
    #[test]
    fn whatever_the_text_it_is_read_or_refused_in_one_line(text in "\\PC*", at in 0usize..400, cut in 0usize..20) {
        let whole = "[[case]]\nid = \"a\"\nb = \"c\"\n[[step]]\narguments = [\"{b}\"]\nexpect.files.\"home/a\" = { contains = [\"x\"] }\n";
        let whole = format!("{HEAD}{whole}");
        let (at, end) = (at.min(whole.len()), (at + cut).min(whole.len()));
        for text in [text.clone(), format!("{}{text}{}", &whole[..at], &whole[end..])] {
            if let Err(error) = Scenario::parse("s", &text) {
                prop_assert!(!error.contains('\n'), "{}", error);
            }
        }
    }
}
