//! What is sent: the headers one by one, the body as a value.

use mock_api::{Reply, Script};
use serde_json::{Value, json};

use super::common::{Api, Bench, KEY, WAYS, calls, two_files};

/// The headers of a request, but for those that HTTP itself needs.
fn headers(bench: &Bench) -> Vec<(String, String)> {
    let mut headers = bench.mock.recorded()[0].headers.clone();
    headers.retain(|(name, _)| !["host", "content-length", "connection"].contains(&name.as_str()));
    headers.sort();
    headers
}

fn wanted(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
}

#[test]
fn the_headers_are_exactly_these() {
    for (api, stream) in WAYS {
        let accept = if stream { "text/event-stream" } else { "application/json" };
        let script = Script { key: Some(KEY.into()), ..Script::of([Reply::text("a")]) };
        let bench = Bench::new(api, stream, script).with_key();
        bench.ask(&[]).said("a\n");
        let mut list = vec![("accept", accept), ("accept-encoding", "identity")];
        let bearer = format!("Bearer {KEY}");
        match api {
            Api::OpenAi => list.extend([("authorization", bearer.as_str()), ("content-type", "application/json")]),
            Api::Anthropic => {
                list.extend([("anthropic-version", "2023-06-01"), ("content-type", "application/json"), ("x-api-key", KEY)]);
            }
        }
        assert_eq!(headers(&bench), wanted(&list));
        let request = &bench.mock.recorded()[0];
        let path = if api == Api::OpenAi { "/v1/chat/completions" } else { "/v1/messages" };
        assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", path));
        assert!(!String::from_utf8_lossy(&request.body).contains(KEY));
    }
}

#[test]
fn without_a_key_no_header_is_for_one() {
    for (api, stream) in WAYS {
        let bench = Bench::of(api, stream, [Reply::text("a")]);
        // A key of the vendor in the environment is not for this server.
        let mut command = bench.command(&["-m", "hi"]);
        command.env("OPENAI_API_KEY", KEY).env("ANTHROPIC_API_KEY", KEY);
        super::common::finish(command, "").said("a\n");
        let names: Vec<String> = headers(&bench).into_iter().map(|(name, _)| name).collect();
        assert!(!names.iter().any(|name| name.contains("auth") || name.contains("key")), "{names:?}");
        assert!(bench.mock.recorded()[0].headers.iter().all(|(_, value)| !value.contains(KEY)));
    }
}

#[test]
fn the_smallest_body_is_exactly_this() {
    for (api, stream) in WAYS {
        let bench = Bench::of(api, stream, [Reply::text("a")]);
        bench.ask(&[]).said("a\n");
        let mut body = match api {
            Api::OpenAi => json!({"model": "m-1", "max_tokens": 4096, "messages": [{"role": "user", "content": "hi"}]}),
            Api::Anthropic => {
                let content = json!([{"type": "text", "text": "hi"}]);
                json!({"model": "m-1", "max_tokens": 4096, "messages": [{"role": "user", "content": content}]})
            }
        };
        if stream {
            body["stream"] = json!(true);
        }
        if stream && api == Api::OpenAi {
            body["stream_options"] = json!({"include_usage": true});
        }
        assert_eq!(bench.bodies(), [body]);
    }
}

#[test]
fn the_system_prompt_and_the_limit_are_where_each_api_wants_them() {
    for (api, stream) in WAYS {
        let bench = Bench::of(api, stream, [Reply::text("a")]).set("system", "Be \"terse\".\n").set("max_tokens", 7);
        bench.ask(&["--model", "m-2"]).said("a\n");
        let body = &bench.bodies()[0];
        match api {
            Api::OpenAi => assert_eq!(body["messages"][0], json!({"role": "system", "content": "Be \"terse\".\n"})),
            Api::Anthropic => assert_eq!(body["system"], "Be \"terse\".\n"),
        }
        assert_eq!((&body["max_tokens"], &body["model"]), (&json!(7), &json!("m-2")));
    }
}

#[test]
fn the_limit_has_the_name_that_the_configuration_gives_it() {
    for stream in [true, false] {
        let bench = Bench::of(Api::OpenAi, stream, [Reply::text("a")]).set("max_tokens_field", "max_completion_tokens");
        bench.ask(&[]).said("a\n");
        let body = &bench.bodies()[0];
        assert_eq!((body.get("max_completion_tokens"), body.get("max_tokens")), (Some(&json!(4096)), None));
    }
}

/// Name and schema of each tool.
fn tools(api: Api, body: &Value) -> Vec<(String, Value)> {
    let tool = |tool: &Value| {
        assert!(api == Api::Anthropic || tool["type"] == "function");
        let inner = if api == Api::OpenAi { &tool["function"] } else { tool };
        assert!(!inner["description"].as_str().expect("a description").is_empty());
        let schema = if api == Api::OpenAi { &inner["parameters"] } else { &inner["input_schema"] };
        (inner["name"].as_str().expect("a name").to_string(), schema.clone())
    };
    body["tools"].as_array().expect("tools").iter().map(tool).collect()
}

#[test]
fn each_tool_has_a_schema_whose_required_names_are_there() {
    let mut lists = Vec::new();
    for (api, stream) in WAYS {
        let grant = json!({"read": ["**"], "write": ["**"], "hosts": ["https://example.com"], "exec": [["/bin/true"]]});
        let bench = Bench::of(api, stream, [Reply::text("a")]).set("grant", grant);
        bench.ask(&[]).said("a\n");
        let list = tools(api, &bench.bodies()[0]);
        let names: Vec<&str> = list.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["read_file", "write_file", "edit_file", "list_dir", "http_get", "exec"]);
        for (name, schema) in &list {
            assert_eq!((&schema["type"], &schema["additionalProperties"]), (&json!("object"), &json!(false)), "{name}");
            let properties = schema["properties"].as_object().expect("properties");
            assert!(properties.values().all(|property| property["type"].is_string()), "{name}");
            let required = schema["required"].as_array().expect("a list");
            assert!(required.iter().all(|key| properties.contains_key(key.as_str().expect("a name"))), "{name}");
        }
        lists.push(list);
    }
    assert!(lists.iter().all(|list| *list == lists[0]), "both providers get the same tools");
}

