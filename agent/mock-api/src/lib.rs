//! A stand-in for two LLM APIs: Chat Completions at `/v1/chat/completions`, Messages at `/v1/messages`, vectors of texts at `/v1/embeddings`, pages at
//! any other path.
//!
//! A [`Script`] says what is answered, in order. The same script serves both formats; the request's `stream` decides between events
//! and one JSON body. [`Chunking`] and [`Transfer`] say how the bytes are sent, [`Quirk`]s what well-meaning servers do, [`Fault`]s
//! what goes wrong. A request the real services would refuse is refused.
//!
//! ```
//! use mock_api::{Chunking, Fault, Mock, Reply, Script};
//!
//! let mut reply = Reply::text("Hello there.");
//! reply.chunking = Some(Chunking::Bytes.with(7));
//! reply.faults = vec![Fault::Stall.with(5)];
//! let mock = Mock::start(Script::of([reply]))?;
//! assert!(mock.url().starts_with("http://127.0.0.1:"));
//! assert!(mock.recorded().is_empty());
//! # Ok::<(), std::io::Error>(())
//! ```

mod answer;
mod anthropic;
mod api;
mod check;
mod connection;
mod embeddings;
mod faults;
mod gzip;
mod json;
mod mock;
mod modes;
mod named;
mod openai;
mod request;
mod response;
mod script;
mod sse;
mod state;
mod stop;
mod stream;
#[cfg(feature = "tls")]
mod tls;
mod turn;
mod validate;
mod wire;

pub use mock::{Mock, Options};
pub use modes::{Chunking, Fault, Modes, Quirk, Transfer};
pub use named::{Named, Row, Setting, help};
pub use request::Recorded;
pub use script::{Call, ErrorReply, Expect, Page, Reply, Script, Stop, Usage};
