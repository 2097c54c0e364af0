//! A network in memory: what is sent is kept, what is received is a list of pieces, and time passes only when a test says so.
//! With it, bodies cut at every single byte.

use std::collections::VecDeque;

use agent::capability::Private;
use agent::capability::path::WorkPath;
use agent::effects::{File, Host, Ran, Trouble};
use agent::http::{Head, Request as Sent};
use agent::message::{Message, Reply};
use agent::provider::{Answer, Api, Endpoint, NoAnswer, Provider, Request};
use agent::session::Name;
use agent::url::Url;

/// One response: a status, headers, pieces. After the pieces comes the end, unless the last piece is an error.
#[derive(Debug, Clone)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub pieces: Vec<Result<Vec<u8>, &'static str>>,
}

impl Response {
    pub fn new(status: u16, body: &str) -> Response {
        Response { status, headers: Vec::new(), pieces: vec![Ok(body.into())] }
    }

    /// A stream of events.
    pub fn events(body: &str) -> Response {
        Response { headers: vec![("content-type", "text/event-stream; charset=utf-8".into())], ..Response::new(200, body) }
    }

    /// An error that comes with this header.
    pub fn failed(status: u16, name: &'static str, value: &str) -> Response {
        Response { headers: vec![(name, value.into())], ..Response::new(status, "{}") }
    }

    /// The connection breaks at the end of the body.
    pub fn then_breaks(mut self) -> Response {
        self.pieces.push(Err("the connection broke"));
        self
    }

    /// The body in two pieces.
    fn cut(&self, at: usize) -> Response {
        let bytes = self.pieces[0].clone().expect("bytes");
        let (left, right) = bytes.split_at(at);
        Response { pieces: vec![Ok(left.to_vec()), Ok(right.to_vec())], ..self.clone() }
    }

    /// The body in pieces of this size.
    fn pieces(&self, size: usize) -> Response {
        let bytes = self.pieces[0].clone().expect("bytes");
        Response { pieces: bytes.chunks(size).map(|piece| Ok(piece.to_vec())).collect(), ..self.clone() }
    }
}

/// The network, the clock and the output.
#[derive(Default)]
pub struct Memory {
    pub responses: VecDeque<Response>,
    pub bodies: Vec<String>,
    pub sleeps: Vec<u64>,
    pub shown: String,
    pub now_ms: u64,
    /// How long each piece takes.
    pub piece_ms: u64,
    /// Once the pieces are out, this comes again and again.
    pub endless: Option<&'static [u8]>,
    pub received: usize,
    current: VecDeque<Result<Vec<u8>, &'static str>>,
}

impl Memory {
    pub fn of(responses: impl IntoIterator<Item = Response>) -> Memory {
        Memory { responses: responses.into_iter().collect(), now_ms: 784_111_777_000, ..Memory::default() }
    }

    /// Asks for a reply to `hi`, with so many retries.
    pub fn ask(&mut self, api: Api, retries: u64) -> Result<Answer, NoAnswer> {
        self.ask_about(&[Message::User("hi".into())], endpoint(api, retries))
    }

    /// Asks for a reply to a conversation.
    pub fn ask_about(&mut self, messages: &[Message], endpoint: Endpoint) -> Result<Answer, NoAnswer> {
        let request = Request { system: None, messages, tools: &[] };
        let mut show = |text: &str, host: &mut Memory| {
            host.shown.push_str(text);
            Ok(())
        };
        Provider::Remote(endpoint).ask(request, self, &mut show)
    }
}

pub fn endpoint(api: Api, retries: u64) -> Endpoint {
    Endpoint {
        api,
        url: api.url(Url::parse("http://127.0.0.1:1").expect("a URL")),
        key: None,
        model: "m".into(),
        max_tokens: 10,
        max_tokens_field: "max_tokens".into(),
        stream: true,
        timeout_ms: 1000,
        retries,
        private: Private::Any,
    }
}

