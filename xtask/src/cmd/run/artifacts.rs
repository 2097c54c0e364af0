//! The files that scenarios run: the very ones that `size` ships, and the reference on this machine.

use crate::{
    analysis::grid::Play,
    data::{grid::GridArtifact, matrix::Cell, scenario::Scenario},
    shell::{
        matrix,
        progress::Watched,
        scene::{native::Native, stage::Stage},
        workspace::Workspace,
    },
};
use anyhow::Result;
use runner_protocol::Engine;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::Arc,
};

/// The stage for `scenarios` on `engines`, and what is on it.
///
/// # Errors
/// A variant or a program does not build.
pub fn stage(
    workspace: &Arc<Workspace>,
    scenarios: &[Scenario],
    engines: &[Engine],
    replaced: &BTreeMap<String, PathBuf>,
    watched: Watched,
) -> Result<(Stage, Vec<GridArtifact>)> {
    let names: BTreeSet<&str> = scenarios.iter().map(|scenario| scenario.artifact.as_str()).collect();
    let targets: BTreeSet<&str> = engines.iter().filter_map(|engine| engine.target()).collect();
    let cells = cells(workspace, &names, &targets, replaced);
    let mut shipped = BTreeMap::new();
    let mut artifacts = Vec::new();
    for (name, cell, built) in build(workspace, cells, watched)? {
        artifacts.push(built.artifact(workspace, &cell));
        shipped.insert((name, cell.variant.target.clone()), built.shipped);
    }
    for (name, path) in replaced {
        for target in &targets {
            shipped.insert((name.clone(), (*target).to_string()), path.clone());
        }
    }
    let natives = if engines.contains(&Engine::Native) { natives(workspace, &names)? } else { BTreeMap::new() };
    Ok((Stage::new(Arc::clone(workspace), shipped, natives), artifacts))
}

/// The artifact whose files are shown.
const SHOWN: &str = "agent";

/// The length of the agent's file on each engine that played.
///
/// # Errors
/// A file is gone.
pub fn loaded(
    stage: &Stage,
    engines: &[Engine],
    plays: &BTreeMap<String, BTreeMap<Engine, Play>>,
) -> Result<BTreeMap<Engine, u64>> {
    let mut lengths = BTreeMap::new();
    let played = |engine: &&Engine| plays.values().any(|row| matches!(row.get(engine), Some(Play::Observed(_))));
    for engine in engines.iter().filter(played) {
        let path = match engine {
            Engine::Native => stage.native(SHOWN).map(|native| native.path().to_path_buf()),
            _ => stage.file(SHOWN, *engine).map(|file| file.path),
        };
        // In another workspace there may be none of that name.
        if let Ok(path) = path {
            lengths.insert(*engine, fs_err::metadata(path)?.len());
        }
    }
    Ok(lengths)
}

/// The cells of the artifacts that the policy names, each with the artifact's name.
fn cells(
    workspace: &Workspace,
    names: &BTreeSet<&str>,
    targets: &BTreeSet<&str>,
    replaced: &BTreeMap<String, PathBuf>,
) -> Vec<(String, Cell)> {
    let all = workspace.policy.cells();
    let mut cells = Vec::new();
    for (name, artifact) in &workspace.policy.run.artifact {
        if !names.contains(name.as_str()) || replaced.contains_key(name) {
            continue;
        }
        let wanted = artifact.variants.iter().filter(|variant| targets.contains(variant.target.as_str()));
        cells.extend(
            wanted
                .filter_map(|variant| all.iter().find(|cell| cell.variant == *variant).map(|cell| (name.clone(), cell.clone()))),
        );
    }
    cells
}

type BuiltCell = (String, Cell, crate::shell::pipeline::Built);

fn build(workspace: &Workspace, named: Vec<(String, Cell)>, watched: Watched) -> Result<Vec<BuiltCell>> {
    let (names, cells): (Vec<String>, Vec<Cell>) = named.into_iter().unzip();
    let built = matrix::build_all(workspace, &cells, watched, workspace.scratch())?;
    Ok(names.into_iter().zip(cells).zip(built).map(|((name, cell), built)| (name, cell, built)).collect())
}

fn natives(workspace: &Workspace, names: &BTreeSet<&str>) -> Result<BTreeMap<String, Native>> {
    let mut natives = BTreeMap::new();
    for (name, artifact) in workspace.policy.run.artifact.iter().filter(|(name, _)| names.contains(name.as_str())) {
        if let Some(package) = &artifact.native {
            natives.insert(name.clone(), Native::build(workspace, package)?);
        }
    }
    Ok(natives)
}
