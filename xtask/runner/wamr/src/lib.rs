//! Runs one preview 1 module under WAMR in the sandbox of [`runner_host`], and says what came of it.
//!
//! ```text
//! Job -> file::check -> engine::Module (loaded) -> round::Round (one instance, with its guest::Guest) -> Outcome
//!        the guest's calls -> preview1 -> wasmtime-wasi      its effects -> effects -> runner_host::network
//! ```
//!
//! Two programs are made of it, each linked with another library of WAMR's: `runner-wamr` with the interpreter, `runner-wamr-aot` with what
//! runs compiled modules.

mod compile;
mod effects;
mod engine;
mod file;
mod guest;
mod job;
mod needs;
mod preview1;
mod round;
mod watch;

use runner_host::program::Program;
use runner_protocol::Engine;

/// The build with the interpreter.
pub fn interpreter() -> Program {
    Program { name: "runner-wamr", version: engine::version(), engines: &[Engine::WamrInterpreter], run: job::run, compile: None }
}

/// The build that runs what was compiled ahead of time. It has no compiler in it: that is a program of its own, which it starts.
pub fn ahead_of_time() -> Program {
    let compile = Some(compile::compile as fn(_, &_, &_) -> _);
    Program { name: "runner-wamr-aot", version: engine::version(), engines: &[Engine::WamrAot], run: job::run, compile }
}
