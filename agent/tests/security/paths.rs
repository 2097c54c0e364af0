//! Paths: what a model writes never leads out of the workspace, and wildcards leave out what is private.

use serde_json::{Value, json};

use crate::common::lab::Lab;

fn all() -> Value {
    json!({"read": ["**"], "write": ["**"]})
}

/// The arguments that make each tool of files use `path`.
fn every_use_of(path: &str) -> [(&'static str, Value); 4] {
    [
        ("read_file", json!({"path": path})),
        ("list_dir", json!({"path": path})),
        ("write_file", json!({"path": path, "content": "overwritten"})),
        ("edit_file", json!({"path": path, "old": "secret", "new": "overwritten"})),
    ]
}

/// Each tool refuses `path` in these words, and the file beside the workspace stays.
#[track_caller]
fn refused_by_every_tool(path: &str, words: &str) {
    let lab = Lab::new();
    std::fs::write(lab.outside("beside.txt"), "secret").expect("written");
    for told in lab.calls(all(), &every_use_of(path)) {
        told.refused(words);
        assert!(!told.text.contains("secret"), "{told:?}");
    }
    assert_eq!(std::fs::read_to_string(lab.outside("beside.txt")).expect("there"), "secret");
}

#[test]
fn security_dot_dot_is_refused_by_every_tool_wherever_it_stands() {
    for path in
        ["..", "../beside.txt", "a/../../beside.txt", "a/..", "./../beside.txt", "a/b/../../../beside.txt", "../workspace/a"]
    {
        refused_by_every_tool(path, "the path has `..`");
    }
}

#[test]
fn security_an_absolute_path_is_refused_by_every_tool() {
    for path in ["/etc/passwd", "/", "//etc/passwd", "///x"] {
        refused_by_every_tool(path, "the path must be relative to the workspace");
    }
    let lab = Lab::new();
    let inside = lab.file("a.txt", "secret");
    let path = inside.to_str().expect("UTF-8");
    lab.call(all(), "read_file", json!({"path": path})).refused("the path must be relative");
}

#[test]
fn security_a_folder_whose_name_only_starts_like_the_workspace_is_outside() {
    let lab = Lab::new();
    std::fs::create_dir(lab.outside("workspace_evil")).expect("made");
    std::fs::write(lab.outside("workspace_evil/x"), "secret").expect("written");
    for path in ["../workspace_evil/x", "_evil/x", "../workspace_evil"] {
        let told = lab.call(all(), "read_file", json!({"path": path}));
        assert!(told.error && !told.text.contains("secret"), "{told:?}");
    }
}

#[test]
fn security_a_pattern_of_a_folder_does_not_cover_its_sibling() {
    let lab = Lab::new();
    lab.file("src/a", "mine");
    lab.file("src_evil/a", "secret");
    lab.file("srcs", "secret");
    let grant = || json!({"read": ["src/**"]});
    lab.call(grant(), "read_file", json!({"path": "src/a"})).gave("mine");
    for path in ["src_evil/a", "srcs", "SRC/a", "src/../src_evil/a"] {
        let told = lab.call(grant(), "read_file", json!({"path": path}));
        assert!(told.error && !told.text.contains("secret"), "{path}: {told:?}");
    }
}

#[test]
fn security_a_tilde_and_a_variable_are_names_and_are_not_expanded() {
    let lab = Lab::new();
    lab.file("~/x", "of a folder named tilde");
    lab.file("$HOME/x", "of a folder named dollar");
    lab.call(all(), "read_file", json!({"path": "~/x"})).gave("of a folder named tilde");
    lab.call(all(), "read_file", json!({"path": "$HOME/x"})).gave("of a folder named dollar");
    for path in ["~", "~root/x", "${HOME}/x", "%USERPROFILE%/x", "$(pwd)/x"] {
        let told = lab.call(all(), "read_file", json!({"path": path}));
        assert!(told.error, "{path}: {told:?}");
    }
    lab.call(all(), "write_file", json!({"path": "~/y", "content": "z"})).gave("wrote 1 bytes");
    assert_eq!(lab.text("~/y"), "z");
}

#[test]
fn security_an_empty_path_is_refused_by_every_tool() {
    refused_by_every_tool("", "the path is empty");
}

#[test]
fn security_a_nul_or_another_control_character_is_refused_by_every_tool() {
    for path in ["a\0b", "a\0/../../beside.txt", "a\nb", "a\u{1b}b", "a\u{7f}b", "a\u{85}b"] {
        refused_by_every_tool(path, "a control character, a backslash or a colon");
    }
}

#[test]
fn security_a_backslash_is_refused_by_every_tool_on_every_system() {
    for path in ["..\\beside.txt", "a\\b", "\\\\server\\share", "\\"] {
        refused_by_every_tool(path, "a control character, a backslash or a colon");
    }
}

#[test]
fn security_a_drive_or_a_stream_is_refused_by_every_tool_on_every_system() {
    for path in ["C:", "C:/x", "C:x", "a.txt:stream", "a.txt::$DATA"] {
        refused_by_every_tool(path, "a control character, a backslash or a colon");
    }
}

#[test]
fn security_a_name_that_another_system_would_shorten_is_refused_by_every_tool() {
    for path in [".env.", ".env ", "a./b", "..."] {
        refused_by_every_tool(path, "ends in a dot or a space");
    }
}

#[test]
fn security_a_very_long_path_is_refused_by_every_tool() {
    refused_by_every_tool(&"a/".repeat(600), "longer than 1024 bytes");
    // One that is short enough for the grammar and too long for the system is an error too.
    let told = Lab::new().call(all(), "write_file", json!({"path": "a".repeat(1000), "content": "x"}));
    assert!(told.error, "{told:?}");
}

#[test]
fn security_a_path_that_is_no_string_is_refused_by_every_tool() {
    let lab = Lab::new();
    for path in [json!(1), json!(["a"]), json!({"a": 1}), Value::Null] {
        for (tool, mut arguments) in every_use_of("a") {
            arguments["path"] = path.clone();
            lab.call(all(), tool, arguments).refused("the argument path is missing or is no string");
        }
    }
}

#[test]
fn security_a_file_that_is_not_utf8_is_an_error_without_its_bytes() {
    let lab = Lab::new();
    lab.file("a.bin", b"secret\xFF\xFEsecret");
    lab.call(all(), "read_file", json!({"path": "a.bin"})).gave_only("a.bin is not UTF-8 text");
    lab.call(all(), "edit_file", json!({"path": "a.bin", "old": "secret", "new": "x"})).gave_only("a.bin is not UTF-8 text");
    assert_eq!(std::fs::read(lab.workspace().join("a.bin")).expect("there"), b"secret\xFF\xFEsecret");
}

impl crate::common::lab::Told {
    /// The call failed, in exactly these words.
    #[track_caller]
    fn gave_only(&self, text: &str) {
        assert_eq!((self.text.as_str(), self.error), (text, true));
    }
}

#[test]
fn security_a_wildcard_leaves_out_names_that_start_with_a_dot() {
    let lab = Lab::new();
    for path in [".env", ".git/config", "a/.ssh/id", ".aws/credentials", ".npmrc"] {
        lab.file(path, "secret");
        for grant in [json!({"read": ["**"]}), json!({"read": ["*", "*/*", "*/*/*", ".*"]})] {
            let told = lab.call(grant, "read_file", json!({"path": path}));
            told.refused("is not granted: no pattern of `read` covers it");
        }
        lab.call(all(), "write_file", json!({"path": path, "content": "x"})).refused("is not granted");
        lab.call(json!({"read": [path]}), "read_file", json!({"path": path})).gave("secret");
    }
}

#[test]
fn security_a_wildcard_leaves_out_the_usual_names_of_keys() {
    let lab = Lab::new();
    for path in ["id_rsa", "a/id_ed25519.pub", "server.pem", "a/b/TLS.Key", "store.p12", "x.pfx", "passwords.kdbx", "ID_ECDSA"] {
        lab.file(path, "secret");
        lab.call(all(), "read_file", json!({"path": path})).refused("is not granted");
        lab.call(json!({"read": [path]}), "read_file", json!({"path": path})).gave("secret");
    }
}

#[test]
fn security_without_a_grant_there_is_no_tool() {
    let lab = Lab::new();
    lab.file("a", "secret");
    let calls: Vec<_> = every_use_of("a")
        .into_iter()
        .chain([("http_get", json!({"url": "http://a"})), ("exec", json!({"argv": ["/bin/ls"]}))])
        .collect();
    for told in lab.calls(json!({}), &calls) {
        told.refused("there is no tool ");
    }
    assert_eq!(lab.text("a"), "secret");
}

#[test]
fn security_reading_does_not_allow_writing_and_writing_does_not_allow_reading() {
    let lab = Lab::new();
    lab.file("r/a", "secret");
    lab.file("w/a", "secret");
    let grant = json!({"read": ["r/**"], "write": ["w/**"]});
    lab.call(grant.clone(), "write_file", json!({"path": "r/a", "content": "x"})).refused("no pattern of `write` covers it");
    lab.call(grant.clone(), "read_file", json!({"path": "w/a"})).refused("no pattern of `read` covers it");
    lab.call(grant.clone(), "list_dir", json!({"path": "w"})).refused("no pattern of `read` covers it");
    // An edit tells whether a text is in the file: it takes both.
    for path in ["r/a", "w/a"] {
        lab.call(grant.clone(), "edit_file", json!({"path": path, "old": "secret", "new": "x"})).refused("is not granted");
    }
    assert_eq!((lab.text("r/a"), lab.text("w/a")), ("secret".to_string(), "secret".to_string()));
}

#[test]
fn security_a_large_file_is_refused_and_a_long_one_is_cut() {
    let lab = Lab::new();
    lab.file("large", vec![b'x'; 1024 * 1024 + 1]);
    lab.call(all(), "read_file", json!({"path": "large"})).refused("large is larger than 1 MiB");
    lab.file("long", "é".repeat(100_000));
    let told = lab.call(all(), "read_file", json!({"path": "long"}));
    assert!(
        !told.error && told.text.len() < 33 * 1024 && told.text.ends_with("\n[cut: 32768 of 200000 bytes are shown]"),
        "{}",
        told.text.len()
    );
}

#[test]
fn security_a_folder_with_many_names_is_cut() {
    let lab = Lab::new();
    for number in 0..1100 {
        lab.file(&format!("d/{number}"), "");
    }
    let told = lab.call(all(), "list_dir", json!({"path": "d"}));
    assert!(!told.error && told.text.lines().count() <= 1000, "{}", told.text.lines().count());
}