impl Host for Memory {
    fn send(&mut self, request: &Sent<'_>) -> Result<Head, String> {
        self.bodies.push(request.body.unwrap_or_default().to_string());
        let response = self.responses.pop_front().ok_or("nothing more is answered")?;
        self.current = response.pieces.into();
        let headers = response.headers.into_iter().map(|(name, value)| (name.to_string(), value)).collect();
        Ok(Head { status: response.status, headers })
    }

    fn receive(&mut self) -> Result<Option<Vec<u8>>, String> {
        self.now_ms += self.piece_ms;
        self.received += 1;
        match self.current.pop_front() {
            Some(piece) => piece.map(Some).map_err(String::from),
            None => Ok(self.endless.map(<[u8]>::to_vec)),
        }
    }

    fn now_ms(&mut self) -> u64 {
        self.now_ms
    }

    fn sleep_ms(&mut self, time_ms: u64) {
        self.now_ms += time_ms;
        self.sleeps.push(time_ms);
    }

    fn random(&mut self) -> u64 {
        0
    }

    fn read(&mut self, _: File<'_>, _: usize) -> Result<Vec<u8>, Trouble> {
        unreachable!()
    }
    fn claim(&mut self, _: &Name) -> Result<(), String> {
        unreachable!()
    }
    fn append(&mut self, _: &Name, _: &[u8]) -> Result<(), String> {
        unreachable!()
    }
    fn sessions(&mut self) -> Result<Vec<String>, String> {
        unreachable!()
    }
    fn variable(&mut self, _: &str) -> Option<String> {
        unreachable!()
    }
    fn input(&mut self, _: usize) -> Result<Vec<u8>, Trouble> {
        unreachable!()
    }
    fn line(&mut self, _: usize) -> Result<Option<Vec<u8>>, Trouble> {
        unreachable!()
    }
    fn output(&mut self, _: &str) -> Result<(), String> {
        unreachable!()
    }
    fn prompt(&mut self, _: &str) {
        unreachable!()
    }
    fn warn(&mut self, _: &str) {
        unreachable!()
    }
    fn open_workspace(&mut self, _: &str) -> Result<(), String> {
        unreachable!()
    }
    fn write(&mut self, _: &WorkPath, _: &[u8]) -> Result<(), Trouble> {
        unreachable!()
    }
    fn list(&mut self, _: &WorkPath, _: usize) -> Result<Vec<String>, Trouble> {
        unreachable!()
    }
    fn run(&mut self, _: &[String], _: u64) -> Result<Ran, String> {
        unreachable!()
    }
}

/// Payloads of each kind, written for this.
pub fn payloads() -> [(Api, Response); 4] {
    [
        (Api::OpenAi, Response::events(include_str!("payloads/openai.sse"))),
        (Api::OpenAi, Response::new(200, include_str!("payloads/openai.json"))),
        (Api::Anthropic, Response::events(include_str!("payloads/anthropic.sse"))),
        (Api::Anthropic, Response::new(200, include_str!("payloads/anthropic.json"))),
    ]
}

fn whole(api: Api, response: &Response) -> (Answer, String) {
    let mut host = Memory::of([response.clone()]);
    let answer = host.ask(api, 0).expect("an answer");
    (answer, host.shown)
}

#[test]
fn a_stream_and_a_whole_body_give_the_same_answer() {
    let answers: Vec<(Answer, String)> = payloads().iter().map(|(api, response)| whole(*api, response)).collect();
    for (at, (answer, shown)) in answers.iter().enumerate() {
        let first = &answers[0].0;
        assert_eq!((&answer.reply.text, &answer.stop, &answer.usage), (&first.reply.text, &first.stop, &first.usage), "{at}");
        let calls = |reply: &Reply| -> Vec<(String, serde_json::Value)> {
            let value = |text: &str| serde_json::from_str(text).expect("JSON");
            reply.calls.iter().map(|call| (call.name.clone(), value(&call.arguments))).collect()
        };
        assert_eq!(calls(&answer.reply), calls(&first.reply), "{at}");
        let is_stream = at % 2 == 0;
        assert_eq!((answer.streamed, shown.as_str()), (is_stream, if is_stream { answer.reply.text.as_str() } else { "" }));
    }
}

