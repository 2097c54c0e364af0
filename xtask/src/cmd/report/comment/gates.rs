//! The gates of the saved runs, each against its baseline.

use crate::{
    analysis::comment::{SavedRows, SavedSize, Standard, rows_gate, size_gate},
    data::{
        alloc::ALLOC_SCHEMA,
        baseline::Baselines,
        comment::{Commit, Gate, GateName},
        grid::GRID_SCHEMA,
        pgo::PGO_SCHEMA,
        rows::RowsBaseline,
        run::RUN_SCHEMA,
    },
    report::annotations::annotations,
    shell::{baselines, comment::read_run, git, store, workspace::Workspace},
};
use anyhow::Result;
use std::path::Path;

/// A gate, and the errors that a workflow shows at the lines of its baseline.
pub struct Read {
    /// What it found.
    pub gate: Gate,
    /// A line each.
    pub annotations: Vec<String>,
}

/// Each gate that left a run in `runs`. `base` is the commit that the pull request starts from.
///
/// # Errors
/// A run or a baseline cannot be used.
pub fn read(workspace: &Workspace, runs: &Path, base: Option<&Commit>) -> Result<Vec<Read>> {
    let mut read = Vec::new();
    read.extend(size(workspace, runs, base)?);
    for (name, schema) in [(GateName::Run, GRID_SCHEMA), (GateName::Alloc, ALLOC_SCHEMA), (GateName::Pgo, PGO_SCHEMA)] {
        if let Some(saved) = read_run(runs, name, schema)? {
            read.push(rows(workspace, name, &saved, base)?);
        }
    }
    Ok(read)
}

fn size(workspace: &Workspace, runs: &Path, base: Option<&Commit>) -> Result<Option<Read>> {
    let Some(saved) = read_run::<SavedSize>(runs, GateName::Size, RUN_SCHEMA)? else { return Ok(None) };
    let key = saved.run.provenance.toolchain.optimizer_key();
    let now = baselines::read_sizes(&workspace.baselines)?;
    let before = before(workspace, GateName::Size, base).map(|text| text.and_then(|text| Baselines::parse(&text).ok()));
    let commit = last_change(workspace, GateName::Size);
    let standard = Standard {
        baseline: now.optimizers.get(&key),
        before: before.as_ref().map(|before| before.as_ref().and_then(|before| before.optimizers.get(&key))),
        commit: commit.as_ref(),
    };
    let gate = size_gate(&saved, &workspace.policy, standard);
    annotated(workspace, gate, Some(&key)).map(Some)
}

fn rows(workspace: &Workspace, name: GateName, saved: &SavedRows, base: Option<&Commit>) -> Result<Read> {
    let now = baselines::read_rows(&workspace.baselines, &format!("{name}.json"))?;
    let before = before(workspace, name, base).map(|text| text.and_then(|text| RowsBaseline::parse(&text).ok()));
    let commit = last_change(workspace, name);
    let standard = Standard { baseline: now.as_ref(), before: before.as_ref().map(Option::as_ref), commit: commit.as_ref() };
    annotated(workspace, rows_gate(name, saved, standard), None)
}

fn annotated(workspace: &Workspace, gate: Gate, key: Option<&str>) -> Result<Read> {
    let path = workspace.baselines.join(format!("{}.json", gate.name));
    let text = store::read_text(&path)?.unwrap_or_default();
    let annotations = annotations(&gate, &workspace.shown(&path), &text, key);
    Ok(Read { gate, annotations })
}

/// The baseline's text as the pull request found it; the outer is absent where that is not known.
fn before(workspace: &Workspace, name: GateName, base: Option<&Commit>) -> Option<Option<String>> {
    git::at_commit(&workspace.baselines.join(format!("{name}.json")), base?.as_str())
}

fn last_change(workspace: &Workspace, name: GateName) -> Option<Commit> {
    Commit::of(&git::last_change(&workspace.baselines.join(format!("{name}.json")))?)
}
