//! Replays each workload on each certified allocator and engine.

use crate::{
    analysis::alloc::{Played, counts, standing::is_certified},
    data::alloc::{Allocator, ENGINES, Replay},
    shell::{alloc::Guests, workers},
};
use alloc_bench::{request::Request, workload::Workload};
use anyhow::Result;
use runner_protocol::{Engine, Limits};
use std::path::PathBuf;

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
    let on_engines = allocators.iter().flat_map(|allocator| ENGINES.map(|engine| (allocator, engine)));
    let jobs: Vec<(&Allocator, Engine, usize)> =
        on_engines.flat_map(|(allocator, engine)| (0..workloads.len()).map(move |at| (allocator, engine, at))).collect();
    let replays = workers::map(&jobs, |(allocator, engine, at)| -> Result<Replay> {
        let (name, workload) = (&allocator.name, &workloads[*at]);
        let counts = match is_certified(allocator, *engine) {
            false => Err(format!("{name} is not certified on {engine}: it has no numbers")),
            true => play(guests, name, *engine, &requests[*at])?
                .and_then(|played| counts(&played, workload.trace.ops().len() as u64, &workload.trace.summary())),
        };
        Ok(Replay { workload: workload.name.clone(), allocator: name.clone(), engine: *engine, outcome: counts.into() })
    });
    replays.into_iter().collect()
}

fn requests(guests: &Guests, workload: &Workload) -> Result<Requests> {
    let body = workload.trace.body();
    Ok(Requests {
        replay: guests.request(REPLAY, &body)?,
        dry: guests.request(Request::Dry, &body)?,
        fill: guests.request(FILL, &body)?,
    })
}

/// One replay, and the same once more in a guest that then fills what is left: that must not be in the fuel, and both have to come to the same.
fn play(guests: &Guests, name: &str, engine: Engine, requests: &Requests) -> Result<Result<Played, String>> {
    let limit_bytes = Limits::default().memory_bytes;
    let replay = guests.replay(name, engine, &requests.replay)?;
    let filled = guests.replay(name, engine, &requests.fill)?;
    let dry = if engine.counts_fuel() { Some(guests.replay(name, engine, &requests.dry)?) } else { None };
    Ok(replay.and_then(|replay| Ok(Played { replay, dry: dry.transpose()?, filled: filled?.0, limit_bytes })))
}
