//! Target triples: installed through rustup when they are missing, into each toolchain that builds for them.

use super::{console, process, toolchain, workspace::Workspace};
use crate::data::{exit::Failure, matrix::Cell};
use anyhow::{Context, Result};
use std::{collections::BTreeSet, path::Path};

/// Makes sure that everything of rustup's is there that `cells` are built with: targets, and the toolchains of profiles.
///
/// # Errors
/// It is not, and rustup cannot bring it.
pub fn ensure_for(workspace: &Workspace, cells: &[Cell]) -> Result<()> {
    let usual = cells.iter().filter(|cell| cell.profile.toolchain.is_none());
    let targets: BTreeSet<&str> = usual.map(|cell| cell.variant.target.as_str()).collect();
    ensure(workspace, &targets.into_iter().collect::<Vec<_>>())?;
    toolchain::ensure(workspace, cells)
}

/// Makes sure that the standard library of each target is there.
///
/// # Errors
/// It is not, and rustup cannot bring it.
pub fn ensure(workspace: &Workspace, targets: &[&str]) -> Result<()> {
    let shell = workspace.shell()?;
    for target in targets {
        if is_installed(workspace, target)? {
            continue;
        }
        let command = format!("rustup target add {target}");
        if process::find("rustup").is_none() {
            return Err(Failure::tool(format!("the target {target} is not installed and rustup is not on PATH: install rustup and run `{command}`, or your distribution's package of the target")).into());
        }
        console::log(&format!("xtask: installing the target {target} (`{command}`, about 25 MB)"));
        let output = process::output(shell.cmd("rustup").args(["target", "add", target]))?;
        if !output.status.success() {
            return Err(anyhow::anyhow!(process::tail(&output.stderr))).with_context(|| {
                Failure::tool(format!("cannot install the target {target}: run `{command}` where the network is reachable"))
            });
        }
    }
    Ok(())
}

/// Whether the standard library of the target is there.
///
/// # Errors
/// rustc does not answer.
pub fn is_installed(workspace: &Workspace, target: &str) -> Result<bool> {
    let shell = workspace.shell()?;
    let sysroot = process::first_line(shell.cmd("rustc").args(["--print", "sysroot"]))?;
    Ok(Path::new(&sysroot).join("lib/rustlib").join(target).join("lib").is_dir())
}
