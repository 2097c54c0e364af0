//! `cargo xtask run`: plays every scenario on every engine, holds the engines to the same behaviour, and ratchets what can be counted exactly.

mod artifacts;
mod gate;
mod guards;
mod select;
mod times;

use super::judging::Judging;
use crate::{
    analysis::{
        figures::{MessageCounts, figures, message_count},
        grid::{Play, believed, measurements, row},
    },
    cmd::gate::Gate,
    data::{
        exit::{Exit, Failure},
        grid::{GRID_SCHEMA, GridRun},
        observed::Observed,
        rows::RowsVerdict,
        scenario::{Guarding, Scenario},
    },
    report,
    shell::{
        console,
        progress::{Progress, Watched},
        provenance,
        runner::Distrusted,
        scene::{
            play::{folder_of, play, read_all},
            stage::Stage,
        },
        store,
        workspace::Workspace,
    },
};
use anyhow::{Context, Result};
use clap::Args;
use runner_protocol::Engine;
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// Play every scenario on every engine, and compare fuel and memory with the baseline.
///
/// The files are the very ones that `size` ships. A plain run records what became better. What became worse fails, and is recorded only with --accept
/// and a reason. Times are shown, never judged.
#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Exit status: 0 pass, 1 a cell or a verdict fails, 2 usage, policy, scenario or baseline error, 3 a tool is missing, 4 a measurement \
is invalid.\n\nExamples:\n  cargo xtask run\n  cargo xtask run --filter message -v\n  cargo xtask run --engine wasmtime-jit --engine native\n  cargo xtask run --check"
)]
pub struct RunArgs {
    #[command(flatten)]
    judging: Judging,
    /// Play only the scenarios whose name has these words (`*` stands for anything). May be repeated.
    #[arg(long, value_name = "PATTERN")]
    filter: Vec<String>,
    /// Play on these engines only. May be repeated.
    #[arg(long, value_name = "ENGINE")]
    engine: Vec<Engine>,
    /// Show what differs in each cell that fails.
    #[arg(short, long)]
    verbose: bool,
    /// How often the start of the agent and of the floor, and each timed step, is timed on each engine; 0 leaves the times out.
    #[arg(long, value_name = "N", default_value_t = 11)]
    samples: u32,
    /// Run FILE instead of an artifact: nothing is judged against the baseline then.
    #[arg(long, value_name = "NAME=FILE")]
    replace: Vec<String>,
    /// Play the hostile scenarios with their guards switched off: each has to fail the way it says.
    #[arg(long, hide = true, conflicts_with_all = ["check", "accept", "replace"])]
    guards_off: bool,
}

/// Runs the command.
///
/// # Errors
/// A usage, policy, scenario or baseline error, or a missing tool.
pub fn run(args: &RunArgs) -> Result<Exit> {
    let workspace = Arc::new(Workspace::open(args.judging.policy.as_deref())?);
    let folder = workspace.policy.run.scenarios.as_ref().with_context(|| {
        Failure::usage("the policy has no [run] with `scenarios`: name their folder (docs/reference/scenarios.md)")
    })?;
    let all: Vec<Scenario> = read_all(&workspace.baselines.join(folder))?.into_values().collect();
    let scenarios = args.judging.share().of(select::scenarios(&all, &args.filter)?);
    let engines = select::engines(&args.engine);
    let replaced = select::replaced(&args.replace)?;
    // Held to the end: what is played and read here is what is judged and written back.
    let _lock = store::exclusive(&workspace.scratch())?;
    let gate = Gate::open(&workspace, gate::FILE, &args.judging)?;
    let watched = Watched::detect(args.judging.json);
    let (stage, artifacts) = artifacts::stage(&workspace, &scenarios, &engines, &replaced, watched)?;
    let unavailable = prepare(&stage, &engines)?;
    if let Some((engine, reason)) = args.engine.iter().find_map(|engine| unavailable.get_key_value(engine)) {
        return Err(Failure::tool(format!("{engine} was asked for and is not here: {reason}")).into());
    }
    let root = workspace.scratch().join("run");
    if args.guards_off {
        return guards::run(&stage, &scenarios, &engines, &unavailable, &root.join("guards-off"));
    }
    let plays = play_all(&stage, &scenarios, &engines, &unavailable, &root.join("scenes"), watched)?;
    let (samples, timings) = times::take(args, &stage, &all, &engines, &unavailable, &root)?;
    let rows: Vec<_> = scenarios.iter().map(|scenario| row(scenario, &engines, &plays[&scenario.id])).collect();
    let (step_samples, cost_times) = times::costs(args, &stage, &scenarios, &rows, &root)?;
    let counts = scenarios.iter().flat_map(|scenario| counts(scenario, &plays[&scenario.id])).collect();
    if !scenarios.is_empty() && plays.values().flat_map(BTreeMap::values).all(|play| matches!(play, Play::Unavailable(_))) {
        let cure =
            "nothing was played: the scenarios that were chosen do not apply to the engines that were chosen; choose others";
        return Err(Failure::usage(cure).into());
    }
    let available: Vec<Engine> = engines.iter().copied().filter(|engine| !unavailable.contains_key(engine)).collect();
    let mut grid = GridRun {
        schema: GRID_SCHEMA,
        command: "run".into(),
        provenance: provenance::of_engines(&workspace, &stage, &available)?,
        artifacts,
        rows,
        measurements: counts,
        samples,
        timings,
        step_samples,
        cost_times,
        figures: figures(&engines, &plays, &message_counts(&scenarios), &artifacts::loaded(&stage, &engines, &plays)?),
        start_budget_ms: workspace.policy.run.start_budget_ms.clone(),
        verdict: RowsVerdict::default(),
    };
    gate::settle(args, &workspace, &all, &mut grid, &gate)?;
    write(args, &workspace, &grid)?;
    let is_distrusted = plays.values().flat_map(BTreeMap::values).any(|play| matches!(play, Play::Distrusted(_)));
    Ok(if is_distrusted { Exit::Invalid } else { grid.verdict.exit() })
}

