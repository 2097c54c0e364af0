//! Bodies: they come as they come, whole or not at all.

use super::*;

#[test]
fn a_piece_comes_as_soon_as_it_is_there() {
    // The server goes on only when the client has what came before, so waiting for more would be waiting for ever.
    let ways = [
        ("content-length: 6", ["one", "two"]),
        ("transfer-encoding: chunked", ["3\r\none\r\n", "3\r\ntwo\r\n0\r\n\r\n"]),
        ("x: y", ["one", "two"]),
    ];
    for (header, pieces) in ways {
        let (go_on, wait) = mpsc::channel();
        let (url, _) = serve(move |stream, _| {
            stream.write_all(format!("HTTP/1.1 200 OK\r\n{header}\r\n\r\n").as_bytes()).unwrap();
            for piece in pieces {
                wait.recv().unwrap();
                stream.write_all(piece.as_bytes()).unwrap();
            }
        });
        let mut http = Http::default();
        http.send(&request(&url, 2000)).unwrap();
        for piece in ["one", "two"] {
            go_on.send(()).unwrap();
            assert_eq!(http.receive(), Ok(Some(piece.as_bytes().to_vec())), "{header}");
        }
        assert_eq!(http.receive(), Ok(None), "{header}");
    }
}

#[test]
fn a_large_body_is_whole() {
    let text = b"0123456789abcdef".repeat(100_000);
    let sent = text.clone();
    let (url, _) = serve(move |stream, _| {
        stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").unwrap();
        for chunk in sent.chunks(10_007) {
            stream.write_all(format!("{:x}\r\n", chunk.len()).as_bytes()).unwrap();
            stream.write_all(chunk).and_then(|()| stream.write_all(b"\r\n")).unwrap();
        }
        stream.write_all(b"0\r\n\r\n").unwrap();
    });
    assert!(get(&url).unwrap().1 == text);
}

#[test]
fn security_a_body_that_ends_before_its_length_is_an_error_and_stays_one() {
    for response in [
        &b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf"[..],
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nhalf",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n1",
    ] {
        let url = says(response);
        let mut http = Http::default();
        http.send(&request(&url, 2000)).unwrap();
        assert_eq!(http.receive(), Ok(Some(b"half".to_vec())));
        for _ in 0..3 {
            assert_eq!(http.receive(), Err("the response ended before its length".into()));
        }
    }
    let url = says(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nsecret\r\n");
    assert_eq!(get(&url).unwrap_err(), "the response is not valid HTTP/1.1");
}

#[test]
fn security_a_connection_that_is_reset_is_not_the_end_of_a_body() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    let (received, wait) = mpsc::channel();
    thread::spawn(move || {
        let mut stream = listener.accept().unwrap().0;
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nhalf").unwrap();
        wait.recv().unwrap();
        // Closing while there is something to read resets the connection.
    });
    let mut http = Http::default();
    http.send(&Request { body: Some("unread"), ..request(&url, 2000) }).unwrap();
    assert_eq!(http.receive(), Ok(Some(b"half".to_vec())));
    received.send(()).unwrap();
    assert_eq!(http.receive(), Err("the response ended before its length".into()));
}

#[test]
fn a_stream_that_is_alive_is_not_cut_off_and_one_that_stalls_is() {
    const PIECES: usize = 105;
    // A hundred times as long as the pieces are apart, so that a slow machine does not make a stall of them.
    let (url, _) = serve(|stream, _| {
        stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").unwrap();
        for _ in 0..PIECES {
            thread::sleep(Duration::from_millis(100));
            stream.write_all(b"1\r\nx\r\n").unwrap();
        }
    });
    let mut http = Http::default();
    let started = Instant::now();
    http.send(&request(&url, 10_000)).unwrap();
    let mut received = 0;
    while received < PIECES {
        received += http.receive().unwrap().expect("not the end").len();
    }
    assert!(started.elapsed() > Duration::from_secs(10), "longer in all than any wait may be");

    let (done, wait) = mpsc::channel();
    let (url, _) = serve(move |stream, _| {
        stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n").unwrap();
        let _ = wait.recv();
    });
    http.send(&request(&url, 3000)).unwrap();
    assert_eq!(http.receive(), Ok(Some(b"x".to_vec())));
    let started = Instant::now();
    assert_eq!(http.receive(), Err("timed out after 3 s while waiting for the response".into()));
    assert!((2900..20_000).contains(&started.elapsed().as_millis()), "{:?}", started.elapsed());
    done.send(()).unwrap();
}

#[test]
fn a_head_that_stalls_or_drips_is_given_up() {
    let stall: fn(&mut TcpStream) = |stream| drop(stream.read(&mut [0; 10]));
    let drip: fn(&mut TcpStream) = |stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nx: ").unwrap();
        while stream.write_all(b"x").is_ok() {
            thread::sleep(Duration::from_millis(50));
        }
    };
    for way in [stall, drip] {
        let (url, _) = serve(move |stream, _| way(stream));
        let started = Instant::now();
        let error = Http::default().send(&request(&url, 300)).unwrap_err();
        assert_eq!(error, "timed out after 300 ms while waiting for the response");
        assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    }
}

#[test]
fn a_response_that_is_left_closes_its_connection() {
    let endless = || {
        serve(|stream, _| {
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
            while stream.write_all(&[b'x'; 1000]).is_ok() {}
        })
    };
    let ((one, first), (two, second)) = (endless(), endless());
    let mut http = Http::default();
    http.send(&request(&one, 2000)).unwrap();
    http.receive().unwrap();
    http.send(&request(&two, 2000)).unwrap();
    first.join().unwrap();
    drop(http);
    second.join().unwrap();
}

#[test]
fn a_compressed_body_stays_as_it_is() {
    let (head, body) =
        get(&says(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\n\x1F\x8B\x08\x00")).unwrap();
    assert_eq!((head.is_compressed(), body.as_slice()), (true, &b"\x1F\x8B\x08\x00"[..]));
}
