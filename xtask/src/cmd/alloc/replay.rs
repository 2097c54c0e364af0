//! Replays each workload on each certified allocator and engine.

use crate::{
    analysis::alloc::{Played, counts, level, standing::wanted},
    data::{
        alloc::{Allocator, ENGINES, Replay},
        exit::{Exit, exit_of},
    },
    shell::{alloc::Guests, workers},
};
use alloc_bench::{op, request::Request, workload::Workload};
use anyhow::Result;
use runner_protocol::Engine;
use std::{collections::BTreeMap, path::PathBuf};

const REPLAY: Request = Request::Replay { then_fill: false };
const FILL: Request = Request::Replay { then_fill: true };

/// The files that guests are asked with for one workload.
struct Requests {
    replay: PathBuf,
    dry: PathBuf,
    fill: PathBuf,
}

/// All replays, by allocator, engine and workload. An allocator that is not certified on an engine has no numbers there.
///
/// # Errors
/// A guest cannot be run at all.
pub fn all(guests: &Guests, allocators: &[Allocator], workloads: &[Workload]) -> Result<Vec<Replay>> {
    let requests: Vec<Requests> = workloads.iter().map(|workload| requests(guests, workload)).collect::<Result<_>>()?;
    let fresh = fresh(guests, allocators)?;
    let on_engines = allocators.iter().flat_map(|allocator| ENGINES.map(|engine| (allocator, engine)));
    let jobs: Vec<(&Allocator, Engine, usize)> =
        on_engines.flat_map(|(allocator, engine)| (0..workloads.len()).map(move |at| (allocator, engine, at))).collect();
    let replays = workers::map(&jobs, |(allocator, engine, at)| -> Result<Replay> {
        let (name, workload) = (&allocator.name, &workloads[*at]);
        let counts = match fresh.get(&(name.as_str(), *engine)) {
            None => Err(format!("{name} is not certified on {engine}: it has no numbers")),
            Some(fresh_bytes) => one(guests, name, *engine, workload, &requests[*at], *fresh_bytes)?,
        };
        Ok(Replay { workload: workload.name.clone(), allocator: name.clone(), engine: *engine, counts })
    });
    replays.into_iter().collect()
}

fn requests(guests: &Guests, workload: &Workload) -> Result<Requests> {
    let (name, body) = (&workload.name, workload.trace.body());
    Ok(Requests {
        replay: guests.request(&format!("{name}-replay"), REPLAY, &body)?,
        dry: guests.request(&format!("{name}-dry"), Request::Dry, &body)?,
        fill: guests.request(&format!("{name}-fill"), FILL, &body)?,
    })
}

/// What a fresh heap has, of each allocator that is certified on an engine.
fn fresh<'a>(guests: &Guests, allocators: &'a [Allocator]) -> Result<BTreeMap<(&'a str, Engine), u64>> {
    let mut nothing = Vec::new();
    op::encode(None, |byte| nothing.push(byte));
    let request = guests.request("nothing-fill", FILL, &nothing)?;
    let mut fresh = BTreeMap::new();
    for allocator in allocators {
        for (engine, certificate) in &allocator.certificates {
            if level(certificate) >= wanted(allocator) {
                let (replayed, _) = guests.replay(&allocator.name, *engine, &request)?;
                fresh.insert((allocator.name.as_str(), *engine), replayed.left_bytes);
            }
        }
    }
    Ok(fresh)
}

/// One replay. Where fuel is counted, filling what is left must not be in it, so it is done in a guest of its own.
fn one(
    guests: &Guests,
    name: &str,
    engine: Engine,
    workload: &Workload,
    requests: &Requests,
    fresh_bytes: u64,
) -> Result<Result<crate::data::alloc::ReplayCounts, String>> {
    let play = || -> Result<Played> {
        let (filled, _) = guests.replay(name, engine, &requests.fill)?;
        let (replay, dry) = match engine.counts_fuel() {
            true => (guests.replay(name, engine, &requests.replay)?, Some(guests.replay(name, engine, &requests.dry)?)),
            false => ((filled, None), None),
        };
        Ok(Played { replay, dry, filled, fresh_bytes })
    };
    match play() {
        Ok(played) => Ok(counts(&played, workload.trace.ops().len() as u64, &workload.trace.summary())),
        Err(error) if exit_of(&error) == Exit::Invalid => Ok(Err(error.to_string())),
        Err(error) => Err(error),
    }
}
