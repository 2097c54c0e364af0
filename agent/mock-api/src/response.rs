//! One answer before it is bytes: a head, and a body in parts.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::json::Json;
use crate::modes::{Chunking, Modes, Transfer};
use crate::named::Setting;

/// What long lines are made of.
pub(crate) const FILLER: u8 = b'a';

/// A piece of a body, or something that happens between two pieces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// These bytes: an event, where there are events.
    Bytes(Vec<u8>),
    /// So many bytes of [`FILLER`].
    Fill(u64),
    /// Nothing for a time.
    Wait(Duration),
    /// These bytes again and again, with a pause between.
    Endless(Vec<u8>, Duration),
    /// The connection ends here.
    Hangup,
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub parts: Vec<Part>,
    pub chunking: Setting<Chunking>,
    pub transfer: Option<Transfer>,
    /// Between two writes.
    pub pause: Duration,
    /// Before the first byte.
    pub delay: Duration,
    /// The connection ends after this answer.
    pub close: bool,
    /// How much more than the truth content-length says.
    pub length_error: Option<i64>,
    /// Bytes of headers that mean nothing.
    pub flood: u64,
    /// Between two bytes of the head.
    pub head_pause: Duration,
}

impl Response {
    pub(crate) fn new(status: u16, content_type: &str, parts: Vec<Part>) -> Response {
        Response {
            status,
            headers: vec![("content-type".to_string(), content_type.to_string())],
            parts,
            chunking: Chunking::Event.into(),
            transfer: None,
            pause: Duration::ZERO,
            delay: Duration::ZERO,
            close: false,
            length_error: None,
            flood: 0,
            head_pause: Duration::ZERO,
        }
    }

    pub(crate) fn json(status: u16, body: Json) -> Response {
        Response::new(status, "application/json", vec![Part::Bytes(body.0.into_bytes())])
    }

    /// Replaces a header or adds it.
    pub(crate) fn set_header(&mut self, name: &str, value: &str) {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_string(), value.to_string()));
    }

    pub(crate) fn set_headers(&mut self, headers: &BTreeMap<String, String>) {
        for (name, value) in headers {
            self.set_header(name, value);
        }
    }

    /// Takes over how it is sent. Faults are not applied here.
    pub(crate) fn set_modes(&mut self, modes: &Modes) {
        self.chunking = modes.chunking.unwrap_or(self.chunking);
        self.transfer = modes.transfer.or(self.transfer);
        self.pause = Duration::from_millis(modes.pause_ms.unwrap_or(0));
    }

    /// The body is a stream of events.
    pub(crate) fn is_stream(&self) -> bool {
        self.headers.iter().any(|(name, value)| name == "content-type" && value.starts_with("text/event-stream"))
    }

    /// The bytes of the body, if there is an end to them.
    pub(crate) fn body_bytes(&self) -> Option<u64> {
        self.parts.iter().try_fold(0, |sum, part| match part {
            Part::Bytes(bytes) => Some(sum + bytes.len() as u64),
            Part::Fill(bytes) => Some(sum + bytes),
            Part::Wait(_) | Part::Hangup => Some(sum),
            Part::Endless(..) => None,
        })
    }
}

/// A raw body in parts: each event, where it has events.
pub(crate) fn parts_of(body: &str) -> Vec<Part> {
    body.split_inclusive("\n\n").map(|event| Part::Bytes(event.as_bytes().to_vec())).collect()
}
