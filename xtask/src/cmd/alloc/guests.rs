//! What runs: a guest and the subject with each allocator, and a guest with each that is broken on purpose.

use crate::{
    data::{
        alloc::ENGINES,
        alloc_policy::AllocPolicy,
        grid::GridArtifact,
        matrix::{Cell, Part},
        policy::Subject,
        variant::Variant,
    },
    shell::{alloc::Guests, matrix, pipeline::Built, progress::Watched, workspace::Workspace},
};
use anyhow::Result;
use runner_protocol::Engine;
use std::{collections::BTreeMap, sync::Arc};

/// What was built.
pub struct BuiltGuests {
    /// The guests.
    pub guests: Guests,
    /// Allocator -> the subject with it.
    pub subjects: BTreeMap<String, Built>,
    /// All of it, for the run's record.
    pub artifacts: Vec<GridArtifact>,
}

/// Builds what runs, through the pipeline of what ships.
///
/// # Errors
/// Something does not build.
pub fn build(workspace: &Arc<Workspace>, policy: &AllocPolicy, allocators: &[String], watched: Watched) -> Result<BuiltGuests> {
    let cells = guests(workspace, policy, allocators);
    // Beside the matrix of `size`, whose folders these would otherwise share.
    let guests = matrix::build_all(workspace, &cells, watched, workspace.scratch().join("alloc"))?;
    let wanted: Vec<Variant> = allocators.iter().map(|name| policy.subject_variant(name)).collect();
    let subjects: Vec<Cell> = workspace.policy.cells().into_iter().filter(|cell| wanted.contains(&cell.variant)).collect();
    let shipped = matrix::build_all(workspace, &subjects, watched, workspace.scratch())?;
    let guests: Vec<(Cell, Built)> = cells.into_iter().zip(guests).collect();
    let named: Vec<(Cell, Built)> = subjects.into_iter().zip(shipped).collect();
    let artifacts = guests.iter().chain(&named).map(|(cell, built)| built.artifact(workspace, cell)).collect();
    let subjects = named.into_iter().map(|(cell, built)| (cell.variant.allocator, built)).collect();
    Ok(BuiltGuests { guests: Guests::new(workspace, &guests), subjects, artifacts })
}

fn guests(workspace: &Workspace, policy: &AllocPolicy, allocators: &[String]) -> Vec<Cell> {
    let subject = Subject::program(&policy.package, &policy.bin);
    let profile = workspace.policy.profile.get(&policy.profile).cloned().unwrap_or_default();
    let cell = |engine: Engine, allocator: &str, features: Vec<String>| Cell {
        variant: Variant {
            subject: policy.package.clone(),
            target: engine.target().unwrap_or_default().into(),
            profile: policy.profile.clone(),
            allocator: allocator.into(),
        },
        subject: subject.clone(),
        profile: profile.clone(),
        features,
        note: None,
        part: Part::Subject { floor: None },
    };
    let mut cells = Vec::new();
    for name in allocators {
        let features = workspace.policy.allocator.get(name).map(|allocator| allocator.features.clone()).unwrap_or_default();
        cells.extend(ENGINES.map(|engine| cell(engine, name, features.clone())));
    }
    cells.extend(policy.control.iter().map(|(name, control)| cell(ENGINES[0], name, control.features.clone())));
    cells
}
