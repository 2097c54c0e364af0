//! From bytes to a component, and what is wrong with bytes that are none.

use anyhow::{Context, Result, bail};
use runner_host::{failure::Failure, job::Job};
use wasmtime::{Engine, Precompiled, component::Component};

/// What WebAssembly starts with: a core module, and a component.
const CORE: &[u8] = b"\0asm\x01\0\0\0";
const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

/// The component of `job`: compiled now, or compiled before.
///
/// # Errors
/// The artifact is something else, does not validate, or was compiled by another version or for other settings.
pub fn component(engine: &Engine, job: &Job) -> Result<Component> {
    let name = job.spec.artifact.display();
    if !job.spec.engine.is_precompiled() {
        return compiled_now(engine, &job.artifact, &name.to_string());
    }
    if Engine::detect_precompiled(&job.artifact) != Some(Precompiled::Component) {
        bail!(Failure::artifact(format!(
            "{name} is no compiled component: make it with `runner-jit compile --engine {}`",
            job.spec.engine
        )));
    }
    // SAFETY: the file is trusted as code, as the runner's own binary is. It is not the guest's: who wrote the specification compiled it with
    // `runner-jit compile` and recorded its SHA-256, and `Job::read` has checked that these very bytes have it. Wasmtime itself refuses files of
    // another version, target or settings.
    let component = unsafe { Component::deserialize(engine, &job.artifact) };
    component.map_err(anyhow::Error::from).with_context(|| {
        Failure::artifact(format!(
            "{name} was compiled by another version or for another engine: compile it again for {}",
            job.spec.engine
        ))
    })
}

#[cfg(feature = "jit")]
fn compiled_now(engine: &Engine, bytes: &[u8], name: &str) -> Result<Component> {
    check(bytes, name)?;
    let component = Component::from_binary(engine, bytes).map_err(anyhow::Error::from);
    component
        .with_context(|| Failure::artifact(format!("{name} is not valid, or has what this engine does not take: build it again")))
}

#[cfg(not(feature = "jit"))]
fn compiled_now(_: &Engine, bytes: &[u8], name: &str) -> Result<Component> {
    check(bytes, name)?;
    bail!("there is no compiler in this program: use runner-jit")
}

/// Lets a component pass.
///
/// # Errors
/// The bytes are something else: a core module, a compiled component, or no WebAssembly at all.
pub fn check(bytes: &[u8], name: &str) -> Result<()> {
    let wrong = match bytes {
        _ if bytes.starts_with(COMPONENT) => return Ok(()),
        _ if bytes.starts_with(CORE) => "is a core module, and Wasmtime is given components: use the artifact for wasm32-wasip2",
        _ if Engine::detect_precompiled(bytes).is_some() => "is compiled already: use wasmtime-aot or wasmtime-pulley",
        _ => "is no WebAssembly: use the artifact for wasm32-wasip2",
    };
    bail!(Failure::artifact(format!("{name} {wrong}")))
}
