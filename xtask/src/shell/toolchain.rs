//! The toolchains that profiles of a policy name: installed through rustup when they, or a part of them, are missing.

use super::{console, process, workspace::Workspace};
use crate::data::{exit::Failure, matrix::Cell};
use anyhow::{Context, Result};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// What cells need of one toolchain.
#[derive(Clone, Debug, Default)]
struct Parts {
    targets: BTreeSet<String>,
    /// Whether the standard library is compiled from source.
    source: bool,
}

/// Makes sure that every toolchain of `cells` is there, with the targets and the sources that they need.
///
/// # Errors
/// One is not, and rustup cannot bring it: exit 3 with the cure.
pub fn ensure(workspace: &Workspace, cells: &[Cell]) -> Result<()> {
    let mut wanted: BTreeMap<&str, Parts> = BTreeMap::new();
    for cell in cells {
        if let Some(toolchain) = &cell.profile.toolchain {
            let parts = wanted.entry(toolchain).or_default();
            parts.targets.insert(cell.variant.target.clone());
            parts.source |= !cell.profile.build_std.is_empty();
        }
    }
    wanted.into_iter().try_for_each(|(toolchain, parts)| install(workspace, toolchain, &parts))
}

fn install(workspace: &Workspace, toolchain: &str, parts: &Parts) -> Result<()> {
    if is_complete(workspace, toolchain, parts)? {
        return Ok(());
    }
    let mut arguments = vec!["toolchain", "install", toolchain, "--profile", "minimal"];
    if parts.source {
        arguments.extend(["--component", "rust-src"]);
    }
    arguments.extend(parts.targets.iter().flat_map(|target| ["--target", target]));
    let command = format!("rustup {}", arguments.join(" "));
    if process::find("rustup").is_none() {
        return Err(Failure::tool(format!(
            "the toolchain {toolchain} is not installed and rustup is not on PATH: install rustup and run `{command}`, or leave its variants out by --only"
        ))
        .into());
    }
    console::log(&format!("xtask: installing the toolchain {toolchain} (`{command}`, about 250 MB)"));
    let output = process::output(workspace.shell()?.cmd("rustup").args(arguments))?;
    let cure = || {
        Failure::tool(format!(
            "cannot install the toolchain {toolchain}: run `{command}` where the network is reachable, name one in the policy that has all of this \
             (not every nightly has), or leave its variants out by --only"
        ))
    };
    if !output.status.success() {
        return Err(anyhow::anyhow!(first_words(&output.stderr))).with_context(cure);
    }
    if !is_complete(workspace, toolchain, parts)? {
        return Err(anyhow::anyhow!("rustup says that it is installed, and a part of it is not there")).with_context(cure);
    }
    Ok(())
}

/// rustup's own reason: the line that names it stands before its advice.
fn first_words(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    process::error_line(&text).map_or_else(|| process::tail(stderr), ToString::to_string)
}

/// The compiler's folder, if the toolchain is installed.
///
/// # Errors
/// rustc cannot be started.
pub fn sysroot(workspace: &Workspace, toolchain: &str) -> Result<Option<PathBuf>> {
    let shell = workspace.shell_with(Some(toolchain))?;
    let output = process::output(shell.cmd("rustc").args(["--print", "sysroot"]))?;
    let path = String::from_utf8_lossy(&output.stdout).trim().to_string();
    Ok((output.status.success() && !path.is_empty()).then(|| PathBuf::from(path)))
}

/// The manifest of the standard library's sources below a sysroot.
pub fn library_manifest(sysroot: &Path) -> PathBuf {
    sysroot.join("lib/rustlib/src/rust/library/Cargo.toml")
}

fn is_complete(workspace: &Workspace, toolchain: &str, parts: &Parts) -> Result<bool> {
    let Some(sysroot) = sysroot(workspace, toolchain)? else { return Ok(false) };
    let has_target = |target: &String| sysroot.join("lib/rustlib").join(target).join("lib").is_dir();
    Ok((!parts.source || library_manifest(&sysroot).is_file()) && parts.targets.iter().all(has_target))
}
