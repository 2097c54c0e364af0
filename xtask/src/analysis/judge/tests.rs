//! Each expectation, met and not met.

use super::*;
use crate::data::{observed::StepObserved, scenario::place::Places};
use runner_protocol::{Contact, Decision, Ended, MemorySample};
use serde_json::json;

fn scenario(text: &str) -> Scenario {
    Scenario::parse("s", &format!("summary = 's'\nartifact = 'a'\n{text}")).unwrap().remove(0)
}

fn observed(code: i32, stdout: &str) -> Observed {
    Observed {
        steps: vec![StepObserved::native(Ended::Exit { code }, stdout.into(), "agent: no: do\n".into())],
        places: Places { port: Some(4000), tls: false },
        ..Observed::default()
    }
}

/// What is said of it on an engine, without details.
fn said(text: &str, engine: Engine, observed: &Observed) -> Vec<String> {
    judge(&scenario(text), engine, observed, Guarding::On).into_iter().map(|reason| reason.said).collect()
}

#[track_caller]
fn passes(text: &str, observed: &Observed) {
    assert_eq!(said(text, Engine::WasmtimeJit, observed), Vec::<String>::new());
}

#[track_caller]
fn fails(text: &str, observed: &Observed, wanted: &str) {
    let said = said(text, Engine::WasmtimeJit, observed);
    assert!(said.len() == 1 && said[0].contains(wanted), "{said:?} should be one that contains {wanted}");
}

#[test]
fn how_it_ended() {
    passes("[[step]]\n", &observed(0, ""));
    fails("[[step]]\n", &observed(1, ""), "it ended with exit 1, not exit 0");
    fails("[[step]]\nexpect.ended = 'trap: unreachable'\n", &observed(1, ""), "not trap: unreachable");
    let mut two = observed(0, "");
    two.steps.push(two.steps[0].clone());
    fails("[[step]]\n", &two, "2 of 1 steps were run");
    fails("[[step]]\n[[step]]\nexpect.ended = 'exit 1'\n", &two, "step 2: it ended with exit 0, not exit 1");
    let (mut ended, mut late) = (observed(0, ""), observed(0, ""));
    ended.steps[0].ended = vec![Ended::Trap { reason: "wasm `unreachable`".into() }];
    passes("[[step]]\nexpect.ended = 'trap: unreachable'\n", &ended);
    late.steps[0].ended = vec![Ended::Stopped { limit: "deadline_ms".into(), reason: "late".into() }];
    passes("[[step]]\nexpect.ended = 'stopped deadline_ms'\n", &late);
    fails("[[step]]\nexpect.ended = 'stopped fuel_count'\n", &late, "stopped deadline_ms (late), not stopped fuel_count");
}

#[test]
fn a_component_knows_only_that_it_failed() {
    let text = "[[step]]\nexpect.ended = 'exit 5'\n";
    let ok = Vec::<String>::new();
    assert_eq!(said(text, Engine::WasmtimeJit, &observed(1, "")), ok);
    assert_eq!(said(text, Engine::Native, &observed(5, "")), ok);
    assert_eq!(said(text, Engine::WamrInterpreter, &observed(5, "")), ok);
    for (engine, code) in [(Engine::WasmtimeJit, 0), (Engine::WasmtimeJit, 5), (Engine::Native, 1), (Engine::WamrAot, 1)] {
        assert_eq!(said(text, engine, &observed(code, "")).len(), 1, "{engine} {code}");
    }
}

#[test]
fn every_instance_has_to_end_so() {
    let text = "not-applicable = {native = 'n'}\n[[step]]\nrepeat = 3\n";
    let mut three = observed(0, "");
    fails(text, &three, "1 instances ended, not 3");
    three.steps[0].instance_count = 3;
    three.steps[0].ended = vec![Ended::Exit { code: 0 }, Ended::Exit { code: 0 }, Ended::Exit { code: 1 }];
    fails(text, &three, "instance 3 of those kept: it ended with exit 1");
    three.steps[0].ended.pop();
    passes(text, &three);
}

#[test]
fn what_it_said() {
    let said = observed(0, "one\nhttp://127.0.0.1:4000\n");
    passes("mock = {}\n[[step]]\nexpect.stdout = \"one\\n{mock}\\n\"\n", &said);
    fails("[[step]]\nexpect.stdout = 'one'\n", &said, "stdout is another text");
    passes("[[step]]\nexpect.stdout-contains = ['ne']\nexpect.stdout-lacks = ['two']\nexpect.stdout-line-count = 2\n", &said);
    fails("[[step]]\nexpect.stdout-contains = ['two']\n", &said, "stdout has no `two`");
    fails("[[step]]\nexpect.stdout-lacks = ['one']\n", &said, "stdout has `one`");
    fails("[[step]]\nexpect.stdout-line-count = 3\n", &said, "stdout has 2 lines, not 3");
    passes("[[step]]\nexpect.stderr-contains = ['no: do']\n", &said);
    fails("[[step]]\nexpect.stderr-contains = ['yes']\n", &said, "stderr has no `yes`");
}

#[test]
fn what_it_asked_of_the_network() {
    let text = "[[step]]\n[[step.expect.contact]]\nrequest = 'GET http'\nrefused = 'not granted'\n";
    let contact = |decision| Contact { request: "GET http://a/".into(), address: None, decision };
    let mut asked = observed(0, "");
    fails(text, &asked, "the network was asked 0 times, not 1");
    asked.steps[0].contacts = vec![contact(Decision::Refused("it is not granted".into()))];
    passes(text, &asked);
    for other in [Decision::Refused("it is down".into()), Decision::Failed("not granted".into()), Decision::Answered(200)] {
        asked.steps[0].contacts = vec![contact(other)];
        fails(text, &asked, "that is not expected");
    }
    passes("[[step]]\n[[step.expect.contact]]\nanswered = 200\n", &asked);
    passes("[[step]]\n[[step.expect.contact]]\n", &asked);
    assert_eq!(said(text, Engine::Native, &observed(0, "")), Vec::<String>::new());
}

