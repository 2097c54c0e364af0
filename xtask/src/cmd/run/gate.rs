//! The verdict of a run: its counts against `baselines/run.json`.

use super::RunArgs;
use crate::{
    analysis::{
        grid::{FUEL, PEAK_MEMORY},
        lock::version_of,
        ratchet_rows::{Standard, compare, settle as settle_rows},
    },
    cmd::mode::mode,
    data::{
        exit::Exit,
        grid::{Cell, GridProvenance, GridRun},
        rows::{RowFindingKind, RowsBaseline, Tools},
        scenario::Scenario,
        verdict::{Outcome, Recorded},
    },
    shell::{baselines, git, process, scene::stage::Stage, workspace::Workspace},
};
use anyhow::Result;
use runner_protocol::Engine;
use std::collections::{BTreeMap, BTreeSet};

/// The file of the counts, below `baselines/`.
const FILE: &str = "run.json";

/// What was recorded before.
pub struct Before {
    baseline: Option<RowsBaseline>,
    mode: crate::analysis::ratchet::Mode,
}

/// Reads the baseline before anything is built: a wrong one, or a reason that is none, is told at once.
///
/// # Errors
/// The file is not one of this tool's; `--accept` without a reason.
pub fn read(args: &RunArgs, workspace: &Workspace) -> Result<Before> {
    Ok(Before { baseline: baselines::read_rows(&workspace.baselines, FILE)?, mode: mode(args.accept.as_deref(), args.check)? })
}

/// What the counts were made with, and where.
///
/// # Errors
/// A tool does not say its version.
pub fn provenance(
    workspace: &Workspace,
    stage: &Stage,
    engines: &[Engine],
    unavailable: &BTreeMap<Engine, String>,
) -> Result<GridProvenance> {
    let mut tools = Tools::new();
    tools.insert("rustc".into(), process::first_line(workspace.shell()?.cmd("rustc").arg("--version"))?);
    tools.insert("optimizer".into(), format!("Binaryen {}", workspace.policy.optimizer.binaryen));
    tools.insert("encoder".into(), format!("wit-component {}", version_of("wit-component")));
    for engine in engines.iter().filter(|engine| engine.build().is_some() && !unavailable.contains_key(engine)) {
        let version = stage.runner(*engine)?.version;
        let (name, number) = version.split_once(' ').unwrap_or((&version, ""));
        tools.insert(name.into(), number.into());
    }
    let host = format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS);
    let state = git::state(&workspace.root);
    let (commit, dirty) = state.map_or((None, false), |state| (Some(state.commit), state.dirty));
    Ok(GridProvenance { tools, commit, dirty, host })
}

/// Judges the run and writes what the mode allows.
///
/// # Errors
/// The baseline cannot be written.
pub fn settle(args: &RunArgs, workspace: &Workspace, all: &[Scenario], grid: &mut GridRun, before: Before) -> Result<()> {
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
    let gated: Vec<_> = grid.measurements.iter().filter(|one| rows.contains(&one.row)).cloned().collect();
    let bands = BTreeMap::from([(FUEL, 0), (PEAK_MEMORY, 0)]);
    let tools = grid.provenance.tools.clone();
    let standard = Standard {
        tools: &tools,
        rows: &rows,
        selected: &selected,
        failed: &failed,
        baseline: before.baseline.as_ref(),
        unrecorded: baselines::rows_unrecorded(&workspace.baselines, FILE),
        bands: &bands,
        depends,
    };
    let settled = settle_rows(&gated, &standard, compare(&gated, &standard), &before.mode);
    grid.verdict = settled.verdict;
    match settled.baseline {
        Some(baseline) if grid.verdict.recorded != Recorded::Nothing => {
            baselines::write_rows(&workspace.baselines, FILE, &baseline)
        }
        _ => Ok(()),
    }
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

/// The exit code of a judged run.
pub fn exit(grid: &GridRun) -> Exit {
    let invalid = grid.verdict.findings.iter().any(|finding| matches!(finding.kind, RowFindingKind::Invalid { .. }));
    match grid.verdict.outcome {
        Outcome::Pass | Outcome::NotJudged => Exit::Pass,
        Outcome::Fail if invalid => Exit::Invalid,
        Outcome::Fail => Exit::Verdict,
    }
}
