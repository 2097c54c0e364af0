//! HTTP for a guest, by the same client and the same rules as Wasmtime's guests have.

use super::{base64::encode, question::Send};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, Uri};
use http_body_util::{BodyExt, Full};
use runner_host::network::{Body, Client};
use runner_protocol::Timeouts;
use serde_json::{Value, json};

/// How long connecting may take, in milliseconds: the protocol says so.
const CONNECT_MS: u64 = 5_000;
/// The longest piece of a body in one answer, in bytes.
const PIECE_BYTES: usize = 64 << 10;

/// A guest's way to the network, and the response that it reads.
pub struct Http {
    client: Option<Client>,
    body: Option<Body>,
    // What came in one piece and is longer than an answer.
    rest: Bytes,
}

impl Http {
    /// Through `client`; without one nothing can be sent.
    pub fn new(client: Option<Client>) -> Http {
        Http { client, body: None, rest: Bytes::new() }
    }

    /// Sends a request and waits for the head of the response. What is left of the one before is dropped.
    pub async fn send(&mut self, send: Send) -> Result<Value, String> {
        (self.body, self.rest) = (None, Bytes::new());
        let client = self.client.as_ref().ok_or("this host grants no network")?;
        let wait_ms = send.timeout_ms;
        let times = Timeouts { connect_ms: CONNECT_MS, tls_ms: CONNECT_MS, first_byte_ms: wait_ms, between_bytes_ms: wait_ms };
        let response = client.send(request(send)?, Some(times)).await.map_err(|refusal| refusal.to_string())?;
        let (head, body) = response.into_parts();
        self.body = Some(body);
        Ok(json!({ "status": head.status.as_u16(), "headers": headers(&Response::from_parts(head, ())) }))
    }

    /// The next piece of the body.
    pub async fn receive(&mut self) -> Result<Value, String> {
        while self.rest.is_empty() {
            let Some(body) = &mut self.body else { return Ok(json!({ "end": true })) };
            match body.frame().await {
                // Trailers are no piece.
                Some(Ok(frame)) => self.rest = frame.into_data().unwrap_or_default(),
                Some(Err(refusal)) => {
                    self.body = None;
                    return Err(refusal.to_string());
                }
                None => self.body = None,
            }
        }
        let piece = self.rest.split_to(self.rest.len().min(PIECE_BYTES));
        Ok(json!({ "bytes": encode(&piece) }))
    }
}

/// The request as the guest describes it; what is wrong with it in words.
fn request(send: Send) -> Result<Request<Full<Bytes>>, String> {
    let wrong = |what: &str| format!("the host cannot send the request: {what}");
    let method = Method::from_bytes(send.method.as_bytes()).map_err(|_| wrong("its method is none"))?;
    let uri: Uri = send.url.parse().map_err(|_| wrong("its URL is none"))?;
    let mut request = Request::new(Full::new(Bytes::from(send.body.unwrap_or_default())));
    (*request.method_mut(), *request.uri_mut()) = (method, uri);
    for (name, value) in send.headers {
        let name: HeaderName = name.parse().map_err(|_| wrong("the name of a header is none"))?;
        // The value can be a key: it is not repeated.
        let mut value = HeaderValue::from_str(&value).map_err(|_| wrong(&format!("the value of the header {name} is none")))?;
        value.set_sensitive(true);
        request.headers_mut().append(name, value);
    }
    Ok(request)
}

/// Name and value of each header. A value that is no text cannot be said in JSON, and is left out.
fn headers(response: &Response<()>) -> Vec<(String, String)> {
    let header = |(name, value): (&HeaderName, &HeaderValue)| Some((name.to_string(), value.to_str().ok()?.to_string()));
    response.headers().iter().filter_map(header).collect()
}
