//! Where the sources of the dependencies lie: asked of cargo, which fetches them first, because a folder that does not exist yet cannot
//! be given another name in the build.

use super::{process, workspace::Workspace};
use crate::data::exit::Failure;
use anyhow::{Context, Result};
use cargo_metadata::Package;
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// The name that the sources of every registry have in what is built. A registry's folder is named after its address, and a mirror has
/// another; vendored sources lie somewhere else altogether.
const REGISTRY: &str = "/registry";

/// Folder -> its name in what is built, for the standard library and every dependency of the workspace from a registry or a repository.
///
/// # Errors
/// The lock file is missing or stale, the sources cannot be fetched, or rustc does not answer.
pub fn names(workspace: &Workspace) -> Result<Vec<(PathBuf, String)>> {
    let metadata = workspace.metadata_command().other_options(["--locked".to_string()]).exec().with_context(|| {
        Failure::usage(format!(
            "cargo cannot read and fetch what {} locks (its own words are below): commit a current Cargo.lock, and run where the registry is reachable",
            workspace.root.display()
        ))
    })?;
    let mut names: BTreeSet<(PathBuf, String)> = metadata.packages.iter().filter_map(name).collect();
    names.extend(standard_library(workspace)?);
    Ok(names.into_iter().collect())
}

/// With the component `rust-src`, rustc names the standard library's files where they lie; without it, by the compiler's commit.
/// Editors install it, so the same source would be larger on a developer's machine than in CI: by 450 bytes for the agent, seen once.
fn standard_library(workspace: &Workspace) -> Result<Option<(PathBuf, String)>> {
    let shell = workspace.shell()?;
    let sysroot = process::first_line(shell.cmd("rustc").args(["--print", "sysroot"]))?;
    let version = process::output(shell.cmd("rustc").arg("-vV"))?;
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let commit = version.lines().find_map(|line| line.strip_prefix("commit-hash: ")).filter(|hash| *hash != "unknown");
    Ok(commit.map(|hash| (Path::new(&sysroot).join("lib/rustlib/src/rust"), format!("/rustc/{hash}"))))
}

fn name(package: &Package) -> Option<(PathBuf, String)> {
    let source = package.source.as_ref()?;
    let folder = package.manifest_path.parent()?.as_std_path();
    if source.repr.starts_with("git+") {
        return Some((folder.to_path_buf(), format!("/git/{}-{}", package.name, package.version)));
    }
    Some((folder.parent()?.to_path_buf(), REGISTRY.to_string()))
}
