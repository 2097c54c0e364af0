//! The verdict of a run: its counts against `baselines/alloc.json`.

use super::{AllocArgs, select::Workloads};
use crate::{
    analysis::{
        alloc::{METRICS, standing::failed},
        ratchet_rows::failures,
    },
    cmd::gate::{Gate, Judged},
    data::{
        alloc::{AllocRun, ENGINES},
        alloc_policy::AllocPolicy,
        rows::{Band, WORKLOAD},
        verdict::Outcome,
    },
    shell::workspace::Workspace,
};
use anyhow::Result;
use std::collections::BTreeSet;

/// The file of the counts, below `baselines/`.
pub const FILE: &str = "alloc.json";

/// Judges the run and writes what the mode allows.
///
/// # Errors
/// The baseline cannot be written.
pub fn settle(
    args: &AllocArgs,
    workspace: &Workspace,
    policy: &AllocPolicy,
    workloads: &Workloads,
    run: &mut AllocRun,
    gate: &Gate,
) -> Result<()> {
    let failed = failed(run);
    if !args.trace.is_empty() {
        // A trace of somebody's own has no baseline: only whether it could be replayed is judged.
        run.verdict.outcome = if failed.is_empty() { Outcome::NotJudged } else { Outcome::Fail };
        run.verdict.findings = failures(&failed);
        return Ok(());
    }
    for workload in &run.workloads {
        let digest = workload.sha256.get(..12).unwrap_or(&workload.sha256);
        run.provenance.tools.insert(format!("{WORKLOAD}{}", workload.name), digest.into());
    }
    let rows = rows_of(&policy.allocators, workloads.names.iter().map(String::as_str));
    let allocators: Vec<String> = run.allocators.iter().map(|allocator| allocator.name.clone()).collect();
    let selected = rows_of(&allocators, workloads.selected.iter().map(|workload| workload.name.as_str()));
    run.verdict = gate.settle(
        workspace,
        &Judged {
            measurements: &run.measurements,
            tools: &run.provenance.tools,
            rows: &rows,
            selected: &selected,
            failed: &failed,
            metrics: &METRICS.map(|metric| (metric, Band::Units(0))),
            depends: &depends,
        },
    )?;
    Ok(())
}

fn rows_of<'a>(allocators: &[String], workloads: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    let mut rows = BTreeSet::new();
    for workload in workloads {
        for allocator in allocators {
            rows.extend(ENGINES.map(|engine| AllocRun::row_id(workload, allocator, engine)));
        }
    }
    rows
}

/// Whether the numbers of a row depend on a tool: all on what made the guest, each on its own engine and workload.
fn depends(row: &str, tool: &str) -> bool {
    let mut parts = row.split('/');
    let (workload, engine) = (parts.next().unwrap_or_default(), parts.next_back().unwrap_or_default());
    match tool {
        "wasmtime" | "wamr" => engine.starts_with(tool),
        _ => tool.strip_prefix(WORKLOAD).is_none_or(|name| name == workload),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_depends_on_its_own_engine_and_operations() {
        let row = AllocRun::row_id("day", "talc", ENGINES[0]);
        for (tool, want) in
            [("rustc", true), ("wasmtime", true), ("wamr", false), ("workload day", true), ("workload cap", false)]
        {
            assert_eq!(depends(&row, tool), want, "{tool}");
        }
    }
}
