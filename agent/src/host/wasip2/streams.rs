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
        let mut is_too_large = false;
        loop {
            if let Some(end) = self.ahead.iter().position(|&byte| byte == b'\n') {
                let rest = self.ahead.split_off(end + 1);
                let mut line = core::mem::replace(&mut self.ahead, rest);
                line.pop();
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                return if is_too_large || line.len() > limit { Err(Trouble::TooLarge) } else { Ok(Some(line)) };
            }
            if self.ahead.len() > limit {
                is_too_large = true;
                self.ahead.clear();
            }
            if self.is_over {
                let line = core::mem::take(&mut self.ahead);
                return match line.is_empty() {
                    _ if is_too_large => Err(Trouble::TooLarge),
                    true => Ok(None),
                    false => Ok(Some(line)),
                };
            }
            self.fill()?;
        }
    }

    fn fill(&mut self) -> Result<(), Trouble> {
        match stdin::get_stdin().blocking_read(READ_BYTES) {
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
