//! The gates of the saved runs, each against its baseline.

use crate::{
    analysis::comment::{SavedRows, Standard, rows_gate, size_gate},
    data::{
        alloc::ALLOC_SCHEMA,
        baseline::Baselines,
        ci::{CiReport, GateRun, GateState},
        comment::{COMMENT_SCHEMA, Comment, Commit, Gate, GateName, LeftOut, Name},
        grid::GRID_SCHEMA,
        pgo::PGO_SCHEMA,
        rows::RowsBaseline,
        run::{RUN_SCHEMA, SizeRun},
    },
    report::annotations::annotations,
    shell::{baselines, comment::read_run, git, store, workspace::Workspace},
};
use anyhow::Result;
use std::path::Path;

/// What is said of the gates, and the errors that a workflow shows at the lines of their baselines.
pub struct Told {
    /// The gates; whose comment it is, is still to be said.
    pub comment: Comment,
    /// A line each.
    pub annotations: Vec<String>,
}

impl Told {
    fn new(read: Vec<Read>) -> Told {
        let (gates, annotations): (Vec<Gate>, Vec<_>) = read.into_iter().map(|one| (one.gate, one.annotations)).unzip();
        let comment =
            Comment { schema: COMMENT_SCHEMA, pull_request: None, head: None, gates, missing: Vec::new(), left_out: Vec::new() };
        Told { comment, annotations: annotations.into_iter().flatten().collect() }
    }
}

struct Read {
    gate: Gate,
    annotations: Vec<String>,
}

/// Each gate that left a run in the folder `runs`. `base` is the commit that the pull request starts from.
///
/// # Errors
/// A run or a baseline cannot be used.
pub fn of_runs(workspace: &Workspace, runs: &Path, base: Option<&Commit>) -> Result<Told> {
    let mut read = Vec::new();
    if let Some(saved) = read_run::<SizeRun>(runs, GateName::Size, RUN_SCHEMA)? {
        read.push(size(workspace, &saved, base)?);
    }
    for (name, schema) in [(GateName::Run, GRID_SCHEMA), (GateName::Alloc, ALLOC_SCHEMA), (GateName::Pgo, PGO_SCHEMA)] {
        if let Some(saved) = read_run(runs, name, schema)? {
            read.push(rows(workspace, name, &saved, base)?);
        }
    }
    Ok(Told::new(read))
}

/// Each gate of a report: one that came to no verdict is missing.
///
/// # Errors
/// A baseline cannot be used.
pub fn of_report(workspace: &Workspace, report: &CiReport, base: Option<&Commit>) -> Result<Told> {
    let (mut read, mut missing, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
    for (name, state) in &report.gates {
        match state {
            GateState::Ended { run, .. } => read.push(match &**run {
                GateRun::Size(run) => size(workspace, run, base)?,
                GateRun::Run(run) => rows(workspace, *name, &run.into(), base)?,
                GateRun::Alloc(run) => rows(workspace, *name, &run.into(), base)?,
                GateRun::Pgo(run) => rows(workspace, *name, &run.into(), base)?,
            }),
            GateState::Broke { .. } => missing.push(*name),
            GateState::LeftOut { reason } => left_out.push(LeftOut { gate: *name, reason: Name::of(reason) }),
        }
    }
    let told = Told::new(read);
    Ok(Told { comment: Comment { missing, left_out, ..told.comment }, ..told })
}

fn size(workspace: &Workspace, saved: &SizeRun, base: Option<&Commit>) -> Result<Read> {
    let key = saved.run.provenance.toolchain.optimizer_key();
    let now = baselines::read_sizes(&workspace.baselines)?;
    let before = before(workspace, GateName::Size, base).map(|text| text.and_then(|text| Baselines::parse(&text).ok()));
    let commit = last_change(workspace, GateName::Size);
    let standard = Standard {
        baseline: now.optimizers.get(&key),
        before: before.as_ref().map(|before| before.as_ref().and_then(|before| before.optimizers.get(&key))),
        commit: commit.as_ref(),
    };
    let gate = size_gate(saved, &workspace.policy, standard);
    annotated(workspace, gate, Some(&key))
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
