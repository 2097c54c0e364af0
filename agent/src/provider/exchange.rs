//! One exchange with a server: request, response or stream, and again where that can help and nothing has been shown yet.

use alloc::string::String;
use alloc::vec::Vec;

use super::fault::{self, Kind};
use super::reading::{MAX_RESPONSE_BYTES, Reading, Wrong};
use super::{Answer, Api, Endpoint, NoAnswer, Request, Stop, retry};
use crate::effects::Host;
use crate::failure::{Exit, Failure};
use crate::http::{self, Head};
use crate::json;
use crate::sse::Decoder;
use crate::text;

/// The longest that one exchange may take, however lively it is.
const MAX_EXCHANGE_MS: u64 = 600_000;

/// Why an attempt gave no answer.
struct Fault {
    failure: Failure,
    kind: Kind,
    again: Again,
}

/// Whether another attempt can help.
enum Again {
    No,
    Yes(Option<Head>),
}

pub(super) fn ask<H: Host>(
    endpoint: &Endpoint,
    request: Request<'_>,
    host: &mut H,
    show: &mut impl FnMut(&str, &mut H) -> Result<(), Failure>,
) -> Result<Answer, NoAnswer> {
    let body = endpoint.api.body(endpoint, request);
    repeated(endpoint, host, &mut |host| once(endpoint, &body, host, show))
}

/// The vectors of `texts`, in their order: see [`embeddings`](super::embeddings). `asked` are the dimensions to ask for, `wanted` those to get.
#[cfg(all(feature = "memory-flat", feature = "openai"))]
pub(super) fn embed<H: Host>(
    endpoint: &Endpoint,
    texts: &[&str],
    asked: Option<usize>,
    wanted: Option<usize>,
    host: &mut H,
) -> Result<Vec<Vec<f32>>, Failure> {
    use super::embeddings;
    let body = embeddings::body(&endpoint.model, texts, asked);
    let once = &mut |host: &mut H| {
        let (_, started_ms) = start(endpoint, &body, host)?;
        let whole = receive_whole(host, started_ms).map_err(|what| broken(endpoint, &what, Again::Yes(None)))?;
        let text = core::str::from_utf8(&whole).map_err(|_| broken(endpoint, "the response is not UTF-8", Again::Yes(None)))?;
        embeddings::read(text, texts.len(), wanted).map_err(|wrong| match wrong {
            Wrong::Error(error) => error_in_stream(endpoint, &error),
            // Asked again, the same model would give the same.
            Wrong::Format(what) => broken(endpoint, what, Again::No),
        })
    };
    repeated(endpoint, host, once).map_err(|no_answer| match no_answer {
        NoAnswer::TooLong(failure) | NoAnswer::Failed(failure) => failure,
    })
}

/// Tries until there is an answer, or another attempt cannot help.
fn repeated<H: Host, T>(
    endpoint: &Endpoint,
    host: &mut H,
    once: &mut impl FnMut(&mut H) -> Result<T, Fault>,
) -> Result<T, NoAnswer> {
    let mut attempt = 0;
    loop {
        let fault = match once(host) {
            Ok(answer) => return Ok(answer),
            Err(fault) => fault,
        };
        let delay = match fault.again {
            Again::Yes(head) if attempt < endpoint.retries && fault.kind == Kind::Other => {
                retry::delay_ms(endpoint.api, attempt, head.as_ref(), host.now_ms(), host.random())
            }
            _ => None,
        };
        match delay {
            Some(delay) => host.sleep_ms(delay),
            None if fault.kind == Kind::TooLong => return Err(NoAnswer::TooLong(fault.failure)),
            None => return Err(NoAnswer::Failed(fault.failure)),
        }
        attempt += 1;
    }
}

fn once<H: Host>(
    endpoint: &Endpoint,
    body: &str,
    host: &mut H,
    show: &mut impl FnMut(&str, &mut H) -> Result<(), Failure>,
) -> Result<Answer, Fault> {
    let (head, started_ms) = start(endpoint, body, host)?;
    const EVENTS: &str = "text/event-stream";
    let kind = head.header("content-type").and_then(|kind| kind.get(..EVENTS.len()));
    let is_stream = kind.is_some_and(|kind| kind.eq_ignore_ascii_case(EVENTS));
    let mut body = Body { endpoint, is_stream, ..Body::new(endpoint) };
    let ended = body.read(host, show, started_ms);
    body.answer(ended)
}

/// Sends the request; the head of a response whose body is to be read, and since when it comes.
fn start<H: Host>(endpoint: &Endpoint, body: &str, host: &mut H) -> Result<(Head, u64), Fault> {
    let head = send(endpoint, body, host)?;
    let started_ms = host.now_ms();
    if !(200..300).contains(&head.status) {
        return Err(refused(endpoint, head, host, started_ms));
    }
    if head.is_compressed() {
        return Err(broken(endpoint, "it answered with a compressed body that nobody asked for", Again::No));
    }
    Ok((head, started_ms))
}

