//! What the services refuse is refused, in their format, and takes no reply from the script.

mod common;

use common::{ANTHROPIC, HEADERS, OPENAI, exchange, mock, mock_of, post, post_bytes, request};
use mock_api::Reply;
use serde_json::{Value, json};

#[track_caller]
fn refused(path: &str, body: &Value, why: &str) {
    let answer = post(&mock(Reply::text("a")), path, body);
    let message = answer.json()["error"]["message"].clone();
    assert_eq!(answer.status, 400, "{message}");
    assert!(message.as_str().is_some_and(|message| message.contains(why)), "{message}");
}

#[track_caller]
fn accepted(path: &str, messages: Value) {
    let answer = post(&mock(Reply::text("a")), path, &with("messages", messages));
    assert_eq!(answer.status, 200, "{}", answer.text());
}

fn with(key: &str, value: Value) -> Value {
    let mut request = request(false);
    request[key] = value;
    request
}

fn without(key: &str) -> Value {
    let mut request = request(false);
    request.as_object_mut().expect("an object").remove(key);
    request
}

/// A user message, then these.
fn after_user(messages: &[Value]) -> Value {
    let user = json!({"role": "user", "content": "Hi"});
    Value::Array([std::slice::from_ref(&user), messages].concat())
}

fn openai_call(ids: &[&str]) -> Value {
    let call = |id: &&str| json!({"id": id, "type": "function", "function": {"name": "f", "arguments": "{"}});
    json!({"role": "assistant", "content": null, "tool_calls": ids.iter().map(call).collect::<Vec<_>>()})
}

fn openai_result(id: &str) -> Value {
    json!({"role": "tool", "tool_call_id": id, "content": "1"})
}

fn anthropic_call(ids: &[&str]) -> Value {
    let call = |id: &&str| json!({"type": "tool_use", "id": id, "name": "f", "input": {}});
    json!({"role": "assistant", "content": ids.iter().map(call).collect::<Vec<_>>()})
}

fn anthropic_results(ids: &[&str]) -> Value {
    let result = |id: &&str| json!({"type": "tool_result", "tool_use_id": id, "content": "1"});
    json!({"role": "user", "content": ids.iter().map(result).collect::<Vec<_>>()})
}

#[test]
fn openai_messages() {
    accepted(
        OPENAI,
        after_user(&[openai_call(&["a", "b"]), openai_result("b"), openai_result("a"), openai_call(&["c"]), openai_result("c")]),
    );
    let messages = |messages: &[Value], why| refused(OPENAI, &with("messages", after_user(messages)), why);
    messages(&[openai_call(&["a", "b"]), openai_result("a")], "without an answer: b");
    messages(&[openai_call(&["a"]), json!({"role": "user", "content": "?"})], "without an answer: a");
    messages(&[openai_result("a")], "messages[1]: a tool message must answer");
    messages(&[openai_call(&["a"]), openai_result("a"), openai_result("a")], "messages[3]: a tool message must answer");
    messages(&[json!({"role": "robot", "content": "a"})], "messages[1].role: `robot` is none of developer, system");
    messages(&[json!({"role": "user"})], "messages[1].content: a string");
    messages(&[json!({"role": "assistant", "content": null})], "messages[1].content: a string");
    messages(&[json!({"role": "tool", "content": "a"})], "messages[1].tool_call_id: field required");
    let mut call = openai_call(&["a"]);
    call["tool_calls"][0]["function"]["arguments"] = json!({});
    messages(&[call], "messages[1].tool_calls[0].function.arguments: a string");
}

#[test]
fn openai_fields() {
    refused(OPENAI, &without("model"), "model: field required");
    refused(OPENAI, &without("messages"), "messages: field required");
    refused(OPENAI, &with("messages", json!([])), "at least one message");
    refused(OPENAI, &with("stream_options", json!({"include_usage": true})), "only allowed when stream is true");
    refused(OPENAI, &with("tool_choice", json!("auto")), "only allowed together with tools");
    refused(
        OPENAI,
        &with("tools", json!([{"type": "function", "function": {"name": "a b"}}])),
        "tools[0].function.name: only letters",
    );
    refused(OPENAI, &with("stream", json!(1)), "stream: a boolean");
}

#[test]
fn anthropic_messages() {
    accepted(ANTHROPIC, after_user(&[anthropic_call(&["a", "b"]), anthropic_results(&["b", "a"])]));
    let messages = |messages: &[Value], why| refused(ANTHROPIC, &with("messages", after_user(messages)), why);
    messages(&[anthropic_call(&["a", "b"]), anthropic_results(&["a"])], "without tool_result blocks right after them: b");
    messages(&[anthropic_call(&["a"])], "the end: tool_use ids without");
    messages(&[anthropic_results(&["a"])], "`a` belongs to no tool_use");
    let mut late = anthropic_results(&["a"]);
    late["content"].as_array_mut().expect("blocks").insert(0, json!({"type": "text", "text": "so:"}));
    messages(&[anthropic_call(&["a"]), late], "tool_result blocks must come first");
    messages(
        &[json!({"role": "user", "content": [{"type": "text", "text": ""}]})],
        "messages.1.content.0.text.text: must not be empty",
    );
    messages(&[json!({"role": "assistant", "content": ""})], "messages.1.content: must not be empty");
    messages(&[json!({"role": "system", "content": "a"})], "messages.1.role: must be user or assistant");
    messages(
        &[json!({"role": "assistant", "content": [{"type": "thinking", "thinking": "a"}]})],
        "thinking.signature: field required",
    );
    let mut empty = anthropic_results(&["a"]);
    empty["content"][0]["content"] = json!([{"type": "text", "text": ""}]);
    messages(&[anthropic_call(&["a"]), empty], "tool_result.content.0.text.text: must not be empty");
    messages(&[json!({"role": "user", "content": [{"type": "odd"}]})], "`odd` is none of text, image");
}

