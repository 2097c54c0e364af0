//! Wasmtime's settings. They are the same in both builds: what one compiles the other has to accept.

use anyhow::{Result, bail};
use runner_protocol::Engine as Kind;
use wasmtime::{Config, Engine};

/// The target of Pulley, Wasmtime's portable interpreter.
const PULLEY: &str = "pulley64";

/// An engine of this kind.
///
/// Memory is reserved on demand, with Wasmtime's own sizes: 4 GiB of addresses an instance, of which only what is touched is memory. A thousand
/// live instances take 4 of 128 TiB; a pool would have to be as large as the most that is ever wanted, and be paid for at every start.
///
/// # Errors
/// This build has no such engine.
pub fn new(kind: Kind) -> Result<Engine> {
    let mut config = Config::new();
    // One unit an instruction, more or less.
    config.consume_fuel(true);
    // The deadline fires in a guest that never asks the host for anything: `ticks`.
    config.epoch_interruption(true);
    // The name of the trap is enough. Without backtraces files are smaller, and loading does not register what unwinds them.
    config.wasm_backtrace_max_frames(None).generate_address_map(false).native_unwind_info(false);
    // Async components are not compiled in; saying so saves what each store would keep for them.
    config.concurrency_support(false);
    match kind {
        Kind::WasmtimeJit => compiler(&mut config, false)?,
        Kind::WasmtimeWinch => compiler(&mut config, true)?,
        Kind::WasmtimeAot => {}
        Kind::WasmtimePulley => drop(config.target(PULLEY)?),
        Kind::Native | Kind::WamrInterpreter | Kind::WamrAot => bail!("{kind} is not in this program: use the build for it"),
    }
    Ok(Engine::new(&config)?)
}

#[cfg(feature = "jit")]
#[allow(clippy::unnecessary_wraps, reason = "the build without compilers fails")]
fn compiler(config: &mut Config, baseline: bool) -> Result<()> {
    use wasmtime::Strategy;
    config.strategy(if baseline { Strategy::Winch } else { Strategy::Cranelift });
    Ok(())
}

#[cfg(not(feature = "jit"))]
fn compiler(_: &mut Config, _: bool) -> Result<()> {
    bail!("this program has no compiler: use runner-jit")
}
