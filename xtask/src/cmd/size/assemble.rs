//! Puts a run together from what was built.

use crate::{
    analysis::{forbidden, goal},
    data::{
        forbidden::patterns_for,
        matrix::{Cell, Part},
        run::{Artifact, Measurement, Provenance, Run},
    },
    shell::{baselines, pipeline::Built, workspace::Workspace},
};
use anyhow::Result;

/// The run of `cells`, whose `results` are in the same order. Its verdict is still to be found.
///
/// # Errors
/// The symbol tables of a variant with forbidden symbols are gone.
pub fn run(workspace: &Workspace, provenance: Provenance, cells: &[Cell], results: &[Result<Built, String>]) -> Result<Run> {
    let mut run = Run::new("size", provenance);
    for (cell, result) in cells.iter().zip(results) {
        if let Part::Subject { floor: Some(floor) } = &cell.part {
            run.floors.insert(cell.variant.clone(), floor.clone());
        }
        add_result(&mut run, workspace, cell, result)?;
    }
    run.goals = goal::standings(&run, &workspace.policy.goal, &workspace.policy.cells());
    Ok(run)
}

/// Adds what became of one cell.
///
/// # Errors
/// As [`run`].
pub fn add_result(run: &mut Run, workspace: &Workspace, cell: &Cell, result: &Result<Built, String>) -> Result<()> {
    match result {
        Ok(built) => add(run, workspace, cell, built)?,
        Err(reason) => drop(run.failures.insert(cell.variant.clone(), reason.clone())),
    }
    Ok(())
}

fn add(run: &mut Run, workspace: &Workspace, cell: &Cell, built: &Built) -> Result<()> {
    let variant = &cell.variant;
    let metrics = &built.record.metrics;
    run.artifacts.push(Artifact {
        variant: variant.clone(),
        path: workspace.shown(&built.shipped),
        sha256: built.sha256.clone(),
        raw_bytes: metrics.get(&crate::data::metric::Metric::RawBytes).copied().unwrap_or_default(),
    });
    run.measurements.extend(metrics.iter().map(|(metric, value)| Measurement {
        variant: variant.clone(),
        metric: *metric,
        value: *value,
    }));
    run.imports.insert(variant.clone(), built.record.interface.imports.clone());
    if workspace.is_library(cell) {
        run.exports.insert(variant.clone(), built.record.interface.exports.clone());
    }
    let patterns = patterns_for(&cell.subject.forbidden_symbols, &variant.to_string());
    if !patterns.is_empty() {
        let check = forbidden::check(&baselines::built_symbols(&built.folder)?, patterns);
        run.forbidden_symbols.insert(variant.clone(), check);
    }
    Ok(())
}