/// The whole body of a response that is one JSON text.
#[cfg(all(feature = "memory-flat", feature = "openai"))]
fn receive_whole<H: Host>(host: &mut H, started_ms: u64) -> Result<Vec<u8>, String> {
    let mut whole = Vec::new();
    while let Some(piece) = host.receive()? {
        whole.extend_from_slice(&piece);
        within(whole.len(), started_ms, host).map_err(String::from)?;
    }
    Ok(whole)
}

/// Whether a body of so many bytes may go on.
fn within<H: Host>(read_bytes: usize, started_ms: u64, host: &mut H) -> Result<(), &'static str> {
    if read_bytes > MAX_RESPONSE_BYTES {
        return Err("the response has more than 8 MiB");
    }
    if host.now_ms().saturating_sub(started_ms) > MAX_EXCHANGE_MS {
        return Err("the response takes more than 10 minutes");
    }
    Ok(())
}

fn send<H: Host>(endpoint: &Endpoint, body: &str, host: &mut H) -> Result<Head, Fault> {
    let key = match &endpoint.key {
        Some(key) => key.for_url(&endpoint.url).map_err(|wrong| broken(endpoint, wrong, Again::No))?,
        None => "",
    };
    let bearer = text::fill("Bearer {}", &[key]);
    let accept = if endpoint.stream { "text/event-stream" } else { "application/json" };
    let mut headers = Vec::from([("content-type", "application/json"), ("accept", accept), ("accept-encoding", "identity")]);
    if endpoint.api == Api::Anthropic {
        headers.push(("anthropic-version", "2023-06-01"));
    }
    if !key.is_empty() {
        headers.push(if endpoint.api == Api::Anthropic { ("x-api-key", key) } else { ("authorization", bearer.as_str()) });
    }
    let request = http::Request {
        url: &endpoint.url,
        body: Some(body),
        headers: &headers,
        private: &endpoint.private,
        timeout_ms: endpoint.timeout_ms,
    };
    host.send(&request).map_err(|error| broken(endpoint, &error, Again::Yes(None)))
}

/// The fault behind a status that is no success.
fn refused<H: Host>(endpoint: &Endpoint, head: Head, host: &mut H, started_ms: u64) -> Fault {
    let mut body = Vec::new();
    while body.len() < fault::MAX_ERROR_BYTES && host.now_ms().saturating_sub(started_ms) <= MAX_EXCHANGE_MS {
        match host.receive() {
            Ok(Some(piece)) => body.extend_from_slice(&piece),
            _ => break,
        }
    }
    body.truncate(fault::MAX_ERROR_BYTES);
    let (message, code) = if head.is_compressed() { Default::default() } else { fault::words(&text::lossy(&body)) };
    let again = if retry::is_retryable(&head) { Again::Yes(Some(head.clone())) } else { Again::No };
    let kind = fault::kind(head.status, &code, &message);
    Fault { failure: fault::failure(&endpoint.url.host, head.status, &code, &message), kind, again }
}

/// The fault of a server that could not be reached or understood.
fn broken(endpoint: &Endpoint, what: &str, again: Again) -> Fault {
    broken_after(endpoint, " gave no reply, ", what, again)
}

/// The same, after what it did give.
fn broken_after(endpoint: &Endpoint, gave: &str, what: &str, again: Again) -> Fault {
    let template = "{}{}{}: try again, or check base_url and the network";
    Fault { failure: Failure::new(Exit::Provider, template, &[&endpoint.url.host, gave, what]), kind: Kind::Other, again }
}

/// The body of a response as it is read.
struct Body<'a> {
    endpoint: &'a Endpoint,
    is_stream: bool,
    decoder: Decoder,
    reading: Reading,
    whole: Vec<u8>,
    shown_bytes: usize,
}

