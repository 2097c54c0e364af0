//! What the tools did and what the source did, where the baseline was made with other tools.

use super::SizeArgs;
use crate::{
    analysis::split::{incomparable, split},
    data::{
        baseline::Baseline,
        matrix::Cell,
        run::{Run, Split},
    },
    shell::{base, console, optimizer::Optimizer, progress::Watched, workspace::Workspace},
};
use anyhow::Result;

/// The splits of all values that cannot be compared, if `--split` asks for them: the base is built with today's tools.
///
/// # Errors
/// Git does not know the base, or it does not build with today's tools.
pub fn splits(
    args: &SizeArgs,
    workspace: &Workspace,
    optimizer: &Optimizer,
    cells: &[Cell],
    run: &Run,
    baseline: Option<&Baseline>,
    recorded_at: Option<&str>,
) -> Result<Vec<Split>> {
    let (Some(asked), Some(baseline)) = (&args.split, baseline) else { return Ok(Vec::new()) };
    let variants = incomparable(run);
    if variants.is_empty() {
        return Ok(Vec::new());
    }
    let Some(revision) = asked.as_deref().or(recorded_at) else {
        console::log("xtask: no commit has the baseline: what the tools did and what the source did cannot be told apart");
        return Ok(Vec::new());
    };
    let cells: Vec<Cell> = cells.iter().filter(|cell| variants.contains(&cell.variant)).cloned().collect();
    console::log(&format!(
        "xtask: {} cannot be compared: building {revision} with today's tools",
        match cells.len() {
            1 => "one variant".to_string(),
            count => format!("{count} variants"),
        }
    ));
    let (commit, built) = base::build_base(workspace, optimizer, &cells, revision, Watched::detect(args.judging.json))?;
    let between = cells.iter().zip(&built).map(|(cell, built)| (cell.variant.clone(), built.record.metrics.clone())).collect();
    Ok(split(run, baseline, &commit, &between))
}
