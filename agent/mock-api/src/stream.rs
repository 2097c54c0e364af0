//! A connection: plain, or with TLS.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

/// What is read to no purpose before a connection ends, and how long each read may take.
const LINGER_BYTES: usize = 64 << 20;
const LINGER: Duration = Duration::from_millis(300);

/// The server's end of a connection.
pub(crate) enum Stream {
    Plain(TcpStream),
    #[cfg(feature = "tls")]
    Tls(Box<rustls::StreamOwned<rustls::ServerConnection, TcpStream>>),
}

impl Stream {
    fn tcp(&self) -> &TcpStream {
        match self {
            Stream::Plain(stream) => stream,
            #[cfg(feature = "tls")]
            Stream::Tls(stream) => &stream.sock,
        }
    }

    /// Ends in good order.
    pub(crate) fn close(&mut self) {
        #[cfg(feature = "tls")]
        if let Stream::Tls(stream) = self {
            stream.conn.send_close_notify();
            // The client may be gone: then nobody needs the notice.
            let _ = stream.flush();
        }
        let _ = self.tcp().shutdown(Shutdown::Write);
    }

    /// Ends in good order, but first lets the client say what it still has to say: else it might not see the answer.
    pub(crate) fn close_late(&mut self) {
        self.close();
        let mut left = LINGER_BYTES;
        let mut block = [0; 16 << 10];
        if self.tcp().set_read_timeout(Some(LINGER)).is_err() {
            return;
        }
        while let (1.., Ok(bytes @ 1..)) = (left, self.read(&mut block)) {
            left = left.saturating_sub(bytes);
        }
    }

    /// Ends at once.
    pub(crate) fn hang_up(&mut self) {
        let _ = self.tcp().shutdown(Shutdown::Both);
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Stream::Plain(stream) => stream.read(buffer),
            #[cfg(feature = "tls")]
            Stream::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Stream::Plain(stream) => stream.write(bytes),
            #[cfg(feature = "tls")]
            Stream::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Stream::Plain(stream) => stream.flush(),
            #[cfg(feature = "tls")]
            Stream::Tls(stream) => stream.flush(),
        }
    }
}
