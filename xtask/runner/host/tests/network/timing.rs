//! Every step is given up in time. The servers are plain listeners that stop somewhere.

use crate::common::{HERE, client, decision, get, head, network, request};
use http_body_util::BodyExt;
use runner_host::network::Kind;
use runner_protocol::{Decision, Network, Timeouts};
use std::{
    io::{Read, Write},
    net::TcpListener,
    thread,
    time::{Duration, Instant},
};

const LIMIT_MS: u64 = 150;

/// A server that reads a little, writes `says`, and then keeps the connection open in silence.
fn silent(says: &'static [u8]) -> u16 {
    let listener = TcpListener::bind((HERE, 0)).expect("binds");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(says);
            thread::spawn(move || stream.read(&mut [0; 4096]));
        }
    });
    port
}

fn hurried(port: u16, scheme: &str, change: impl Fn(&mut Timeouts)) -> Network {
    let mut network = network(&[format!("{scheme}://a.example:{port}")]);
    change(&mut network.timeouts);
    network
}

fn in_time(started: Instant) {
    let taken = started.elapsed();
    assert!(taken >= Duration::from_millis(LIMIT_MS) && taken < Duration::from_millis(1_900), "{taken:?}");
}

#[tokio::test]
async fn a_handshake_that_never_ends_is_given_up() {
    let port = silent(b"");
    let (client, started) = (client(&hurried(port, "https", |times| times.tls_ms = LIMIT_MS), &[]), Instant::now());
    assert_eq!(get(&client, &format!("https://a.example:{port}/")).await.expect_err("late").kind, Kind::TlsTimeout);
    in_time(started);
    assert!(matches!(decision(&client), Decision::Refused(reason) if reason.contains("150 ms")));
}

/// Only Linux is known to leave a connection waiting when the queue of those not yet accepted is full.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn connecting_takes_no_longer_than_it_may() {
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.bind((HERE, 0).into()).expect("binds");
    let listener = socket.listen(1).expect("listens");
    let address = listener.local_addr().expect("an address");
    let waiting = || std::net::TcpStream::connect_timeout(&address, Duration::from_millis(100));
    let _queue: Vec<_> = std::iter::from_fn(|| waiting().ok()).take(100).collect();
    let port = address.port();
    let (client, started) = (client(&hurried(port, "http", |times| times.connect_ms = LIMIT_MS), &[]), Instant::now());
    assert_eq!(get(&client, &format!("http://a.example:{port}/")).await.expect_err("late").kind, Kind::ConnectTimeout);
    in_time(started);
}

#[tokio::test]
async fn a_head_that_does_not_come_is_given_up() {
    let port = silent(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n");
    let (client, started) = (client(&hurried(port, "http", |times| times.first_byte_ms = LIMIT_MS), &[]), Instant::now());
    assert_eq!(get(&client, &format!("http://a.example:{port}/")).await.expect_err("late").kind, Kind::HeadTimeout);
    in_time(started);
    assert!(matches!(decision(&client), Decision::Failed(_)));
}

#[tokio::test]
async fn a_body_that_stalls_is_given_up_after_what_came() {
    let port = silent(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab");
    for whole in [false, true] {
        let mut grant = hurried(port, "http", |times| times.between_bytes_ms = LIMIT_MS);
        grant.whole_bodies = whole;
        let (client, started) = (client(&grant, &[]), Instant::now());
        let mut body = head(&client, &format!("http://a.example:{port}/")).await.expect("a head").into_body();
        let first = body.frame().await.expect("a frame").expect("bytes").into_data().expect("data");
        assert_eq!(&first[..], b"ab");
        assert_eq!(body.frame().await.expect("a frame").expect_err("late").kind, Kind::BodyTimeout);
        assert!(body.frame().await.is_none());
        in_time(started);
    }
}

#[tokio::test]
async fn the_guests_own_wishes_only_tighten() {
    let port = silent(b"");
    let wish = |first_byte_ms| Timeouts { connect_ms: u64::MAX, tls_ms: u64::MAX, first_byte_ms, between_bytes_ms: u64::MAX };
    let url = format!("http://a.example:{port}/");
    for (granted, wished) in [(60_000, LIMIT_MS), (LIMIT_MS, u64::MAX)] {
        let (client, started) = (client(&hurried(port, "http", |times| times.first_byte_ms = granted), &[]), Instant::now());
        assert_eq!(client.send(request(&url), Some(wish(wished))).await.expect_err("late").kind, Kind::HeadTimeout);
        in_time(started);
    }
}

#[tokio::test]
async fn connections_that_are_cut_and_answers_that_are_no_http_are_told_apart() {
    for (says, kind) in [
        (&b"HTTP/1.1 200 OK\r\ncontent-le"[..], Kind::Incomplete),
        (b"", Kind::Incomplete),
        (b"SSH-2.0-x\r\n\r\n", Kind::Protocol),
    ] {
        let listener = TcpListener::bind((HERE, 0)).expect("binds");
        let port = listener.local_addr().expect("an address").port();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a connection");
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(says);
        });
        let client = client(&hurried(port, "http", |_| {}), &[]);
        let refusal = get(&client, &format!("http://a.example:{port}/")).await.expect_err("no answer");
        assert_eq!(refusal.kind, kind, "{refusal}");
    }
}
