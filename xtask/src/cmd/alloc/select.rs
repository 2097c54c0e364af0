//! What an invocation is about: which allocators, and what is replayed.

use super::AllocArgs;
use crate::{
    analysis::digest::sha256,
    data::{alloc::WorkloadFacts, alloc_policy::AllocPolicy, exit::Failure, variant::has_words},
    shell::workspace::Workspace,
};
use alloc_bench::{
    trace::Trace,
    workload::{self, Workload},
};
use anyhow::{Context, Result};
use runner_protocol::Limits;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// The workloads of an invocation.
pub struct Workloads {
    /// The names of all that there are: empty where traces were given instead.
    pub names: Vec<String>,
    /// Those that are replayed, in the order of the report.
    pub selected: Vec<Workload>,
}

/// The allocators that are named, in the policy's order; all of them if none is.
///
/// # Errors
/// One is unknown.
pub fn allocators(policy: &AllocPolicy, named: &[String]) -> Result<Vec<String>> {
    if let Some(name) = named.iter().find(|name| !policy.allocators.contains(name)) {
        let known = policy.allocators.join(", ");
        return Err(Failure::usage(format!("--allocator {name} is none of the policy's: they are {known}")).into());
    }
    Ok(policy.allocators.iter().filter(|name| named.is_empty() || named.contains(name)).cloned().collect())
}

/// What is replayed: the traces of the command line, else the workloads that its patterns select.
///
/// # Errors
/// A trace is wrong or too large for a guest's memory, or a pattern selects nothing.
pub fn workloads(workspace: &Workspace, policy: &AllocPolicy, args: &AllocArgs) -> Result<Workloads> {
    if !args.trace.is_empty() {
        let read = |path: &std::path::PathBuf| -> Result<Workload> {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            Ok(Workload { name, about: "a trace of the command line", trace: fitting(path, read(path)?)? })
        };
        let selected: Vec<Workload> = args.trace.iter().map(read).collect::<Result<_>>()?;
        let mut names = BTreeSet::new();
        if let Some(twice) = selected.iter().find(|one| !names.insert(&one.name)) {
            return Err(Failure::usage(format!("two traces are called {}: rename one of the files", twice.name)).into());
        }
        return Ok(Workloads { names: Vec::new(), selected });
    }
    let folder = policy.traces.as_ref().map(|folder| workspace.baselines.join(folder));
    let recorded = folder.map_or_else(|| Ok(BTreeMap::new()), |folder| read_all(&folder))?;
    let all = workload::all(&recorded).map_err(|error| Failure::usage(format!("the workloads do not fit together: {error}")))?;
    let names: Vec<String> = all.iter().map(|workload| workload.name.clone()).collect();
    if !names.contains(&policy.timed) {
        return Err(Failure::usage(format!(
            "alloc.timed is `{}`, which is no workload: there are {}",
            policy.timed,
            names.join(", ")
        ))
        .into());
    }
    if let Some(pattern) = args.workload.iter().find(|pattern| !names.iter().any(|name| has_words(name, pattern))) {
        let names = names.join(", ");
        return Err(Failure::usage(format!("--workload {pattern} selects none: there are {names}")).into());
    }
    let chosen = |one: &Workload| args.workload.is_empty() || args.workload.iter().any(|pattern| has_words(&one.name, pattern));
    Ok(Workloads { names, selected: all.into_iter().filter(chosen).collect() })
}

/// What the report says of a workload.
pub fn facts(workload: &Workload) -> WorkloadFacts {
    WorkloadFacts {
        name: workload.name.clone(),
        about: workload.about.into(),
        op_count: workload.trace.ops().len() as u64,
        peak_live_bytes: workload.trace.summary().peak_live_bytes,
        sha256: sha256(&workload.trace.body()),
    }
}

/// The recorded traces of a folder, by name.
fn read_all(folder: &Path) -> Result<BTreeMap<String, Trace>> {
    let cure = || Failure::usage(format!("cannot read the traces in {}: run cargo xtask alloc record", folder.display()));
    let mut traces = BTreeMap::new();
    for entry in fs_err::read_dir(folder).with_context(cure)? {
        let path = entry.with_context(cure)?.path();
        if path.extension().is_some_and(|extension| extension == "trace") {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            traces.insert(name, fitting(&path, read(&path)?)?);
        }
    }
    Ok(traces)
}

fn read(path: &Path) -> Result<Trace> {
    let cure = || Failure::usage(format!("the trace {} cannot be used", path.display()));
    let bytes = fs_err::read(path).with_context(cure)?;
    Trace::parse(&bytes).with_context(cure)
}

/// A trace that no allocator could serve would show failures that say nothing.
fn fitting(path: &Path, trace: Trace) -> Result<Trace> {
    let (wanted, limit) = (trace.summary().peak_live_bytes, Limits::default().memory_bytes);
    match wanted < limit {
        true => Ok(trace),
        false => Err(Failure::usage(format!(
            "the trace {} is too large for a guest: it has {wanted} bytes alive at a time, and the memory ends at {limit}; record less",
            path.display()
        ))
        .into()),
    }
}
