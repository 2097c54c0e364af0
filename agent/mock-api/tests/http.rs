//! Connections, requests and pages; and the end of a mock.

mod common;

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use common::{Answer, HEADERS, OPENAI, connect, exchange, get, mock, mock_of, post_bytes, request};
use mock_api::{Fault, Mock, Reply, Script};

/// A request that leaves the connection open.
fn keep_alive() -> Vec<u8> {
    let bytes = post_bytes(OPENAI, HEADERS, request(true).to_string().as_bytes());
    String::from_utf8(bytes).expect("text").replace("connection: close\r\n", "").into_bytes()
}

fn read_until(connection: &mut impl Read, end: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(end) {
        let mut byte = [0];
        assert_eq!(connection.read(&mut byte).expect("reads"), 1, "{}", String::from_utf8_lossy(&bytes));
        bytes.push(byte[0]);
    }
    bytes
}

#[test]
fn a_connection_can_be_used_again() {
    let mock = mock(Reply::text("Hi."));
    let mut connection = connect(&mock);
    for number in 1..=3 {
        connection.write_all(&keep_alive()).expect("sends");
        let answer = Answer::of(&read_until(&mut connection, b"0\r\n\r\n"));
        assert_eq!(answer.header("x-request-id"), Some(format!("req_{number}").as_str()));
    }
    connection.write_all(&[keep_alive(), keep_alive()].concat()).expect("sends two at once");
    read_until(&mut connection, b"0\r\n\r\n");
    read_until(&mut connection, b"0\r\n\r\n");
    assert_eq!(mock.recorded().len(), 5);
}

#[test]
fn a_request_can_come_in_chunks_and_wait_for_100() {
    let mock = mock(Reply::text("Hi."));
    let body = request(false).to_string();
    let (first, second) = body.split_at(10);
    let head = format!(
        "POST {OPENAI} HTTP/1.1\r\n{HEADERS}Expect: 100-continue\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n"
    );
    let mut connection = connect(&mock);
    connection.write_all(head.as_bytes()).expect("sends");
    assert_eq!(read_until(&mut connection, b"\r\n\r\n"), b"HTTP/1.1 100 Continue\r\n\r\n");
    let chunks = format!("{:x}\r\n{first}\r\n{:x};a=b\r\n{second}\r\n0\r\nx-trailer: 1\r\n\r\n", first.len(), second.len());
    connection.write_all(chunks.as_bytes()).expect("sends");
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).expect("reads");
    assert_eq!(Answer::of(&answer).status, 200);
    let recorded = mock.recorded();
    assert_eq!((recorded[0].json(), recorded[0].header("Expect")), (request(false), Some("100-continue")));
    assert_eq!((recorded[0].method.as_str(), recorded[0].path.as_str()), ("POST", OPENAI));
}

#[test]
fn requests_that_are_none() {
    let mock = mock(Reply::text("Hi."));
    assert_eq!(exchange(&mock, b"nonsense\r\n\r\n").status, 400);
    assert_eq!(exchange(&mock, b"POST / HTTP/1.1\r\ncontent-length: x\r\n\r\n").status, 400);
    assert_eq!(exchange(&mock, b"POST / HTTP/1.1\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n").status, 400);
    assert_eq!(exchange(&mock, b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nnonsense\r\n").status, 400);
    assert_eq!(exchange(&mock, format!("POST / HTTP/1.1\r\ncontent-length: {}\r\n\r\n", 33 << 20).as_bytes()).status, 413);
    assert_eq!(exchange(&mock, b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n7fffffff\r\nabc").status, 413);
    assert_eq!(exchange(&mock, format!("GET / HTTP/1.1\r\na: {}", "b".repeat(70_000)).as_bytes()).status, 431);
    assert!(mock.recorded().is_empty());
}

#[test]
fn pages() {
    let script = "
        [[page]]
        path = '/a.html'
        headers = { content-type = 'text/html', x-a = 'b' }
        body = '<p>Hi'
        [[page]]
        path = '/gone'
        status = 410
        faults = ['length-too-long=5']
        [[page]]
        path = '/long'
        body = 'start'
        faults = ['huge-line=100']
    ";
    let mock = mock_of(script);
    let answer = get(&mock, "/a.html?q=1");
    assert_eq!((answer.status, answer.header("content-type"), answer.header("x-a")), (200, Some("text/html"), Some("b")));
    assert_eq!((answer.text().as_str(), answer.header("content-length")), ("<p>Hi", Some("5")));
    let answer = get(&mock, "/gone");
    assert_eq!((answer.status, answer.header("content-length"), answer.raw.len()), (410, Some("5"), 0));
    assert_eq!(get(&mock, "/long").text(), format!("start{}", "a".repeat(100)));
    assert_eq!(get(&mock, "/none").status, 404);
    assert_eq!(exchange(&mock, b"POST /a.html HTTP/1.1\r\nconnection: close\r\n\r\n").status, 405);
    assert_eq!(mock.recorded()[0].path, "/a.html?q=1");
}

#[test]
fn raw_bodies_and_headers() {
    let mock = mock_of(
        "[[reply]]\nbody = \"data: a\\n\\ndata: b\\n\\n\"\nheaders = { x-a = '1' }\n[[reply]]\nbody = 'no'\nstatus = 503\ndelay_ms = 30",
    );
    let answer = common::post(&mock, OPENAI, &request(true));
    assert_eq!((answer.header("content-type"), answer.header("x-a")), (Some("text/event-stream"), Some("1")));
    assert_eq!(answer.chunks(), [b"data: a\n\n".to_vec(), b"data: b\n\n".to_vec(), Vec::new()]);
    let start = Instant::now();
    let answer = common::post(&mock, OPENAI, &request(false));
    assert_eq!((answer.status, answer.text().as_str()), (503, "no"));
    assert!(start.elapsed() >= Duration::from_millis(30));
}

#[test]
fn the_end_waits_for_nobody() {
    let reply = |fault| Reply { faults: vec![fault], ..Reply::text("Hi.") };
    let hour = 3_600_000;
    for fault in
        [Fault::Stall.with(hour), Fault::SlowHeaders.with(hour), Fault::HugeLine.with(1 << 40), Fault::EndlessText.with(1)]
    {
        let mock = mock(reply(fault));
        let mut stalled = connect(&mock);
        stalled.write_all(&keep_alive()).expect("sends");
        let _idle = connect(&mock);
        let mut half = connect(&mock);
        half.write_all(b"POST / HT").expect("sends");
        assert_eq!(stalled.read(&mut [0; 1]).expect("the answer has begun"), 1);
        let start = Instant::now();
        drop(mock);
        assert!(start.elapsed() < Duration::from_secs(2), "{fault:?}");
        let mut rest = Vec::new();
        // The end of the connection, in order or not.
        let _ = half.read_to_end(&mut rest);
        assert!(rest.is_empty());
    }
}

#[test]
fn only_loopback_and_only_scripts_that_mean_something() {
    let any = SocketAddr::from(([0, 0, 0, 0], 0));
    let error = |started: std::io::Result<Mock>| started.err().expect("refused").to_string();
    assert!(error(Mock::start_on(any, Script::default())).contains("is not loopback"));
    assert!(error(Mock::start(Script::of([Reply { times: Some(0), ..Reply::default() }]))).contains("reply 1: `times`"));
    let mock = Mock::start_on(SocketAddr::from(([127, 0, 0, 1], 0)), Script::default()).expect("starts");
    assert_eq!(mock.url(), format!("http://127.0.0.1:{}", mock.port()));
}
