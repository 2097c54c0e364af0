//! What the numbers were made with: asked of the tools, never assumed.

use super::{git, optimizer::Optimizer, process, workspace::Workspace};
use crate::{
    analysis::{compress, digest::sha256, lock::version_of},
    data::{
        metric::Metric,
        run::{Provenance, Toolchain},
    },
};
use anyhow::Result;

/// The tools and the place of this run.
///
/// # Errors
/// rustc does not answer.
pub fn of(workspace: &Workspace, optimizer: &Optimizer) -> Result<Provenance> {
    let shell = workspace.shell()?;
    let labels = compress::labels();
    let label = |metric| labels.get(&metric).cloned().unwrap_or_default();
    let toolchain = Toolchain {
        rustc: process::first_line(shell.cmd("rustc").arg("--version"))?,
        optimizer: optimizer.label(),
        encoder: format!("wit-component {}", version_of("wit-component")),
        gzip: label(Metric::GzipBytes),
        brotli: label(Metric::BrotliBytes),
    };
    let host = format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS);
    let state = git::state(&workspace.root);
    let (commit, dirty) = state.map_or((None, false), |state| (Some(state.commit), state.dirty));
    Ok(Provenance { toolchain, commit, dirty, host, optimizer_origin: optimizer.origin.into() })
}

/// The hash of this very program: what it saved before it was rebuilt is not reused.
///
/// # Errors
/// The program's file cannot be read.
pub fn tool_digest() -> Result<String> {
    Ok(sha256(&fs_err::read(std::env::current_exe()?)?))
}
