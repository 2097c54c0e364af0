//! Runs one component under Wasmtime in the sandbox of [`runner_host`], and says what came of it.
//!
//! ```text
//! Job -> engine::new -> load::component -> entry::Entry (linked) -> guest::Guest (one instance) -> Outcome
//! ```
//!
//! Two programs are made of it, one with compilers and one without: `src/bin`.

#[cfg(feature = "jit")]
mod compile;
mod ended;
mod engine;
mod entry;
mod guest;
mod http;
mod limiter;
mod link;
mod load;
mod run;
mod session;
mod state;
mod ticks;
mod waiting;

use runner_host::program::Program;
use runner_protocol::Engine;

/// The engine and its version.
fn version() -> String {
    format!("wasmtime {}", wasmtime_environ::VERSION)
}

/// The build with compilers.
#[cfg(feature = "jit")]
pub fn jit() -> Program {
    const ENGINES: &[Engine] = &[Engine::WasmtimeJit, Engine::WasmtimeWinch];
    Program { name: "runner-jit", version: version(), engines: ENGINES, run: run::run, compile: Some(compile::compile) }
}

/// The build that runs what was compiled ahead of time.
#[cfg(feature = "precompiled")]
pub fn precompiled() -> Program {
    const ENGINES: &[Engine] = &[Engine::WasmtimeAot, Engine::WasmtimePulley];
    Program { name: "runner-precompiled", version: version(), engines: ENGINES, run: run::run, compile: None }
}
