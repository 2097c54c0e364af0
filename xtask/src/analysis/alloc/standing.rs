//! How allocators stand beside each other over all workloads, and what of a run failed.

use super::{level, slipped};
use crate::data::alloc::{AllocRun, Allocator, Level};
use runner_protocol::Engine;
use std::collections::BTreeMap;

/// An allocator over all workloads that none of them failed on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Fuel of the allocator alone, a thousand operations.
    pub fuel_per_1000_ops: u64,
    /// The mean of the linear memory.
    pub mean_memory_bytes: u64,
    /// Over how many workloads.
    pub workload_count: u64,
}

/// How `allocator` stands on `engine`; nothing where it has no numbers. A mean over workloads counts each alike, however long it is.
pub fn standing(run: &AllocRun, allocator: &str, engine: Engine) -> Option<Standing> {
    let counts: Vec<_> =
        run.workloads.iter().map(|workload| run.counts(&workload.name, allocator, engine)).collect::<Option<_>>()?;
    let count = counts.len() as u64;
    let per_1000 = |fuel: u64, ops: u64| fuel.saturating_mul(1000).checked_div(ops);
    let fuel: u64 = counts.iter().map(|one| per_1000(one.fuel_count.unwrap_or(0), one.op_count)).sum::<Option<u64>>()?;
    let memory: u64 = counts.iter().map(|one| one.memory_bytes).sum();
    Some(Standing {
        fuel_per_1000_ops: fuel.checked_div(count)?,
        mean_memory_bytes: memory.checked_div(count)?,
        workload_count: count,
    })
}

/// Row -> why it failed: certificates, controls, ends of memory and replays.
pub fn failed(run: &AllocRun) -> BTreeMap<String, String> {
    let mut failed = BTreeMap::new();
    for allocator in &run.allocators {
        failed.extend(uncertified(allocator).map(|(engine, why)| (format!("certify/{}/{engine}", allocator.name), why)));
        if let Err(why) = &allocator.at_cap {
            failed.insert(format!("cap/{}", allocator.name), why.clone());
        }
    }
    for control in &run.controls {
        failed.extend(slipped(control).map(|why| (format!("control/{}", control.name), why)));
    }
    for replay in &run.replays {
        if let Err(why) = &replay.counts {
            failed.insert(AllocRun::row_id(&replay.workload, &replay.allocator, replay.engine), why.clone());
        }
    }
    failed
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
