//! Times one workload on each allocator, in turns. They are shown and never gate.

use crate::{
    analysis::{
        alloc::standing::is_certified,
        shuffle::shuffle,
        statistics::{median, ratio},
    },
    data::{
        alloc::{AllocTiming, Allocator, ENGINES},
        alloc_policy::AllocPolicy,
    },
    shell::{alloc::Guests, console},
};
use alloc_bench::{request::Request, workload::Workload};
use anyhow::Result;
use runner_protocol::Engine;
use std::collections::BTreeMap;

/// The seed of the order; any would do, as long as it stays.
const SEED: u64 = 2_026;

type Samples<'a> = BTreeMap<(Engine, &'a str), Vec<u64>>;

/// Takes `rounds` samples of the policy's timed workload; nothing where it was not selected.
///
/// # Errors
/// A guest cannot be run.
pub fn take(
    rounds: u32,
    policy: &AllocPolicy,
    guests: &Guests,
    allocators: &[Allocator],
    workloads: &[Workload],
) -> Result<Vec<AllocTiming>> {
    let Some(workload) = workloads.iter().find(|workload| workload.name == policy.timed).filter(|_| rounds > 0) else {
        return Ok(Vec::new());
    };
    console::log(&format!("xtask: timing {} {rounds} times on each allocator and engine", workload.name));
    let request = guests.request(Request::Replay { then_fill: false }, &workload.trace.body())?;
    let mut samples = Samples::new();
    // The first round warms the caches of the system: it is not kept.
    for round in 0..=rounds {
        let on =
            |engine| allocators.iter().filter(move |one| is_certified(one, engine)).map(move |one| (engine, one.name.as_str()));
        let mut turns: Vec<(Engine, &str)> = ENGINES.into_iter().flat_map(on).collect();
        shuffle(&mut turns, SEED.wrapping_add(u64::from(round)));
        for (engine, name) in turns {
            // One that fails here failed when it was replayed: that is told there.
            if let (Ok(heard), true) = (guests.ask(name, engine, &request)?, round > 0) {
                samples.entry((engine, name)).or_default().push(heard.execute_ns);
            }
        }
    }
    Ok(ENGINES.into_iter().flat_map(|engine| timings(engine, &workload.name, allocators, &samples)).collect())
}

fn timings(engine: Engine, workload: &str, allocators: &[Allocator], samples: &Samples) -> Vec<AllocTiming> {
    let first = allocators.first().and_then(|first| samples.get(&(engine, first.name.as_str())));
    let timing = |(at, allocator): (usize, &Allocator)| {
        let own = samples.get(&(engine, allocator.name.as_str()))?;
        let pairs = || first.map(|first| own.iter().copied().zip(first.iter().copied()).collect::<Vec<_>>());
        Some(AllocTiming {
            allocator: allocator.name.clone(),
            engine,
            workload: workload.into(),
            median_ns: median(own)?,
            ratio: if at == 0 { None } else { pairs().and_then(|pairs| ratio(&pairs)) },
        })
    };
    allocators.iter().enumerate().filter_map(timing).collect()
}
