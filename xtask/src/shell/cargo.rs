//! Cargo, driven by its JSON messages: from a cell to its linked core module.

use super::{process, rustflags, workspace::Workspace};
use crate::data::{exit::Failure, matrix::Cell, policy::Product};
use anyhow::{Context, Result};
use cargo_metadata::{Message, Target, TargetKind};
use std::{
    env,
    path::{Path, PathBuf},
    process::Output,
};
use xshell::{Cmd, Shell};

/// Where and how a cell is built.
#[derive(Clone, Debug)]
pub struct Place {
    /// Cargo's target folder.
    pub target_dir: PathBuf,
    /// Cargo's jobs.
    pub jobs: usize,
    /// What the dependencies' folders are called in what is built.
    pub sources: Vec<(PathBuf, String)>,
}

/// The command that builds a cell.
///
/// # Errors
/// Cargo's home is not known.
pub fn command<'a>(shell: &'a Shell, workspace: &Workspace, cell: &Cell, place: &Place) -> Result<Cmd<'a>> {
    let subject = &cell.subject;
    let variant = &cell.variant;
    let mut cmd = shell.cmd("cargo").args(["build", "--locked", "--message-format=json-render-diagnostics"]);
    cmd = cmd.args(["--package", &subject.package, "--target", &variant.target, "--profile", cell.cargo_profile()]);
    cmd = cmd.args(cell.profile.build_std_flags());
    cmd = match subject.product() {
        Product::TheOnly => cmd,
        Product::Bin(name) => cmd.args(["--bin", name]),
        Product::Lib => cmd.arg("--lib"),
    };
    if !subject.default_features {
        cmd = cmd.arg("--no-default-features");
    }
    if !cell.features.is_empty() {
        cmd = cmd.args(["--features", &cell.features.join(",")]);
    }
    cmd = cmd.arg("--target-dir").arg(&place.target_dir).args(["--jobs", &place.jobs.to_string()]);
    for (name, _) in env::vars_os() {
        if rustflags::is_ignored_variable(&name.to_string_lossy()) {
            cmd = cmd.env_remove(name);
        }
    }
    Ok(cmd.env("CARGO_ENCODED_RUSTFLAGS", rustflags::encoded(workspace, &place.sources, cell)?).env("CARGO_TERM_COLOR", "never"))
}

/// A linked core module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linked {
    /// Where it lies until another cell of the same package and target is built.
    pub path: PathBuf,
    /// Whether cargo compiled anything for it.
    pub compiled: bool,
}

/// Builds a cell and says where its one wasm file is.
///
/// # Errors
/// The build failed (the compiler's own words are in the chain), or made no wasm file, or several.
pub fn link(shell: &Shell, workspace: &Workspace, cell: &Cell, place: &Place) -> Result<Linked> {
    let cmd = command(shell, workspace, cell, place)?;
    let line = cmd.to_string();
    let output = process::output(cmd)?;
    if !output.status.success() {
        return Err(anyhow::anyhow!(String::from_utf8_lossy(&output.stderr).trim_end().to_string())).with_context(|| {
            Failure::invalid(format!("`{}` does not build: fix what cargo says below ({line})", cell.subject.package))
        });
    }
    let manifest = workspace.package(&cell.subject.package)?.manifest_path.as_std_path();
    let (files, compiled) = wasm_files(&output, manifest, cell.subject.product())?;
    Ok(Linked { path: the_one_module(&files, cell)?, compiled })
}

fn wasm_files(output: &Output, manifest: &Path, product: Product) -> Result<(Vec<PathBuf>, bool)> {
    let mut files = Vec::new();
    let mut compiled = false;
    for message in Message::parse_stream(&output.stdout[..]) {
        let Message::CompilerArtifact(artifact) = message.context("cargo printed a message that is not JSON")? else { continue };
        compiled |= !artifact.fresh;
        if is_product(&artifact.target, product) && artifact.manifest_path.as_std_path() == manifest {
            files.extend(
                artifact
                    .filenames
                    .into_iter()
                    .map(|name| name.into_std_path_buf())
                    .filter(|path| path.extension().is_some_and(|ext| ext == "wasm")),
            );
        }
    }
    Ok((files, compiled))
}

/// A binary brings its package's library with it, and a `cdylib` among that is a wasm file too.
fn is_product(target: &Target, product: Product) -> bool {
    let is = |kind: TargetKind| target.kind.contains(&kind);
    match product {
        Product::TheOnly => is(TargetKind::Bin) || is(TargetKind::CDyLib),
        Product::Bin(name) => is(TargetKind::Bin) && target.name == name,
        Product::Lib => is(TargetKind::CDyLib),
    }
}

fn the_one_module(files: &[PathBuf], cell: &Cell) -> Result<PathBuf> {
    let package = &cell.subject.package;
    match files {
        [file] => Ok(file.clone()),
        [] => Err(Failure::invalid(format!(
            "`{package}` built no wasm file: it needs a binary, or a library with crate-type `cdylib`, for {}",
            cell.variant.target
        ))
        .into()),
        several => {
            let names: Vec<_> = several.iter().filter_map(|file| file.file_stem()).map(|stem| stem.to_string_lossy()).collect();
            Err(Failure::usage(format!(
                "`{package}` builds several wasm files ({}): name a binary by `bin`, or its library by `lib = true`, in the policy",
                names.join(", ")
            ))
            .into())
        }
    }
}
