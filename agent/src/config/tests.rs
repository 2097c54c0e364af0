//! Every key, and every way a configuration can be wrong.

use super::*;
use alloc::string::ToString;
use alloc::vec;

fn wrong(text: &str) -> String {
    Config::decode(text.as_bytes()).expect_err(text)
}

#[test]
fn an_empty_object_is_the_default() {
    assert_eq!(Config::decode(b" {} "), Ok(Config::default()));
    assert_eq!(Config::decode(b"\xEF\xBB\xBF{}"), Ok(Config::default()));
}

#[test]
fn every_key_is_read() {
    let text = r#"{
        "provider": "openai", "model": "m", "base_url": "http://localhost:1", "key_env": "K", "key_file": "f", "key_host": "h",
        "max_tokens": 1, "max_tokens_field": "max_tokens", "stream": false, "retries": 0, "timeout_s": 2, "system": "s",
        "replies": ["a", {"content": "b"}, {"calls": [{"id": "1", "name": "n", "arguments": {"x": 1}}]}],
        "workspace": "w", "grant": {"read": ["**"], "write": ["out/*"], "hosts": ["https://a.example"], "private": ["127.0.0.1"],
        "exec": [["/bin/ls", "**"]]}, "max_rounds": 3, "max_tool_calls": 4, "max_context_bytes": 5, "max_message_bytes": 6, "max_session_bytes": 7
    }"#;
    let config = Config::decode(text.as_bytes()).expect("a configuration");
    assert_eq!(
        (config.provider, config.model.as_deref(), config.base_url.as_deref()),
        (ProviderName::OpenAi, Some("m"), Some("http://localhost:1"))
    );
    assert_eq!(
        (config.key_env.as_deref(), config.key_file.as_deref(), config.key_host.as_deref()),
        (Some("K"), Some("f"), Some("h"))
    );
    assert_eq!((config.max_tokens, config.max_tokens_field.as_deref(), config.stream), (1, Some("max_tokens"), false));
    assert_eq!((config.retries, config.timeout_s, config.system.as_deref()), (0, 2, Some("s")));
    let replies = config.replies.expect("replies");
    assert_eq!(
        (replies[0].text.as_str(), replies[1].text.as_str(), replies[2].calls[0].arguments.as_str()),
        ("a", "b", r#"{"x": 1}"#)
    );
    assert_eq!((config.workspace.as_str(), config.max_rounds, config.max_tool_calls), ("w", 3, 4));
    assert_eq!((config.max_context_bytes, config.max_message_bytes, config.max_session_bytes), (5, 6, 7));
    assert_eq!(config.grant.exec, vec![vec!["/bin/ls".to_string(), "**".to_string()]]);
    assert_eq!(
        (config.grant.read.len(), config.grant.write.len(), config.grant.hosts.len(), config.grant.private.len()),
        (1, 1, 1, 1)
    );
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    for (text, wanted) in [
        ("", "it should have a value, line 1, column 1"),
        ("[]", "it is not a JSON object"),
        ("{\"provider\": \"openai\",}", "it should have a name in quotes, line 1, column 23"),
        ("{\n \"providr\": 1}", "unknown key \"providr\", line 2, column 2"),
        ("{\"provider\": \"x\"}", "\"provider\" must be offline, openai or anthropic, line 1, column 14"),
        ("{\"model\": 1}", "\"model\" must be a string, line 1, column 11"),
        ("{\"stream\": \"true\"}", "\"stream\" must be true or false, line 1, column 12"),
        ("{\"max_rounds\": 0}", "\"max_rounds\" must be a whole number from 1, line 1, column 16"),
        ("{\"max_tokens\": 1.5}", "\"max_tokens\" must be a whole number from 1, line 1, column 16"),
        ("{\"max_tokens\": 99999999999999999999}", "\"max_tokens\" must be a whole number from 1, line 1, column 16"),
        ("{\"retries\": null}", "\"retries\" must be a whole number from 0, line 1, column 13"),
        ("{\"system\": \"a\", \"system\": \"b\"}", "the key \"system\" is given twice, line 1, column 17"),
        ("{\"replies\": [1]}", "\"replies\" must be a list of strings, or of objects with content and calls, line 1, column 13"),
        (
            "{\"replies\": \"a\"}",
            "\"replies\" must be a list of strings, or of objects with content and calls, line 1, column 13",
        ),
        ("{\"grant\": []}", "\"grant\": it must be an object, line 1, column 11"),
        ("{\"grant\": {\"reed\": []}}", "\"grant\": unknown key \"reed\", line 1, column 12"),
        ("{\"grant\": {\"read\": \"**\"}}", "\"grant\": \"read\" must be a list, line 1, column 20"),
        ("{\"grant\": {\"read\": [\"../a\"]}}", "\"grant\": \"../a\": the path has `..`, line 1, column 21"),
        (
            "{\"grant\": {\"exec\": [[\"ls\"]]}}",
            "\"grant\": the program of a command must be an absolute path, line 1, column 21",
        ),
        (
            "{\"grant\": {\"hosts\": [\"example.com\"]}}",
            "\"grant\": \"example.com\": it must start with https:// or http://, line 1, column 22",
        ),
        ("{\"api_key\": \"sk-1\"}", "unknown key \"api_key\", line 1, column 2"),
    ] {
        assert_eq!(wrong(text), wanted, "{text}");
    }
    assert_eq!(Config::decode(b"{\"system\": \"\xFF\"}"), Err("it is not UTF-8".to_string()));
}
