//! The running server: its threads, and what a test asks of it.

use std::fs::File;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::connection::serve;
use crate::request::Recorded;
use crate::script::Script;
use crate::state::State;
use crate::stream::Stream;
#[cfg(feature = "tls")]
use crate::tls::Tls;

/// How long the accepting thread rests after an error, such as too many open files.
const ACCEPT_REST: Duration = Duration::from_millis(10);

/// Where and how a mock listens.
#[derive(Debug, Clone)]
pub struct Options {
    /// An address of this machine's loopback; port 0 is any free one.
    pub address: SocketAddr,
    /// Requests are written to this file, one JSON object a line.
    pub record: Option<PathBuf>,
    /// HTTPS instead of HTTP.
    #[cfg(feature = "tls")]
    pub tls: bool,
}

/// A server on loopback. It ends when it is dropped.
pub struct Mock {
    address: SocketAddr,
    state: Arc<State>,
    accepting: Option<JoinHandle<()>>,
    #[cfg(feature = "tls")]
    tls: Option<Arc<Tls>>,
}

impl Mock {
    /// Starts on any free port.
    pub fn start(script: Script) -> io::Result<Mock> {
        Mock::start_with(Options::default(), script)
    }

    /// Starts on an address of the loopback.
    pub fn start_on(address: SocketAddr, script: Script) -> io::Result<Mock> {
        Mock::start_with(Options { address, ..Options::default() }, script)
    }

    /// Starts with HTTPS on any free port.
    #[cfg(feature = "tls")]
    pub fn start_tls(script: Script) -> io::Result<Mock> {
        Mock::start_with(Options { tls: true, ..Options::default() }, script)
    }

    /// Starts with all options.
    pub fn start_with(options: Options, script: Script) -> io::Result<Mock> {
        let refused = |error: String| io::Error::new(io::ErrorKind::InvalidInput, error);
        script.check().map_err(refused)?;
        if !options.address.ip().is_loopback() {
            return Err(refused(format!("{} is not loopback", options.address)));
        }
        let record = options.record.map(File::create).transpose()?;
        let listener = TcpListener::bind(options.address)?;
        let address = listener.local_addr()?;
        let state = Arc::new(State::new(script, record));
        #[cfg(feature = "tls")]
        let tls = if options.tls { Some(Arc::new(Tls::new()?)) } else { None };
        let acceptor = Acceptor {
            state: state.clone(),
            #[cfg(feature = "tls")]
            tls: tls.clone(),
        };
        let accepting = thread::Builder::new().name("mock-api".into()).spawn(move || acceptor.run(&listener))?;
        Ok(Mock {
            address,
            state,
            accepting: Some(accepting),
            #[cfg(feature = "tls")]
            tls,
        })
    }

    /// Where it listens, as `http://127.0.0.1:PORT`; with TLS `https`.
    pub fn url(&self) -> String {
        #[cfg(feature = "tls")]
        if self.tls.is_some() {
            return format!("https://{}", self.address);
        }
        format!("http://{}", self.address)
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// All requests so far, in the order they came: those that were refused too, but not what is no HTTP.
    pub fn recorded(&self) -> Vec<Recorded> {
        self.state.recorded()
    }

    /// What [`crate::Expect`] wanted and did not get.
    pub fn mismatches(&self) -> Vec<String> {
        self.state.mismatches()
    }

    /// The certificate a client has to trust, as PEM; none without TLS.
    #[cfg(feature = "tls")]
    pub fn ca_pem(&self) -> Option<&str> {
        self.tls.as_ref().map(|tls| tls.ca_pem.as_str())
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        self.state.end();
        // Wakes the thread that waits for a connection. If this fails there is one waiting already.
        let _ = TcpStream::connect_timeout(&self.address, Duration::from_secs(1));
        if let Some(accepting) = self.accepting.take() {
            // A panic there has been printed already.
            let _ = accepting.join();
        }
    }
}

impl Default for Options {
    fn default() -> Options {
        Options {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            record: None,
            #[cfg(feature = "tls")]
            tls: false,
        }
    }
}

/// Takes connections, each served by a thread of its own.
struct Acceptor {
    state: Arc<State>,
    #[cfg(feature = "tls")]
    tls: Option<Arc<Tls>>,
}

impl Acceptor {
    fn run(&self, listener: &TcpListener) {
        let mut threads: Vec<JoinHandle<()>> = Vec::new();
        for (id, stream) in listener.incoming().enumerate() {
            if self.state.stop.is_set() {
                break;
            }
            threads.retain(|thread| !thread.is_finished());
            match stream.and_then(|stream| self.spawn(id, stream)) {
                Ok(thread) => threads.push(thread),
                // This client is lost; the next may do better.
                Err(_) => drop(self.state.stop.wait(ACCEPT_REST)),
            }
        }
        for thread in threads {
            let _ = thread.join();
        }
    }

    fn spawn(&self, id: usize, stream: TcpStream) -> io::Result<JoinHandle<()>> {
        stream.set_nodelay(true)?;
        self.state.opened(id, &stream)?;
        let state = self.state.clone();
        let stream = self.wrap(stream)?;
        thread::Builder::new().name(format!("mock-api {id}")).spawn(move || {
            serve(stream, &state);
            state.closed(id);
        })
    }

    fn wrap(&self, stream: TcpStream) -> io::Result<Stream> {
        #[cfg(feature = "tls")]
        if let Some(tls) = &self.tls {
            return Ok(Stream::Tls(Box::new(tls.accept(stream)?)));
        }
        Ok(Stream::Plain(stream))
    }
}
