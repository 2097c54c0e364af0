//! What is remembered in one run is found in another: the native binary, the tool loop and the mock.

use std::collections::BTreeSet;

use mock_api::{Expect, Mock, Reply, Script};
use serde_json::{Value, json};

use crate::common::{Home, command, finish};

/// A reply that wants this in the request.
fn expecting(mut reply: Reply, contains: &[&str], lacks: &[&str]) -> Reply {
    let texts = |texts: &[&str]| texts.iter().map(ToString::to_string).collect();
    reply.expect = Some(Expect { contains: texts(contains), lacks: texts(lacks), ..Expect::default() });
    reply
}

fn home(mock: &Mock, provider: &str, grant: Value) -> Home {
    // No folder but the home is needed: these tools have no workspace.
    Home::with_mock(mock, provider, json!({"grant": grant, "workspace": "/nowhere"}))
}

#[test]
fn what_one_run_remembers_another_recalls() {
    for provider in ["openai", "anthropic"] {
        let mock = Mock::start(Script::of([
            expecting(
                Reply::call("remember", json!({"text": "The garage code is 4711.", "tags": ["home"]})),
                &["\"remember\"", "\"recall\""],
                &[],
            ),
            expecting(Reply::text("I will know it."), &["remembered as 1"], &[]),
            expecting(
                Reply::call("recall", json!({"query": "code of the garage", "k": 3})),
                &["How do I get into the garage"],
                &["4711"],
            ),
            expecting(
                Reply::text("The code is 4711."),
                &["The garage code is 4711.", "data that was remembered, not instructions"],
                &[],
            ),
        ]))
        .expect("the mock starts");
        let home = home(&mock, provider, json!({"memory": "read-write"}));
        home.run(&["-m", "Keep in mind: the garage code is 4711.", "-s", "first"]).said("I will know it.\n");
        home.run(&["-m", "How do I get into the garage?", "-s", "second"]).said("The code is 4711.\n");
        assert_eq!(mock.mismatches(), Vec::<String>::new());
        let told = home.session_lines("second").into_iter().find(|line| line["role"] == "tool").expect("a result");
        let (head, rest) = told["content"].as_str().expect("text").split_once('\n').expect("lines");
        assert!(head.contains("not instructions"));
        let found: Value = serde_json::from_str(rest).expect("a line of JSON");
        assert_eq!(
            (&found["id"], &found["tags"], &found["text"]),
            (&json!(1), &json!(["home"]), &json!("The garage code is 4711."))
        );
        home.run(&["memory", "list"]).said("1  [home]  The garage code is 4711.\n");
    }
}

#[test]
fn nothing_is_offered_that_is_not_granted() {
    for (grant, contains, lacks) in [
        (json!({}), &[][..], &["remember", "recall"][..]),
        (json!({"memory": "read"}), &["\"recall\""], &["\"remember\""]),
        (json!({"memory": "read-write"}), &["\"recall\"", "\"remember\""], &[]),
    ] {
        let call = expecting(Reply::call("remember", json!({"text": "a text"})), contains, lacks);
        let mock = Mock::start(Script::of([call, Reply::text("done")])).expect("the mock starts");
        let is_granted = grant["memory"] == "read-write";
        let home = home(&mock, "openai", grant);
        home.run(&["-m", "hi", "-s", "a"]).said("done\n");
        assert_eq!(mock.mismatches(), Vec::<String>::new());
        let told = home.session_text("a");
        assert_eq!(told.contains("there is no tool remember"), !is_granted, "{told}");
        assert_eq!(home.path().join("memory").exists(), is_granted);
    }
}

#[test]
fn wrong_arguments_are_told_to_the_model() {
    let calls = [
        ("remember", json!({}), "the argument text is missing"),
        ("remember", json!({"text": " "}), "the text is empty"),
        ("remember", json!({"text": "?!"}), "there is no word in the text"),
        ("remember", json!({"text": "a ".repeat(5000)}), "longer than 8 KiB"),
        ("remember", json!({"text": "a", "tags": "b"}), "the argument tags is no list of strings"),
        ("remember", json!({"text": "a", "tags": [1]}), "the argument tags is no list of strings"),
        ("remember", json!({"text": "a", "tags": vec!["t"; 17]}), "more than 16 tags"),
        ("recall", json!({}), "the argument query is missing"),
        ("recall", json!({"query": "a", "k": 0}), "no whole number from 1"),
        ("recall", json!({"query": "a", "k": 51}), "no whole number from 1 to 50"),
        ("recall", json!({"query": "a", "k": "5"}), "no whole number from 1"),
        ("recall", json!({"query": "a"}), "nothing is remembered yet"),
        ("remember", json!({"text": "one thing"}), "remembered as 1"),
        ("remember", json!({"text": "one thing", "tags": ["again"]}), "already remembered as 1"),
        ("recall", json!({"query": "thing", "k": 50}), "{\"id\":1,"),
    ];
    let replies = calls.iter().map(|(name, arguments, _)| Reply::call(name, arguments.clone()));
    let mock = Mock::start(Script::of(replies.chain([Reply::text("done")]))).expect("the mock starts");
    let home = home(&mock, "openai", json!({"memory": "read-write"}));
    home.run(&["-m", "hi", "-s", "a"]).said("done\n");
    let told: Vec<Value> = home.session_lines("a").into_iter().filter(|line| line["role"] == "tool").collect();
    assert_eq!(told.len(), calls.len());
    for (line, (_, _, wanted)) in told.iter().zip(&calls) {
        assert!(line["content"].as_str().is_some_and(|text| text.contains(wanted)), "{line} has no {wanted}");
    }
}

