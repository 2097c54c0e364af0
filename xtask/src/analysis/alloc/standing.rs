//! How allocators stand beside each other over all workloads, and what of a run failed.

use super::{level, slipped};
use crate::data::alloc::{AllocRun, Allocator, Level, ReplayOutcome, WorkloadFacts};
use runner_protocol::Engine;
use std::collections::BTreeMap;

/// An allocator over the workloads that every one of the run served whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Fuel of the allocator alone, a thousand operations.
    pub fuel_per_1000_ops: u64,
    /// The mean of the memory that the heap took.
    pub mean_heap_bytes: u64,
    /// Over how many workloads.
    pub workload_count: u64,
}

/// How `allocator` stands on `engine`; nothing where it has no numbers. A mean over workloads counts each alike, however long it is.
pub fn standing(run: &AllocRun, allocator: &str, engine: Engine) -> Option<Standing> {
    let is_served = |workload: &&WorkloadFacts| {
        let counts = run.allocators.iter().map(|one| run.counts(&workload.name, &one.name, engine));
        counts.flatten().all(|counts| counts.failed_count == 0)
    };
    let served = run.workloads.iter().filter(is_served);
    let counts: Vec<_> = served.map(|workload| run.counts(&workload.name, allocator, engine)).collect::<Option<_>>()?;
    let count = counts.len() as u64;
    let per_1000 = |fuel: u64, ops: u64| fuel.saturating_mul(1000).checked_div(ops);
    let fuel: u64 = counts.iter().map(|one| per_1000(one.fuel_count.unwrap_or(0), one.op_count)).sum::<Option<u64>>()?;
    let memory: u64 = counts.iter().map(|one| one.heap_bytes()).sum();
    Some(Standing {
        fuel_per_1000_ops: fuel.checked_div(count)?,
        mean_heap_bytes: memory.checked_div(count)?,
        workload_count: count,
    })
}

/// Row -> why it failed: certificates, controls, ends of memory and replays.
pub fn failed(run: &AllocRun) -> BTreeMap<String, String> {
    let mut failed = BTreeMap::new();
    for allocator in &run.allocators {
        failed.extend(uncertified(allocator).map(|(engine, why)| (format!("certify/{}/{engine}", allocator.name), why)));
        if let Some(why) = &allocator.cap_failure {
            failed.insert(format!("cap/{}", allocator.name), why.clone());
        }
    }
    for control in &run.controls {
        failed.extend(slipped(control).map(|why| (format!("control/{}", control.name), why)));
    }
    for replay in &run.replays {
        if let ReplayOutcome::Failure(why) = &replay.outcome {
            failed.insert(AllocRun::row_id(&replay.workload, &replay.allocator, replay.engine), why.clone());
        }
    }
    failed
}

/// Whether an allocator is good for what it has to be, on an engine.
pub fn is_certified(allocator: &Allocator, engine: Engine) -> bool {
    allocator.certificates.get(&engine).is_some_and(|certificate| level(certificate) >= wanted(allocator))
}

/// What the allocator has to be good for.
pub fn wanted(allocator: &Allocator) -> Level {
    if allocator.is_one_shot { Level::OneShot } else { Level::General }
}

fn uncertified(allocator: &Allocator) -> impl Iterator<Item = (Engine, String)> {
    let lacking = allocator.certificates.iter().filter(|(_, certificate)| level(certificate) < wanted(allocator));
    lacking.map(|(engine, certificate)| {
        let why = certificate.refused.as_ref().map(|refused| format!("`{}` refuses it: {}", refused.check, refused.reason));
        (*engine, why.unwrap_or_else(|| "its checks were not all made".into()))
    })
}
