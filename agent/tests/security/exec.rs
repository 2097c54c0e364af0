//! Commands: none without a grant, never a shell, nothing of the agent's own environment, an end in time.

use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use crate::common::lab::{Lab, Told};
use crate::common::{command, finish};

fn granted(pattern: &[&str]) -> Value {
    json!({"exec": [pattern]})
}

#[track_caller]
fn exec(lab: &Lab, pattern: &[&str], argv: &[&str]) -> Told {
    lab.call(granted(pattern), "exec", json!({"argv": argv}))
}

#[test]
fn security_exec_is_off_unless_it_is_granted() {
    let lab = Lab::new();
    for grant in [json!({}), json!({"read": ["**"], "write": ["**"]}), json!({"exec": []})] {
        lab.call(grant, "exec", json!({"argv": ["/bin/echo", "hi"]})).refused("there is no tool exec");
    }
}

#[test]
fn security_what_means_something_to_a_shell_is_a_plain_argument() {
    let lab = Lab::new();
    lab.file("a", "");
    for word in [
        "; touch made",
        "&& touch made",
        "|| touch made",
        "& touch made",
        "| touch made",
        "$(touch made)",
        "`touch made`",
        "x\ntouch made",
        "> made",
        "< a",
        "<<EOF",
        "${IFS}touch",
        "$HOME",
        "~",
        "*",
        "?",
        "[a]",
        "{a,b}",
        "#",
        "'",
        "\"",
        "\\",
        "!!",
        "a b",
        "",
    ] {
        let told = exec(&lab, &["/bin/echo", "**"], &["/bin/echo", "-", word]);
        told.gave(&format!("exit code 0\n- {word}\n"));
    }
    assert_eq!(std::fs::read_dir(lab.workspace()).expect("listed").count(), 1);
}

#[test]
fn security_the_program_is_the_granted_path_letter_for_letter() {
    let lab = Lab::new();
    let all = ["/bin/echo", "**"];
    exec(&lab, &all, &["/bin/echo", "hi"]).gave("exit code 0\nhi\n");
    for program in [
        "echo",
        "./echo",
        "/bin/../bin/echo",
        "/bin//echo",
        "/bin/echo/",
        "/bin/echo ",
        "/usr/bin/echo",
        "/bin/cat",
        "/bin/echo2",
        "/BIN/ECHO",
        "",
    ] {
        exec(&lab, &all, &[program, "hi"]).refused("this command is not granted: no pattern of `exec` covers it");
    }
}

#[test]
fn security_a_wrapper_does_not_run_what_is_granted_or_not() {
    let lab = Lab::new();
    for argv in [
        &["/usr/bin/env", "/bin/echo"][..],
        &["/bin/sh", "-c", "/bin/echo hi"],
        &["/usr/bin/xargs", "/bin/echo"],
        &["/usr/bin/nohup", "/bin/echo"],
    ] {
        exec(&lab, &["/bin/echo", "**"], argv).refused("this command is not granted");
    }
}

#[test]
fn security_a_grant_of_a_relative_program_is_refused() {
    let lab = Lab::new();
    for program in ["ls", "./ls", "bin/ls", "", "~/ls"] {
        lab.play(json!({"grant": granted(&[program])})).0.failed(2, "the program of a command must be an absolute path");
    }
    lab.play(json!({"grant": {"exec": [[]]}})).0.failed(2, "a command is a list: the program and its arguments");
    lab.play(json!({"grant": {"exec": ["/bin/ls -l"]}})).0.failed(2, "\"grant\": ");
    lab.play(json!({"grant": {"exec": [["/bin/ls", "**", "a"]]}})).0.failed(2, "`**` can only be the last argument");
}

#[test]
fn security_a_star_is_no_option() {
    let lab = Lab::new();
    let pattern = ["/bin/echo", "log", "*"];
    exec(&lab, &pattern, &["/bin/echo", "log", "main"]).gave("exit code 0\nlog main\n");
    for word in ["-x", "--output=/etc/passwd", "--", "-"] {
        exec(&lab, &pattern, &["/bin/echo", "log", word]).refused("this command is not granted");
    }
    // A star stands for one argument, and what is not a star for itself.
    for argv in [
        &["/bin/echo", "log"][..],
        &["/bin/echo", "log", "a", "b"],
        &["/bin/echo", "push", "a"],
        &["/bin/echo", "-c", "log", "a"],
    ] {
        exec(&lab, &pattern, argv).refused("this command is not granted");
    }
    exec(&lab, &["/bin/echo", "--depth=*"], &["/bin/echo", "--output=x"]).refused("this command is not granted");
    exec(&lab, &["/bin/echo", "*.md"], &["/bin/echo", "-x.md"]).refused("this command is not granted");
}

