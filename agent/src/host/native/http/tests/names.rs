//! Names: looked up once, and only what was checked is connected to.

use super::*;

fn only(addresses: &[&str]) -> Private {
    Private::Only(addresses.iter().map(|address| String::from(*address)).collect())
}

fn named(port: u16) -> Url {
    Url::parse(&format!("http://name.example:{port}/")).unwrap()
}

fn send(url: &Url, private: &Private, lookup: Lookup) -> Result<Head, String> {
    Http { lookup: Some(lookup), ..Http::default() }.send(&Request { private, ..request(url, 1000) })
}

fn address(text: &str, port: u16) -> SocketAddr {
    SocketAddr::new(text.parse::<IpAddr>().unwrap(), port)
}

/// A port where nobody may come.
fn forbidden() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

#[test]
fn security_a_name_that_leads_to_a_private_address_is_refused() {
    let (listener, port) = forbidden();
    let url = named(port);
    let lookups: [(Lookup, &str); 5] = [
        (|_, port| Ok(vec![address("127.0.0.1", port)]), "127.0.0.1"),
        // One among others is enough, wherever it stands.
        (|_, port| Ok(vec![address("8.8.8.8", port), address("169.254.169.254", port)]), "169.254.169.254"),
        (|_, port| Ok(vec![address("127.0.0.1", port), address("8.8.8.8", port)]), "127.0.0.1"),
        (|_, port| Ok(vec![address("::ffff:127.0.0.1", port)]), "::ffff:127.0.0.1"),
        (|_, port| Ok(vec![address("64:ff9b::7f00:1", port)]), "64:ff9b::7f00:1"),
    ];
    for (lookup, private) in lookups {
        let error = send(&url, &only(&["10.0.0.1"]), lookup).unwrap_err();
        assert_eq!(error, format!("name.example leads to a private address, {private}, which is not granted"));
    }
    // One more than are tried: it is looked at all the same.
    let many: Lookup =
        |_, port| Ok(core::iter::repeat_n(address("8.8.8.8", port), 40).chain([address("10.0.0.1", port)]).collect());
    assert!(send(&url, &only(&[]), many).unwrap_err().contains("10.0.0.1"));
    assert!(listener.accept().is_err(), "nobody came");
}

#[test]
fn security_an_address_that_is_written_out_is_checked_too() {
    let (listener, port) = forbidden();
    let url = Url::parse(&format!("http://127.0.0.1:{port}/")).unwrap();
    let lookup: Lookup = |_, _| Err(std::io::Error::other("nothing is to be looked up"));
    assert_eq!(
        send(&url, &only(&[]), lookup).unwrap_err(),
        "127.0.0.1 leads to a private address, 127.0.0.1, which is not granted"
    );
    assert!(listener.accept().is_err());
}

#[test]
fn security_a_name_is_looked_up_once_and_the_connection_goes_where_the_check_was() {
    static LOOKUPS: AtomicUsize = AtomicUsize::new(0);
    static GOOD: AtomicU16 = AtomicU16::new(0);
    static BAD: AtomicU16 = AtomicU16::new(0);

    let (url, server) = serve(|stream, request| {
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
        String::from(request)
    });
    let (listener, bad) = forbidden();
    GOOD.store(url.port, Ordering::Relaxed);
    BAD.store(bad, Ordering::Relaxed);
    // As a name whose answer changes between the check and the connection.
    let rebinding: Lookup = |_, _| {
        let port = if LOOKUPS.fetch_add(1, Ordering::Relaxed) == 0 { &GOOD } else { &BAD };
        Ok(vec![address("127.0.0.1", port.load(Ordering::Relaxed))])
    };
    assert_eq!(send(&named(80), &only(&["127.0.0.1"]), rebinding).unwrap().status, 200);
    assert_eq!(LOOKUPS.load(Ordering::Relaxed), 1);
    assert!(server.join().unwrap().contains("host: name.example\r\n"));
    assert!(listener.accept().is_err());
}

#[test]
fn the_next_address_is_tried_when_one_does_not_answer() {
    static PORT: AtomicU16 = AtomicU16::new(0);

    let url = says(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    PORT.store(url.port, Ordering::Relaxed);
    let closed_first: Lookup = |_, _| Ok(vec![address("127.0.0.1", 1), address("127.0.0.1", PORT.load(Ordering::Relaxed))]);
    assert_eq!(send(&named(80), &Private::Any, closed_first).unwrap().status, 200);
}

#[test]
fn a_name_that_is_not_found_in_time_is_an_error_that_says_so() {
    let url = named(80);
    assert_eq!(send(&url, &Private::Any, |_, _| Ok(Vec::new())).unwrap_err(), "name.example has no address");
    assert_eq!(
        send(&url, &Private::Any, |_, _| Err(std::io::Error::other("no such name"))).unwrap_err(),
        "cannot find name.example: no such name"
    );
    let slow: Lookup = |_, _| {
        thread::sleep(Duration::from_secs(60));
        Ok(Vec::new())
    };
    let started = Instant::now();
    assert_eq!(send(&url, &Private::Any, slow).unwrap_err(), "timed out after 1 s while looking up name.example");
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}

#[test]
fn the_system_looks_up_names_and_brackets_are_kept_in_the_host() {
    assert!(addresses::system("localhost", 7).unwrap().iter().all(|address| address.ip().is_loopback() && address.port() == 7));
    let Ok(listener) = TcpListener::bind("[::1]:0") else { return };
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    let server = thread::spawn(move || {
        let mut stream = listener.accept().unwrap().0;
        let request = request_of(&mut stream);
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
        request
    });
    get(&url).unwrap();
    assert!(server.join().unwrap().contains(&format!("host: {}\r\n", url.authority())));
}
