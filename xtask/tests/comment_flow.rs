//! `cargo xtask report comment`, whole: a saved run in, a comment on a mock of GitHub out, and everything that can go wrong between.
#![cfg(unix)]

mod fake;
mod forge;

use fake::{Fake, Ran, VARIANT, module};
use forge::{Fault, Forge, HEAD, TOKEN};
use std::{
    fs,
    process::{Command, Stdio},
};

const MARKER: &str = "<!-- cargo xtask report comment -->";
const BOT: &str = "github-actions[bot]";

/// A workspace with a recorded baseline and a checked run of as many bytes.
fn measured(bytes: usize) -> Fake {
    let fake = Fake::new();
    fake.size(&[]).expect(0, &[]);
    fake.links("app", &module(bytes, "fd_write"));
    fake.size(&["--check"]);
    fake
}

fn worse() -> Fake {
    measured(900)
}

/// The event of pull request 7, from `repository`.
fn event(fake: &Fake, repository: &str) -> String {
    let side = |sha: &str, name: &str| format!(r#"{{"sha":"{sha}","repo":{{"full_name":"{name}"}}}}"#);
    let (head, base) = (side(HEAD, repository), side(&"2".repeat(40), "o/r"));
    fake.write("event.json", &format!(r#"{{"action":"opened","pull_request":{{"number":7,"head":{head},"base":{base}}}}}"#));
    fake.path("event.json").display().to_string()
}

/// The event after a run for `sha` of a fork has ended.
fn ended(fake: &Fake, sha: &str) -> String {
    fake.write("ended.json", &format!(r#"{{"workflow_run":{{"head_sha":"{sha}","head_repository":{{"full_name":"fork/r"}}}}}}"#));
    fake.path("ended.json").display().to_string()
}

/// `xtask report comment ARGUMENTS` in the workflow of an event, against the mock.
fn command(fake: &Fake, forge: &Forge, event: &str, arguments: &[&str]) -> Command {
    let all = ["report", "comment", "--second-ms", "1", "--timeout-ms", "2000"];
    let mut command = if arguments.contains(&"--from") {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.env_clear().env("PATH", fake.path("bin")).args(all).current_dir(fake.path(""));
        command
    } else {
        fake.command(&all)
    };
    command.args(arguments).env("GITHUB_TOKEN", TOKEN).env("GITHUB_API_URL", &forge.url).env("GITHUB_REPOSITORY", "o/r");
    command.env("GITHUB_EVENT_PATH", event).stdin(Stdio::null());
    command
}

/// Runs it; the token is in nothing that is printed or written.
fn run(mut command: Command) -> Ran {
    let ran = Ran::from(command.output().unwrap());
    assert!(!ran.stdout.contains(TOKEN) && !ran.stderr.contains(TOKEN), "{ran:?}");
    ran
}

fn post(fake: &Fake, forge: &Forge) -> Ran {
    run(command(fake, forge, &event(fake, "o/r"), &["--post"]))
}

fn writes(asked: &[String]) -> Vec<&String> {
    asked.iter().filter(|line| !line.starts_with("GET")).collect()
}

#[test]
fn a_comment_is_made_once_and_then_changed_in_place() {
    let (fake, forge) = (worse(), Forge::new());
    let ran = post(&fake, &forge).expect(1, &["commented on pull request 7"]);
    assert!(ran.stdout.starts_with("## FAIL: size: 1 variant worse") && ran.stdout.contains(VARIANT), "{}", ran.stdout);
    {
        let state = forge.state();
        let (_, author, body) = &state.comments[0];
        assert_eq!((state.comments.len(), author.as_str()), (1, BOT));
        assert!(
            body.ends_with(MARKER) && body.contains("app::work") && body.contains("cargo xtask size --accept \"reason\""),
            "{body}"
        );
    }
    forge.asked();
    post(&fake, &forge).expect(1, &["says the same already"]);
    assert_eq!(writes(&forge.asked()).len(), 0);
    fake.links("app", &module(950, "fd_write"));
    fake.size(&["--check"]).expect(1, &[]);
    post(&fake, &forge).expect(1, &["updated the comment"]);
    assert_eq!(writes(&forge.asked()), ["PATCH /repos/o/r/issues/comments/1000000"]);
    fake.links("app", &module(500, "fd_write"));
    fake.size(&["--check"]).expect(0, &[]);
    post(&fake, &forge).expect(0, &["updated the comment", "## PASS: everything is what the baselines say"]);
    assert_eq!(forge.state().comments.len(), 1);
}

#[test]
fn where_nothing_changed_nothing_is_said() {
    let (fake, forge) = (measured(500), Forge::new());
    post(&fake, &forge).expect(0, &["nothing changed and there is no comment", "## PASS"]);
    assert_eq!(writes(&forge.asked()).len(), 0);
    run(command(&fake, &forge, &event(&fake, "o/r"), &["--require", "size", "--require", "run", "--post"]))
        .expect(1, &["## FAIL: run: left no result", "commented on pull request 7"]);
    fake.write("push.json", r#"{"ref":"refs/heads/main"}"#);
    let push = fake.path("push.json").display().to_string();
    run(command(&fake, &forge, &push, &["--post"])).expect(0, &["not of a pull request"]);
    let mut nowhere = command(&fake, &forge, &push, &["--post"]);
    nowhere.env_remove("GITHUB_EVENT_PATH");
    run(nowhere).expect(2, &["--pull-request N"]);
    fs::remove_dir_all(fake.path("target/xtask/runs")).unwrap();
    post(&fake, &forge).expect(2, &["there is no saved run", "cargo xtask size --check"]);
}

#[test]
fn the_comment_is_found_among_thousands_and_those_of_others_are_left() {
    let (fake, forge) = (worse(), Forge::new());
    let forged = format!("mine\n{MARKER}");
    {
        let mut state = forge.state();
        state.comments = (1..=3_000).map(|id| (id, "somebody".into(), "talk".into())).collect();
        state.comments[5] = (6, "other[bot]".into(), forged.clone());
        state.comments[6] = (7, BOT.into(), format!("{forged}\nand more"));
        state.comments[2_999] = (3_000, BOT.into(), forged.replace('\n', "\r\n"));
    }
    post(&fake, &forge).expect(1, &["updated the comment"]);
    let asked = forge.asked();
    assert_eq!(asked.iter().filter(|line| line.contains("per_page=100")).count(), 30);
    assert_eq!(writes(&asked), ["PATCH /repos/o/r/issues/comments/3000"]);
    {
        let state = forge.state();
        assert_eq!((state.comments[5].2.as_str(), state.comments.len()), (forged.as_str(), 3_000));
    }
    // As another user nothing of this is ours, and what is then written is not that user's either.
    run(command(&fake, &forge, &event(&fake, "o/r"), &["--post", "--author", "me"]))
        .expect(1, &["commented as github-actions[bot]", "give --author"]);
}

#[test]
fn what_github_refuses_is_told_with_the_cure() {
    let (fake, forge) = (worse(), Forge::new());
    let message = |text: &str| format!(r#"{{"message":"{text}","secret":"{TOKEN}"}}"#);
    let cases = [
        ("GET /user", 401, "", "Bad credentials", 2, "give GITHUB_TOKEN one that is"),
        ("GET /repos", 403, "", "Forbidden by policy", 2, "organization's rules"),
        ("GET /repos", 404, "", "Not Found", 2, "look at GITHUB_REPOSITORY"),
        ("POST", 422, "", "Validation Failed", 2, "is locked"),
        ("GET /repos", 301, "location: http://127.0.0.1:1/\r\n", "Moved Permanently", 2, "the token is not sent there"),
        ("GET /repos", 500, "", "x", 3, "answered 500 after 4 tries"),
        ("GET /repos", 429, "retry-after: 3\r\n", "slow down", 3, "is limited (429) after 4 tries"),
        ("GET /repos", 429, "retry-after: 4000\r\n", "slow down", 3, "asks to wait 4000 s"),
        ("GET /repos", 403, "x-ratelimit-remaining: 0\r\nx-ratelimit-reset: 99999999999\r\n", "no", 3, "which is too long"),
        ("GET /repos", 200, "", "an object", 3, "not its JSON"),
        ("POST", 500, "", "x", 3, "answered 500; run it again later"),
    ];
    for (begins, status, headers, said, code, cure) in cases {
        forge.fails(begins, Fault::Answer(status, headers, message(said)), 4);
        let ran = post(&fake, &forge).expect(code, &[cure]);
        assert!(ran.stderr.contains("error: the comment was not posted"), "{}", ran.stderr);
        forge.state().faults.clear();
        assert_eq!(forge.state().comments.len(), 0, "{status}");
    }
    forge.fails("GET /repos", Fault::Answer(200, "", "[{\"id\":".into()), 1);
    post(&fake, &forge).expect(3, &["not its JSON"]);
    forge.fails("GET", Fault::Hang, 4);
    let mut hanging = fake.command(&["report", "comment", "--second-ms", "1", "--timeout-ms", "100", "--post"]);
    hanging.env("GITHUB_TOKEN", TOKEN).env("GITHUB_API_URL", &forge.url).env("GITHUB_REPOSITORY", "o/r");
    hanging.env("GITHUB_EVENT_PATH", fake.path("event.json"));
    run(hanging).expect(3, &["did not answer within 100 ms after 4 tries"]);
}

#[test]
fn what_passes_by_is_waited_for_and_nothing_is_made_twice() {
    let (fake, forge) = (worse(), Forge::new());
    forge.fails("GET /repos", Fault::Answer(503, "", "{}".into()), 2);
    forge.fails("GET /repos", Fault::Answer(403, "retry-after: 2\r\n", r#"{"message":"secondary rate limit"}"#.into()), 1);
    forge.fails("POST", Fault::Answer(429, "", "{}".into()), 1);
    post(&fake, &forge).expect(1, &["commented on pull request 7"]);
    forge.state().comments.clear();
    forge.fails("POST", Fault::DoneAndLost, 1);
    post(&fake, &forge).expect(1, &["says the same already"]);
    assert_eq!(forge.state().comments.len(), 1);
}

#[test]
fn without_a_token_or_with_one_that_would_go_astray_nothing_is_sent() {
    let (fake, forge) = (worse(), Forge::new());
    let event = event(&fake, "o/r");
    for (name, value, said) in [
        ("GITHUB_TOKEN", "", "set GITHUB_TOKEN"),
        ("GITHUB_TOKEN", "a\u{1}b", "a character that cannot be sent"),
        ("GITHUB_API_URL", "http://api.github.com", "has to begin with https://"),
        ("GITHUB_API_URL", "http://localhost@evil.invalid", "more than a host"),
        ("GITHUB_REPOSITORY", "", "set GITHUB_REPOSITORY"),
        ("GITHUB_REPOSITORY", "o/r/../../x", "has to be OWNER/NAME"),
    ] {
        let mut command = command(&fake, &forge, &event, &["--post"]);
        command.env(name, value);
        run(command).expect(2, &[said]);
    }
    assert_eq!(forge.asked().len(), 0);
}

#[test]
fn a_workflow_gets_a_summary_and_errors_at_the_lines_of_the_baseline() {
    let (fake, forge) = (worse(), Forge::new());
    fake.write("summary.md", "before\n");
    let mut command = command(&fake, &forge, &event(&fake, "o/r"), &[]);
    command.env("GITHUB_STEP_SUMMARY", fake.path("summary.md")).env("GITHUB_ACTIONS", "true");
    let ran = run(command).expect(1, &[]);
    let summary = fake.read("summary.md");
    assert_eq!(summary, format!("before\n{}\n", ran.stdout));
    let baseline = fake.read("baselines/size.json");
    let line = 1 + baseline.lines().position(|line| line.contains(VARIANT)).unwrap();
    let raw = line + 1 + baseline.lines().skip(line).position(|line| line.contains("\"raw_bytes\": {")).unwrap();
    let wanted = format!("::error file=baselines/size.json,line={raw},title=cargo xtask::{VARIANT}, worse: raw, ");
    assert!(ran.stderr.contains(&wanted), "no {wanted} in {}", ran.stderr);
    assert_eq!(forge.asked().len(), 0, "without --post nobody is asked");
}

#[test]
fn on_a_forks_pull_request_the_file_is_written_and_the_second_workflow_posts_it() {
    let (fake, forge) = (worse(), Forge::new());
    run(command(&fake, &forge, &event(&fake, "fork/r"), &["--post", "--out", "comment"])).expect(1, &["workflow_run", "--from"]);
    assert_eq!(forge.asked().len(), 0, "the event says that it is a fork's");
    // Where only the answer says so, as for the pull requests of some bots.
    forge.fails("POST", Fault::Answer(403, "", r#"{"message":"Resource not accessible by integration"}"#.into()), 1);
    run(command(&fake, &forge, &event(&fake, "o/r"), &["--post", "--out", "comment"]))
        .expect(1, &["permissions: pull-requests: write", "workflow_run"]);
    assert_eq!(forge.state().comments.len(), 0);
    let text = fake.read("comment/comment.json");
    assert!(text.contains(HEAD) && text.len() < 20_000, "{}", text.len());

    let ended = ended(&fake, HEAD);
    let second = || run(command(&fake, &forge, &ended, &["--from", "comment", "--post"]));
    second().expect(0, &["## FAIL: size", "commented on pull request 7"]);
    second().expect(0, &["says the same already"]);
    assert_eq!(forge.state().comments.len(), 1);
    forge.state().comments.clear();
    forge.fails("POST", Fault::Answer(403, "", r#"{"message":"Resource not accessible by integration"}"#.into()), 1);
    second().expect(2, &["not posted", "permissions: pull-requests: write"]);
}

#[test]
fn forged_files_post_nothing() {
    let (fake, forge) = (worse(), Forge::new());
    run(command(&fake, &forge, &event(&fake, "fork/r"), &["--post", "--out", "good"])).expect(1, &[]);
    let good = fake.read("good/comment.json");
    let ended = ended(&fake, HEAD);
    let from = |event: &str| run(command(&fake, &forge, event, &["--from", "forged", "--post"]));
    let variant = format!("\"{VARIANT}\"");
    assert!(good.contains(&variant) && good.contains("\"pull_request\":7"));
    for (old, new, said) in [
        ("\"schema\":1", "\"schema\":9", "it has schema 9"),
        ("\"schema\":1", "\"schema\":1,\"post_to\":\"elsewhere\"", "unknown field"),
        (&*variant, "\"a\\u001b[2J\"", "a control character"),
        (&*variant, "\"##[add-mask]x\"", "a command for the runner"),
        ("\"pull_request\":7,", "", "cannot tell which pull request"),
        ("\"pull_request\":7", "\"pull_request\":8", "could not be looked at"),
        (HEAD, "3333333333333333333333333333333333333333", "it is not about commit"),
    ] {
        fake.write("forged/comment.json", &good.replace(old, new));
        from(&ended).expect(2, &[said]);
    }
    fake.write("forged/comment.json", &good);
    from(&self::ended(&fake, &"4".repeat(40))).expect(2, &["it is not about commit 444444444444"]);
    fake.write("forged/comment.json", &good.replace(HEAD, &"4".repeat(40)));
    from(&self::ended(&fake, &"4".repeat(40))).expect(2, &["is at 111111111111 and not at 444444444444"]);
    fake.write("push.json", "{}");
    from(&fake.path("push.json").display().to_string()).expect(2, &["nobody says which commit"]);
    let path = fake.path("forged/comment.json");
    fs::File::create(&path).unwrap().set_len(100 * 1024 * 1024).unwrap();
    from(&ended).expect(2, &["104857600 bytes"]);
    fs::remove_file(&path).unwrap();
    from(&ended).expect(2, &["no such file"]);
    std::os::unix::fs::symlink(fake.path("good/comment.json"), &path).unwrap();
    from(&ended).expect(2, &["not a regular file"]);
    assert_eq!(writes(&forge.asked()).len(), 0);

    // Markup in a name is no reason to refuse it: it is shown as it is written.
    fs::remove_file(&path).unwrap();
    fake.write("forged/comment.json", &good.replace(&variant, "\"<script>alert(1)</script> @all [x](http://e)\""));
    from(&self::ended(&fake, HEAD)).expect(0, &["commented on pull request 7"]);
    let state = forge.state();
    assert!(state.comments[0].2.contains("`<script>alert(1)</script> @all [x](http://e)`"), "{}", state.comments[0].2);
}