#[test]
fn what_is_there_at_the_end() {
    let mut end = observed(0, "");
    end.files = [("home/a".to_string(), "one\ntwo\n".to_string())].into();
    passes("[[step]]\nexpect.files = {'home/a' = \"one\\ntwo\\n\", 'home/b' = {absent = true}}\n", &end);
    passes("[[step]]\nexpect.files.'home/a' = {contains = ['tw'], lacks = ['three'], line-count = 2}\n", &end);
    for (file, wanted) in [
        ("'home/a' = 'one'", "home/a has another text"),
        ("'home/b' = 'one'", "home/b is not there"),
        ("'home/a' = {absent = true}", "home/a is there"),
        ("'home/a' = {contains = ['four']}", "home/a has no `four`"),
        ("'home/a' = {lacks = ['one']}", "home/a has `one`"),
        ("'home/a' = {line-count = 1}", "home/a has 2 lines, not 1"),
    ] {
        fails(&format!("[[step]]\nexpect.files = {{{file}}}\n"), &end, wanted);
    }
}

#[test]
fn what_the_mock_was_asked() {
    let mut asked = observed(0, "");
    asked.requests = vec![
        json!({"method": "POST", "path": "/v1", "headers": [["x-api-key", "k"]], "body": {"model": "m", "url": "http://127.0.0.1:4000"}}),
    ];
    let with = |request: &str| format!("[mock]\n[[step]]\n[[step.expect.request]]\n{request}\n");
    passes("[mock]\n[[step]]\nexpect.request-count = 1\n", &asked);
    fails("[mock]\n[[step]]\nexpect.request-count = 0\n", &asked, "the mock was asked 1 times, not 0");
    let good = "method = 'POST'\npath = '/v1'\nheaders = {x-api-key = 'k'}\nheaders-absent = ['authorization']\nbody-contains = ['\"m\"', '{mock}']\nbody-lacks = ['n']";
    passes(&with(&good.replace("['n']", "['none']")), &asked);
    for (request, wanted) in [
        ("method = 'GET'", "its method is \"POST\", not GET"),
        ("path = '/'", "its path is \"/v1\", not /"),
        ("headers = {x-api-key = 'l'}", "its header x-api-key is `k`, not `l`"),
        ("headers = {a = 'l'}", "its header a is not there"),
        ("headers-absent = ['x-api-key']", "it has the header x-api-key"),
        ("body-contains = ['n']", "its body has no `n`"),
        ("body-lacks = ['model']", "its body has `model`"),
    ] {
        fails(&with(request), &asked, wanted);
    }
}

#[test]
fn the_canary_and_what_lies_outside() {
    let text = "canary = true\nfiles = {'outside/s' = 'x'}\ncapabilities = {workspace = 'read'}\n[mock]\n[[step]]\nexpect.canary-count = 0\n";
    let mut quiet = observed(0, "");
    quiet.files = [("outside/s".to_string(), "x".to_string())].into();
    passes(text, &quiet);
    fails(text, &Observed { canary_count: 2, ..quiet.clone() }, "the canary was reached 2 times, not 0");
    for (path, content) in [("outside/s", "y"), ("outside/new", "x"), ("workspace/new", "x")] {
        let mut changed = quiet.clone();
        changed.files.insert(path.into(), content.into());
        fails(text, &changed, &format!("{path} is not what it was"));
    }
    fails(text, &Observed { files: [].into(), ..quiet.clone() }, "outside/s is not what it was");
    quiet.files.insert("home/new".into(), "x".into());
    passes(text, &quiet);
}

#[test]
fn the_harmless_guest_afterwards() {
    let text = "then-works = true\n[[step]]\n";
    let mut after = observed(0, "");
    fails(text, &after, "was not run afterwards");
    after.control = Some(StepObserved::native(Ended::Exit { code: 0 }, "works\n".into(), String::new()));
    passes(text, &after);
    after.control = Some(StepObserved::native(Ended::Trap { reason: "r".into() }, String::new(), String::new()));
    fails(text, &after, "ended with trap (r)");
}

#[test]
fn memory_that_grows() {
    let text = "not-applicable = {native = 'n'}\n[[step]]\nrepeat = 100\nexpect.max-memory-slope-bytes = 10\n";
    let mut grown = observed(0, "");
    grown.steps[0].instance_count = 100;
    fails(text, &grown, "too few samples");
    let samples = |rise| (1..=100).map(|n| MemorySample { instance_count: n, resident_bytes: 1_000_000 + n * rise }).collect();
    grown.steps[0].memory_samples = samples(10);
    passes(text, &grown);
    grown.steps[0].memory_samples = samples(11);
    fails(text, &grown, "memory grows by 11 bytes an instance, the most is 10");
}

#[test]
fn without_the_guard_the_last_step_is_held_to_what_is_said_of_that() {
    let scenario =
        scenario("guard = 'memory'\nthen-works = true\n[[step]]\nexpect.stdout = 'refused'\n[unguarded]\nstdout = 'got it'\n");
    let judged = |text: &str| judge(&scenario, Engine::WasmtimeJit, &observed(0, text), Guarding::Off).len();
    assert_eq!((judged("got it"), judged("refused")), (0, 1));
}
