//! `cargo xtask size`: builds the allocator matrix, optimizes, encodes, validates, measures, and compares.

mod assemble;
mod features_cost;
mod split;

use super::judging::Judging;
use crate::{
    analysis::{
        compare::{Expected, compare},
        explain::Explained,
        ratchet::{Mode, settle},
    },
    data::{
        certificate::Certificate,
        exit::{Exit, Failure, exit_of},
        matrix::{Cell, Part},
        run::{Run, SizeRun},
        selection,
        timings::{Stage, Timings},
        variant::Variant,
        verdict::{FindingKind, Outcome, Recorded},
    },
    report::{self, size::Report, table::Form},
    shell::{
        baselines,
        certify::Certifier,
        console, held, matrix,
        optimizer::{Choice, Optimizer},
        pipeline::Built,
        progress::Watched,
        provenance, rustflags, store, target,
        workspace::{Workspace, policy_path},
    },
};
use anyhow::Result;
use clap::Args;
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroUsize,
    sync::Arc,
    time::Instant,
};

/// Build the allocator matrix, optimize, encode, validate, measure, and compare with the baseline.
///
/// A plain run records what became better. What became worse fails, and is recorded only with --accept and a reason.
#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Exit status: 0 pass, 1 a verdict fails, 2 usage, policy or baseline error, 3 a tool is missing, 4 a variant could not be \
measured.\n\nExamples:\n  cargo xtask size\n  cargo xtask size --check\n  cargo xtask size --only '*/talc' --timings\n  cargo xtask size --features-cost\n  cargo xtask size --accept \
\"the config file needs a parser\""
)]
pub struct SizeArgs {
    #[command(flatten)]
    judging: Judging,
    /// Measure only the variants that match (`*` stands for anything), and their floors. May be repeated.
    #[arg(long, value_name = "PATTERN")]
    only: Vec<String>,
    /// Which wasm-opt to use.
    #[arg(long, value_enum, default_value = "auto")]
    optimizer: Choice,
    /// How many variants to build side by side; the cores are shared among them.
    #[arg(short, long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// Measure what each cargo feature adds, by building without it; judges and records nothing.
    #[arg(long, conflicts_with_all = ["check", "accept"])]
    features_cost: bool,
    /// Where values were made with other tools than the baseline's: build REV with today's, and tell apart what the tools did and what the source did
    /// [default of REV: the commit that last changed the baseline].
    #[arg(long, value_name = "REV", num_args = 0..=1)]
    split: Option<Option<String>>,
    /// Say where the time went, on stderr.
    #[arg(long)]
    timings: bool,
}

/// Runs the command.
///
/// # Errors
/// A usage, policy or baseline error, a missing tool, or a measurement that could not be made at all.
pub fn run(args: &SizeArgs) -> Result<Exit> {
    if args.features_cost {
        return features_cost::run(args);
    }
    let start = Instant::now();
    let mode = args.judging.mode()?;
    let workspace = Arc::new(Workspace::open(args.judging.policy.as_deref())?);
    held::policy(&workspace, &policy_path(args.judging.policy.as_deref()))?;
    let cells = workspace.policy.cells();
    let chosen = select(&cells, args)?;
    let certifier = Certifier::new(&workspace, &chosen)?;
    for cell in chosen.iter().filter(|cell| cell.part != Part::BuiltInFloor) {
        workspace.check(cell)?;
    }
    // Held to the end: what is read here is what is written back.
    let _lock = store::exclusive(&workspace.scratch())?;
    let mut recorded = baselines::read_sizes(&workspace.baselines)?;
    held::sizes(&workspace, &recorded)?;
    let optimizer = prepare(&workspace, &chosen, args)?;
    let golden = baselines::read_golden(&workspace.baselines, &optimizer.key(), &cells)?;
    let setup = start.elapsed();
    let mut outcome =
        matrix::build(&workspace, &optimizer, &chosen, jobs(args), Watched::detect(args.judging.json), workspace.scratch())?;
    outcome.timings.add(Stage::Setup, setup);
    let certificates = certify(&certifier, &chosen, &mut outcome)?;

    let mut run = assemble::run(&workspace, provenance::of(&workspace, &optimizer, &chosen)?, &chosen, &outcome.results)?;
    run.certificates = certificates;
    let selected: BTreeSet<Variant> = chosen.iter().map(|cell| cell.variant.clone()).collect();
    let pinned = format!("binaryen-{}", workspace.policy.optimizer.binaryen);
    let unrecorded = baselines::unrecorded(&workspace.baselines, &recorded, &optimizer.key(), &pinned);
    let old = recorded.optimizers.get(&optimizer.key()).cloned();
    let expected = Expected {
        policy: &workspace.policy,
        cells: &cells,
        selected: &selected,
        baseline: old.as_ref(),
        unrecorded,
        golden: &golden,
    };
    let settled = settle(&run, &expected, compare(&run, &expected), &mode);
    run.verdict = settled.verdict;
    let built: Vec<(&Cell, &Built)> =
        chosen.iter().zip(&outcome.results).filter_map(|(cell, result)| Some((cell, result.as_ref().ok()?))).collect();
    let explained = explain(&workspace, &optimizer, &run, &built)?;
    if mode != Mode::Check && run.verdict.outcome == Outcome::Pass {
        // Also where no number moved: the tables then still say what the code is that the numbers are of.
        record_symbols(&workspace, &optimizer, &run, &built)?;
    }
    if run.verdict.recorded != Recorded::Nothing {
        baselines::write_golden(&workspace.baselines, &optimizer.key(), &settled.golden)?;
        if let Some(baseline) = settled.baseline {
            recorded.optimizers.insert(optimizer.key(), baseline);
            baselines::write_sizes(&workspace.baselines, &recorded)?;
        }
    }
    if args.judging.accept.is_some() && run.verdict.findings.is_empty() {
        console::log("xtask: there is nothing to accept: the reason was not recorded");
    }
    let command = command_line("size", args);
    let base_commit = baselines::last_commit(&workspace.baselines);
    let base = command_line(
        &format!("diff --base {}", base_commit.as_deref().map_or("HEAD", |commit| &commit[..12.min(commit.len())])),
        args,
    );
    let base_commit = base_commit.as_deref();
    let splits = split::splits(args, &workspace, &optimizer, &chosen, &run, old.as_ref(), base_commit)?;
    let saved = SizeRun { run, explained, splits };
    let report = Report {
        saved: &saved,
        policy: &workspace.policy,
        cells: &chosen,
        baseline: old.as_ref(),
        command: &command,
        base: &base,
    };
    outcome.timings.wall = start.elapsed();
    write(args, &workspace, "size", &saved, |form| report::size::render(&report, form), &outcome.timings)?;
    Ok(saved.run.verdict.exit())
}

