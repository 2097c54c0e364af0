//! `cargo xtask report html`: what the gates found, as one page.

use crate::{
    analysis::{ci, trend::trend},
    data::{
        alloc::ALLOC_SCHEMA,
        ci::{CI_SCHEMA, CiReport, GateRun, GateState, Shard},
        comment::GateName,
        exit::{Exit, Failure},
        grid::GRID_SCHEMA,
        pgo::PGO_SCHEMA,
        policy::Policy,
        run::{RUN_SCHEMA, Run},
        share::Share,
        variant::Variant,
    },
    report::html::{Page, render},
    shell::{self, baselines, code_map, comment::read_run, console, store, workspace::Workspace},
};
use anyhow::Result;
use clap::Args;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// Write what the saved runs found as one page: verdicts, tables, a treemap of what ships, the trend, the grid.
///
/// The page is one file that needs no network and no script.
#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Exit status: 0 the page is written, whatever it says; 2 usage, a policy, baseline or saved run that cannot be used.\n\n\
Examples:\n  cargo xtask report html\n  cargo xtask report html --out report.html"
)]
pub struct HtmlArgs {
    /// Where the page is written [default: target/xtask/report.html].
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The policy of another workspace; its baselines lie beside it.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// A saved run, a baseline or the policy cannot be used; the page cannot be written.
pub fn run(args: &HtmlArgs) -> Result<Exit> {
    let workspace = Workspace::open(args.policy.as_deref())?;
    let report = saved(&workspace.scratch().join("runs"), &workspace.policy)?;
    let out = args.out.clone().unwrap_or_else(|| workspace.scratch().join("report.html"));
    write(&workspace, &report, &out)?;
    console::print(&format!("Wrote {}\n", workspace.shown(&out)))?;
    Ok(Exit::Pass)
}

/// Writes the page of `report` to `out`.
///
/// # Errors
/// A baseline cannot be used; the page cannot be written.
pub fn write(workspace: &Workspace, report: &CiReport, out: &Path) -> Result<()> {
    let size = report.gates.get(&GateName::Size).and_then(of_size);
    let key = size.map_or_else(
        || format!("binaryen-{}", workspace.policy.optimizer.binaryen),
        |run| run.provenance.toolchain.optimizer_key(),
    );
    let recorded = baselines::read_sizes(&workspace.baselines)?;
    let baseline = recorded.optimizers.get(&key);
    let variants: Vec<Variant> = workspace.policy.subject.iter().filter_map(|subject| subject.shown_variant()).collect();
    let mut maps = Vec::new();
    for variant in &variants {
        maps.extend(code_map::read(workspace, &key, baseline, size, variant)?);
    }
    let trend = shell::trend::history(&workspace.baselines).map(|history| trend(&history, &variants, &key));
    let page = Page { report, policy: &workspace.policy, baseline, maps: &maps, trend: trend.as_ref() };
    store::write(out, render(&page).as_bytes())
}

fn of_size(state: &GateState) -> Option<&Run> {
    match state {
        GateState::Ended { run, .. } => match &**run {
            GateRun::Size(run) => Some(&run.run),
            GateRun::Run(_) | GateRun::Alloc(_) | GateRun::Pgo(_) => None,
        },
        GateState::Broke { .. } | GateState::LeftOut { .. } => None,
    }
}

/// The report of the runs in `folder`, with the times that they have.
fn saved(folder: &Path, policy: &Policy) -> Result<CiReport> {
    let mut gates: BTreeMap<GateName, GateState> = BTreeMap::new();
    for name in GateName::ALL {
        gates.insert(name, state(folder, name)?);
    }
    let shard = Shard { schema: CI_SCHEMA, share: Share::WHOLE, gates: gates.clone() };
    let joined =
        ci::report(vec![shard], policy).map_err(|said| Failure::usage(format!("the saved runs cannot be used: {said}")))?;
    Ok(CiReport { gates, ..joined })
}

fn state(folder: &Path, name: GateName) -> Result<GateState> {
    let run = match name {
        GateName::Size => read_run(folder, name, RUN_SCHEMA)?.map(GateRun::Size),
        GateName::Run => read_run(folder, name, GRID_SCHEMA)?.map(GateRun::Run),
        GateName::Alloc => read_run(folder, name, ALLOC_SCHEMA)?.map(GateRun::Alloc),
        GateName::Pgo => read_run(folder, name, PGO_SCHEMA)?.map(GateRun::Pgo),
    };
    Ok(match run {
        None => GateState::LeftOut { reason: format!("no saved run: make one (cargo xtask {name} --check)") },
        Some(run) => GateState::Ended { exit_code: exit(&run) as u8, run: Box::new(run) },
    })
}

fn exit(run: &GateRun) -> Exit {
    match run {
        GateRun::Size(run) => run.run.verdict.exit(),
        GateRun::Run(run) => run.verdict.exit(),
        GateRun::Alloc(run) => run.verdict.exit(),
        GateRun::Pgo(run) => run.verdict.exit(),
    }
}
