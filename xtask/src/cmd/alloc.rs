//! `cargo xtask alloc`: certifies allocators, replays the same operations on each, and ratchets what can be counted exactly.

mod certify;
mod gate;
mod guests;
pub mod record;
mod replay;
mod select;
mod times;

use super::judging::Judging;
use crate::{
    analysis::alloc::measurements,
    cmd::gate::Gate,
    data::{
        alloc::{ALLOC_SCHEMA, AllocRun, ENGINES},
        alloc_policy::AllocPolicy,
        exit::{Exit, Failure},
        rows::RowsVerdict,
    },
    report,
    shell::{console, progress::Watched, provenance, store, workspace::Workspace},
};
use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use std::{path::PathBuf, sync::Arc};

/// Certify allocators, replay the program's own traces and workloads on each, and compare fuel, memory and losses with the baseline.
///
/// An allocator is certified in WebAssembly before its numbers count, and allocators broken on purpose have to be refused. Fuel is that of the
/// allocator alone: the same replay on no heap is taken off. Times are shown, never judged.
#[derive(Args, Clone, Debug)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Exit status: 0 pass, 1 an allocator is refused or a verdict fails, 2 usage, policy, trace or baseline error, 3 a tool is missing, 4 a \
measurement is invalid.\n\nExamples:\n  cargo xtask alloc\n  cargo xtask alloc --allocator talc --workload 'grow*'\n  cargo xtask alloc --trace my.trace\n  \
cargo xtask alloc --check\n  cargo xtask alloc record"
)]
pub struct AllocArgs {
    #[command(subcommand)]
    command: Option<AllocCommand>,
    #[command(flatten)]
    judging: Judging,
    /// Measure these allocators only. May be repeated.
    #[arg(long, value_name = "NAME")]
    allocator: Vec<String>,
    /// Replay only the workloads whose name has these words (`*` stands for anything). May be repeated.
    #[arg(long, value_name = "PATTERN")]
    workload: Vec<String>,
    /// Replay this trace instead of the workloads: nothing is judged against the baseline then. May be repeated.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["workload", "check", "accept"])]
    trace: Vec<PathBuf>,
    /// How often one workload is timed on each allocator and engine; 0 leaves the times out.
    #[arg(long, value_name = "N", default_value_t = 7)]
    samples: u32,
}

#[derive(Subcommand, Clone, Debug)]
enum AllocCommand {
    Record(record::RecordArgs),
}

/// Runs the command.
///
/// # Errors
/// A usage, policy, trace or baseline error, or a missing tool.
pub fn run(args: &AllocArgs) -> Result<Exit> {
    if let Some(AllocCommand::Record(args)) = &args.command {
        return record::run(args);
    }
    let workspace = Arc::new(Workspace::open(args.judging.policy.as_deref())?);
    let policy = policy(&workspace)?;
    let allocators = select::allocators(policy, &args.allocator)?;
    let mut chosen = select::workloads(&workspace, policy, args)?;
    chosen.selected = args.judging.share().of(chosen.selected);
    // Held to the end: what is measured here is what is judged and written back.
    let _lock = store::exclusive(&workspace.scratch())?;
    let gate = Gate::open(&workspace, gate::FILE, &args.judging)?;
    let built = guests::build(&workspace, policy, &allocators, Watched::detect(args.judging.json))?;
    console::log("xtask: certifying the allocators");
    let (allocators, controls) = certify::all(&workspace, policy, &allocators, &built)?;
    console::log(&format!("xtask: replaying {} workloads on each allocator and engine", chosen.selected.len()));
    let replays = replay::all(&built.guests, &allocators, &chosen.selected)?;
    let timings = times::take(args.samples, policy, &built.guests, &allocators, &chosen.selected)?;
    let mut run = AllocRun {
        schema: ALLOC_SCHEMA,
        command: "alloc".into(),
        provenance: provenance::of_engines(&workspace, built.guests.stage(), &ENGINES)?,
        artifacts: built.artifacts,
        allocators,
        controls,
        workloads: chosen.selected.iter().map(select::facts).collect(),
        measurements: measurements(&replays),
        replays,
        timings,
        budget: policy.budget,
        verdict: RowsVerdict::default(),
    };
    gate::settle(args, &workspace, policy, &chosen, &mut run, &gate)?;
    write(args, &workspace, &run)?;
    Ok(run.verdict.exit())
}

/// The part of the policy that this is about.
///
/// # Errors
/// There is none.
fn policy(workspace: &Workspace) -> Result<&AllocPolicy> {
    workspace.policy.alloc.as_ref().with_context(|| {
        Failure::usage("the policy has no [alloc]: name the guest and the allocators (docs/reference/policy.md)")
    })
}

/// Saves the run, its report and its picture, and prints what was asked for.
fn write(args: &AllocArgs, workspace: &Workspace, run: &AllocRun) -> Result<()> {
    if let Some(picture) = report::alloc::picture(run) {
        store::write(&workspace.scratch().join("runs").join(report::alloc::PICTURE), picture.as_bytes())?;
    }
    console::print(&args.judging.save(workspace, "alloc", run, |form| report::alloc::render(run, form))?)
}
