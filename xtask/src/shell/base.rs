//! Another commit, built beside the work tree with today's tools: the base that a delta is explained against.

use super::{git, matrix, optimizer::Optimizer, pipeline::Built, progress::Watched, target, workspace::Workspace};
use crate::data::{exit::Failure, matrix::Cell};
use anyhow::{Context, Result};
use std::path::PathBuf;

/// One variant of both commits.
#[derive(Debug)]
pub struct Pair {
    /// The commit of the base, in full.
    pub commit: String,
    /// The base's files.
    pub base: Built,
    /// The work tree's files.
    pub head: Built,
}

/// Builds `cells` of the work tree and of `revision`, with the same optimizer and the work tree's policy.
///
/// # Errors
/// Git does not know the revision, or a cell does not build on one side.
pub fn build(
    workspace: &Workspace,
    optimizer: &Optimizer,
    cells: &[Cell],
    revision: &str,
    watched: Watched,
) -> Result<Vec<Pair>> {
    // A typing error is told before anything is built.
    git::resolve(&workspace.root, revision)?;
    target::ensure_for(workspace, cells)?;
    let head = build_all(workspace, optimizer, cells, watched, workspace.scratch())?;
    let (commit, base) = build_base(workspace, optimizer, cells, revision, watched)?;
    Ok(base.into_iter().zip(head).map(|(base, head)| Pair { commit: commit.clone(), base, head }).collect())
}

/// Builds `cells` of `revision` alone, with today's tools: its commit in full, and the files in the order of `cells`.
///
/// # Errors
/// As [`build`].
pub fn build_base(
    workspace: &Workspace,
    optimizer: &Optimizer,
    cells: &[Cell],
    revision: &str,
    watched: Watched,
) -> Result<(String, Vec<Built>)> {
    let commit = git::resolve(&workspace.root, revision)?;
    // Cargo names what it builds by its place in the workspace, so two work trees in one target folder would evict each other.
    let scratch = workspace.scratch().join("base");
    let place = git::work_tree(&workspace.root, &commit, &scratch.join("tree"))?;
    let mut base = Workspace::at(
        &place.join(relative_root(workspace)?),
        workspace.baselines.clone(),
        workspace.policy.clone(),
        workspace.compiler,
    )
    .with_context(|| Failure::invalid(format!("cannot open the workspace of {revision}")))?;
    base.target = scratch.join("target");
    let base = build_all(&base, optimizer, cells, watched, scratch).with_context(|| {
        Failure::invalid(format!(
            "cannot build {revision} with today's policy and tools: choose a later commit, or other variants by --only"
        ))
    })?;
    Ok((commit, base))
}

fn build_all(
    workspace: &Workspace,
    optimizer: &Optimizer,
    cells: &[Cell],
    watched: Watched,
    root: PathBuf,
) -> Result<Vec<Built>> {
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let outcome = matrix::build(workspace, optimizer, cells, jobs, watched, root)?;
    let failed = |(cell, result): (&Cell, Result<Built, String>)| {
        result.map_err(|why| Failure::invalid(format!("{}: {why}", cell.variant)).into())
    };
    cells.iter().zip(outcome.results).map(failed).collect()
}

/// Where the workspace lies in its repository.
fn relative_root(workspace: &Workspace) -> Result<PathBuf> {
    let top = git::top_level(&workspace.root)?;
    let root = fs_err::canonicalize(&workspace.root)?;
    Ok(root.strip_prefix(fs_err::canonicalize(top)?).map(PathBuf::from).unwrap_or_default())
}
