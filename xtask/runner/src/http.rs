//! Carries a guest's requests to the sandbox's client, and its refusals to the guest in the words of `wasi:http`.

use http_body_util::BodyExt;
use runner_host::network::{Client, Kind, Refusal};
use runner_protocol::Timeouts;
use std::{future::Future, time::Duration};
use wasmtime_wasi_http::{Error, RequestOptions, Result, WasiBody, WasiHttpHooks};

/// What [`WasiHttpHooks::send_request`] gives back beside the response: what the connection came to. Our bodies say that themselves.
type Connection = Box<dyn Future<Output = Result<()>> + Send>;

/// A guest's way out; none if HTTP is not linked.
pub struct Hooks(pub Option<Client>);

impl WasiHttpHooks for Hooks {
    fn send_request(
        &mut self,
        request: http::Request<WasiBody>,
        options: Option<RequestOptions>,
        _: Box<dyn Future<Output = Result<()>> + Send>,
    ) -> Box<dyn Future<Output = Result<(http::Response<WasiBody>, Connection)>> + Send> {
        let client = self.0.clone();
        Box::new(async move {
            let client = client.ok_or(Error::HttpRequestDenied)?;
            let response = client.send(request, options.map(timeouts)).await.map_err(error)?;
            let done: Connection = Box::new(std::future::ready(Ok(())));
            Ok((response.map(|body| body.map_err(error).boxed_unsync()), done))
        })
    }
}

/// The guest's own wishes; what it does not say is as long as the host lets it be.
fn timeouts(options: RequestOptions) -> Timeouts {
    let milliseconds =
        |time: Option<Duration>| time.map_or(u64::MAX, |time| u64::try_from(time.as_millis().max(1)).unwrap_or(u64::MAX));
    Timeouts {
        connect_ms: milliseconds(options.connect_timeout),
        tls_ms: milliseconds(options.connect_timeout),
        first_byte_ms: milliseconds(options.first_byte_timeout),
        between_bytes_ms: milliseconds(options.between_bytes_timeout),
    }
}

fn error(refusal: Refusal) -> Error {
    match refusal.kind {
        Kind::Url => Error::HttpRequestUriInvalid,
        Kind::Method => Error::HttpRequestMethodInvalid,
        Kind::Denied => Error::HttpRequestDenied,
        Kind::Address => Error::DestinationIpProhibited,
        Kind::Name => Error::DnsError { rcode: Some("address not available".into()), info_code: None },
        Kind::Connect => Error::ConnectionRefused,
        Kind::ConnectTimeout | Kind::TlsTimeout => Error::ConnectionTimeout,
        Kind::Tls => Error::TlsProtocolError,
        Kind::Certificate => Error::TlsCertificateError,
        // As Wasmtime's own client says it.
        Kind::HeadTimeout | Kind::BodyTimeout => Error::ConnectionReadTimeout,
        Kind::Incomplete => Error::HttpResponseIncomplete,
        Kind::Protocol => Error::HttpProtocolError,
        Kind::BodySize => Error::HttpResponseBodySize(None),
    }
}
