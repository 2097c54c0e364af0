//! The agent's core: configuration, messages, sessions, providers and the turn that joins them. It does no I/O.
//!
//! The core is `no_std`, so the compiler holds that promise: files, standard streams and the environment are reached only through
//! [`effects::Host`], which the binary implements once (`src/host.rs`) for native and WASI.
//!
//! The flow of one turn, [`turn::run`]:
//!
//! ```text
//! Host::read config -> Config -> Host::input -> message -> Host::read session -> Session
//!   -> Provider::reply -> Host::append session -> Host::output reply
//! ```

#![no_std]

extern crate alloc;

pub mod config;
pub mod effects;
pub mod failure;
pub mod message;
pub mod provider;
pub mod session;
pub mod turn;
