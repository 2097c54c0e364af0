//! Where the sources of the dependencies lie: asked of cargo, which fetches them first, because a folder that does not exist yet cannot
//! be given another name in the build.

use super::{process, toolchain, workspace::Workspace};
use crate::data::{exit::Failure, matrix::Cell};
use anyhow::{Context, Result};
use cargo_metadata::Package;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// The name that the sources of every registry have in what is built. A registry's folder is named after its address, and a mirror has
/// another; vendored sources lie somewhere else altogether.
const REGISTRY: &str = "/registry";

/// Folder -> its name in what is built.
pub type Names = Vec<(PathBuf, String)>;

/// The names for every toolchain of `cells`: of the standard library, and of every dependency of the workspace from a registry or a
/// repository.
///
/// # Errors
/// The lock file is missing or stale, the sources cannot be fetched, or rustc does not answer.
pub fn by_toolchain(workspace: &Workspace, cells: &[Cell]) -> Result<BTreeMap<Option<String>, Names>> {
    let dependencies = of_dependencies(workspace)?;
    let mut all: BTreeMap<Option<String>, BTreeSet<(PathBuf, String)>> = BTreeMap::new();
    for toolchain in cells.iter().map(|cell| cell.profile.toolchain.clone()).collect::<BTreeSet<_>>() {
        let names = standard_library(workspace, toolchain.as_deref())?.into_iter().chain(dependencies.iter().cloned());
        all.insert(toolchain, names.collect());
    }
    let from_source = cells.iter().filter(|cell| !cell.profile.build_std.is_empty());
    let built = from_source.filter_map(|cell| Some((cell.profile.toolchain.clone()?, cell.variant.target.clone())));
    for (toolchain, target) in built.collect::<BTreeSet<_>>() {
        let names = of_standard_library(workspace, &toolchain, &target)?;
        all.entry(Some(toolchain)).or_default().extend(names);
    }
    Ok(all.into_iter().map(|(toolchain, names)| (toolchain, names.into_iter().collect())).collect())
}

/// The names for the toolchain of the workspace's folder.
///
/// # Errors
/// As [`by_toolchain`].
pub fn names(workspace: &Workspace) -> Result<Names> {
    Ok(standard_library(workspace, None)?.into_iter().chain(of_dependencies(workspace)?).collect())
}

fn of_dependencies(workspace: &Workspace) -> Result<BTreeSet<(PathBuf, String)>> {
    let metadata = workspace.metadata_command().other_options(["--locked".to_string()]).exec().with_context(|| {
        Failure::usage(format!(
            "cargo cannot read and fetch what {} locks (its own words are below): commit a current Cargo.lock, and run where the registry is reachable",
            workspace.root.display()
        ))
    })?;
    Ok(metadata.packages.iter().filter_map(name).collect())
}

/// Where the dependencies of the standard library lie that is compiled from source; its own lock file, a part of rust-src, says which.
fn of_standard_library(workspace: &Workspace, toolchain: &str, target: &str) -> Result<BTreeSet<(PathBuf, String)>> {
    let sysroot = toolchain::sysroot(workspace, toolchain)?
        .with_context(|| Failure::tool(format!("the toolchain {toolchain} is gone: run again")))?;
    let manifest = toolchain::library_manifest(&sysroot);
    let options = ["--locked", "--filter-platform", target].map(String::from).to_vec();
    let mut command = workspace.metadata_command();
    command.manifest_path(&manifest).other_options(options).env("RUSTUP_TOOLCHAIN", toolchain);
    let metadata = command.exec().with_context(|| {
        Failure::tool(format!(
            "cargo cannot read and fetch what {} locks: run where the registry is reachable, or install rust-src again",
            manifest.with_file_name("Cargo.lock").display()
        ))
    })?;
    Ok(metadata.packages.iter().filter_map(name).collect())
}

/// With the component `rust-src`, rustc names the standard library's files where they lie; without it, by the compiler's commit.
/// Editors install it, so the same source would be larger on a developer's machine than in CI: by 450 bytes for the agent, seen once.
fn standard_library(workspace: &Workspace, toolchain: Option<&str>) -> Result<Option<(PathBuf, String)>> {
    let shell = workspace.shell_with(toolchain)?;
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
