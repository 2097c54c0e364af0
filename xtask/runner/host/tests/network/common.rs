//! What the tests share: a grant that fits most of them, and a request in one line.

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use mock_api::{Mock, Page, Script};
use runner_host::network::{Body, Client, Refusal};
use runner_protocol::{Decision, Guard, Network, Timeouts};
use std::net::{IpAddr, Ipv4Addr};

/// The first address of loopback.
pub const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// The second one: another machine, as far as the tests go.
pub const THERE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

/// A grant of `hosts`, all of which are called `*.example` and lead to [`HERE`].
pub fn network(hosts: &[String]) -> Network {
    let times = Timeouts { connect_ms: 2_000, tls_ms: 2_000, first_byte_ms: 2_000, between_bytes_ms: 2_000 };
    let names = ["a.example", "b.example"].map(|name| (name.into(), vec![vec![HERE]]));
    Network { hosts: hosts.to_vec(), private: vec![HERE], names: names.into(), timeouts: times, ..Network::default() }
}

/// A client without the guards `off`.
pub fn client(network: &Network, off: &[Guard]) -> Client {
    Client::new(network, off).expect("a client")
}

/// A server with one page at `/page`, which says `Hi.`.
pub fn server() -> Mock {
    Mock::start(Script { pages: vec![page()], ..Script::default() }).expect("starts")
}

/// The page of [`server`].
pub fn page() -> Page {
    Page { path: "/page".into(), body: "Hi.".into(), ..Page::default() }
}

/// A request without a body.
pub fn request(url: &str) -> Request<Full<Bytes>> {
    Request::get(url).body(Full::default()).expect("a request")
}

/// The head of the response.
pub async fn head(client: &Client, url: &str) -> Result<Response<Body>, Refusal> {
    client.send(request(url), None).await
}

/// The status and the whole body.
pub async fn get(client: &Client, url: &str) -> Result<(u16, String), Refusal> {
    let response = head(client, url).await?;
    let status = response.status().as_u16();
    let body = response.into_body().collect().await?.to_bytes();
    Ok((status, String::from_utf8_lossy(&body).into_owned()))
}

/// What the log says of the last request.
pub fn decision(client: &Client) -> Decision {
    client.contacts().pop().expect("a request").decision
}
