//! A host of the effect protocol (`docs/reference/effects.md`) in its simplest form: it carries HTTP for the guest, gives it the user's lines
//! and shows what it says.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use ureq::http::Response;
use ureq::{Agent, Body};

use crate::platform::{Ran, ran};

/// Runs `command` to its end, answering its effects.
pub fn host(mut command: Command, input: Vec<u8>) -> Ran {
    let mut child = command.spawn().expect("the guest starts");
    let mut to = child.stdin.take().expect("piped");
    let from = BufReader::new(child.stdout.take().expect("piped"));
    let input = String::from_utf8(input).expect("UTF-8");
    let mut host = Host { lines: input.lines().map(String::from).collect(), shown: String::new(), response: None };
    for line in from.lines() {
        let effect: Value = serde_json::from_str(&line.expect("UTF-8")).expect("each line is an effect");
        if let Some(answer) = host.answer(&effect) {
            writeln!(to, "{answer}").expect("the guest listens");
        }
    }
    drop(to);
    let mut ran = ran(child.wait_with_output().expect("the guest ends"));
    ran.stdout = host.shown;
    ran
}

struct Host {
    lines: VecDeque<String>,
    shown: String,
    response: Option<Response<Body>>,
}

impl Host {
    fn answer(&mut self, effect: &Value) -> Option<Value> {
        Some(match effect["effect"].as_str().expect("an effect has a name") {
            "output" => {
                self.shown.push_str(effect["text"].as_str().expect("a text"));
                return None;
            }
            "line" => self.lines.pop_front().map_or(json!({"end": true}), |text| json!({"text": text})),
            "now" => json!({"time_ms": SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis() as u64}),
            "sleep" => {
                std::thread::sleep(Duration::from_millis(effect["time_ms"].as_u64().expect("a number")));
                json!({})
            }
            "send" => self.send(effect).unwrap_or_else(|error| json!({"error": error.to_string()})),
            "receive" => self.receive().unwrap_or_else(|error| json!({"error": error.to_string()})),
            other => json!({"error": format!("this host has no effect {other}")}),
        })
    }

    fn send(&mut self, effect: &Value) -> Result<Value, ureq::Error> {
        let timeout = Some(Duration::from_millis(effect["timeout_ms"].as_u64().expect("a number")));
        let config =
            Agent::config_builder().http_status_as_error(false).max_redirects(0).proxy(None).timeout_recv_response(timeout);
        let agent: Agent = config.build().into();
        let mut request = ureq::http::Request::builder()
            .method(effect["method"].as_str().expect("a method"))
            .uri(effect["url"].as_str().expect("a URL"));
        for header in effect["headers"].as_array().expect("a list") {
            request = request.header(header[0].as_str().expect("a name"), header[1].as_str().expect("a value"));
        }
        let response = match effect["body"].as_str() {
            Some(body) => agent.run(request.body(body.to_owned()).expect("a request"))?,
            None => agent.run(request.body(()).expect("a request"))?,
        };
        let headers: Vec<Value> =
            response.headers().iter().filter_map(|(name, value)| Some(json!([name.as_str(), value.to_str().ok()?]))).collect();
        let answer = json!({"status": response.status().as_u16(), "headers": headers});
        self.response = Some(response);
        Ok(answer)
    }

    /// One piece of the body, small, so that characters and events are cut in two.
    fn receive(&mut self) -> std::io::Result<Value> {
        let Some(response) = &mut self.response else { return Ok(json!({"end": true})) };
        let mut piece = [0; 7];
        let count = response.body_mut().as_reader().read(&mut piece)?;
        Ok(if count == 0 { json!({"end": true}) } else { json!({"bytes": base64(&piece[..count])}) })
    }
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = group.iter().enumerate().fold(0u32, |bits, (at, byte)| bits | u32::from(*byte) << (16 - 8 * at));
        for at in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * at)) as usize & 63];
            text.push(if at <= group.len() { digit.into() } else { '=' });
        }
    }
    text
}
