//! What a guest writes to its standard streams: kept in memory up to one limit for both, written to files at the end.

use crate::limits;
use anyhow::{Context, Result};
use bytes::Bytes;
use runner_protocol::{Ended, Spec};
use std::{
    fmt, fs, io,
    path::Path,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context as Task, Poll},
};
use tokio::io::AsyncWrite;
use wasmtime_wasi::{
    async_trait,
    cli::{IsTerminal, StdoutStream},
    p2::{OutputStream, Pollable, StreamError, StreamResult},
};

/// How much a guest may write in one call.
const CALL_BYTES: usize = 64 << 10;

/// Both streams of one guest. Clones are the same.
#[derive(Clone, Debug)]
pub struct Output {
    kept: Arc<Mutex<Kept>>,
    limit_bytes: u64,
}

/// Which stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// The limit was passed; the guest is to be stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full {
    /// The limit of both streams together.
    pub limit_bytes: u64,
}

#[derive(Debug, Default)]
struct Kept {
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    full: bool,
}

impl Output {
    /// Empty streams with the limit of `spec`.
    pub fn new(spec: &Spec) -> Output {
        Output { kept: Arc::default(), limit_bytes: limits::effective(spec).output_bytes }
    }

    /// Adds `bytes` to a stream.
    ///
    /// # Errors
    /// They pass the limit: then as much is kept as fits, and every later write fails too.
    pub fn write(&self, stream: Stream, bytes: &[u8]) -> Result<(), Full> {
        let mut kept = self.kept();
        let limit = usize::try_from(self.limit_bytes).unwrap_or(usize::MAX);
        let free = limit.saturating_sub(kept.stdout.len() + kept.stderr.len());
        let fits = &bytes[..bytes.len().min(free)];
        match stream {
            Stream::Stdout => kept.stdout.extend_from_slice(fits),
            Stream::Stderr => kept.stderr.extend_from_slice(fits),
        }
        kept.full |= fits.len() < bytes.len();
        if kept.full { Err(Full { limit_bytes: self.limit_bytes }) } else { Ok(()) }
    }

    /// How a guest that passed the limit ended; none if it did not.
    pub fn ended(&self) -> Option<Ended> {
        let full = Full { limit_bytes: self.limit_bytes };
        self.kept().full.then(|| Ended::Stopped { limit: "output_bytes".into(), reason: full.to_string() })
    }

    /// A stream for [`wasmtime_wasi::WasiCtxBuilder`]. Passing the limit is a trap there, whose cause is [`Full`].
    pub fn sink(&self, stream: Stream) -> Sink {
        Sink { output: self.clone(), stream }
    }

    /// Writes the files `stdout` and `stderr` in `folder`, which is created.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn save(&self, folder: &Path) -> Result<()> {
        let kept = self.kept();
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot create {}: name another folder as `output`", folder.display()))?;
        for (name, bytes) in [("stdout", &kept.stdout), ("stderr", &kept.stderr)] {
            let (part, path) = (folder.join(format!("{name}.part")), folder.join(name));
            let written = fs::write(&part, bytes).and_then(|()| fs::rename(&part, &path));
            written.with_context(|| format!("cannot write {}: is the disk full?", path.display()))?;
        }
        Ok(())
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "more than {} bytes were written to stdout and stderr", self.limit_bytes)
    }
}

impl std::error::Error for Full {}

/// One stream, as `wasmtime-wasi` takes it.
#[derive(Clone, Debug)]
pub struct Sink {
    output: Output,
    stream: Stream,
}

impl IsTerminal for Sink {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Sink {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

impl OutputStream for Sink {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.output.write(self.stream, &bytes).map_err(|full| StreamError::Trap(full.into()))
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(CALL_BYTES)
    }
}

#[async_trait]
impl Pollable for Sink {
    async fn ready(&mut self) {}
}

impl AsyncWrite for Sink {
    fn poll_write(self: Pin<&mut Self>, _: &mut Task<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(self.output.write(self.stream, bytes).map(|()| bytes.len()).map_err(io::Error::other))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Task<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Task<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use runner_protocol::{Engine, Guard};

    fn output(off: &[Guard]) -> Output {
        let mut spec = Spec::new(Engine::WasmtimeJit, "a.wasm", "", "out");
        spec.limits.output_bytes = 10;
        spec.without_guards = off.to_vec();
        Output::new(&spec)
    }

    #[test]
    fn both_streams_share_one_limit() {
        let (held, folder) = (output(&[]), tempfile::tempdir().expect("a folder"));
        assert_eq!(held.write(Stream::Stdout, b"123456"), Ok(()));
        assert_eq!((held.write(Stream::Stderr, b"7890"), held.ended()), (Ok(()), None));
        assert!(held.write(Stream::Stderr, b"x").is_err() && held.write(Stream::Stdout, b"").is_err());
        assert!(matches!(held.ended(), Some(Ended::Stopped { limit, .. }) if limit == "output_bytes"));
        held.save(&folder.path().join("out")).expect("saved");
        let saved = |name| fs::read_to_string(folder.path().join("out").join(name)).expect(name);
        assert_eq!((saved("stdout"), saved("stderr")), ("123456".into(), "7890".into()));
        assert_eq!(output(&[Guard::Output]).write(Stream::Stdout, &[b'x'; 11]), Ok(()));
    }
}
