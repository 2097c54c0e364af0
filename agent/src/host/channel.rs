//! The effect protocol: JSON Lines over the standard streams, for hosts without HTTP. `docs/reference/effects.md` describes it.
//!
//! The guest writes one object a line. `output` is not answered; every other effect is answered with one line before the guest goes on, so
//! there is never more than one open question and nothing to number.

use std::io::{BufRead, Write};
use std::string::{String, ToString};
use std::vec::Vec;

use super::streams::line_of;
use crate::capability::Private;
use crate::effects::Trouble;
use crate::http::{Head, Request};
use crate::json::{self, Json};

/// The longest answer.
const MAX_ANSWER_BYTES: usize = 2 * 1024 * 1024;

/// The guest's end.
pub(super) struct Channel<R, W> {
    from: R,
    to: W,
}

impl<R: BufRead, W: Write> Channel<R, W> {
    pub(super) fn new(from: R, to: W) -> Channel<R, W> {
        Channel { from, to }
    }

    pub(super) fn output(&mut self, text: &str) -> Result<(), String> {
        let mut line = String::new();
        json::field(&mut line, "{\"effect\":\"output\",\"text\":", text);
        self.say(line)
    }

    /// The user's next line.
    pub(super) fn line(&mut self, limit: usize) -> Result<Option<Vec<u8>>, Trouble> {
        let answer = self.ask("{\"effect\":\"line\"".into()).map_err(Trouble::Other)?;
        let json = json::parse(&answer).ok();
        match json.and_then(|json| json.text_of("text")) {
            Some(text) if text.len() > limit => Err(Trouble::TooLarge),
            Some(text) => Ok(Some(text.into_bytes())),
            None if json.is_some_and(is_end) => Ok(None),
            None => Err(Trouble::Other(error_of(json))),
        }
    }

    /// All of the user's lines.
    pub(super) fn input(&mut self, limit: usize) -> Result<Vec<u8>, Trouble> {
        let mut input = Vec::new();
        while let Some(line) = self.line(limit)? {
            if input.len() + line.len() > limit {
                return Err(Trouble::TooLarge);
            }
            input.extend_from_slice(&line);
            input.push(b'\n');
        }
        Ok(input)
    }

    pub(super) fn send(&mut self, request: &Request<'_>) -> Result<Head, String> {
        let answer = self.ask(describe(request))?;
        let json = json::parse(&answer).ok();
        let status =
            json.and_then(|json| json.get("status")).and_then(Json::number).and_then(|status| u16::try_from(status).ok());
        let Some(status) = status else { return Err(error_of(json)) };
        let header = |pair: Json<'_>| {
            let mut parts = pair.items().map(Json::text);
            let mut name = parts.next()??;
            name.make_ascii_lowercase();
            Some((name, parts.next()??))
        };
        let headers = json.and_then(|json| json.get("headers"));
        Ok(Head { status, headers: headers.into_iter().flat_map(Json::items).filter_map(header).collect() })
    }

    pub(super) fn receive(&mut self) -> Result<Option<Vec<u8>>, String> {
        let answer = self.ask("{\"effect\":\"receive\"".into())?;
        let json = json::parse(&answer).ok();
        match json.and_then(|json| json.text_of("bytes")) {
            Some(bytes) => base64(&bytes).map(Some).ok_or_else(|| "the host's bytes are not base64".into()),
            None if json.is_some_and(is_end) => Ok(None),
            None => Err(error_of(json)),
        }
    }

    pub(super) fn now_ms(&mut self) -> u64 {
        let answer = self.ask("{\"effect\":\"now\"".into()).unwrap_or_default();
        json::parse(&answer).ok().and_then(|json| json.get("time_ms")).and_then(Json::number).unwrap_or(0)
    }

    pub(super) fn sleep_ms(&mut self, time_ms: u64) {
        let mut line = String::from("{\"effect\":\"sleep\",\"time_ms\":");
        json::number(&mut line, time_ms);
        // A host that is gone is found out by the next effect.
        let _ = self.ask(line);
    }

    /// Writes an effect, all of it but the closing bracket.
    fn say(&mut self, mut line: String) -> Result<(), String> {
        line.push_str("}\n");
        self.to.write_all(line.as_bytes()).and_then(|()| self.to.flush()).map_err(|error| error.to_string())
    }

    fn ask(&mut self, line: String) -> Result<String, String> {
        self.say(line)?;
        match line_of(&mut self.from, MAX_ANSWER_BYTES) {
            Ok(Some(answer)) => String::from_utf8(answer).map_err(|_| "the host's answer is not UTF-8".into()),
            Ok(None) => Err("the host closed its end".into()),
            Err(Trouble::Other(error)) => Err(error),
            Err(_) => Err("the host's answer is longer than 2 MiB".into()),
        }
    }
}

/// The effect `send`, all of it but the closing bracket.
fn describe(request: &Request<'_>) -> String {
    let mut line = String::from("{\"effect\":\"send\",\"method\":");
    json::quote(&mut line, if request.body.is_some() { "POST" } else { "GET" });
    json::field(&mut line, ",\"url\":", &request.url.text());
    line.push_str(",\"headers\":[");
    for (name, value) in request.headers {
        json::field(&mut line, "[", name);
        json::field(&mut line, ",", value);
        line.push_str("],");
    }
    if line.ends_with(',') {
        line.pop();
    }
    line.push(']');
    if let Some(body) = request.body {
        json::field(&mut line, ",\"body\":", body);
    }
    line.push_str(",\"timeout_ms\":");
    json::number(&mut line, request.timeout_ms);
    line.push_str(",\"private\":[");
    match request.private {
        Private::Any => json::quote(&mut line, "*"),
        Private::Only(list) => {
            for (at, address) in list.iter().enumerate() {
                json::field(&mut line, if at == 0 { "" } else { "," }, address);
            }
        }
    }
    line.push(']');
    line
}

fn is_end(json: Json<'_>) -> bool {
    json.get("end").and_then(Json::truth) == Some(true)
}

fn error_of(json: Option<Json<'_>>) -> String {
    json.and_then(|json| json.text_of("error")).unwrap_or_else(|| "the host's answer is none of the effect protocol".into())
}

/// The bytes that `text` stands for, after RFC 4648, section 4: with padding and without line ends.
fn base64(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    if !text.len().is_multiple_of(4) {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let digits = text.strip_suffix("==").or_else(|| text.strip_suffix('=')).unwrap_or(text);
    for group in digits.as_bytes().chunks(4) {
        let mut bits = 0u32;
        for &byte in group {
            bits = bits << 6 | u32::from(digit(byte)?);
        }
        bits <<= 6 * (4 - group.len());
        let [_, first, second, third] = bits.to_be_bytes();
        bytes.extend_from_slice([first, second, third].get(..group.len() - 1)?);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests;
