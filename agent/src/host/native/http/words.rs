//! What went wrong, in few words. Nothing that was sent or received is in them: it may be a key.

use std::format;
use std::io::{self, ErrorKind};
use std::string::{String, ToString};
use std::time::Duration;

use ureq::{Error, Timeout};

/// How long is waited.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// For the connection.
    pub connect: Duration,
    /// For each wait after that.
    pub silence: Duration,
}

impl Times {
    /// Connecting takes no more than anything else.
    pub fn new(silence_ms: u64, connect_ms: u64) -> Times {
        Times { connect: Duration::from_millis(connect_ms.min(silence_ms)), silence: Duration::from_millis(silence_ms) }
    }
}

/// An error before there was a head.
pub fn of_sending(error: Error, times: Times) -> String {
    match error {
        Error::Io(error) if matches!(error.kind(), ErrorKind::UnexpectedEof | ErrorKind::NotConnected) => {
            format!("the server closed the connection without a response: {error}")
        }
        other => of(other, times),
    }
}

/// An error in the middle of a body.
pub fn of_receiving(error: io::Error, times: Times) -> String {
    // ureq puts its own errors into those of the system.
    match Error::from(error) {
        Error::BodyStalled => "the response ended before its length".into(),
        Error::Io(error) if matches!(error.kind(), ErrorKind::UnexpectedEof | ErrorKind::NotConnected) => {
            "the response ended before its length".into()
        }
        other => of(other, times),
    }
}

fn of(error: Error, times: Times) -> String {
    let timed_out = |time: Duration, doing: &str| format!("timed out after {} while {doing}", time_text(time));
    match error {
        Error::Timeout(Timeout::Resolve | Timeout::Connect) => timed_out(times.connect, "connecting"),
        Error::Timeout(Timeout::SendRequest | Timeout::SendBody | Timeout::PerWrite) => {
            timed_out(times.silence, "sending the request")
        }
        Error::Timeout(_) => timed_out(times.silence, "waiting for the response"),
        Error::LargeResponseHeader(_, most) => format!("the head of the response is larger than {} KiB", most / 1024),
        // Its words may have parts of the response.
        Error::Protocol(_) => "the response is not valid HTTP/1.1".into(),
        Error::Http(_) | Error::BadUri(_) => "the request cannot be sent as HTTP".into(),
        Error::Rustls(error) => of_tls(&error.to_string()),
        Error::Tls(error) => of_tls(error),
        // What rustls says comes as data that is not valid.
        Error::Io(error) if error.kind() == ErrorKind::InvalidData => of_tls(&error.to_string()),
        Error::Io(error)
            if matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted) =>
        {
            format!("the connection broke: {error}")
        }
        Error::Io(error) => format!("cannot connect: {error}"),
        _ => "the request failed".into(),
    }
}

fn of_tls(error: &str) -> String {
    match error.strip_prefix("invalid peer certificate: ") {
        Some(why) => format!("the TLS certificate is not trusted: {why}"),
        None => format!("TLS failed: {error}"),
    }
}

/// A time as one says it.
pub fn time_text(time: Duration) -> String {
    if time.subsec_millis() == 0 { format!("{} s", time.as_secs()) } else { format!("{} ms", time.as_millis()) }
}
