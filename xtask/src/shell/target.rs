//! Target triples: installed through rustup when they are missing.

use super::{console, process, workspace::Workspace};
use crate::data::exit::Failure;
use anyhow::{Context, Result};
use std::path::Path;

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