#[test]
fn security_a_command_has_no_variables_but_a_few() {
    let lab = Lab::new();
    let calls = json!([{"name": "exec", "arguments": {"argv": ["/usr/bin/env"]}}]);
    let text = json!({"workspace": lab.workspace(), "grant": granted(&["/usr/bin/env"]), "replies": [{"calls": calls}, "done"]});
    std::fs::write(lab.home().join("config.json"), text.to_string()).expect("written");
    let mut run = command(&lab.home(), &["-s", "a", "-m", "go"]);
    for (name, value) in [
        ("OPENAI_API_KEY", "leak"),
        ("HOME", "leak"),
        ("LD_PRELOAD", "leak"),
        ("SSH_AUTH_SOCK", "leak"),
        ("PATH", "/leak"),
        ("LANG", "C"),
    ] {
        run.env(name, value);
    }
    let ran = finish(run, b"");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let session = std::fs::read_to_string(lab.home().join("sessions/a.jsonl")).expect("there");
    assert!(session.contains("PATH=/usr/bin:/bin") && session.contains("LANG=C"), "{session}");
    assert!(!session.contains("leak") && !session.contains("AGENT_HOME"), "{session}");
}

#[test]
fn security_a_command_has_no_input() {
    exec(&Lab::new(), &["/bin/cat"], &["/bin/cat"]).gave("exit code 0\n");
}

#[test]
fn security_a_command_runs_in_the_workspace_and_the_model_cannot_say_where() {
    let lab = Lab::new();
    let arguments = json!({"argv": ["/bin/pwd"], "cwd": "/", "working_dir": "..", "env": {"PWD": "/"}, "shell": true});
    let told = lab.call(granted(&["/bin/pwd"]), "exec", arguments);
    let here = lab.workspace().canonicalize().expect("there");
    told.gave(&format!("exit code 0\n{}\n", here.display()));
}

#[test]
fn security_a_program_in_the_workspace_does_not_run() {
    let lab = Lab::new();
    let program = lab.file("tool", "#!/bin/sh\necho owned\n");
    std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).expect("set");
    let path = program.to_str().expect("UTF-8");
    exec(&lab, &[path], &[path]).refused("it is in the workspace");
    std::os::unix::fs::symlink(&program, lab.outside("link")).expect("linked");
    let link = lab.outside("link");
    let link = link.to_str().expect("UTF-8");
    exec(&lab, &[link], &[link]).refused("it is in the workspace");
}

#[test]
fn security_a_command_that_fails_is_told_as_an_error() {
    let lab = Lab::new();
    exec(&lab, &["/bin/cat", "*"], &["/bin/cat", "nowhere"]).refused("exit code 1\n");
    exec(&lab, &["/nowhere/program"], &["/nowhere/program"]).refused("/nowhere/program cannot be run");
}

#[test]
fn security_arguments_that_are_no_command_are_refused() {
    let lab = Lab::new();
    let many = vec!["a"; 257];
    for argv in [json!("/bin/echo"), json!([]), json!(["/bin/echo", 1]), json!({"0": "/bin/echo"}), Value::Null, json!(many)] {
        lab.call(granted(&["/bin/echo", "**"]), "exec", json!({"argv": argv})).refused("argv must be a list of 1 to 256 strings");
    }
    exec(&lab, &["/bin/echo", "**"], &["/bin/echo", "a\0b"]).refused("an argument has a NUL");
}

#[test]
fn security_of_much_output_the_start_and_the_end_are_kept() {
    let told = exec(&Lab::new(), &["/usr/bin/seq", "*", "*"], &["/usr/bin/seq", "1", "60000"]);
    assert!(!told.error && told.text.starts_with("exit code 0\n1\n2\n"), "{}", told.text.len());
    assert!(told.text.contains(" bytes left out]") && told.text.len() <= 65 * 1024, "{}", told.text.len());
    assert!(told.text.contains("\n59999\n"), "the end is kept");
}

#[cfg(target_os = "linux")]
#[test]
fn security_a_command_that_takes_too_long_is_killed_with_all_that_it_started() {
    let lab = Lab::new();
    let script = "/bin/sleep 30 & echo $! > pid; wait";
    let calls = json!([{"name": "exec", "arguments": {"argv": ["/bin/sh", "-c", script]}}]);
    let grant = granted(&["/bin/sh", "-c", "*"]);
    let (ran, told) = lab.play(json!({"timeout_s": 1, "grant": grant, "replies": [{"calls": calls}, "done"]}));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    told[0].refused("stopped after 1 s");
    let state = std::fs::read_to_string(format!("/proc/{}/stat", lab.text("pid").trim()));
    // Gone, or dead and not yet waited for by whoever inherited it.
    assert!(state.as_ref().map_or(true, |state| state.contains(") Z ")), "{state:?}");
}
