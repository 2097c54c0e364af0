//! The hosts: what the core asks of the world, done on each platform.
//!
//! | platform | files | HTTP | over |
//! |---|---|---|---|
//! | native | directory handles (`cap-std`) | `ureq` with rustls | `std` |
//! | WASI preview 1 | `std::fs` in the folders that are granted | the effect protocol ([`channel`]) | `std` |
//! | WASI 0.2 | descriptors of `wasi:filesystem` | `wasi:http` | the bindings in `wasip2` alone |
//!
//! WASI 0.2 does without `std`: its descriptors are the better file handles (each step of a path is opened by itself, and no symbolic link is
//! followed), and it is 40,000 bytes less. ADR 4 has the figures.

#[cfg(all(target_os = "wasi", target_env = "p2"))]
mod wasip2;
#[cfg(all(target_os = "wasi", target_env = "p2"))]
pub use wasip2::{PlatformHost, start};

#[cfg(not(all(target_os = "wasi", target_env = "p2")))]
mod standard;
#[cfg(not(all(target_os = "wasi", target_env = "p2")))]
mod streams;
#[cfg(not(all(target_os = "wasi", target_env = "p2")))]
pub use standard::PlatformHost;

#[cfg(any(test, all(target_os = "wasi", target_env = "p1")))]
mod channel;
#[cfg(all(target_os = "wasi", target_env = "p1"))]
#[path = "host/wasip1.rs"]
mod platform;
#[cfg(not(target_os = "wasi"))]
#[path = "host/native.rs"]
mod platform;