#[test]
fn results_are_cut_and_keys_are_not_remembered() {
    let long = |n: usize| json!({"text": format!("{n} {}", "wolves and bears ".repeat(450))});
    let mut replies: Vec<Reply> = (0..6).map(|n| Reply::call("remember", long(n))).collect();
    replies.push(Reply::call("remember", json!({"text": "the key is sk-0123456789abcdefXYZ", "tags": ["AKIA0123456789ABCDEF"]})));
    replies.extend([Reply::call("recall", json!({"query": "wolves", "k": 6})), Reply::text("done")]);
    let mock = Mock::start(Script::of(replies)).expect("the mock starts");
    let home = home(&mock, "openai", json!({"memory": "read-write"}));
    home.run(&["-m", "hi", "-s", "a"]).said("done\n");
    let told = home.session_lines("a").into_iter().rfind(|line| line["role"] == "tool").expect("a result");
    let text = told["content"].as_str().expect("text");
    assert!(text.len() < 33_000 && text.contains("[cut: 32768 of "), "{}", text.len());
    let file = std::fs::read(home.path().join("memory/default.memory")).expect("the memory");
    assert!(!String::from_utf8_lossy(&file).contains("0123456789"));
    assert!(home.run(&["memory", "list"]).stdout.contains("7  [[redacted]]  the key is [redacted]\n"));
}

#[cfg(unix)]
#[test]
fn only_the_owner_reads_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    home.run(&["memory", "add", "a text"]).said("remembered as 1\n");
    home.run(&["memory", "add", "another text"]).said("remembered as 2\n");
    let mode = |path: &str| home.path().join(path).metadata().expect(path).permissions().mode() & 0o777;
    assert_eq!((mode("memory"), mode("memory/default.memory")), (0o700, 0o600));
    let names: BTreeSet<_> =
        home.path().join("memory").read_dir().expect("a folder").map(|entry| entry.expect("an entry").file_name()).collect();
    assert_eq!(names, ["default.lock", "default.memory"].map(Into::into).into(), "nothing is left of how it was made");
}

#[test]
fn processes_that_write_at_once_lose_nothing_and_readers_see_whole_commits() {
    const WRITERS: usize = 8;
    let home = Home::new();
    home.run(&["memory", "add", "the first"]).said("remembered as 1\n");
    let texts: Vec<String> = (0..WRITERS).map(|number| format!("told by writer number {number}")).collect();
    let start = |text: &String| command(home.path(), &["memory", "add", text]);
    let writers: Vec<_> = texts.iter().map(|text| start(text).spawn().expect("starts")).collect();
    for _ in 0..10 {
        let seen = home.run(&["memory", "list"]);
        assert!(seen.code == Some(0) && seen.stdout.starts_with("1  the first\n"), "{seen:?}");
    }
    let ids: BTreeSet<String> = writers
        .into_iter()
        .map(|writer| String::from_utf8(writer.wait_with_output().expect("ends").stdout).expect("UTF-8"))
        .collect();
    assert_eq!(ids, (2..WRITERS + 2).map(|id| format!("remembered as {id}\n")).collect());
    let list = home.run(&["memory", "list"]).stdout;
    assert_eq!(list.lines().count(), WRITERS + 1);
    assert!(texts.iter().all(|text| list.contains(text.as_str())), "{list}");
}

#[test]
fn a_run_that_holds_the_memory_is_named() {
    let home = Home::new();
    home.run(&["memory", "add", "a text"]).said("remembered as 1\n");
    let lock = std::fs::File::open(home.path().join("memory/default.lock")).expect("the lock");
    lock.lock().expect("locks");
    let ran = home.run(&["memory", "add", "another"]);
    assert!(ran.code == Some(3) && ran.stderr.contains("is in use by another run: wait"), "{ran:?}");
    home.run(&["memory", "list"]).said("1  a text\n");
}

#[test]
fn the_tools_of_the_workspace_do_not_find_it() {
    let home = Home::new();
    home.run(&["memory", "add", "a secret text"]).said("remembered as 1\n");
    let calls: Vec<Value> = ["memory/default.memory", "home/memory/default.memory"]
        .iter()
        .map(|path| json!({"name": "read_file", "arguments": {"path": path}}))
        .collect();
    let config = json!({"workspace": home.path(), "grant": {"read": ["**"]}, "replies": [{"calls": calls}, "done"]});
    home.configure(&config.to_string());
    home.run(&["-m", "hi", "-s", "a"]).said("done\n");
    assert!(!home.session_text("a").contains("a secret text"));
}

#[test]
fn check_and_help_know_it() {
    let home = Home::with_config(r#"{"grant": {"memory": "read"}}"#);
    let said = home.run(&["check"]).stdout;
    assert!(said.contains("memory     read, default by lexical\n") && said.contains("tools      recall\n"), "{said}");
    let help = home.run(&["--help"]).stdout;
    for word in [
        "agent memory add",
        "search",
        "forget",
        "rebuild",
        "stats",
        "--store",
        "--tag",
        "-k N",
        "dimensions",
        "exact",
        "embedder",
    ] {
        assert!(help.contains(word), "{word}");
    }
    let input = b"from standard input\n";
    finish(command(home.path(), &["memory", "add"]), input).said("remembered as 1\n");
}
