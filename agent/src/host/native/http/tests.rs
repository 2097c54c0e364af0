//! What the http part of the native host promises.

use std::format;
use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use super::*;
use crate::capability::Private;
use crate::url::Url;

#[path = "tests/body.rs"]
mod body;
#[path = "tests/names.rs"]
mod names;

/// Answers one connection: `answer` gets it, and the request that came.
fn serve<T: Send + 'static>(answer: impl FnOnce(&mut TcpStream, &str) -> T + Send + 'static) -> (Url, JoinHandle<T>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = Url::parse(&format!("http://{}/p?q=1", listener.local_addr().unwrap())).unwrap();
    let server = thread::spawn(move || {
        let mut stream = listener.accept().unwrap().0;
        let request = request_of(&mut stream);
        answer(&mut stream, &request)
    });
    (url, server)
}

/// The head of a request, and its body as far as its length goes.
fn request_of(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
        request.extend(byte);
    }
    let head = String::from_utf8(request).unwrap();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    head + core::str::from_utf8(&body).unwrap()
}

/// A server that says `response` and closes.
fn says(response: &'static [u8]) -> Url {
    serve(|stream, _| stream.write_all(response).unwrap()).0
}

fn request<'a>(url: &'a Url, timeout_ms: u64) -> Request<'a> {
    Request { url, body: None, headers: &[], private: &Private::Any, timeout_ms }
}

fn get(url: &Url) -> Result<(Head, Vec<u8>), String> {
    let mut http = Http::default();
    let head = http.send(&request(url, 2000))?;
    let mut body = Vec::new();
    while let Some(piece) = http.receive()? {
        assert!((1..=PIECE_BYTES).contains(&piece.len()));
        body.extend(piece);
    }
    assert_eq!(http.receive(), Ok(None), "it stays at its end");
    Ok((head, body))
}

#[test]
fn a_get_sends_its_headers_and_no_others() {
    let (url, server) = serve(|stream, request| {
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").unwrap();
        String::from(request)
    });
    let headers = [("accept", "text/plain"), ("x-api-key", "k")];
    Http::default().send(&Request { headers: &headers, ..request(&url, 2000) }).unwrap();
    let sent = server.join().unwrap();
    let mut lines: Vec<_> = sent.trim_end().lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["GET /p?q=1 HTTP/1.1", "accept: text/plain", &format!("host: {}", url.authority()), "x-api-key: k"]);
}

#[test]
fn a_post_sends_its_body_with_its_length() {
    for body in ["{}".repeat(500_000), "ü".into(), String::new()] {
        let (url, server) = serve(|stream, request| {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
            String::from(request)
        });
        Http::default().send(&Request { body: Some(&body), ..request(&url, 2000) }).unwrap();
        let sent = server.join().unwrap();
        let (head, sent) = sent.split_once("\r\n\r\n").unwrap();
        let mut lines: Vec<_> = head.lines().collect();
        lines.sort_unstable();
        assert_eq!(
            lines,
            ["POST /p?q=1 HTTP/1.1", &format!("content-length: {}", body.len()), &format!("host: {}", url.authority())]
        );
        assert!(sent == body);
    }
}

#[test]
fn a_head_has_small_names_and_values_that_are_text() {
    let url = says(
        b"HTTP/1.1 200 OK\r\nX-One: a\r\nx-one: b\r\nX-Text: gr\xC3\xBC\xC3\x9Fe\r\nX-Bytes: \xFF\r\nContent-Length: 0\r\n\r\n",
    );
    let (head, body) = get(&url).unwrap();
    let named =
        |name| head.headers.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str()).collect::<Vec<_>>();
    assert_eq!((head.status, body.as_slice()), (200, &b""[..]));
    assert_eq!(
        (named("x-one"), named("x-text"), named("x-bytes"), named("content-length")),
        (vec!["a", "b"], vec!["grüße"], vec![], vec!["0"])
    );
}

