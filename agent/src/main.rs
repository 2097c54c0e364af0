//! The `agent` command: the command line goes in, the core runs on this platform's host, the outcome becomes an exit code.
//!
//! On WASI 0.2 there is no `std` in it: see [`agent::host`].

#![cfg_attr(all(target_os = "wasi", target_env = "p2"), no_std, no_main)]

extern crate alloc;

use alloc::string::String;
use alloc::vec::Vec;

use agent::effects::Host;
use agent::failure::Failure;
use agent::host::PlatformHost;
use agent::text;
use agent::{cli, program, show};

#[cfg_attr(all(target_os = "wasi", target_env = "p2"), path = "main/wasip2.rs")]
#[cfg_attr(not(all(target_os = "wasi", target_env = "p2")), path = "main/standard.rs")]
mod entry;

#[cfg(feature = "alloc-tracing")]
#[path = "main/alloc_report.rs"]
mod alloc_report;
#[cfg(feature = "alloc-tracing")]
use alloc_report::run as start;
#[cfg(not(feature = "alloc-tracing"))]
use run as start;

#[cfg(not(all(target_os = "wasi", target_env = "p2")))]
fn main() -> std::process::ExitCode {
    entry::main()
}

/// Runs with these arguments after the program's name, and gives the exit code.
fn run(arguments: Result<Vec<String>, Failure>) -> u8 {
    let mut host = PlatformHost::default();
    let version = text::fill("agent {} (allocator {})", &[env!("CARGO_PKG_VERSION"), agent_allocator::NAME]);
    match arguments.and_then(cli::parse).and_then(|options| program::run(options, &version, &mut host)) {
        Ok(()) => 0,
        Err(failure) => {
            host.warn(&show::one_line(&failure.text));
            failure.exit as u8
        }
    }
}
