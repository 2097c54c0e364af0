//! A client that hides nothing: it sends bytes and keeps the bytes it gets.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use mock_api::{Mock, Reply, Script};
use serde_json::{Value, json};

pub const OPENAI: &str = "/v1/chat/completions";
pub const ANTHROPIC: &str = "/v1/messages";
/// Long enough that only a mock that hangs reaches it.
const PATIENCE: Duration = Duration::from_secs(20);

/// An answer as it came over the wire.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    /// After the head, with the framing.
    pub raw: Vec<u8>,
}

impl Answer {
    pub fn of(bytes: &[u8]) -> Answer {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("a whole head") + 4;
        let head = String::from_utf8(bytes[..end].to_vec()).expect("a head is ASCII");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        Answer { status, head, raw: bytes[end..].to_vec() }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")))
    }

    /// The chunks of a chunked transfer; the last is empty if it came.
    pub fn chunks(&self) -> Vec<Vec<u8>> {
        let mut chunks = Vec::new();
        let mut rest = &self.raw[..];
        while let Ok(httparse::Status::Complete((start, size))) = httparse::parse_chunk_size(rest) {
            let end = (start + size as usize).min(rest.len());
            chunks.push(rest[start..end].to_vec());
            rest = rest.get(end + 2..).unwrap_or_default();
        }
        chunks
    }

    pub fn body(&self) -> Vec<u8> {
        if self.header("transfer-encoding").is_some() { self.chunks().concat() } else { self.raw.clone() }
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body()).expect("UTF-8")
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text()).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The data lines of a stream that are JSON.
    pub fn data(&self) -> Vec<Value> {
        let text = self.text();
        let lines = text.lines().filter_map(|line| line.strip_prefix("data:"));
        lines.filter_map(|line| serde_json::from_str(line).ok()).collect()
    }
}

pub fn mock(reply: Reply) -> Mock {
    Mock::start(Script { cycle: true, ..Script::of([reply]) }).expect("starts")
}

pub fn mock_of(script: &str) -> Mock {
    Mock::start(Script::from_toml(script).expect("a script")).expect("starts")
}

/// A request that both formats accept.
pub fn request(stream: bool) -> Value {
    json!({"model": "m-1", "max_tokens": 100, "stream": stream, "messages": [{"role": "user", "content": "Hi"}]})
}

pub fn connect(mock: &Mock) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", mock.port())).expect("connects");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    stream.set_nodelay(true).expect("no delay");
    stream
}

/// The bytes of a request, for a connection that ends after it.
pub fn post_bytes(path: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!("POST {path} HTTP/1.1\r\nhost: mock\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n");
    [head.as_bytes(), body].concat()
}

pub const HEADERS: &str = "content-type: application/json\r\nanthropic-version: 2023-06-01\r\n";

/// Sends bytes and reads until the connection ends.
pub fn exchange(mock: &Mock, bytes: &[u8]) -> Answer {
    let mut stream = connect(mock);
    stream.write_all(bytes).expect("sends");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("reads to the end");
    Answer::of(&answer)
}

pub fn post(mock: &Mock, path: &str, body: &Value) -> Answer {
    exchange(mock, &post_bytes(path, HEADERS, body.to_string().as_bytes()))
}

pub fn stream(reply: Reply, path: &str) -> Answer {
    post(&mock(reply), path, &request(true))
}

pub fn whole(reply: Reply, path: &str) -> Answer {
    post(&mock(reply), path, &request(false))
}

pub fn get(mock: &Mock, path: &str) -> Answer {
    exchange(mock, format!("GET {path} HTTP/1.1\r\nhost: mock\r\nconnection: close\r\n\r\n").as_bytes())
}
