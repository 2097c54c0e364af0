//! From a URL that is granted to a connection with one of its addresses.

use super::{Client, Kind, Refusal, admission, tls};
use agent::url::Url;
use runner_protocol::{Guard, Timeouts};
use std::{
    future::Future,
    net::{IpAddr, SocketAddr},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};

/// Bytes to and from the other side, with TLS or without.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Looks up, checks, and connects: to addresses that were checked and no others. Also says which address it is.
pub async fn connect(client: &Client, url: &Url, times: &Timeouts) -> Result<(TcpStream, IpAddr), Refusal> {
    let connected = async {
        let mut addresses = client.names.addresses(url).await?;
        admission::addresses(client, url, &addresses)?;
        if client.is_off(Guard::Pin) {
            addresses = client.names.addresses(url).await?;
        }
        first(url, &addresses).await
    };
    in_time(times.connect_ms, connected, Kind::ConnectTimeout, || format!("connecting to {}", url.host)).await
}

/// Puts TLS around `stream` if `url` asks for it.
pub async fn secure(client: &Client, url: &Url, stream: TcpStream, times: &Timeouts) -> Result<Box<dyn Stream>, Refusal> {
    if !url.tls {
        return Ok(Box::new(stream));
    }
    let handshake = tls::handshake(&client.rules.tls, url, stream);
    let stream = in_time(times.tls_ms, handshake, Kind::TlsTimeout, || format!("the TLS handshake with {}", url.host)).await?;
    Ok(Box::new(stream))
}

/// The first of `addresses` that answers.
async fn first(url: &Url, addresses: &[IpAddr]) -> Result<(TcpStream, IpAddr), Refusal> {
    let mut failed = Refusal::new(Kind::Connect, "there is no address");
    for address in addresses {
        match TcpStream::connect(SocketAddr::new(*address, url.port)).await {
            Ok(stream) => {
                // Requests are written in one piece; waiting for more would only cost time. A system that cannot do it is slower, no more.
                let _ = stream.set_nodelay(true);
                return Ok((stream, *address));
            }
            Err(error) => failed = Refusal::new(Kind::Connect, format!("cannot connect to {} at {address}: {error}", url.host)),
        }
    }
    Err(failed)
}

/// What `step` comes to, if it takes no longer than `limit_ms`.
pub async fn in_time<T>(
    limit_ms: u64,
    step: impl Future<Output = Result<T, Refusal>>,
    kind: Kind,
    what: impl Fn() -> String,
) -> Result<T, Refusal> {
    let late = |_| Err(Refusal::new(kind, format!("{} took longer than {limit_ms} ms", what())));
    timeout(Duration::from_millis(limit_ms), step).await.unwrap_or_else(late)
}
