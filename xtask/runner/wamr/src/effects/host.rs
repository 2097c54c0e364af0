//! Answers effects: the user's lines, the time, and HTTP.

use super::{
    http::Http,
    question::{Effect, Line, read},
};
use runner_host::{
    clock::Clock,
    network::Client,
    output::{Full, Output, Stream},
};
use serde_json::{Value, json};
use std::{collections::VecDeque, time::Duration};
use wasmtime_wasi::HostWallClock;

/// The longest answer, in bytes.
const ANSWER_BYTES: usize = 2 << 20;

/// One guest's host.
pub struct Host {
    lines: VecDeque<Vec<u8>>,
    output: Output,
    clock: Clock,
    http: Http,
}

/// A question that waits for its answer.
#[derive(Debug)]
pub enum Open {
    /// To be answered when the guest reads.
    Effect(Effect),
    /// It can only be answered with this error.
    Error(String),
}

impl Host {
    /// A host whose user says the lines of `input`.
    pub fn new(input: &[u8], output: Output, clock: Clock, client: Option<Client>) -> Host {
        let lines = input.split_inclusive(|byte| *byte == b'\n').map(|line| without_end(line).to_vec());
        Host { lines: lines.collect(), output, clock, http: Http::new(client) }
    }

    /// Takes a line that the guest wrote: shows what it says to the user, and gives back what has to be answered.
    ///
    /// # Errors
    /// The guest has said too much.
    pub fn take(&mut self, line: Line) -> Result<Option<Open>, Full> {
        let effect = match line {
            Line::Whole(line) => read(&line),
            Line::TooLong => Err("an effect is longer than the host takes".into()),
        };
        Ok(Some(match effect {
            Ok(Effect::Output { text }) => {
                self.output.write(Stream::Stdout, text.as_bytes())?;
                return Ok(None);
            }
            Ok(effect) => Open::Effect(effect),
            Err(error) => Open::Error(error),
        }))
    }

    /// The answer to a question, in one line.
    pub async fn answer(&mut self, question: Open) -> String {
        let answer = match question {
            Open::Effect(effect) => self.value(effect).await.unwrap_or_else(|error| json!({ "error": error })),
            Open::Error(error) => json!({ "error": error }),
        };
        let mut line = answer.to_string();
        if line.len() > ANSWER_BYTES {
            line = json!({ "error": "the answer is longer than an answer may be" }).to_string();
        }
        line.push('\n');
        line
    }

    async fn value(&mut self, effect: Effect) -> Result<Value, String> {
        Ok(match effect {
            // Taken care of before: it has no answer.
            Effect::Output { .. } => json!({}),
            Effect::Line => match self.lines.pop_front() {
                None => json!({ "end": true }),
                Some(line) => json!({ "text": String::from_utf8(line).map_err(|_| "the line is not UTF-8")? }),
            },
            Effect::Send(request) => self.http.send(request).await?,
            Effect::Receive => self.http.receive().await?,
            Effect::Now => json!({ "time_ms": u64::try_from(self.clock.now().as_millis()).unwrap_or(u64::MAX) }),
            Effect::Sleep { time_ms } => {
                let time = Duration::from_millis(time_ms);
                let end = self.clock.elapsed().saturating_add(time);
                tokio::time::sleep(time).await;
                self.clock.advance_to(end);
                json!({})
            }
        })
    }
}

fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}