#[test]
fn every_status_is_a_response() {
    for (status, body) in [(404, "x"), (500, "x"), (429, "x"), (204, ""), (304, "")] {
        let (url, _) = serve(move |stream, _| {
            let response = format!("HTTP/1.1 {status} Some reason\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            stream.write_all(response.as_bytes()).unwrap();
        });
        let (head, got) = get(&url).unwrap();
        assert_eq!((head.status, got), (status, body.as_bytes().to_vec()));
    }
    let (head, body) = get(&says(b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\nbody")).unwrap();
    assert_eq!((head.status, body), (200, b"body".to_vec()));
}

#[test]
fn security_a_redirect_is_a_response_and_is_not_followed() {
    static SEEN: AtomicUsize = AtomicUsize::new(0);

    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = other.local_addr().unwrap();
    thread::spawn(move || other.accept().map(|_| SEEN.fetch_add(1, Ordering::Relaxed)));
    for (status, rest) in [
        (301, "content-length: 4\r\n\r\nbody"),
        (302, "\r\nbody"),
        (307, "transfer-encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n"),
    ] {
        for body in [None, Some("{}")] {
            let (url, _) = serve(move |stream, _| {
                stream.write_all(format!("HTTP/1.1 {status} R\r\nlocation: http://{to}/\r\n{rest}").as_bytes()).unwrap()
            });
            let mut http = Http::default();
            let head = http.send(&Request { body, ..request(&url, 2000) }).unwrap();
            assert_eq!((head.status, head.header("location")), (status, Some(format!("http://{to}/").as_str())));
            assert_eq!(http.receive(), Ok(Some(b"body".to_vec())));
        }
    }
    let (head, _) = get(&says(b"HTTP/1.1 302 R\r\ncontent-length: 0\r\n\r\n")).unwrap();
    assert_eq!(head.status, 302, "without a place to go to, too");
    assert_eq!(SEEN.load(Ordering::Relaxed), 0);
}

#[test]
fn security_a_value_that_would_start_another_header_is_not_sent_and_not_shown() {
    let url = Url::parse("http://127.0.0.1:1/").unwrap();
    for value in ["secret\r\nx-more: y", "secret\n", "secret\0"] {
        let error = Http::default().send(&Request { headers: &[("authorization", value)], ..request(&url, 2000) }).unwrap_err();
        assert_eq!(error, "the header authorization has a character that cannot be sent");
    }
}

#[test]
fn security_a_head_without_end_is_cut_off() {
    let (url, _) = serve(|stream, _| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        while stream.write_all(format!("x: {}\r\n", "y".repeat(8000)).as_bytes()).is_ok() {}
    });
    assert_eq!(get(&url).unwrap_err(), "the head of the response is larger than 64 KiB");
    let (url, _) = serve(|stream, _| {
        let _ = stream.write_all(format!("HTTP/1.1 200 OK\r\n{}\r\n", "x: y\r\n".repeat(200)).as_bytes());
    });
    assert_eq!(get(&url).unwrap_err(), "the response is not valid HTTP/1.1");
}

#[test]
fn security_what_is_not_http_is_an_error_that_does_not_show_it() {
    for response in
        [&b"SSH-2.0-secret\r\n\r\n"[..], b"HTTP/2 200\r\n\r\n", b"HTTP/1.1 200 OK\r\nsecret header\r\n\r\n", b"\0\0secret"]
    {
        let error = get(&says(response)).unwrap_err();
        assert!(error == "the response is not valid HTTP/1.1" || error.starts_with("the server closed"), "{error}");
    }
    let error = get(&says(b"")).unwrap_err();
    assert!(error.starts_with("the server closed the connection without a response"), "{error}");
}

#[test]
fn a_server_that_is_not_there_is_an_error_that_says_so() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let error = get(&Url::parse(&format!("http://127.0.0.1:{port}/")).unwrap()).unwrap_err();
    assert!(error.starts_with("cannot connect: Connection refused"), "{error}");
}

#[test]
fn a_handshake_that_stalls_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = Url::parse(&format!("https://{}/", listener.local_addr().unwrap())).unwrap();
    let started = Instant::now();
    assert_eq!(Http::default().send(&request(&url, 300)).unwrap_err(), "timed out after 300 ms while connecting");
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    assert_eq!(Times::new(120_000, CONNECT_TIMEOUT_MS).connect, Duration::from_secs(5));
}

#[test]
fn a_server_without_tls_is_an_error_that_says_so() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = Url::parse(&format!("https://{}/", listener.local_addr().unwrap())).unwrap();
    thread::spawn(move || {
        let mut stream = listener.accept().unwrap().0;
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        let _ = stream.read(&mut [0; 1000]);
    });
    let error = Http::default().send(&request(&url, 2000)).unwrap_err();
    assert!(error.starts_with("TLS failed: "), "{error}");
}

#[test]
fn a_file_of_roots_must_have_some() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("roots.pem");
    let roots = |text: &str| {
        std::fs::write(&file, text).unwrap();
        roots::from_file(file.clone().into())
    };
    assert!(roots("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").is_ok());
    assert!(roots("").unwrap_err().ends_with("has no certificate"));
    assert!(roots("-----BEGIN CERTIFICATE-----\n!\n").unwrap_err().ends_with("is not PEM"));
    assert!(roots::from_file("/no/such/file".into()).unwrap_err().contains("cannot be read: No such file"));
}

/// Runs this test again in a process of its own, where all variables for proxies lead to a port where somebody waits.
#[test]
fn security_a_proxy_from_the_environment_is_not_used() {
    const MARK: &str = "AGENT_TEST_TARGET";
    if let Ok(target) = std::env::var(MARK) {
        assert_eq!(get(&Url::parse(&target).unwrap()).unwrap().1, b"direct");
        return;
    }
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = format!("http://{}", proxy.local_addr().unwrap());
    let url = says(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\ndirect");
    let name = thread::current().name().map(String::from).unwrap();
    let mut again = Command::new(std::env::current_exe().unwrap());
    again.args(["--exact", &name]).env(MARK, url.text());
    for variable in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "https_proxy", "HTTPS_PROXY"] {
        again.env(variable, &to);
    }
    let output = again.output().unwrap();
    assert!(output.status.success() && String::from_utf8_lossy(&output.stdout).contains("1 passed"), "{output:?}");
}
