//! The configuration: what is not understood is refused, never passed over, and a value that could be a key is not shown.

use crate::common::Home;

const SECRET: &str = "sk-aaaabbbbccccddddeeee";

/// The configuration is refused in these words, before anything is sent or written.
#[track_caller]
fn refused(config: &str, words: &str) {
    let home = Home::with_config(config);
    for args in [&["-m", "hi", "-s", "a"][..], &["check"], &["chat"]] {
        let ran = home.run(args);
        ran.failed(2, words);
        assert!(!ran.stderr.contains(SECRET), "{ran:?}");
    }
    assert!(!home.path().join("sessions").exists());
}

#[test]
fn security_an_unknown_key_is_refused() {
    refused(r#"{"sandbox": false}"#, "unknown key \"sandbox\", line 1, column 2");
    refused("{\n  \"Grant\": {}}", "unknown key \"Grant\", line 2, column 3");
    refused(r#"{"grant": {"raed": ["**"]}}"#, "\"grant\": unknown key \"raed\", line 1, column 12");
    refused(r#"{"grant": {"deny": ["**"]}}"#, "unknown key \"deny\"");
}

#[test]
fn security_a_key_in_the_configuration_is_refused_and_not_shown() {
    for name in ["api_key", "key", "apiKey", "token", "openai_api_key"] {
        refused(&format!(r#"{{"{name}": "{SECRET}"}}"#), &format!("unknown key \"{name}\""));
    }
    refused(&format!(r#"{{"key_file": ["{SECRET}"]}}"#), "\"key_file\" must be a string");
    refused(&format!(r#"{{"stream": "{SECRET}"}}"#), "\"stream\" must be true or false");
}

#[test]
fn security_a_value_of_the_wrong_type_is_refused() {
    for (config, words) in [
        (r#"{"max_rounds": "many"}"#, "\"max_rounds\" must be a whole number from 1"),
        (r#"{"max_rounds": 0}"#, "\"max_rounds\" must be a whole number from 1"),
        (r#"{"max_rounds": -1}"#, "\"max_rounds\" must be a whole number from 1"),
        (r#"{"max_tool_calls": 1e9}"#, "\"max_tool_calls\" must be a whole number from 1"),
        (r#"{"timeout_s": 0}"#, "\"timeout_s\" must be a whole number from 1 to 600"),
        (r#"{"timeout_s": 601}"#, "\"timeout_s\" must be a whole number from 1 to 600"),
        (r#"{"grant": true}"#, "\"grant\": it must be an object"),
        (r#"{"grant": "all"}"#, "\"grant\": it must be an object"),
        (r#"{"grant": {"read": "**"}}"#, "\"read\" must be a list"),
        (r#"{"grant": {"read": [true]}}"#, "an entry must be a string"),
        (r#"{"workspace": null}"#, "\"workspace\" must be a string"),
    ] {
        refused(config, words);
    }
}

#[test]
fn security_a_key_given_twice_is_refused() {
    refused(r#"{"grant": {}, "grant": {"read": ["**"]}}"#, "the key \"grant\" is given twice");
    refused(r#"{"grant": {}, "gr\u0061nt": {"read": ["**"]}}"#, "the key \"grant\" is given twice");
}

#[test]
fn security_a_part_of_a_grant_given_twice_is_refused() {
    refused(r#"{"grant": {"read": ["a"], "read": ["**"]}}"#, "\"read\" is given twice");
}

#[test]
fn security_a_pattern_that_leads_out_or_says_nothing_is_refused() {
    for (grant, words) in [
        (r#"{"read": ["../x"]}"#, "the path has `..`"),
        (r#"{"read": ["/etc/**"]}"#, "the path must be relative to the workspace"),
        (r#"{"write": ["a/../../b"]}"#, "the path has `..`"),
        (r#"{"write": ["C:/x"]}"#, "a colon"),
        (r#"{"write": [""]}"#, "the path is empty"),
        (r#"{"hosts": ["*"]}"#, "it must start with https:// or http://"),
        (r#"{"hosts": ["*://*"]}"#, "it must start with https:// or http://"),
        (r#"{"hosts": ["https://a.example/path"]}"#, "a host has no path"),
        (r#"{"hosts": ["https://u@a.example"]}"#, "a user name in front of the host is not taken"),
        (r#"{"hosts": ["https://*.0.0.1"]}"#, ""),
        (r#"{"hosts": ["https://a*.example"]}"#, "a character that a URL cannot have"),
        (r#"{"private": ["10.0.0.0/8"]}"#, "it must be an IP address"),
        (r#"{"private": ["localhost"]}"#, "it must be an IP address"),
    ] {
        // A star is a character of a URL, but of no host.
        let words = if grant.contains("a*.example") { "the host is not a host name" } else { words };
        refused(&format!(r#"{{"grant": {grant}}}"#), words);
    }
}

#[test]
fn security_a_byte_order_mark_is_dropped_and_the_rest_is_read() {
    Home::with_config("\u{FEFF}{\"system\": \"brief\"}")
        .run(&["-m", "hi"])
        .said("Offline, turn 1.\nSystem: brief\nYou said: hi\n");
    refused("\u{FEFF}\u{FEFF}{}", "it should have a value");
}

#[test]
fn security_a_configuration_that_is_not_utf8_is_refused() {
    let home = Home::new();
    std::fs::write(home.path().join("config.json"), b"{\"system\": \"\xFF\xFE\"}").expect("written");
    home.run(&["-m", "hi"]).failed(2, "it is not UTF-8");
    std::fs::write(home.path().join("config.json"), "{}".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>())
        .expect("written");
    home.run(&["-m", "hi"]).failed(2, "is wrong: ");
}

#[test]
fn security_what_follows_or_is_missing_is_refused() {
    for config in ["{} {}", "{}x", "{", "", " ", "[]", "null", "{\"system\": \"a\",}", "{'system': 'a'}", "// x\n{}"] {
        refused(config, "config.json in the home folder is wrong: it");
    }
    refused(&format!("{{\"system\": {}{}}}", "[".repeat(10_000), "]".repeat(10_000)), "config.json in the home folder is wrong");
}

#[test]
fn security_a_named_configuration_that_is_missing_is_not_replaced_by_another() {
    let home = Home::with_config(r#"{"system": "the default"}"#);
    home.run(&["-m", "hi", "-c", "/nowhere/c.json"]).failed(2, "the configuration /nowhere/c.json is not there");
}

#[test]
fn security_a_configuration_that_cannot_be_read_is_not_passed_over() {
    let home = Home::new();
    std::fs::create_dir(home.path().join("config.json")).expect("made");
    home.run(&["-m", "hi"]).failed(2, "cannot be read");
}
