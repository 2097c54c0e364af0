//! One HTTP request, read from a connection.

use std::io::{self, Read, Write};

use serde_json::Value;

/// The largest body, that of the services.
const BODY_BYTES: usize = 32 << 20;
/// The largest head.
const HEAD_BYTES: usize = 64 << 10;
const HEADERS: usize = 128;

/// A request as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The method.
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// The headers in order; names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, without the framing of a chunked transfer.
    pub body: Vec<u8>,
    pub(crate) keep_alive: bool,
}

impl Recorded {
    /// The body as JSON; `null` if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// The first header of this name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// What came next on a connection.
pub(crate) enum Incoming {
    Request(Recorded),
    /// No request: the client is done.
    End,
    /// No request that can be answered but with this status and message.
    Refused(u16, String),
}

/// Why reading ended without a request.
enum Failure {
    Io(io::Error),
    Refused(u16, String),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Io(error)
    }
}

fn refused<T>(status: u16, message: impl ToString) -> Result<T, Failure> {
    Err(Failure::Refused(status, message.to_string()))
}

/// Reads requests one after the other; keeps what it read too much.
#[derive(Default)]
pub(crate) struct Reader {
    buffer: Vec<u8>,
}

impl Reader {
    pub(crate) fn read(&mut self, stream: &mut (impl Read + Write)) -> io::Result<Incoming> {
        match self.request(stream) {
            Ok(request) => Ok(Incoming::Request(request)),
            Err(Failure::Refused(status, message)) => Ok(Incoming::Refused(status, message)),
            Err(Failure::Io(_)) if self.buffer.is_empty() => Ok(Incoming::End),
            Err(Failure::Io(error)) => Err(error),
        }
    }

    fn request(&mut self, stream: &mut (impl Read + Write)) -> Result<Recorded, Failure> {
        let mut request = loop {
            if let Some((request, bytes)) = parse_head(&self.buffer)? {
                self.buffer.drain(..bytes);
                break request;
            }
            if self.buffer.len() > HEAD_BYTES {
                return refused(431, "the head of the request is too long");
            }
            self.more(stream)?;
        };
        let chunked = match request.header("transfer-encoding") {
            Some(value) if value.eq_ignore_ascii_case("chunked") => true,
            Some(_) => return refused(400, "the only transfer-encoding is chunked"),
            None => false,
        };
        let length = match request.header("content-length").map(str::parse::<usize>) {
            Some(_) if chunked => return refused(400, "both content-length and transfer-encoding"),
            Some(Err(_)) => return refused(400, "content-length is not a number"),
            Some(Ok(length)) if length > BODY_BYTES => return refused(413, "the request is larger than 32 MB"),
            Some(Ok(length)) => length,
            None => 0,
        };
        if request.header("expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue")) {
            stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
            stream.flush()?;
        }
        request.body = if chunked { self.chunks(stream)? } else { self.take(stream, length)? };
        Ok(request)
    }

    fn chunks(&mut self, stream: &mut impl Read) -> Result<Vec<u8>, Failure> {
        let mut body = Vec::new();
        loop {
            match httparse::parse_chunk_size(&self.buffer) {
                Err(_) => return refused(400, "a chunk size is not one"),
                Ok(httparse::Status::Partial) if self.buffer.len() > HEAD_BYTES => {
                    return refused(400, "a chunk size is too long");
                }
                Ok(httparse::Status::Partial) => self.more(stream)?,
                Ok(httparse::Status::Complete((bytes, size))) => {
                    self.buffer.drain(..bytes);
                    if size == 0 {
                        break;
                    }
                    let size = usize::try_from(size).unwrap_or(usize::MAX);
                    if size > BODY_BYTES - body.len() {
                        return refused(413, "the request is larger than 32 MB");
                    }
                    body.extend(self.take(stream, size)?);
                    if self.take(stream, 2)? != b"\r\n" {
                        return refused(400, "a chunk does not end with CR LF");
                    }
                }
            }
        }
        while self.line(stream)? != b"\r\n" {}
        Ok(body)
    }

    /// One line of the trailer, with its end.
    fn line(&mut self, stream: &mut impl Read) -> Result<Vec<u8>, Failure> {
        loop {
            if let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') {
                return Ok(self.buffer.drain(..=end).collect());
            }
            if self.buffer.len() > HEAD_BYTES {
                return refused(400, "a trailer is too long");
            }
            self.more(stream)?;
        }
    }

    fn take(&mut self, stream: &mut impl Read, bytes: usize) -> Result<Vec<u8>, Failure> {
        while self.buffer.len() < bytes {
            self.more(stream)?;
        }
        let rest = self.buffer.split_off(bytes);
        Ok(std::mem::replace(&mut self.buffer, rest))
    }

    fn more(&mut self, stream: &mut impl Read) -> io::Result<()> {
        let mut block = [0; 16 << 10];
        match stream.read(&mut block)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            bytes => {
                self.buffer.extend_from_slice(&block[..bytes]);
                Ok(())
            }
        }
    }
}

/// The head and its length, if all of it is there.
fn parse_head(bytes: &[u8]) -> Result<Option<(Recorded, usize)>, Failure> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut head = httparse::Request::new(&mut headers);
    let length = match head.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(error) => return refused(400, error),
    };
    let mut request = Recorded {
        method: head.method.unwrap_or_default().to_string(),
        path: head.path.unwrap_or_default().to_string(),
        headers: Vec::new(),
        body: Vec::new(),
        keep_alive: false,
    };
    for header in head.headers.iter() {
        request.headers.push((header.name.to_ascii_lowercase(), String::from_utf8_lossy(header.value).into_owned()));
    }
    let connection = request.header("connection").unwrap_or_default().to_ascii_lowercase();
    request.keep_alive = head.version == Some(1) && !connection.contains("close");
    Ok(Some((request, length)))
}