#[test]
fn openai_gets_the_calls_back_and_one_message_for_each() {
    for stream in [true, false] {
        let bench = Bench::of(Api::OpenAi, stream, two_files()).with_files();
        assert_eq!(bench.ask(&[]).code, Some(0));
        let bodies = bench.bodies();
        let messages = bodies[1]["messages"].as_array().expect("messages");
        assert_eq!(messages[..2], bodies[0]["messages"].as_array().expect("messages")[..]);
        assert_eq!((&messages[2]["role"], &messages[2]["content"]), (&json!("assistant"), &json!("I write \u{e9}\u{1F600}.")));
        let arguments = |at: usize| -> Value {
            let call = &messages[2]["tool_calls"][at];
            assert_eq!((&call["type"], &call["function"]["name"]), (&json!("function"), &json!("write_file")));
            serde_json::from_str(call["function"]["arguments"].as_str().expect("a string")).expect("JSON")
        };
        assert_eq!(arguments(0), json!({"path": "a.txt", "content": "first \u{df}"}));
        assert_eq!(arguments(1), json!({"path": "sub/b.txt", "content": "second\r\n"}));
        let answer =
            |at: usize| json!({"role": "tool", "tool_call_id": messages[2]["tool_calls"][at]["id"], "content": "wrote 8 bytes"});
        assert_eq!(messages[3..], [answer(0), answer(1)]);
    }
}

#[test]
fn anthropic_gets_all_results_first_in_one_message() {
    for stream in [true, false] {
        let failing = [("write_file", json!({"path": "a", "content": ""})), ("read_file", json!({"path": "none"}))];
        let bench = Bench::of(Api::Anthropic, stream, [calls("", &failing), Reply::text("ok"), Reply::text("more")]).with_files();
        bench.ask(&["-s", "s"]).said("ok\n");
        bench.ask(&["-s", "s"]).said("more\n");
        let messages = bench.bodies()[2]["messages"].clone();
        let (first, second) = (&messages[1]["content"][0]["id"], &messages[1]["content"][1]["id"]);
        let wanted = json!([
            {"role": "user", "content": [{"type": "text", "text": "hi"}]},
            {"role": "assistant", "content": [
                {"type": "tool_use", "id": first, "name": "write_file", "input": {"path": "a", "content": ""}},
                {"type": "tool_use", "id": second, "name": "read_file", "input": {"path": "none"}},
            ]},
            {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": first, "content": "wrote 0 bytes"},
                {"type": "tool_result", "tool_use_id": second, "content": "none is not there", "is_error": true},
            ]},
            {"role": "assistant", "content": [{"type": "text", "text": "ok"}]},
            {"role": "user", "content": [{"type": "text", "text": "hi"}]},
        ]);
        assert_eq!(messages, wanted);
    }
}

#[test]
fn no_text_block_is_empty() {
    for text in ["", " ", "\n"] {
        for stream in [true, false] {
            let bench = Bench::of(Api::Anthropic, stream, [Reply::text(text), Reply::text("ok")]);
            assert_eq!(bench.ask(&["-s", "s"]).code, Some(0));
            bench.ask(&["-s", "s"]).said("ok\n");
            let body = &bench.bodies()[1];
            assert_eq!(body["messages"].as_array().map(Vec::len), Some(1), "{body}");
            let blocks = body["messages"][0]["content"].as_array().expect("blocks").clone();
            assert!(blocks.iter().all(|block| !block["text"].as_str().expect("text").trim().is_empty()), "{blocks:?}");
        }
    }
}

#[test]
fn arguments_that_are_no_json_are_told_to_the_model_and_sent_back_as_an_object() {
    for (api, stream) in WAYS {
        let mut bad = calls("", &[("write_file", json!({}))]);
        bad.calls[0].arguments = None;
        bad.calls[0].raw_arguments = Some("{\"path\": oops".into());
        let bench = Bench::of(api, stream, [bad, Reply::text("ok")]).with_files();
        bench.ask(&["-s", "s"]).said("ok\n");
        let result = bench.session()[2]["content"].clone();
        assert!(result.as_str().expect("text").starts_with("the argument"), "{result}");
        let messages = &bench.bodies()[1]["messages"];
        match api {
            Api::OpenAi => assert_eq!(messages[2]["tool_calls"][0]["function"]["arguments"], "{}"),
            Api::Anthropic => assert_eq!(messages[1]["content"][0]["input"], json!({})),
        }
    }
}

#[test]
fn calls_without_an_id_or_with_the_same_get_ids_of_their_own() {
    for (api, stream) in WAYS {
        for id in ["", "same"] {
            let [mut first, second] = two_files();
            first.calls.iter_mut().for_each(|call| call.id = Some(id.into()));
            // With the same id a server has to say the place too, and this one does.
            let bench = Bench::of(api, stream, [first, second]).with_files();
            assert_eq!(bench.ask(&["-s", "s"]).code, Some(0));
            let session = bench.session();
            let ids: Vec<&Value> = (0..2).map(|at| &session[1]["calls"][at]["id"]).collect();
            assert!(ids[0] != ids[1] && ids.iter().all(|id| **id != json!("")), "{ids:?}");
            assert_eq!((ids[0], ids[1]), (&session[2]["call"], &session[3]["call"]));
        }
    }
}
