//! The host of the effect protocol (`docs/reference/effects.md`): preview 1 has no HTTP, so the agent asks for it over its standard streams.
//!
//! The guest's streams end in this process. What it writes are questions, what it reads are their answers, and an answer is made when the guest
//! waits for it: nothing runs beside the guest.

mod base64;
mod host;
mod http;
mod pipe;
mod question;

use anyhow::{Context, Result};
use host::Host;
use pipe::Pipe;
use runner_host::{clock::Clock, network::Client, output::Output};
use runner_protocol::Spec;
use std::fs;
use wasmtime_wasi::WasiCtxBuilder;

/// Whether the job's guests speak the protocol.
pub fn are_on(spec: &Spec) -> bool {
    spec.environment.get("AGENT_EFFECTS").is_some_and(|value| value == "jsonl")
}

/// Gives a guest a host of its own in place of its standard input and output.
///
/// # Errors
/// The file of the standard input cannot be read.
pub fn attach(wasi: &mut WasiCtxBuilder, spec: &Spec, output: &Output, clock: &Clock, client: Option<Client>) -> Result<()> {
    let read = spec
        .stdin
        .as_ref()
        .map(|path| fs::read(path).with_context(|| format!("cannot read {}: name an existing file as `stdin`", path.display())));
    let host = Host::new(&read.transpose()?.unwrap_or_default(), output.clone(), clock.clone(), client);
    let pipe = Pipe::new(host);
    wasi.stdin(pipe.clone()).stdout(pipe);
    Ok(())
}
