//! The Wasmtime command line: from PATH, or built from its crate when first needed.

use super::{console, optimizer::heavy_target, process};
use crate::data::exit::Failure;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// The version that is built. A newer one on PATH is as good: the interfaces that the components use are stable.
const VERSION: &str = "48.0.8";
/// The oldest major version on PATH that is taken.
const OLDEST: u32 = 48;

/// Finds `wasmtime`, or builds it into the folder of heavy builds.
///
/// # Errors
/// It does not build: the network is missing.
pub fn find(scratch: &Path) -> Result<PathBuf> {
    if let Some(found) = process::find("wasmtime")
        && major(&found)?.is_some_and(|major| major >= OLDEST)
    {
        return Ok(found);
    }
    let root = heavy_target(scratch).join("wasmtime");
    let program = root.join("bin").join(if cfg!(windows) { "wasmtime.exe" } else { "wasmtime" });
    if program.is_file() && major(&program)? == VERSION.split('.').next().and_then(|major| major.parse().ok()) {
        return Ok(program);
    }
    console::log(&format!(
        "xtask: building Wasmtime {VERSION}'s command line from its crate (about 10 minutes on two cores, once)"
    ));
    let shell = process::shell(scratch)?;
    let cmd = shell.cmd("cargo").args(["install", "wasmtime-cli", "--version", VERSION, "--locked", "--no-default-features"]);
    let cmd = cmd.args(["--features", "run,component-model,wasi-http,cranelift", "--root"]).arg(&root);
    let output = process::output(cmd.arg("--target-dir").arg(root.join("target")))?;
    if !output.status.success() {
        return Err(anyhow::anyhow!(process::tail(&output.stderr))).with_context(|| {
            Failure::tool(format!(
                "cannot build wasmtime-cli {VERSION}: it needs the crate registry; or put Wasmtime {OLDEST} or later on PATH"
            ))
        });
    }
    // What it was built from is several times the program, and is not needed again.
    let _ = std::fs::remove_dir_all(root.join("target"));
    Ok(program)
}

/// The major version that a `wasmtime` says it has; nothing if it says something else.
fn major(program: &Path) -> Result<Option<u32>> {
    let shell = process::shell(Path::new("."))?;
    let line = process::first_line(shell.cmd(program).arg("--version"))?;
    Ok(line.split_whitespace().nth(1).and_then(|version| version.split('.').next()).and_then(|major| major.parse().ok()))
}
