//! One request and its response over a connection of their own.

use super::{Body, Client, Kind, Refusal, admission, body, connect, connect::in_time, log::Entry, url};
use agent::url::Url;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, Uri, header};
use http_body::Body as _;
use http_body_util::combinators::UnsyncBoxBody;
use runner_protocol::Timeouts;
use wasmtime_wasi_http::io::TokioIo;

/// Whatever the guest's body fails with.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A request's body.
pub type RequestBody = UnsyncBoxBody<Bytes, BoxError>;

/// Headers that belong to a connection or to a proxy: the connection is the host's.
const OF_THE_CONNECTION: [&str; 8] =
    ["connection", "host", "keep-alive", "proxy-authorization", "proxy-connection", "te", "transfer-encoding", "upgrade"];

/// Where a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hop {
    /// From the guest.
    First,
    /// From a response to it, with [`runner_protocol::Guard::Redirects`] off: nobody asks whether the host is granted.
    Followed,
}

/// Sends `request` if it is granted. What came of it is in the client's log.
pub async fn exchange(
    client: &Client,
    hop: Hop,
    request: Request<RequestBody>,
    times: &Timeouts,
) -> Result<Response<Body>, Refusal> {
    let entry = client.log.enter(format!("{} {}", request.method(), url::for_log(request.uri())));
    let answer = attempt(client, hop, request, times, &entry).await;
    entry.decide(&answer);
    answer
}

async fn attempt(
    client: &Client,
    hop: Hop,
    mut request: Request<RequestBody>,
    times: &Timeouts,
    entry: &Entry,
) -> Result<Response<Body>, Refusal> {
    let url = url::read(&request)?;
    if hop == Hop::First {
        admission::host(client, &url)?;
    }
    let (stream, address) = connect::connect(client, &url, times).await?;
    entry.connected(address);
    let stream = connect::secure(client, &url, stream, times).await?;
    prepare(&mut request, &url)?;
    client.rules.credentials.add(&url, request.headers_mut());
    entry.sent();
    over(stream, request, times).await
}

/// Makes the request one of HTTP/1.1: the path alone in its first line, the headers of the connection the host's.
fn prepare(request: &mut Request<RequestBody>, url: &Url) -> Result<(), Refusal> {
    let wrong = |error: &dyn std::fmt::Display| Refusal::new(Kind::Url, format!("the URL is not taken: {error}"));
    *request.uri_mut() = url.path.parse::<Uri>().map_err(|error| wrong(&error))?;
    let host = HeaderValue::try_from(url.authority()).map_err(|error| wrong(&error))?;
    // Where the length is known it is not for the guest to say.
    let known = request.body().size_hint().exact().is_some();
    let headers: &mut HeaderMap = request.headers_mut();
    OF_THE_CONNECTION.iter().for_each(|name| drop(headers.remove(*name)));
    if known {
        headers.remove(header::CONTENT_LENGTH);
    }
    headers.insert(header::HOST, host);
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    Ok(())
}

async fn over(
    stream: Box<dyn connect::Stream>,
    request: Request<RequestBody>,
    times: &Timeouts,
) -> Result<Response<Body>, Refusal> {
    let answered = async {
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|error| Refusal::of_hyper(&error))?;
        // What the connection fails with, the request or the body fails with too.
        let task = tokio::spawn(async move { drop(connection.await) });
        let task = body::Task(task.abort_handle());
        let response = sender.send_request(request).await.map_err(|error| Refusal::of_hyper(&error))?;
        Ok(response.map(|incoming| body::timed(incoming, times.between_bytes_ms, task)))
    };
    in_time(times.first_byte_ms, answered, Kind::HeadTimeout, || "the head of the response".into()).await
}
