//! `diff --base REV`: which variants to build on both sides.

use crate::{
    data::{
        exit::Failure,
        matrix::{Cell, Part},
        selection,
    },
    shell::{
        self,
        optimizer::{Choice, Optimizer},
        progress::Watched,
        store,
        workspace::Workspace,
    },
};
use anyhow::Result;
use std::{fs::File, path::PathBuf};

/// What `--base` builds.
#[derive(clap::Args, Clone, Debug)]
pub struct BaseArgs {
    /// With --base: the variants to compare (`*` stands for anything); without it the first of the policy
    #[arg(long, value_name = "PATTERN", requires = "base")]
    only: Vec<String>,
    /// With --base: the policy of another workspace
    #[arg(long, value_name = "FILE", requires = "base")]
    policy: Option<PathBuf>,
    /// With --base: which wasm-opt to use
    #[arg(long, value_enum, default_value = "auto")]
    optimizer: Choice,
}

/// Builds the chosen variants of `revision` and of the work tree; the old and the new shipped file of each, and the lock that keeps them
/// as they are.
///
/// # Errors
/// Git does not know the revision, a tool is missing, or a variant does not build on one side.
pub fn build(args: &BaseArgs, revision: &str, json: bool) -> Result<(File, Vec<(PathBuf, PathBuf)>)> {
    let workspace = Workspace::open(args.policy.as_deref())?;
    let all = workspace.policy.cells();
    let cells: Vec<Cell> = match &args.only[..] {
        [] => all.into_iter().take(1).collect(),
        patterns => selection::matching(&all, patterns).map_err(Failure::usage)?,
    };
    for cell in cells.iter().filter(|cell| cell.part != Part::BuiltInFloor) {
        workspace.check(cell)?;
    }
    let lock = store::exclusive(&workspace.scratch())?;
    let optimizer = Optimizer::find(args.optimizer, &workspace)?;
    let pairs = shell::base::build(&workspace, &optimizer, &cells, revision, Watched::detect(json))?;
    Ok((lock, pairs.into_iter().map(|pair| (pair.base.shipped, pair.head.shipped)).collect()))
}