#[test]
fn anthropic_fields() {
    refused(ANTHROPIC, &without("max_tokens"), "max_tokens: field required");
    refused(ANTHROPIC, &with("max_tokens", json!(0)), "max_tokens: 1 or more");
    refused(ANTHROPIC, &with("tools", json!([{"name": "a"}])), "tools.0.input_schema: an object");
    let mut thinking = with("messages", after_user(&[anthropic_call(&["a"]), anthropic_results(&["a"])]));
    thinking["thinking"] = json!({"type": "enabled", "budget_tokens": 10});
    refused(ANTHROPIC, &thinking, "must start with its thinking block");

    let bytes = post_bytes(ANTHROPIC, "content-type: application/json\r\n", request(false).to_string().as_bytes());
    let answer = exchange(&mock(Reply::text("a")), &bytes);
    let wanted = r#"{"type":"error","error":{"type":"invalid_request_error","message":"anthropic-version: header is required"},"request_id":"req_refused"}"#;
    assert_eq!((answer.status, answer.text().as_str()), (400, wanted));
}

#[test]
fn keys() {
    let mock = mock_of("key = 'sk-right'\ncycle = true\n[[reply]]\ntext = 'a'");
    let ask = |path: &str, header: &str| {
        let answer = exchange(&mock, &post_bytes(path, &format!("{HEADERS}{header}"), request(false).to_string().as_bytes()));
        (answer.status, answer.json()["error"]["message"].as_str().unwrap_or_default().to_string())
    };
    assert_eq!(ask(OPENAI, "authorization: Bearer sk-right\r\n").0, 200);
    assert_eq!(ask(ANTHROPIC, "x-api-key: sk-right\r\n").0, 200);
    assert_eq!(ask(ANTHROPIC, "authorization: Bearer sk-right\r\n").0, 200);
    assert_eq!(ask(OPENAI, "authorization: Bearer sk-wrong\r\n"), (401, "Incorrect API key provided: sk-wrong".into()));
    assert_eq!(ask(OPENAI, "x-api-key: sk-right\r\n").0, 401);
    assert_eq!(ask(ANTHROPIC, "x-api-key: sk-wrong\r\n"), (401, "invalid x-api-key".into()));
    assert_eq!(ask(ANTHROPIC, "").0, 401);
}

#[test]
fn what_is_no_json() {
    let mock = mock(Reply::text("a"));
    assert_eq!(exchange(&mock, &post_bytes(OPENAI, "", b"{}")).status, 400);
    assert_eq!(exchange(&mock, &post_bytes(OPENAI, HEADERS, b"{")).status, 400);
    assert_eq!(exchange(&mock, &post_bytes(OPENAI, HEADERS, b"[]")).status, 400);
    assert_eq!(common::get(&mock, OPENAI).status, 405);
}

#[test]
fn a_refused_request_takes_no_reply() {
    let mock = mock_of("[[reply]]\ntext = 'a'");
    assert_eq!(post(&mock, OPENAI, &without("model")).status, 400);
    assert_eq!(post(&mock, OPENAI, &request(false)).status, 200);
    let over = post(&mock, OPENAI, &request(false));
    assert_eq!(over.status, 500);
    assert!(over.text().contains("script is over: it has 1 answers"), "{}", over.text());
    assert_eq!(mock.recorded().len(), 3);
}

#[test]
fn a_lax_script_takes_any_object() {
    let mock = mock_of("strict = false\n[[reply]]\ntext = 'a'");
    assert_eq!(post(&mock, ANTHROPIC, &json!({})).status, 200);
}

#[test]
fn what_was_expected_is_told() {
    let script = "[[reply]]\ntext = 'a'\ntimes = 4\nexpect = { contains = ['Hi'], lacks = ['Bye'], header = { host = 'mock' } }";
    let mock = mock_of(script);
    assert_eq!(post(&mock, OPENAI, &request(false)).status, 200);
    let ask = |content: &str| post(&mock, OPENAI, &with("messages", json!([{"role": "user", "content": content}])));
    assert_eq!(ask("Ho").json()["error"]["message"], "answer 2: wanted a body that contains `Hi`");
    assert_eq!(ask("Hi Bye").status, 400);
    let bytes = String::from_utf8(post_bytes(OPENAI, HEADERS, request(false).to_string().as_bytes())).expect("text");
    assert_eq!(exchange(&mock, bytes.replace("host: mock", "host: other").as_bytes()).status, 400);
    let wanted = [
        "answer 2: wanted a body that contains `Hi`",
        "answer 3: wanted a body that lacks `Bye`",
        "answer 4: wanted the header `host: mock`, got `other`",
    ];
    assert_eq!(mock.mismatches(), wanted);
}
