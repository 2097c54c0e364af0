//! The verdict of a run: its counts against `baselines/run.json`.

use super::RunArgs;
use crate::{
    analysis::grid::{FUEL, PEAK_MEMORY},
    cmd::gate::{Gate, Judged},
    data::{
        grid::{Cell, GridRun},
        rows::Band,
        scenario::Scenario,
        verdict::Outcome,
    },
    shell::workspace::Workspace,
};
use anyhow::Result;
use runner_protocol::Engine;
use std::collections::{BTreeMap, BTreeSet};

/// The file of the counts, below `baselines/`.
pub const FILE: &str = "run.json";

/// Judges the run and writes what the mode allows.
///
/// # Errors
/// The baseline cannot be written.
pub fn settle(args: &RunArgs, workspace: &Workspace, all: &[Scenario], grid: &mut GridRun, gate: &Gate) -> Result<()> {
    let failed = failed(grid);
    if !args.replace.is_empty() {
        // Other files have other counts: only the cells are judged.
        grid.verdict.outcome = if failed.is_empty() { Outcome::Pass } else { Outcome::Fail };
        return Ok(());
    }
    let rows: BTreeSet<String> =
        all.iter().flat_map(|scenario| Engine::ALL.into_iter().filter_map(|engine| gated_row(scenario, engine))).collect();
    let played: BTreeSet<(&str, Engine)> =
        grid.rows.iter().flat_map(|row| row.cells.keys().map(|engine| (&*row.scenario, *engine))).collect();
    let selected: BTreeSet<String> = all
        .iter()
        .flat_map(|scenario| Engine::ALL.into_iter().map(move |engine| (scenario, engine)))
        .filter(|(scenario, engine)| played.contains(&(&*scenario.id, *engine)))
        .filter_map(|(scenario, engine)| gated_row(scenario, engine))
        .collect();
    let own: BTreeSet<String> = all.iter().flat_map(Scenario::own_metrics).collect();
    let metrics: Vec<_> =
        [FUEL, PEAK_MEMORY].into_iter().chain(own.iter().map(String::as_str)).map(|metric| (metric, Band::Units(0))).collect();
    let gated: Vec<_> = grid.measurements.iter().filter(|one| rows.contains(&one.row)).cloned().collect();
    grid.verdict = gate.settle(
        workspace,
        &Judged {
            measurements: &gated,
            tools: &grid.provenance.tools,
            rows: &rows,
            selected: &selected,
            failed: &failed,
            metrics: &metrics,
            depends: &depends,
        },
    )?;
    Ok(())
}

/// The row of a cell whose counts gate. The reference counts nothing, and an engine that is not to be had on every machine cannot hold up the others.
fn gated_row(scenario: &Scenario, engine: Engine) -> Option<String> {
    let gates = scenario.fuel && !matches!(engine, Engine::Native | Engine::WamrAot) && scenario.not_applicable(engine).is_none();
    gates.then(|| GridRun::row_id(&scenario.id, engine))
}

/// Whether the counts of a row depend on a tool: all on what made the file, each on its own engine.
fn depends(row: &str, tool: &str) -> bool {
    let engine = row.rsplit('/').next().unwrap_or_default();
    match tool {
        "wasmtime" | "wamr" => engine.starts_with(tool),
        _ => true,
    }
}

fn failed(grid: &GridRun) -> BTreeMap<String, String> {
    let mut failed = BTreeMap::new();
    for row in &grid.rows {
        for (engine, cell) in &row.cells {
            if let Cell::Fail { reasons } = cell {
                let said = reasons.first().map(|reason| reason.said.clone()).unwrap_or_default();
                failed.insert(GridRun::row_id(&row.scenario, *engine), said);
            }
        }
    }
    failed
}