/// Has everything built before the first cell, and says which engines are not to be had: engine -> why.
fn prepare(stage: &Stage, engines: &[Engine]) -> Result<BTreeMap<Engine, String>> {
    let mut unavailable = BTreeMap::new();
    for engine in engines.iter().filter(|engine| engine.build().is_some()) {
        match stage.unavailable(*engine)? {
            Some(reason) => drop(unavailable.insert(*engine, reason)),
            None => drop(stage.runner(*engine)?),
        }
    }
    Ok(unavailable)
}

type Plays = BTreeMap<String, BTreeMap<Engine, Play>>;

/// Plays each cell, as many at a time as there are cores.
fn play_all(
    stage: &Stage,
    scenarios: &[Scenario],
    engines: &[Engine],
    unavailable: &BTreeMap<Engine, String>,
    folder: &std::path::Path,
    watched: Watched,
) -> Result<Plays> {
    let cells: Vec<(&Scenario, Engine)> =
        scenarios.iter().flat_map(|scenario| engines.iter().map(move |engine| (scenario, *engine))).collect();
    let (progress, next) = (Progress::new(watched, cells.len()), AtomicUsize::new(0));
    let plays: Mutex<Plays> = Mutex::new(scenarios.iter().map(|scenario| (scenario.id.clone(), BTreeMap::new())).collect());
    let one = |scenario: &Scenario, engine: Engine| match (scenario.not_applicable(engine), unavailable.get(&engine)) {
        (Some(_), _) => None,
        (None, Some(reason)) => Some(Play::Unavailable(reason.clone())),
        (None, None) => Some(match play(stage, scenario, engine, Guarding::On, &folder_of(folder, scenario, engine)) {
            Ok(observed) => believed(scenario, engine, observed),
            Err(error) => {
                let said = format!("{error:#}").replace('\n', " ");
                if error.is::<Distrusted>() { Play::Distrusted(said) } else { Play::Failed(said) }
            }
        }),
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some((scenario, engine)) = cells.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let line = progress.variant(&GridRun::row_id(&scenario.id, *engine));
                    line.step("playing");
                    if let Some(play) = one(scenario, *engine) {
                        let mut plays = plays.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
                        plays.entry(scenario.id.clone()).or_default().insert(*engine, play);
                    }
                }
            });
        }
    });
    Ok(plays.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner()))
}

fn message_counts(scenarios: &[Scenario]) -> MessageCounts {
    scenarios.iter().filter_map(|scenario| Some((scenario.id.clone(), message_count(scenario.step.first()?)))).collect()
}

fn counts(scenario: &Scenario, plays: &BTreeMap<Engine, Play>) -> Vec<crate::data::rows::RowMeasurement> {
    let observed = |play: &Play| -> Option<Observed> {
        match play {
            Play::Observed(observed) => Some((**observed).clone()),
            Play::Failed(_) | Play::Distrusted(_) | Play::Unavailable(_) => None,
        }
    };
    plays.iter().filter_map(|(engine, play)| Some(measurements(scenario, *engine, &observed(play)?))).flatten().collect()
}

/// Saves the run and the report, and prints what was asked for.
fn write(args: &RunArgs, workspace: &Workspace, grid: &GridRun) -> Result<()> {
    let asked = if args.verbose { report::run::Detail::Full } else { report::run::Detail::Short };
    console::print(&args.judging.save(workspace, "run", grid, |form| report::run::render(grid, &asked, form))?)
}