/// Executes what was built: a variant that does not run gets no row.
fn certify(certifier: &Certifier, cells: &[Cell], outcome: &mut matrix::Outcome) -> Result<BTreeMap<Variant, Certificate>> {
    let start = Instant::now();
    let mut certificates = BTreeMap::new();
    for (cell, result) in cells.iter().zip(&mut outcome.results) {
        let Ok(built) = result else { continue };
        match certifier.certify(cell, built) {
            Ok(certificate) => drop(certificates.insert(cell.variant.clone(), certificate)),
            Err(error) if exit_of(&error) == Exit::Invalid => *result = Err(error.to_string()),
            Err(error) => return Err(error),
        }
    }
    outcome.timings.add(Stage::Certify, start.elapsed());
    Ok(certificates)
}

/// How many variants to build side by side: as many as there are cores, where nobody says.
fn jobs(args: &SizeArgs) -> usize {
    args.jobs.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), NonZeroUsize::get)
}

/// The cells that `--only` selects, each with its floor; all of them without it.
fn select(cells: &[Cell], args: &SizeArgs) -> Result<Vec<Cell>> {
    if cells.is_empty() {
        return Err(Failure::usage("the policy has no [[subject]]: add one with a matrix (docs/reference/policy.md)").into());
    }
    let chosen = match args.only.is_empty() {
        true => cells.to_vec(),
        false => selection::matching(cells, &args.only).map_err(Failure::usage)?,
    };
    Ok(selection::with_floors(cells, &selection::share(&chosen, args.judging.share())))
}

/// Finds the tools, and says what of the user's settings is left out.
fn prepare(workspace: &Workspace, cells: &[Cell], args: &SizeArgs) -> Result<Optimizer> {
    let targets: BTreeSet<&str> = cells.iter().map(|cell| cell.variant.target.as_str()).collect();
    let targets: Vec<&str> = targets.into_iter().collect();
    for note in rustflags::notes(workspace, &targets) {
        console::log(&format!("xtask: {note}"));
    }
    target::ensure_for(workspace, cells)?;
    Optimizer::find(args.optimizer, workspace)
}

/// Symbol by symbol, what changed in the variants whose size did, against the table recorded with the baseline.
fn explain(
    workspace: &Workspace,
    optimizer: &Optimizer,
    run: &Run,
    built: &[(&Cell, &Built)],
) -> Result<BTreeMap<Variant, Explained>> {
    let mut explained = BTreeMap::new();
    for (cell, built) in built {
        let changed = run.verdict.findings.iter().any(|finding| {
            finding.variant == cell.variant
                && matches!(finding.kind, FindingKind::Worse { .. } | FindingKind::Better { .. } | FindingKind::OverBudget { .. })
        });
        if !changed {
            continue;
        }
        if let Some(old) = baselines::read_symbols(&workspace.baselines, &optimizer.key(), &cell.variant)? {
            explained.insert(cell.variant.clone(), Explained::new(&old, &baselines::built_symbols(&built.folder)?));
        }
    }
    Ok(explained)
}

fn record_symbols(workspace: &Workspace, optimizer: &Optimizer, run: &Run, built: &[(&Cell, &Built)]) -> Result<()> {
    for (cell, built) in built {
        baselines::write_symbols(&workspace.baselines, &optimizer.key(), &cell.variant, &built.folder)?;
    }
    for finding in run.verdict.findings.iter().filter(|finding| finding.kind == FindingKind::VariantNotInPolicy) {
        baselines::remove_symbols(&workspace.baselines, &optimizer.key(), &finding.variant)?;
    }
    Ok(())
}

/// Saves what a run says under `name`, and prints what was asked for.
fn write(
    args: &SizeArgs,
    workspace: &Workspace,
    name: &str,
    run: &impl Serialize,
    render: impl Fn(Form) -> String,
    timings: &Timings,
) -> Result<()> {
    let text = args.judging.save(workspace, name, run, render)?;
    if args.timings {
        console::log(report::timings::render(timings, console::form()).trim_end());
    }
    console::print(&text)
}

/// A command with the flags that say what this run is about.
fn command_line(command: &str, args: &SizeArgs) -> String {
    let mut line = format!("cargo xtask {command}");
    if let Some(policy) = &args.judging.policy {
        line.push_str(&format!(" --policy {}", policy.display()));
    }
    for pattern in &args.only {
        line.push_str(&format!(" --only '{pattern}'"));
    }
    if args.optimizer == Choice::Embedded {
        line.push_str(" --optimizer embedded");
    }
    line
}
