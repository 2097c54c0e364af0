//! Compiles ahead of time, for the build without a compiler.

use crate::{engine, load};
use anyhow::{Context, Result, bail};
use runner_host::failure::Failure;
use runner_protocol::Engine;
use std::{fs, path::Path};

/// Compiles the component in the file `wasm` for `kind` into the file `compiled`.
///
/// # Errors
/// The engine takes no such file, the component is not valid, or a file cannot be read or written.
pub fn compile(kind: Engine, wasm: &Path, compiled: &Path) -> Result<()> {
    if !matches!(kind, Engine::WasmtimeAot | Engine::WasmtimePulley) {
        bail!(Failure::usage(format!("nothing is compiled ahead of time for {kind} here: use wasmtime-aot or wasmtime-pulley")));
    }
    let name = wasm.display();
    let bytes = fs::read(wasm).with_context(|| Failure::artifact(format!("{name} cannot be read: name an existing file")))?;
    load::check(&bytes, &name.to_string())?;
    let code = engine::new(kind)?.precompile_component(&bytes).map_err(anyhow::Error::from);
    let code = code
        .with_context(|| Failure::artifact(format!("{name} is not valid, or has what {kind} does not take: build it again")))?;
    // Another process may be reading the old file.
    let part = compiled.with_added_extension("part");
    let written = fs::write(&part, code).and_then(|()| fs::rename(&part, compiled));
    written.with_context(|| format!("cannot write {}: does its folder exist?", compiled.display()))
}
