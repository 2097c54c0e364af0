//! `cargo xtask pgo`: builds with profiles, and proves on work it was not trained on what they are worth.

mod builds;
mod gate;
mod health;
mod measure;
mod prove;
mod stages;

use super::judging::Judging;
use crate::{
    cmd::gate::Gate,
    data::{
        exit::{Exit, Failure},
        pgo::{PGO_SCHEMA, PgoRun, build::Build},
        pgo_policy::PgoSubject,
        rows::RowsVerdict,
    },
    report,
    shell::{
        console,
        pgo::{Place, build::Built, tools::Tools, train::Lesson, work::Works},
        provenance, rustflags, store,
        workspace::Workspace,
    },
};
use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use std::{path::PathBuf, sync::Arc};

/// Build with profile-guided optimization, and prove on held-out work what it won and what it cost.
///
/// Without a stage all of them: the reference and an instrumented program are built, the program is trained on the policy's workloads, its profiles are
/// merged, and every build of the table is made and measured. What did not change is not made again.
#[derive(Args, Clone, Debug, Default)]
#[command(
    after_help = "Exit status: 0 pass, 1 a verdict fails, 2 usage, policy or baseline error, 3 a tool is missing, 4 a measurement or a profile is invalid.\n\n\
Examples:\n  cargo xtask pgo\n  cargo xtask pgo --quick\n  cargo xtask pgo info\n  cargo xtask pgo train --again\n  cargo xtask pgo --check\n  \
cargo xtask pgo --policy ../tool/policy.toml"
)]
pub struct PgoArgs {
    /// Stop after this stage, or start with it: `merge` and `prove` take the profiles that are there.
    #[arg(value_enum)]
    stage: Option<Stage>,
    #[command(flatten)]
    judging: Judging,
    /// Work on these programs of the policy only. May be repeated.
    #[arg(long, value_name = "NAME")]
    subject: Vec<String>,
    /// Compare the reference, the build with the profile and the one that is released only.
    #[arg(long)]
    quick: bool,
    /// Train and merge even where nothing changed.
    #[arg(long)]
    again: bool,
    /// Build with this merged profile instead of training: nothing is judged against the baseline then.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["check", "accept", "again"])]
    profile: Option<PathBuf>,
    /// How often each build is timed; 0 leaves the times out.
    #[arg(long, value_name = "N", default_value_t = 31)]
    samples: u32,
}

/// A part of the work that can be done alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Stage {
    /// Build the program that writes profiles.
    Instrument,
    /// Run it on the training workloads.
    Train,
    /// Make one profile of the raw ones.
    Merge,
    /// Build what is released (the policy's `ship`, else the program with the profile), trained before where it has to be.
    Build,
    /// Build and measure everything that is compared.
    Prove,
    /// Say what the profile is like and which tools are found.
    Info,
}

/// Runs the command.
///
/// # Errors
/// A usage, policy or baseline error, a missing tool, a build that fails, or a bad profile.
pub fn run(args: &PgoArgs) -> Result<Exit> {
    fits(args)?;
    let workspace = Arc::new(Workspace::open(args.judging.policy.as_deref())?);
    let subjects = args.judging.share().of(subjects(&workspace, &args.subject)?);
    // Held to the end: what is built and read here is what is judged and written back.
    let _lock = store::exclusive(&workspace.scratch())?;
    let gate = Gate::open(&workspace, gate::FILE, &args.judging)?;
    let tools = Tools::find(&workspace)?;
    let mut places = Vec::new();
    for (name, subject) in &subjects {
        let place = Place::new(&workspace, &tools, name, subject);
        workspace.package(&subject.package)?;
        let works = Works::read(&place)?;
        places.push((place, works));
    }
    if args.again {
        places.iter().try_for_each(|(place, _)| stages::forget(place))?;
    }
    rustflags::notes(&workspace, &[&tools.host]).iter().for_each(|note| console::log(&format!("xtask: {note}")));
    match args.stage {
        Some(Stage::Instrument | Stage::Train | Stage::Merge | Stage::Build) => {
            for (place, works) in &places {
                stages::run(args, place, works)?;
            }
            Ok(Exit::Pass)
        }
        Some(Stage::Info) => health::info(args, &places),
        None | Some(Stage::Prove) => prove_all(args, &workspace, &tools, &places, &gate),
    }
}

/// What is released of one program, as `pgo build` makes it: trained before where it has to be, with a profile that is good.
///
/// # Errors
/// A workload is not there, a build or a run fails, or the profile is bad.
pub fn released(place: &Place) -> Result<Built> {
    let args = PgoArgs { stage: Some(Stage::Build), ..PgoArgs::default() };
    stages::released(&args, place, &Works::read(place)?)
}

/// Flags that a stage would leave unheard.
fn fits(args: &PgoArgs) -> Result<()> {
    let proves = matches!(args.stage, None | Some(Stage::Prove));
    let trains = matches!(args.stage, None | Some(Stage::Train | Stage::Build));
    match () {
        () if !proves && (args.judging.check || args.judging.accept.is_some()) => {
            Err(Failure::usage("--check and --accept judge a proof: leave the stage out, or name `prove`").into())
        }
        () if !trains && args.again => {
            Err(Failure::usage("--again trains once more: leave the stage out, or name `train` or `build`").into())
        }
        () => Ok(()),
    }
}

fn prove_all(args: &PgoArgs, workspace: &Workspace, tools: &Tools, places: &[(Place, Works)], gate: &Gate) -> Result<Exit> {
    let mut proved = Vec::new();
    for (place, works) in places {
        if args.stage.is_none() && args.profile.is_none() {
            stages::train(place, works, Lesson::Train)?;
        }
        proved.push(prove::prove(args, place, works)?);
    }
    let mut run = PgoRun {
        schema: PGO_SCHEMA,
        command: "pgo".into(),
        provenance: provenance::of_natives(workspace, tools)?,
        artifacts: proved.iter().flat_map(|one| one.artifacts.clone()).collect(),
        subjects: proved.iter().map(|one| one.proof.clone()).collect(),
        measurements: proved.iter().flat_map(|one| one.measurements()).collect(),
        verdict: RowsVerdict::default(),
    };
    gate::settle(args, workspace, places, &proved, &mut run, gate)?;
    write(args, workspace, &run)?;
    Ok(run.verdict.exit())
}

/// The programs of the policy that were asked for; all of them where none was.
fn subjects(workspace: &Workspace, named: &[String]) -> Result<Vec<(String, PgoSubject)>> {
    let all = &workspace.policy.pgo;
    if all.is_empty() {
        return Err(Failure::usage("the policy has no [pgo.NAME]: name a package and its work (docs/reference/policy.md)").into());
    }
    let known: Vec<&str> = all.keys().map(String::as_str).collect();
    let names: Vec<&str> = if named.is_empty() { known.clone() } else { named.iter().map(String::as_str).collect() };
    let one = |name: &str| {
        let subject = all.get(name).with_context(|| {
            Failure::usage(format!("--subject {name}: the policy has {}: name one of them", known.join(", ")))
        })?;
        Ok((name.to_string(), subject.clone()))
    };
    names.into_iter().map(one).collect()
}

/// The builds that this invocation compares.
fn compared(args: &PgoArgs, subject: &PgoSubject) -> Vec<Build> {
    if args.quick { subject.quick() } else { subject.compared() }
}

/// Saves the run and the report, and prints what was asked for.
fn write(args: &PgoArgs, workspace: &Workspace, run: &PgoRun) -> Result<()> {
    console::print(&args.judging.save(workspace, "pgo", run, |form| report::pgo::render(run, form))?)
}
