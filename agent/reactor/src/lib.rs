//! The agent as a part of other programs: a WASI 0.2 component that exports `agent:agent/session`, which `agent/wit/session.wit` describes.
//!
//! On other targets there is nothing in it: a Rust program takes the library `agent` instead.

#![cfg_attr(all(target_os = "wasi", target_env = "p2"), no_std)]

#[cfg(all(target_os = "wasi", target_env = "p2"))]
extern crate alloc;

#[cfg(all(target_os = "wasi", target_env = "p2"))]
mod component;
