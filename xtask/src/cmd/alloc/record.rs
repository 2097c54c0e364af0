//! `cargo xtask alloc record`: what the agent and other real code ask of an allocator, as files that can be replayed.

mod plan;
mod show;

use crate::{
    data::{
        alloc_policy::RecordPolicy,
        exit::{Exit, Failure},
        scenario::Scenario,
    },
    shell::{alloc_record::Recorder, console, progress::Watched, scene::play::read_all, store, workspace::Workspace},
};
use alloc_bench::trace::Trace;
use anyhow::{Context, Result};
use clap::Args;
use plan::{Planned, file_name};
use show::{Row, State};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
};

/// Record what the agent and other real code ask of an allocator: one trace for each step of the scenarios that the policy names.
///
/// The agent is built with `alloc-tracing`, played on Wasmtime, and its log is read. The same source gives the same files.
#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Exit status: 0 written, or with --check all are the same, 1 with --check some differ, 2 usage or policy error, 3 a tool is missing, \
4 a program cannot be recorded.\n\nExamples:\n  cargo xtask alloc record\n  cargo xtask alloc record --check\n  cargo xtask alloc record --filter json"
)]
pub struct RecordArgs {
    /// Write nothing: fail if a recorded trace differs from the committed one.
    #[arg(long)]
    check: bool,
    /// Remove the traces that nothing is recorded for.
    #[arg(long, conflicts_with_all = ["check", "filter"])]
    prune: bool,
    /// Record only the traces whose name has these words (`*` stands for anything). May be repeated.
    #[arg(long, value_name = "PATTERN")]
    filter: Vec<String>,
    /// The policy of another workspace.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// A usage or policy error, a missing tool, or a program that cannot be recorded.
pub fn run(args: &RecordArgs) -> Result<Exit> {
    let workspace = Arc::new(Workspace::open(args.policy.as_deref())?);
    let missing = || Failure::usage("the policy has no [alloc.record] with `traces` in [alloc]: say there what is recorded");
    let alloc = workspace.policy.alloc.as_ref().with_context(missing)?;
    let (policy, folder) = (alloc.record.as_ref().with_context(missing)?, alloc.traces.as_ref().with_context(missing)?);
    let folder = workspace.baselines.join(folder);
    let planned = planned(&workspace, policy)?;
    let _lock = store::exclusive(&workspace.scratch())?;
    let artifacts: BTreeSet<&str> = planned.iter().map(|one| one.scenario.artifact.as_str()).collect();
    let artifacts: Vec<&str> = artifacts.into_iter().collect();
    let recorder = Recorder::build(&workspace, policy, &artifacts, Watched::detect(false))?;
    let traces = record(&recorder, &planned, &args.filter)?;
    let rows = settle(args, &workspace, &folder, &traces)?;
    console::print(&show::render(&rows, args.check, console::form()))?;
    let is_stale = args.check && rows.iter().any(|row| row.state != State::Same);
    Ok(if is_stale { Exit::Verdict } else { Exit::Pass })
}

/// The scenarios that the policy names, each with the name of its trace.
fn planned(workspace: &Workspace, policy: &RecordPolicy) -> Result<Vec<Planned>> {
    let known: BTreeMap<String, Scenario> = match &workspace.policy.run.scenarios {
        Some(folder) => read_all(&workspace.baselines.join(folder))?,
        None => BTreeMap::new(),
    };
    let planned = plan::plan(&policy.scenarios, &known).map_err(Failure::usage)?;
    for Planned { scenario, .. } in &planned {
        let runs = |artifact: &str| workspace.policy.run.artifact.get(artifact).map(|artifact| &artifact.variants);
        if !runs(&scenario.artifact).is_some_and(|all| all.iter().any(|one| one.subject == policy.variant.subject)) {
            let (id, artifact, subject) = (&scenario.id, &scenario.artifact, &policy.variant.subject);
            let said = format!("alloc.record names the scenario `{id}`, which runs `{artifact}` and not {subject}: name another");
            return Err(Failure::usage(said).into());
        }
    }
    Ok(planned)
}

/// Name -> trace of all that the patterns select.
fn record(recorder: &Recorder, planned: &[Planned], patterns: &[String]) -> Result<BTreeMap<String, Trace>> {
    let mut traces = BTreeMap::new();
    for one in planned.iter().filter(|one| one.is_selected(patterns)) {
        for recorded in recorder.scenario(&one.scenario)? {
            keep(&mut traces, one.name(recorded.step), recorded.trace)?;
        }
    }
    for name in recorder.scene_names()?.into_iter().filter(|name| plan::is_selected(name, patterns)) {
        let trace = recorder.scene(&name)?;
        keep(&mut traces, name, trace)?;
    }
    match traces.is_empty() {
        true => Err(Failure::usage("nothing was recorded: no trace has a name that --filter selects; leave it out").into()),
        false => Ok(traces),
    }
}

fn keep(traces: &mut BTreeMap<String, Trace>, name: String, trace: Trace) -> Result<()> {
    plan::check_name(&name).map_err(Failure::usage)?;
    match traces.insert(name.clone(), trace) {
        Some(_) => Err(Failure::usage(format!("two traces are called {name}: rename one in alloc.record")).into()),
        None => Ok(()),
    }
}

/// Compares with the files that are there, and unless only that was asked for, writes what differs.
fn settle(args: &RecordArgs, workspace: &Workspace, folder: &Path, traces: &BTreeMap<String, Trace>) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (name, trace) in traces {
        let (path, bytes) = (folder.join(file_name(name)), trace.render());
        let state = match fs_err::read(&path) {
            Ok(old) if old == bytes => State::Same,
            Ok(_) => State::Changed,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => State::New,
            Err(error) => return Err(error).with_context(|| Failure::usage(format!("cannot read {}", workspace.shown(&path)))),
        };
        if state != State::Same && !args.check {
            store::write(&path, &bytes)?;
        }
        rows.push(Row { name: name.clone(), trace: Some(trace.clone()), file_bytes: bytes.len() as u64, state });
    }
    // Of some of the traces nobody can say that another is left over.
    if args.filter.is_empty() {
        for name in left_over(folder, traces)? {
            let path = folder.join(file_name(&name));
            let file_bytes = fs_err::metadata(&path)?.len();
            if args.prune {
                fs_err::remove_file(&path)?;
            }
            rows.push(Row { name, trace: None, file_bytes, state: State::Gone });
        }
    }
    Ok(rows)
}

/// The names of the files that nothing is recorded for.
fn left_over(folder: &Path, traces: &BTreeMap<String, Trace>) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    if !folder.exists() {
        return Ok(names);
    }
    for entry in fs_err::read_dir(folder)? {
        names.extend(plan::name_of(&entry?.file_name().to_string_lossy()).map(String::from));
    }
    names.retain(|name| !traces.contains_key(name));
    Ok(names)
}
