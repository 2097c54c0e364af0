//! A mock of the part of GitHub's API that a comment needs, on loopback: it keeps comments, notes what it is asked, and fails as it is told.

// Each test binary uses its own part of this.
#![allow(dead_code)]

use serde_json::{Value, json};
use std::{
    collections::VecDeque,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard},
    thread,
    time::Duration,
};

/// The token that it takes.
pub const TOKEN: &str = "ghs_secret_of_the_test";
/// The commit at the head of its pull request 7.
pub const HEAD: &str = "1111111111111111111111111111111111111111";

/// What happens to one request instead of what should.
#[derive(Clone, Debug)]
pub enum Fault {
    /// A status, more headers, and a body.
    Answer(u16, &'static str, String),
    /// Nothing, for a while.
    Hang,
    /// It is done, and 502 is said.
    DoneAndLost,
}

/// What it knows.
#[derive(Default)]
pub struct State {
    /// Id, author, body.
    pub comments: Vec<(u64, String, String)>,
    /// Method and path of each request.
    pub log: Vec<String>,
    /// How requests begin, and what happens to the next that does.
    pub faults: VecDeque<(&'static str, Fault)>,
}

/// A server that is up until the test ends.
pub struct Forge {
    state: Arc<Mutex<State>>,
    /// Its address.
    pub url: String,
}

impl Forge {
    /// Starts it.
    pub fn new() -> Forge {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State::default()));
        let of_server = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&of_server);
                thread::spawn(move || serve(stream, &state));
            }
        });
        Forge { state, url }
    }

    /// What it knows now.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Makes the next requests that begin so fail.
    pub fn fails(&self, begins: &'static str, fault: Fault, times: usize) {
        self.state().faults.extend(std::iter::repeat_n((begins, fault), times));
    }

    /// The requests since the last time.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.state().log)
    }
}

fn serve(stream: TcpStream, state: &Mutex<State>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut first = String::new();
    if reader.read_line(&mut first).unwrap_or(0) == 0 {
        return;
    }
    let (mut length, mut token) = (0, String::new());
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        match line.trim_end().split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.parse().unwrap(),
            Some((name, value)) if name.eq_ignore_ascii_case("authorization") => token = value.into(),
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let asked = first.rsplit_once(' ').map_or("", |(asked, _)| asked).to_string();
    let (status, headers, body) = {
        let mut state = state.lock().unwrap();
        state.log.push(asked.clone());
        let at = state.faults.iter().position(|(begins, _)| asked.starts_with(begins));
        match at.and_then(|at| state.faults.remove(at)) {
            Some((_, Fault::Answer(status, headers, body))) => (status, headers.to_string(), body),
            Some((_, Fault::Hang)) => {
                drop(state);
                thread::sleep(Duration::from_secs(5));
                return;
            }
            Some((_, Fault::DoneAndLost)) => {
                answer(&mut state, &asked, &body);
                (502, String::new(), "{}".into())
            }
            None if token != format!("Bearer {TOKEN}") => (401, String::new(), json!({"message": "Bad credentials"}).to_string()),
            None => answer(&mut state, &asked, &body),
        }
    };
    let head = format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n", body.len());
    let mut stream = stream;
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes()));
}

fn answer(state: &mut State, asked: &str, body: &[u8]) -> (u16, String, String) {
    let sent = || serde_json::from_slice::<Value>(body).unwrap()["body"].as_str().unwrap().to_string();
    let said = |(id, author, body): &(u64, String, String)| json!({"id": id, "user": {"login": author}, "body": body, "more": 1});
    let (method, path) = asked.split_once(' ').unwrap();
    let path = path.strip_prefix("/repos/o/r/").unwrap_or(path);
    match (method, path.split_once('?').map_or((path, ""), |parts| parts)) {
        ("GET", ("/user", _)) => (403, String::new(), json!({"message": "Resource not accessible by integration"}).to_string()),
        ("GET", ("issues/7/comments", query)) => {
            let page: usize = query.strip_prefix("per_page=100&page=").unwrap().parse().unwrap();
            let from = ((page - 1) * 100).min(state.comments.len());
            let to = (from + 100).min(state.comments.len());
            let next = "link: <https://elsewhere.invalid/next>; rel=\"next\", <https://elsewhere.invalid/last>; rel=\"last\"\r\n";
            let links = if to < state.comments.len() { next } else { "" };
            (200, links.into(), Value::Array(state.comments[from..to].iter().map(said).collect()).to_string())
        }
        ("POST", ("issues/7/comments", _)) => {
            let id = 1_000_000 + state.comments.len() as u64;
            state.comments.push((id, "github-actions[bot]".into(), sent()));
            (201, String::new(), said(state.comments.last().unwrap()).to_string())
        }
        ("PATCH", (path, _)) if path.starts_with("issues/comments/") => {
            let id: u64 = path["issues/comments/".len()..].parse().unwrap();
            let comment = state.comments.iter_mut().find(|(known, ..)| *known == id).unwrap();
            comment.2 = sent();
            (200, String::new(), said(comment).to_string())
        }
        ("GET", ("pulls/7", _)) => {
            let head = json!({"sha": HEAD, "repo": {"full_name": "fork/r"}});
            let base = json!({"sha": "2".repeat(40), "repo": {"full_name": "o/r"}});
            (200, String::new(), json!({"number": 7, "head": head, "base": base, "state": "open"}).to_string())
        }
        _ => (404, String::new(), json!({"message": "Not Found"}).to_string()),
    }
}
