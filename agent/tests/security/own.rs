//! The agent's own files: no tool reads its configuration, its keys or its sessions, and no tool writes them, whatever is granted.

use serde_json::{Value, json};

use crate::common::lab::{Lab, Told};

/// Everything, and what a wildcard leaves out by name too.
fn everything() -> Value {
    let names = [
        "**",
        ".agent",
        ".agent/**",
        ".agent/config.json",
        ".agent/key",
        ".agent/sessions/**",
        ".agent/sessions/lab.jsonl",
        ".agent/new",
    ];
    json!({"read": names, "write": names})
}

#[track_caller]
fn is_own(told: &Told) {
    told.refused("is in the agent's own folder");
    assert!(!told.text.contains("replies"), "{told:?}");
}

#[test]
fn security_the_home_folder_inside_of_the_workspace_is_not_read() {
    let lab = Lab::with_home("workspace/.agent");
    lab.file(".agent/key", "secret");
    for path in [".agent/config.json", ".agent/key", ".agent/sessions/lab.jsonl", ".agent"] {
        is_own(&lab.call(everything(), "read_file", json!({"path": path})));
        is_own(&lab.call(everything(), "list_dir", json!({"path": path})));
    }
}

#[test]
fn security_the_home_folder_inside_of_the_workspace_is_not_written() {
    let lab = Lab::with_home("workspace/.agent");
    lab.file(".agent/key", "secret");
    for path in [".agent/config.json", ".agent/key", ".agent/new", ".agent/sessions/lab.jsonl"] {
        is_own(&lab.call(everything(), "write_file", json!({"path": path, "content": "{}"})));
        is_own(&lab.call(everything(), "edit_file", json!({"path": path, "old": "e", "new": "x"})));
    }
    assert_eq!(lab.text(".agent/key"), "secret");
    assert!(!lab.workspace().join(".agent/new").exists());
}

#[test]
fn security_a_home_folder_with_an_ordinary_name_is_not_found_through_a_wildcard() {
    let lab = Lab::with_home("workspace/state");
    for path in ["state/config.json", "STATE/config.json", "./state//config.json"] {
        is_own(&lab.call(json!({"read": ["**"]}), "read_file", json!({"path": path})));
    }
    is_own(&lab.call(json!({"write": ["**"]}), "write_file", json!({"path": "state/config.json", "content": "{}"})));
}

#[test]
fn security_a_workspace_that_is_the_home_folder_gives_nothing() {
    let lab = Lab::new();
    for workspace in ["", "sessions"] {
        std::fs::create_dir_all(lab.home().join("sessions")).expect("made");
        let calls = json!([
            {"name": "read_file", "arguments": {"path": "config.json"}},
            {"name": "list_dir", "arguments": {"path": "."}},
            {"name": "write_file", "arguments": {"path": "config.json", "content": "{}"}},
        ]);
        let config = json!({
            "workspace": lab.home().join(workspace),
            "grant": {"read": ["**"], "write": ["**"]},
            "replies": [{"calls": calls}, "done"],
        });
        let (ran, told) = lab.play(config);
        assert_eq!((ran.code, told.len()), (Some(0), 3), "{ran:?}");
        told.iter().for_each(is_own);
    }
}

#[cfg(unix)]
#[test]
fn security_the_home_folder_is_not_entered_under_another_name() {
    let lab = Lab::new();
    std::os::unix::fs::symlink(lab.home(), lab.workspace().join("link")).expect("linked");
    let told = lab.call(json!({"read": ["**"]}), "read_file", json!({"path": "link/config.json"}));
    assert!(told.error && !told.text.contains("replies"), "{told:?}");
}

#[test]
fn security_a_home_folder_that_is_not_there_yet_is_not_made_by_a_tool() {
    let lab = Lab::with_home("workspace/later");
    // The configuration is elsewhere, so the home folder itself is made only when it is needed.
    let config = lab.outside("elsewhere.json");
    std::fs::remove_dir_all(lab.home()).expect("removed");
    let calls = json!([{"name": "write_file", "arguments": {"path": "later/config.json", "content": "{\"grant\":{\"exec\":[[\"/bin/sh\",\"**\"]]}}"}}]);
    let text =
        json!({"workspace": lab.workspace(), "grant": {"write": ["**"]}, "replies": [{"calls": calls}, "done"]}).to_string();
    std::fs::write(&config, text).expect("written");
    let ran = lab.run(&["-c", config.to_str().expect("UTF-8"), "-m", "go"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), "done\n"), "{ran:?}");
    assert!(!lab.home().exists());
}
