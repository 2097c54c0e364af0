//! HTTP/1.1 over ureq, with rustls for TLS: a connection a request, to an address that was checked, without redirects, proxies or cookies.
//!
//! A server's certificate must come from one of Mozilla's roots, which are compiled in. If the variable `SSL_CERT_FILE` is set, the roots in
//! that file (PEM) are taken instead of them: for the certificates of a company, and for tests.

use std::borrow::ToOwned;
use std::io::{ErrorKind, Read};
use std::string::String;
use std::time::{Duration, Instant};
use std::vec;
use std::vec::Vec;

use ureq::config::Config;
use ureq::http::{HeaderName, HeaderValue, Method, Response, Uri};
use ureq::unversioned::transport::{Connector, RustlsConnector, TcpConnector};
use ureq::{Agent, Body, BodyReader};

use crate::http::{CONNECT_TIMEOUT_MS, Head, Request};
use addresses::{Checked, Lookup};
use words::Times;

#[path = "http/addresses.rs"]
mod addresses;
#[path = "http/roots.rs"]
mod roots;
#[path = "http/strict.rs"]
mod strict;
#[path = "http/words.rs"]
mod words;

/// The largest piece of a body.
const PIECE_BYTES: usize = 64 * 1024;
/// The largest head of a response.
const HEAD_BYTES: usize = 64 * 1024;
/// The most that is sent with one call of the system.
const SEND_BYTES: usize = 16 * 1024;

/// The network: one request at a time.
#[derive(Default)]
pub struct Http {
    /// What is left of the last response, or why nothing more comes of it. Dropping it closes the connection.
    response: Option<Result<Open, String>>,
    /// How names are looked up, if not by the system.
    lookup: Option<Lookup>,
}

/// A response that is being received.
struct Open {
    body: BodyReader<'static>,
    buffer: Vec<u8>,
    times: Times,
}

impl Http {
    /// Sends `request` and waits for the head of the response. What was left of the response before is dropped.
    pub fn send(&mut self, request: &Request<'_>) -> Result<Head, String> {
        self.response = None;
        let times = Times::new(request.timeout_ms, CONNECT_TIMEOUT_MS);
        let started = Instant::now();
        let addresses =
            addresses::checked(request.url, request.private, self.lookup.unwrap_or(addresses::system), times.connect)?;
        let left = times.connect.saturating_sub(started.elapsed());
        let agent = Agent::with_parts(
            config(request.url.tls, left, times.silence)?,
            ().chain(TcpConnector::default()).chain(RustlsConnector::default()).chain(strict::Strict),
            Checked(addresses),
        );
        let message = message(request)?;
        let sent = match request.body {
            Some(body) => agent.run(message.map(|()| body)),
            None => agent.run(message),
        };
        let response = sent.map_err(|error| words::of_sending(error, times))?;
        let head = head(&response);
        self.response = Some(Ok(Open { body: response.into_body().into_reader(), buffer: vec![0; PIECE_BYTES], times }));
        Ok(head)
    }

    /// The next piece of the body, as soon as there is one; nothing at the end.
    pub fn receive(&mut self) -> Result<Option<Vec<u8>>, String> {
        let open = match &mut self.response {
            None => return Ok(None),
            // Said again, so that nobody takes it for the end of a whole body.
            Some(Err(error)) => return Err(error.clone()),
            Some(Ok(open)) => open,
        };
        let read = loop {
            match open.body.read(&mut open.buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        match read {
            Ok(0) => {
                self.response = None;
                Ok(None)
            }
            Ok(length) => Ok(open.buffer.get(..length).map(<[u8]>::to_vec)),
            Err(error) => {
                let error = words::of_receiving(error, open.times);
                self.response = Some(Err(error.clone()));
                Err(error)
            }
        }
    }
}

/// How one request is sent. `connect` is for the connection with its TLS. `silence` is for each wait for bytes, so a long response is not cut
/// off while it comes; only the head has to be whole in that time, so that it cannot come byte by byte for ever.
fn config(tls: bool, connect: Duration, silence: Duration) -> Result<Config, String> {
    let mut config = Agent::config_builder()
        .proxy(None)
        .max_redirects(0)
        .http_status_as_error(false)
        .max_idle_connections(0)
        .user_agent("")
        .accept("")
        .accept_encoding("")
        .max_response_header_size(HEAD_BYTES)
        // One more than the largest head, or a head that is too large would look like a connection that has ended.
        .input_buffer_size(HEAD_BYTES + PIECE_BYTES)
        .output_buffer_size(SEND_BYTES)
        .timeout_connect(Some(connect))
        .timeout_recv_response(Some(silence))
        .timeout_per_read(Some(silence))
        .timeout_per_write(Some(silence));
    if tls {
        config = config.tls_config(roots::tls()?);
    }
    Ok(config.build())
}

/// What is sent, without its body.
fn message(request: &Request<'_>) -> Result<ureq::http::Request<()>, String> {
    let uri: Uri = request.url.text().parse().map_err(|_| "the URL cannot be sent")?;
    let mut message = ureq::http::Request::new(());
    *message.uri_mut() = uri;
    if request.body.is_some() {
        *message.method_mut() = Method::POST;
    }
    for (name, value) in request.headers {
        // The value may be a key, so it is in no error.
        let wrong = || ["the header ", name, " has a character that cannot be sent"].concat();
        let value = HeaderValue::from_str(value).map_err(|_| wrong())?;
        message.headers_mut().append(HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?, value);
    }
    Ok(message)
}

fn head(response: &Response<Body>) -> Head {
    let text = |(name, value): (&HeaderName, &HeaderValue)| {
        // Not the string that the crate makes of it, which has to be ASCII.
        let value = core::str::from_utf8(value.as_bytes()).ok()?;
        Some((name.as_str().to_owned(), value.to_owned()))
    };
    Head { status: response.status().as_u16(), headers: response.headers().iter().filter_map(text).collect() }
}

#[cfg(test)]
#[path = "http/tests.rs"]
mod tests;
