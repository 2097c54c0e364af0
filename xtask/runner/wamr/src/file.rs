//! The file that is run: what is wrong with one that cannot be.

use crate::{
    engine::Module,
    needs::{Needs, SECTION, Unfit},
    round::ENTRY,
};
use anyhow::{Context, Result, anyhow, bail};
use runner_host::failure::Failure;
use runner_protocol::{Spec, Start};

/// What files start with: a core module, a component, and what WAMR's compiler makes.
const CORE: &[u8] = b"\0asm\x01\0\0\0";
const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";
const COMPILED: &[u8] = b"\0aot";

/// Looks at the bytes of the artifact, and reads what a module needs; a compiled one says it when it is loaded.
///
/// # Errors
/// They are something else than what the engine takes, or WAMR has no way to start them so.
pub fn check(spec: &Spec, bytes: &[u8]) -> Result<Option<Needs>> {
    if matches!(spec.start, Start::Session { .. }) {
        bail!(Failure::usage(
            "WAMR has no component model, and with it no session: use an engine of Wasmtime's, or another `start`"
        ));
    }
    let name = spec.artifact.display();
    let is_compiled = spec.engine.is_precompiled();
    let wrong = match bytes {
        _ if bytes.starts_with(COMPILED) && is_compiled => return Ok(None),
        _ if bytes.starts_with(CORE) && !is_compiled => return needs_of_module(bytes, &name.to_string()).map(Some),
        _ if bytes.starts_with(COMPILED) => "is compiled already: use wamr-aot",
        _ if bytes.starts_with(COMPONENT) => "is a component; WAMR runs core modules: build for wasm32-wasip1",
        _ if bytes.starts_with(CORE) => "is not compiled: make it with `runner-wamr-aot compile --engine wamr-aot`",
        _ => "is no WebAssembly: use the artifact for wasm32-wasip1",
    };
    bail!(Failure::artifact(format!("{name} {wrong}")))
}

/// What a core module needs; `name` is its file's.
///
/// # Errors
/// It is something else, or broken.
pub fn needs_of_module(bytes: &[u8], name: &str) -> Result<Needs> {
    if bytes.starts_with(COMPONENT) {
        bail!(Failure::artifact(format!("{name} is a component; WAMR runs core modules: build for wasm32-wasip1")));
    }
    Needs::of_module(bytes).map_err(|unfit| match unfit {
        Unfit::Broken(error) => anyhow!(error).context(Failure::artifact(format!("{name} is broken: build it again"))),
        Unfit::Import(import) => anyhow!(missing(name, &import)),
    })
}

/// What a compiled file needs.
///
/// # Errors
/// It does not say.
pub fn needs_of_compiled(spec: &Spec, module: &Module<'_>) -> Result<Needs> {
    module.custom_section(SECTION).and_then(Needs::of_section).with_context(|| {
        let name = spec.artifact.display();
        Failure::artifact(format!(
            "{name} does not say what it needs: compile it with `runner-wamr-aot compile --engine wamr-aot`"
        ))
    })
}

/// The failure of a file that WAMR does not load, in its `words`.
pub fn not_loaded(spec: &Spec, words: &str) -> anyhow::Error {
    let (name, engine) = (spec.artifact.display(), spec.engine);
    let cure =
        if engine.is_precompiled() { "compile it again" } else { "build it again for wasm32-wasip1, without newer features" };
    anyhow!("{words}").context(Failure::artifact(format!("{name} is not valid, or has what {engine} does not take: {cure}")))
}

/// Sees whether everything that the module imports is there, and what is called in it. WAMR itself only fails when it comes to it.
///
/// # Errors
/// Names what is missing.
pub fn check_interface(spec: &Spec, module: &Module<'_>) -> Result<()> {
    let name = spec.artifact.display();
    if let Some(missing) = module.imports().into_iter().find(|import| !import.is_known) {
        let (from, what) = (missing.module, missing.name);
        bail!(Failure::artifact(format!(
            "{name} imports {from}.{what}, which it is not given: build it with WASI preview 1 alone"
        )));
    }
    let entry = ENTRY.to_string_lossy();
    if spec.start == Start::Command && !module.has_start(&entry) {
        bail!(Failure::artifact(format!(
            "{name} does not export a function `{entry}` without parameters: build a program, not a library"
        )));
    }
    Ok(())
}

fn missing(name: &str, import: &str) -> Failure {
    Failure::artifact(format!("{name} imports {import}, which it is not given: build it with WASI preview 1 alone"))
}