#[test]
fn a_body_cut_at_any_byte_gives_the_same_answer() {
    for (api, response) in payloads() {
        let wanted = whole(api, &response);
        let length = response.pieces[0].as_ref().expect("bytes").len();
        for at in 0..=length {
            assert_eq!(whole(api, &response.cut(at)), wanted, "{api:?} at {at}");
        }
        for size in [1, 2, 3, 5, 64] {
            assert_eq!(whole(api, &response.pieces(size)), wanted, "{api:?} by {size}");
        }
    }
}

#[test]
fn every_line_end_gives_the_same_answer_wherever_it_is_cut() {
    for (api, response) in payloads().into_iter().step_by(2) {
        let wanted = whole(api, &response);
        let text = String::from_utf8(response.pieces[0].clone().expect("bytes")).expect("UTF-8");
        for end in ["\r\n", "\r"] {
            let response = Response::events(&text.replace('\n', end));
            for at in (0..text.len()).step_by(3) {
                assert_eq!(whole(api, &response.cut(at)), wanted, "{api:?} {end:?} at {at}");
            }
        }
    }
}

#[test]
fn a_stream_that_ends_early_is_never_taken_for_a_whole_one() {
    for (api, response) in payloads().into_iter().step_by(2) {
        let bytes = response.pieces[0].clone().expect("bytes");
        let text = String::from_utf8(bytes.clone()).expect("UTF-8");
        let (wanted, _) = whole(api, &response);
        let sign = if api == Api::OpenAi { "\"finish_reason\":\"tool_calls\"" } else { "\"stop_reason\":\"tool_use\"" };
        let stop = text.find(sign).expect("a reason");
        // The reason is in force once its object is closed.
        let closed = stop + text[stop..].find('\n').expect("an end");
        for at in 0..bytes.len() {
            let mut host = Memory::of([Response { pieces: vec![Ok(bytes[..at].to_vec())], ..response.clone() }]);
            match host.ask(api, 0) {
                Ok(answer) if at < closed => {
                    assert!(answer.reply.cut && answer.stop == agent::provider::Stop::Truncated, "{api:?} at {at}");
                    assert!(wanted.reply.text.starts_with(&answer.reply.text), "{api:?} at {at}");
                    assert_eq!(answer.reply.text, host.shown, "{api:?} at {at}");
                }
                Ok(answer) => assert_eq!((answer.reply, answer.stop), (wanted.reply.clone(), wanted.stop), "{api:?} at {at}"),
                Err(_) => assert!(host.shown.is_empty(), "{api:?} at {at}"),
            }
        }
    }
}

#[test]
fn a_request_is_json_whatever_the_conversation_holds() {
    let user = |text: &str| Message::User(text.into());
    let said = |text: &str| Message::Assistant(Reply { text: text.into(), ..Reply::default() });
    for api in [Api::OpenAi, Api::Anthropic] {
        for messages in [
            vec![user(" ")],
            vec![user("\u{a0}"), said(""), user("\n")],
            vec![user("a"), said(""), user("b")],
            vec![user("a\0\u{1b}\u{2028}\"\\\u{7f}"), said(" "), user("b"), said("c"), user(" ")],
        ] {
            let mut host = Memory::of([]);
            assert!(host.ask_about(&messages, endpoint(api, 0)).is_err());
            let body: serde_json::Value = serde_json::from_str(&host.bodies[0]).expect("JSON");
            assert!(body["messages"].is_array(), "{body}");
        }
    }
}
