//! Compiles ahead of time, by a program of its own: what LLVM takes of memory is not to be part of a process that runs guests.

use crate::file;
use anyhow::{Context, Result, bail};
use runner_host::failure::Failure;
use runner_protocol::Engine;
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The environment variable that names the compiler, when this program is built and when it runs: what `xtask/runner/wamr-aot/compiler` makes.
const COMPILER: &str = "RUNNER_WAMR_COMPILER";

/// Compiles the module in the file `wasm` into the file `compiled`.
///
/// # Errors
/// There is no compiler, the module is not valid, or a file cannot be read or written.
pub fn compile(engine: Engine, wasm: &Path, compiled: &Path) -> Result<()> {
    if engine != Engine::WamrAot {
        bail!(Failure::usage(format!("nothing is compiled ahead of time for {engine} here: use wamr-aot")));
    }
    let name = wasm.display();
    let mut bytes = fs::read(wasm).with_context(|| Failure::artifact(format!("{name} cannot be read: name an existing file")))?;
    file::needs_of_module(&bytes, &name.to_string())?.append_to(&mut bytes);
    // Another process may be reading the old file.
    let (input, part) = (compiled.with_added_extension("wasm.part"), compiled.with_added_extension("part"));
    let written = fs::write(&input, &bytes);
    written.with_context(|| format!("cannot write {}: does its folder exist?", input.display()))?;
    let done = call(&input, &part, &name.to_string());
    // What is left of a module that did not compile helps nobody.
    let _ = fs::remove_file(&input);
    done?;
    fs::rename(&part, compiled).with_context(|| format!("cannot write {}: is the disk full?", compiled.display()))
}

fn call(input: &Path, output: &Path, name: &str) -> Result<()> {
    let compiler = compiler()?;
    let ran = Command::new(&compiler).args([input, output]).output();
    let ran = ran.with_context(|| format!("cannot start {}: let `cargo xtask run` build it", compiler.display()))?;
    if ran.status.success() {
        return Ok(());
    }
    let words = String::from_utf8_lossy(&ran.stderr);
    let cause = words.lines().next_back().unwrap_or_default().trim_start_matches("error: ").to_string();
    let cause = if cause.is_empty() { format!("the compiler ended with {}", ran.status) } else { cause };
    Err(anyhow::anyhow!(cause)
        .context(Failure::artifact(format!("{name} is not valid, or has what WAMR does not take: build it again"))))
}

fn compiler() -> Result<PathBuf> {
    let named = env::var_os(COMPILER).filter(|path| !path.is_empty()).map(PathBuf::from);
    let built = || option_env!("RUNNER_WAMR_COMPILER").filter(|path| !path.is_empty()).map(PathBuf::from);
    named.or_else(built).context(format!("no compiler is known: let `cargo xtask run` build it, or name one in {COMPILER}"))
}
