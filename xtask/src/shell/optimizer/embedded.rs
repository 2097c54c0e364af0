//! Binaryen through the `wasm-opt` crate: `xtask/optimizer`, built when first asked for.

use super::Optimizer;
use crate::{
    data::exit::Failure,
    shell::{console, process, workspace},
};
use anyhow::{Context, Result};
use std::{
    env,
    path::{Path, PathBuf},
};

/// The version inside the `wasm-opt` crate 0.116.
const VERSION: u32 = 116;

/// Builds `xtask/optimizer` if it is not built yet.
///
/// # Errors
/// It does not build: a C++ compiler is missing, or the network.
pub fn build(scratch: &Path) -> Result<Optimizer> {
    let home = workspace::home();
    let target = heavy_target(scratch);
    let program = target.join("release").join(if cfg!(windows) { "xtask-optimizer.exe" } else { "xtask-optimizer" });
    if !program.is_file() {
        console::log(&format!("xtask: building Binaryen {VERSION} from the `wasm-opt` crate (C++; 5 to 10 minutes, once)"));
    }
    let shell = process::shell(&home)?;
    let cmd =
        shell.cmd("cargo").args(["build", "--release", "--locked", "--package", "xtask-optimizer", "--target-dir"]).arg(&target);
    let output = process::output(cmd)?;
    if !output.status.success() {
        return Err(anyhow::anyhow!(process::tail(&output.stderr))).with_context(|| {
            Failure::tool("cannot build xtask/optimizer: it needs a C++17 compiler (`c++`) and the crate registry, or choose another --optimizer")
        });
    }
    let line = process::first_line(shell.cmd(&program).arg("--version"))?;
    if super::version_in(&line) != Some(VERSION) {
        return Err(Failure::tool(format!(
            "{} says `{line}`, not version {VERSION}: delete {}",
            program.display(),
            target.display()
        ))
        .into());
    }
    Ok(Optimizer { version: VERSION, origin: "embedded", program: program.into_os_string(), arguments: Vec::new() })
}

/// The environment variable that names the folder of heavy builds, so that many clones can share one.
pub const HEAVY_TARGET: &str = "XTASK_HEAVY_TARGET_DIR";

/// Where heavy crates are built: what [`HEAVY_TARGET`] says, else our own folder.
pub fn heavy_target(scratch: &Path) -> PathBuf {
    env::var_os(HEAVY_TARGET).filter(|folder| !folder.is_empty()).map_or_else(|| scratch.join("heavy"), PathBuf::from)
}
