//! The agent on every host: the files that `size` ships under Wasmtime, and the static native binary.

use super::passes;
use crate::{
    data::exit::{Exit, Failure},
    shell::{process, target, wasmtime, workspace::Workspace},
};
use anyhow::{Context, Result};
use std::{env, path::PathBuf};

/// The variable that the tests read, the variant whose shipped file it names, and that file.
const SHIPPED: [(&str, &str, &str); 3] = [
    ("AGENT_WASIP2", "agent/wasm32-wasip2/release-wasm/talc", "agent.wasm"),
    ("AGENT_WASIP1", "agent/wasm32-wasip1/release-wasm/talc", "agent.wasm"),
    ("AGENT_REACTOR", "agent-reactor/wasm32-wasip2/release-wasm/talc", "agent-reactor.wasm"),
];

/// The variables of the tests of the memory, and the targets that they are about.
const WITH_MEMORY: [(&str, &str); 2] = [("AGENT_WASIP2", "wasm32-wasip2"), ("AGENT_WASIP1", "wasm32-wasip1")];

/// What is on in them: the feature that has the other in it, and an allocator.
const MEMORY: &str = "memory-hnsw";

/// Runs the tests of the agent that need its artifacts: (package, test).
const TESTS: [(&str, &str); 2] = [("agent", "hosts"), ("agent-reactor", "reactor")];

/// Builds what the tests need and runs them.
///
/// # Errors
/// Wasmtime or a target is missing, or an artifact does not build.
pub fn pass(workspace: &Workspace) -> Result<bool> {
    let mut variables = vec![("WASMTIME", wasmtime::find(&workspace.scratch())?)];
    build_shipped(workspace)?;
    for (name, variant, file) in SHIPPED {
        variables.push((name, workspace.scratch().join("size").join(variant).join(file)));
    }
    if let Some(program) = static_program(workspace)? {
        variables.push(("AGENT_STATIC", program));
    }
    let shell = workspace.shell()?;
    let mut passed = true;
    for (package, test) in TESTS {
        let cmd = shell.cmd("cargo").args(["test", "--locked", "--package", package, "--test", test]);
        passed &= passes(cmd.envs(variables.iter().map(|(name, value)| (*name, value.as_os_str()))))?;
    }
    let tests = ["test", "--locked", "--package", "agent", "--features", MEMORY, "--test", "memory", "--test", "memory_hosts"];
    let cmd = shell.cmd("cargo").args(tests).env("WASMTIME", wasmtime::find(&workspace.scratch())?);
    Ok(passes(cmd.envs(programs_with_memory(workspace)?))? && passed)
}

/// The agent with what is off by default, as cargo links it: (variable, file).
fn programs_with_memory(workspace: &Workspace) -> Result<Vec<(&'static str, PathBuf)>> {
    let folder = workspace.scratch().join("memory");
    let build = |(variable, target): (&'static str, &str)| {
        let shell = workspace.shell()?;
        let cmd = shell.cmd("cargo").args(["build", "--quiet", "--locked", "--package", "agent", "--profile", "release-wasm"]);
        let cmd = cmd.args(["--features", &format!("dlmalloc,{MEMORY}"), "--target", target, "--target-dir"]).arg(&folder);
        let built = passes(cmd)?;
        let program = folder.join(target).join("release-wasm/agent.wasm");
        if built {
            Ok((variable, program))
        } else {
            Err(Failure::invalid(format!("the agent with {MEMORY} does not build for {target}")).into())
        }
    };
    WITH_MEMORY.into_iter().map(build).collect()
}

/// Ships the variants the way `size` does. Whether their numbers are recorded is for `size` to judge.
fn build_shipped(workspace: &Workspace) -> Result<()> {
    let only = SHIPPED.iter().flat_map(|(_, variant, _)| ["--only", variant]);
    let shell = workspace.shell()?;
    // Through cargo: the tests before this one may have rebuilt the program that runs here.
    let cmd = shell.cmd("cargo").args(["run", "--quiet", "--locked", "--package", "xtask", "--bin", "xtask", "--"]);
    let cmd = cmd.args(["size", "--check", "--json"]).args(only);
    let line = cmd.to_string();
    let output = process::output(cmd)?;
    match output.status.code() {
        Some(code) if [Exit::Pass as i32, Exit::Verdict as i32].contains(&code) => Ok(()),
        _ => Err(anyhow::anyhow!(process::tail(&output.stderr)))
            .with_context(|| Failure::invalid(format!("cannot ship what the tests run: `{line}` failed"))),
    }
}

/// The agent as one static file, where this machine makes such files: Linux, by musl.
fn static_program(workspace: &Workspace) -> Result<Option<PathBuf>> {
    if !cfg!(target_os = "linux") {
        return Ok(None);
    }
    let triple = format!("{}-unknown-linux-musl", env::consts::ARCH);
    target::ensure(workspace, &[&triple])?;
    let folder = workspace.scratch().join("static");
    let shell = workspace.shell()?;
    let mut cmd = shell.cmd("cargo");
    if process::find("musl-gcc").is_none() {
        // The C code in it (ring) calls no library, so any compiler for this processor will do.
        cmd = cmd.env(format!("CC_{}", triple.replace('-', "_")), "cc");
    }
    let cmd = cmd.args(["build", "--quiet", "--locked", "--package", "agent", "--profile", "release-wasm", "--target", &triple]);
    let cmd = cmd.env("CARGO_PROFILE_RELEASE_WASM_STRIP", "symbols").arg("--target-dir").arg(&folder);
    let built = passes(cmd)?;
    let program = folder.join(triple).join("release-wasm/agent");
    if built { Ok(Some(program)) } else { Err(Failure::invalid("the static agent does not build").into()) }
}
