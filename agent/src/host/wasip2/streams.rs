//! The standard streams of WASI 0.2.

use alloc::string::String;
use alloc::vec::Vec;

use wasip2::cli::{stderr, stdin, stdout};
use wasip2::io::streams::{OutputStream, StreamError};

use crate::effects::Trouble;

/// How much is asked for at once.
const READ_BYTES: u64 = 16 * 1024;
/// The most that one `blocking-write-and-flush` takes.
pub(super) const MAX_WRITE_BYTES: usize = 4096;

/// Standard input, and what was read of it beyond the last line.
#[derive(Default)]
pub(super) struct Input {
    ahead: Vec<u8>,
    /// How much of `ahead` was given already.
    given: usize,
    is_over: bool,
}

impl Input {
    pub(super) fn all(&mut self, limit: usize) -> Result<Vec<u8>, Trouble> {
        while !self.is_over {
            self.fill()?;
            if self.ahead.len() > limit {
                return Err(Trouble::TooLarge);
            }
        }
        Ok(core::mem::take(&mut self.ahead))
    }

    pub(super) fn line(&mut self, limit: usize) -> Result<Option<Vec<u8>>, Trouble> {
        let mut line = Vec::new();
        let mut is_too_large = false;
        loop {
            let rest = self.ahead.get(self.given..).unwrap_or_default();
            let end = rest.iter().position(|&byte| byte == b'\n');
            let part = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
            self.given += part.len() + usize::from(end.is_some());
            // A line that is too large is passed over to its end.
            is_too_large |= line.len() + part.len() > limit;
            if !is_too_large {
                line.extend_from_slice(part);
            }
            if end.is_some() {
                break;
            }
            if self.is_over {
                if line.is_empty() && !is_too_large {
                    return Ok(None);
                }
                break;
            }
            self.fill()?;
        }
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        if is_too_large { Err(Trouble::TooLarge) } else { Ok(Some(line)) }
    }

    /// Reads on.
    fn fill(&mut self) -> Result<(), Trouble> {
        match stdin::get_stdin().blocking_read(READ_BYTES) {
            Ok(bytes) if self.given >= self.ahead.len() => (self.ahead, self.given) = (bytes, 0),
            Ok(bytes) => self.ahead.extend_from_slice(&bytes),
            Err(StreamError::Closed) => self.is_over = true,
            Err(StreamError::LastOperationFailed(_)) => return Err(Trouble::Other("the stream broke".into())),
        }
        Ok(())
    }
}

pub(super) fn output(text: &str) -> Result<(), String> {
    match write(&stdout::get_stdout(), text) {
        // The reader has all it wanted, as in `agent --help | head -1`.
        Ok(()) | Err(StreamError::Closed) => Ok(()),
        Err(StreamError::LastOperationFailed(_)) => Err("the stream broke".into()),
    }
}

/// Writes to standard error. Nothing is left to tell it to when that is closed.
pub(super) fn error(text: &str) {
    let _ = write(&stderr::get_stderr(), text);
}

fn write(to: &OutputStream, text: &str) -> Result<(), StreamError> {
    for piece in text.as_bytes().chunks(MAX_WRITE_BYTES) {
        to.blocking_write_and_flush(piece)?;
    }
    Ok(())
}
