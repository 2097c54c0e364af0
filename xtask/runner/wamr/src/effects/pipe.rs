//! The guest's standard streams, which end in its [`Host`].

use super::{
    host::{Host, Open},
    question::Lines,
};
use bytes::{Bytes, BytesMut};
use std::{collections::VecDeque, sync::Arc};
use tokio::{
    io::{AsyncRead, AsyncWrite, empty, sink},
    sync::{Mutex, MutexGuard},
};
use wasmtime_wasi::{
    async_trait,
    cli::{IsTerminal, StdinStream, StdoutStream},
    p2::{InputStream, OutputStream, Pollable, StreamError, StreamResult},
};

/// How much a guest may write in one call, in bytes.
const CALL_BYTES: usize = 64 << 10;
/// How many questions may be open: one, and some for a guest that does not keep to it.
const OPEN_COUNT: usize = 4;

/// Both streams. Clones are the same.
#[derive(Clone)]
pub struct Pipe(Arc<Mutex<State>>);

struct State {
    host: Host,
    lines: Lines,
    open: VecDeque<Open>,
    answers: BytesMut,
}

impl Pipe {
    /// Streams that end in `host`.
    pub fn new(host: Host) -> Pipe {
        Pipe(Arc::new(Mutex::new(State { host, lines: Lines::default(), open: VecDeque::new(), answers: BytesMut::new() })))
    }

    /// The state. The guest does one thing at a time, so that nobody else has it.
    fn state(&self) -> StreamResult<MutexGuard<'_, State>> {
        self.0.try_lock().map_err(|_| StreamError::trap("the standard streams are in use"))
    }
}

impl IsTerminal for Pipe {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdinStream for Pipe {
    // Preview 1 does not ask for it.
    fn async_stream(&self) -> Box<dyn AsyncRead + Send + Sync> {
        Box::new(empty())
    }

    fn p2_stream(&self) -> Box<dyn InputStream> {
        Box::new(Answers(self.clone()))
    }
}

impl StdoutStream for Pipe {
    // Preview 1 does not ask for it.
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(sink())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(Questions(self.clone()))
    }
}

/// Standard output.
struct Questions(Pipe);

impl OutputStream for Questions {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        let mut state = self.0.state()?;
        for line in state.lines.add(&bytes) {
            let open = state.host.take(line).map_err(|full| StreamError::Trap(full.into()))?;
            state.open.extend(open);
            if state.open.len() > OPEN_COUNT {
                return Err(StreamError::trap("effects are asked for, and their answers not read"));
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(CALL_BYTES)
    }
}

#[async_trait]
impl Pollable for Questions {
    async fn ready(&mut self) {}
}

/// Standard input.
struct Answers(Pipe);

impl InputStream for Answers {
    /// What is left of the answers. A guest that reads without having asked would wait for ever: for it the input is at its end.
    fn read(&mut self, size: usize) -> StreamResult<Bytes> {
        let mut state = self.0.state()?;
        if state.answers.is_empty() && state.open.is_empty() {
            return Err(StreamError::Closed);
        }
        let length = state.answers.len().min(size);
        Ok(state.answers.split_to(length).freeze())
    }
}

#[async_trait]
impl Pollable for Answers {
    /// Makes the next answer, which can take its time.
    async fn ready(&mut self) {
        let mut state = self.0.0.lock().await;
        if state.answers.is_empty()
            && let Some(question) = state.open.pop_front()
        {
            let answer = state.host.answer(question).await;
            state.answers.extend_from_slice(answer.as_bytes());
        }
    }
}

#[cfg(test)]
mod tests;
