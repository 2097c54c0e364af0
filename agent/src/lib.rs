//! The agent's core: configuration, messages, sessions, capabilities, providers, tools and the turn that joins them. It does no I/O.
//!
//! The core is `no_std`, so the compiler holds that promise: files, standard streams, the network, the clock and the environment are reached
//! only through [`effects::Host`]. The feature `host` adds the hosts themselves (`src/host/`), some of which use `std`; a test builds the core
//! without it.
//!
//! The flow of one turn, [`turn::run`]:
//!
//! ```text
//! Setup (configuration, key, capabilities) -> Conversation (messages, repaired)
//!   -> context::start -> Provider::ask -> Reply -> Conversation::keep
//!        ^                                  |
//!        +--- results <- tool::run <- calls-+-> text -> Host::output
//! ```

#![no_std]

extern crate alloc;
// On WASI 0.2 the bindings are enough.
#[cfg(all(feature = "host", not(all(target_os = "wasi", target_env = "p2"))))]
extern crate std;

pub mod capability;
pub mod check;
pub mod cli;
pub mod config;
pub mod context;
pub mod conversation;
pub mod effects;
pub mod failure;
#[cfg(feature = "host")]
pub mod host;
pub mod http;
pub mod json;
pub mod key;
#[cfg(feature = "memory-flat")]
pub mod memory;
pub mod message;
pub mod program;
pub mod provider;
pub mod redact;
pub mod session;
pub mod setup;
pub mod show;
pub mod sse;
pub mod text;
pub mod tool;
pub mod turn;
pub mod url;
