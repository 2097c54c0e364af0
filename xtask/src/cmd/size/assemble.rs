//! Puts a run together from what was built.

use crate::{
    data::{
        matrix::{Cell, Part},
        run::{Artifact, Measurement, Provenance, Run},
    },
    shell::{pipeline::Built, workspace::Workspace},
};

/// The run of `cells`, whose `results` are in the same order. Its verdict is still to be found.
pub fn run(workspace: &Workspace, provenance: Provenance, cells: &[Cell], results: &[Result<Built, String>]) -> Run {
    let mut run = Run::new("size", provenance);
    for (cell, result) in cells.iter().zip(results) {
        let variant = &cell.variant;
        if let Part::Subject { floor: Some(floor) } = &cell.part {
            run.floors.insert(variant.clone(), floor.clone());
        }
        match result {
            Ok(built) => add(&mut run, workspace, cell, built),
            Err(reason) => drop(run.failures.insert(variant.clone(), reason.clone())),
        }
    }
    run
}

fn add(run: &mut Run, workspace: &Workspace, cell: &Cell, built: &Built) {
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
    run.imports.insert(variant.clone(), built.record.imports.clone());
}