impl<'a> Body<'a> {
    fn new(endpoint: &'a Endpoint) -> Body<'a> {
        Body {
            endpoint,
            is_stream: false,
            decoder: Decoder::default(),
            reading: Reading::default(),
            whole: Vec::new(),
            shown_bytes: 0,
        }
    }

    /// Asked anew each time: so the compiler sees what a build without streaming never does.
    fn streams(&self) -> bool {
        cfg!(feature = "streaming") && self.is_stream
    }

    /// Reads to the end, showing the text of a stream as it comes.
    fn read<H: Host>(
        &mut self,
        host: &mut H,
        show: &mut impl FnMut(&str, &mut H) -> Result<(), Failure>,
        started_ms: u64,
    ) -> Result<(), Ended> {
        let mut read_bytes = 0;
        // After the end mark nothing is waited for: some servers leave the connection open.
        while !self.reading.is_over {
            let Some(piece) = host.receive().map_err(Ended::Broken)? else { break };
            read_bytes += piece.len();
            within(read_bytes, started_ms, host).map_err(Wrong::Format)?;
            if !self.streams() {
                self.whole.extend_from_slice(&piece);
                continue;
            }
            let api = self.endpoint.api;
            let taken = self.decoder.push(&piece, |data| self.reading.take(api, data));
            // What came before the trouble is shown all the same.
            self.show_new(host, show)?;
            taken?;
        }
        if self.streams() {
            let api = self.endpoint.api;
            let taken = self.decoder.finish(|data| self.reading.take(api, data));
            self.show_new(host, show)?;
            return match taken {
                Err(Wrong::Error(error)) => Err(Ended::Wrong(Wrong::Error(error))),
                // An event that was cut off is no event; whether the reply is complete is judged by what was said before.
                _ => Ok(()),
            };
        }
        let whole = core::mem::take(&mut self.whole);
        let text = core::str::from_utf8(&whole).map_err(|_| Wrong::Format("the response is not UTF-8"))?;
        Ok(self.reading.take(self.endpoint.api, text)?)
    }

    fn show_new<H: Host>(
        &mut self,
        host: &mut H,
        show: &mut impl FnMut(&str, &mut H) -> Result<(), Failure>,
    ) -> Result<(), Ended> {
        let text = self.reading.text.get(self.shown_bytes..).unwrap_or_default();
        if !text.is_empty() {
            show(text, host).map_err(Ended::NotShown)?;
            self.shown_bytes = self.reading.text.len();
        }
        Ok(())
    }

    /// The answer, if there is anything to answer with; else the fault.
    fn answer(self, ended: Result<(), Ended>) -> Result<Answer, Fault> {
        let endpoint = self.endpoint;
        let gave = if self.shown_bytes == 0 { " gave no reply, " } else { " gave a part of a reply, " };
        let broken = |what: &str| Some(broken_after(endpoint, gave, what, Again::Yes(None)));
        let fault = match ended {
            Ok(()) if self.reading.is_empty() => broken("the response was empty"),
            // A part of a call, say, of which nobody has seen anything yet.
            Ok(()) if self.streams() && self.shown_bytes == 0 && self.reading.stop.is_none() => {
                broken("the stream stopped before its end")
            }
            Ok(()) => None,
            // The reason to stop was said, so nothing is missing but the end of the transfer.
            Err(Ended::Broken(_)) if self.streams() && self.reading.stop.is_some() => None,
            Err(Ended::Wrong(Wrong::Format(what))) => broken(what),
            Err(Ended::Wrong(Wrong::Error(error))) => Some(error_in_stream(endpoint, &error)),
            Err(Ended::Broken(error)) => broken(&error),
            Err(Ended::NotShown(failure)) => Some(Fault { failure, kind: Kind::Other, again: Again::No }),
        };
        match fault {
            // Nothing was shown, so nothing is lost by asking again.
            Some(fault) if self.shown_bytes == 0 => Err(fault),
            Some(mut fault) => {
                let (mut reply, _, usage) = self.reading.finish();
                reply.cut = true;
                // The reply is cut, whatever cut it; that it could not be shown is another matter.
                if fault.failure.exit == Exit::Provider {
                    fault.failure.exit = Exit::Cut;
                }
                Ok(Answer { reply, stop: Stop::Truncated, usage, streamed: true, trouble: Some(fault.failure) })
            }
            None => {
                let streamed = self.streams();
                let (reply, stop, usage) = self.reading.finish();
                Ok(Answer { reply, stop, usage, streamed, trouble: None })
            }
        }
    }
}

/// Why a body was not read to its end.
enum Ended {
    Wrong(Wrong),
    Broken(String),
    NotShown(Failure),
}

impl From<Wrong> for Ended {
    fn from(wrong: Wrong) -> Ended {
        Ended::Wrong(wrong)
    }
}

/// The fault behind an error that came in the place of an event.
fn error_in_stream(endpoint: &Endpoint, error: &str) -> Fault {
    let (message, code) = fault::words(&text::fill("{\"error\":{}}", &[error]));
    let status = json::parse(error).map_or(500, fault::status_of);
    let head = Head { status, ..Head::default() };
    let again = if retry::is_retryable(&head) { Again::Yes(None) } else { Again::No };
    let failure = fault::failure(&endpoint.url.host, status, &code, &message);
    Fault { failure, kind: fault::kind(status, &code, &message), again }
}
