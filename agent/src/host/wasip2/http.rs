//! HTTP through `wasi:http`. The host of the component resolves, connects, encrypts and enforces its own rules.
//!
//! The order in [`send`](Http::send) is not free: the request is handed over before its body is written, or a body larger than the host's
//! buffer waits for ever; the stream is dropped before its body is finished; a body that is not finished aborts the request.

use alloc::string::String;
use alloc::vec::Vec;

use wasip2::http::types::{
    Fields, FutureIncomingResponse, IncomingBody, IncomingResponse, Method, OutgoingBody, OutgoingRequest,
};
use wasip2::http::types::{RequestOptions, Scheme};
use wasip2::io::streams::{InputStream, StreamError};

use super::NANOS_PER_MS;
use super::streams::MAX_WRITE_BYTES;
use crate::http::{CONNECT_TIMEOUT_MS, Head, Request};
use crate::json;
use crate::text;

mod outcome;

/// How much is asked for at once.
const READ_BYTES: u64 = 16 * 1024;
/// Names and values of a response's headers.
const MAX_HEADER_BYTES: usize = 64 * 1024;

/// One exchange at a time.
#[derive(Default)]
pub(super) struct Http {
    body: Option<Body>,
}

/// The body of a response. The fields are dropped in this order: children before parents.
struct Body {
    stream: InputStream,
    _body: IncomingBody,
    _response: IncomingResponse,
}

impl Http {
    pub(super) fn send(&mut self, request: &Request<'_>) -> Result<Head, String> {
        self.body = None;
        let response = exchange(request)?;
        let head = head(&response)?;
        let body = response.consume().map_err(|()| "the response has no body")?;
        let stream = body.stream().map_err(|()| "the response has no stream")?;
        self.body = Some(Body { stream, _body: body, _response: response });
        Ok(head)
    }

    pub(super) fn receive(&mut self) -> Result<Option<Vec<u8>>, String> {
        let Some(body) = &self.body else { return Ok(None) };
        loop {
            match body.stream.blocking_read(READ_BYTES) {
                Ok(piece) if piece.is_empty() => {}
                Ok(piece) => return Ok(Some(piece)),
                Err(StreamError::Closed) => {
                    self.body = None;
                    return Ok(None);
                }
                Err(StreamError::LastOperationFailed(error)) => {
                    return Err(outcome::error_code(&error).map_or("the connection broke", name).into());
                }
            }
        }
    }
}

fn exchange(request: &Request<'_>) -> Result<IncomingResponse, String> {
    let future = start(request)?;
    // The pollable is a child of the future.
    future.subscribe().block();
    outcome::get(&future).map_err(|code| code.map_or("the host gave no response", name).into())
}

fn start(request: &Request<'_>) -> Result<FutureIncomingResponse, String> {
    let headers = Fields::new();
    for (name, value) in request.headers {
        headers.append(name, value.as_bytes()).map_err(|_| text::fill("the host does not take the header {}", &[name]))?;
    }
    let body = request.body.unwrap_or_default().as_bytes();
    if request.body.is_some() {
        let mut length = String::new();
        json::number(&mut length, body.len() as u64);
        headers.append("content-length", length.as_bytes()).map_err(|_| "the host does not take the length")?;
    }
    let outgoing = OutgoingRequest::new(headers);
    let scheme = if request.url.tls { Scheme::Https } else { Scheme::Http };
    let method = if request.body.is_some() { Method::Post } else { Method::Get };
    let set = outgoing.set_method(&method).and_then(|()| outgoing.set_scheme(Some(&scheme)));
    let set = set.and_then(|()| outgoing.set_authority(Some(&request.url.authority())));
    set.and_then(|()| outgoing.set_path_with_query(Some(&request.url.path))).map_err(|()| "the host does not take the URL")?;

    let options = RequestOptions::new();
    let timeout = Some(request.timeout_ms.saturating_mul(NANOS_PER_MS));
    // A host may not know a timeout; then its own holds.
    let _ = options.set_connect_timeout(Some(CONNECT_TIMEOUT_MS * NANOS_PER_MS));
    let _ = options.set_first_byte_timeout(timeout);
    let _ = options.set_between_bytes_timeout(timeout);

    let sink = outgoing.body().map_err(|()| "the request has no body")?;
    let future = outcome::handle(&outgoing, &options).map_err(name)?;
    if write(&sink, body).is_none() {
        // The host stopped reading: its response says why, if there is one.
        return Ok(future);
    }
    outcome::finish(&sink).map_err(name)?;
    Ok(future)
}

/// Writes all of `bytes`, if the host takes them.
fn write(sink: &OutgoingBody, bytes: &[u8]) -> Option<()> {
    let stream = sink.write().ok()?;
    for piece in bytes.chunks(MAX_WRITE_BYTES) {
        stream.blocking_write_and_flush(piece).ok()?;
    }
    Some(())
}

fn head(response: &IncomingResponse) -> Result<Head, String> {
    let entries = response.headers().entries();
    let total: usize = entries.iter().map(|(name, value)| name.len() + value.len()).sum();
    if total > MAX_HEADER_BYTES {
        return Err("the headers of the response have more than 64 KiB".into());
    }
    let text = |(mut name, value): (String, Vec<u8>)| {
        name.make_ascii_lowercase();
        Some((name, String::from_utf8(value).ok()?))
    };
    Ok(Head { status: response.status(), headers: entries.into_iter().filter_map(text).collect() })
}

/// What went wrong, as far as the user can do something about it. The numbers are the places in the list of `wasi:http/types`.
fn name(code: outcome::Code) -> &'static str {
    match code {
        // DNS-timeout, DNS-error.
        0 | 1 => "its name could not be resolved",
        // destination-not-found, destination-unavailable, connection-refused.
        2 | 3 | 6 => "it cannot be connected to",
        // destination-IP-prohibited, HTTP-request-denied.
        4 | 15 => "the host of the component does not grant it",
        // connection-terminated, HTTP-response-incomplete.
        7 | 25 => "the response ended before its length",
        // connection-timeout, connection-read-timeout, HTTP-response-timeout.
        8 | 9 | 33 => "it took too long",
        // TLS-protocol-error, TLS-certificate-error, TLS-alert-received.
        12..=14 => "its TLS certificate is not trusted",
        _ => "the exchange failed",
    }
}
