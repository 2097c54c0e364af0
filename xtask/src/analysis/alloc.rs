//! Allocators: what a certificate is worth, what a replay came to, and which numbers gate.

pub mod standing;

use crate::data::{
    alloc::{AllocRun, Certificate, ControlResult, Level, Replay, ReplayCounts, answer::Replayed},
    rows::RowMeasurement,
};
use alloc_bench::{certify::Check, trace::Summary};

/// The metrics that gate: all repeat exactly.
pub const METRICS: [&str; 4] = ["fuel_count", "peak_memory_bytes", "failed_count", "lost_bytes"];

/// What the certificate says the allocator is good for.
pub fn level(certificate: &Certificate) -> Level {
    let has = |check: Check| certificate.passed.iter().any(|passed| passed == check.name());
    match () {
        () if Check::ALL.into_iter().all(has) => Level::General,
        () if Check::ALL.into_iter().filter(|check| check.is_for_one_shot()).all(has) => Level::OneShot,
        () => Level::None,
    }
}

/// Why an allocator broken on purpose was not refused as it has to be; nothing where it was.
pub fn slipped(control: &ControlResult) -> Option<String> {
    let (check, words) = (&control.wanted, &control.wanted_reason);
    match &control.certificate.refused {
        None => Some(format!("it is broken on purpose and was certified: `{check}` has to refuse it")),
        Some(refused) if refused.check == *check && refused.reason.contains(words) => None,
        Some(refused) => {
            Some(format!("`{check}` has to refuse it with `{words}`, and `{}` did: {}", refused.check, refused.reason))
        }
    }
}

/// The replays of one workload on one allocator and engine.
#[derive(Clone, Copy, Debug)]
pub struct Played {
    /// The replay, and its fuel where the engine counts it.
    pub replay: (Replayed, Option<u64>),
    /// The same on no heap.
    pub dry: Option<(Replayed, Option<u64>)>,
    /// The same on the heap, which was then filled.
    pub filled: Replayed,
    /// What a fresh heap has.
    pub fresh_bytes: u64,
}

/// What they come to.
///
/// # Errors
/// The allocator broke a block, or the replays do not agree: one line.
pub fn counts(played: &Played, op_count: u64, summary: &Summary) -> Result<ReplayCounts, String> {
    let (replay, fuel_count) = played.replay;
    if replay.corrupt_count > 0 {
        return Err(format!("{} blocks did not keep what was in them: the allocator is broken", replay.corrupt_count));
    }
    let dry = played.dry.map(|(dry, _)| dry);
    if [Some(replay), dry, Some(played.filled)].into_iter().flatten().any(|one| one.op_count != op_count) {
        return Err(format!("the guest did not do all of {op_count} operations"));
    }
    if (Replayed { left_bytes: 0, ..played.filled }) != (Replayed { left_bytes: 0, ..replay }) {
        return Err("two replays of the same operations differ: the allocator is not deterministic".into());
    }
    if replay.failed_count == 0
        && (replay.peak_live_bytes, replay.live_bytes) != (summary.peak_live_bytes, summary.end_live_bytes)
    {
        return Err("the guest counted other live bytes than the operations have: it is not of this tool's version".into());
    }
    let fuel_count = match (fuel_count, played.dry) {
        (Some(fuel), Some((_, Some(dry)))) => match fuel.checked_sub(dry) {
            Some(own @ 1..) => Some(own),
            _ => return Err(format!("the replay took {fuel} of fuel and no heap at all {dry}: nothing was allocated")),
        },
        _ => None,
    };
    Ok(ReplayCounts {
        op_count,
        failed_count: replay.failed_count,
        peak_live_bytes: replay.peak_live_bytes,
        live_bytes: replay.live_bytes,
        memory_bytes: replay.memory_bytes,
        base_bytes: replay.base_bytes,
        fresh_bytes: played.fresh_bytes,
        left_bytes: played.filled.left_bytes,
        fuel_count,
    })
}

/// The numbers of the replays that gate.
pub fn measurements(replays: &[Replay]) -> Vec<RowMeasurement> {
    let mut measurements = Vec::new();
    for one in replays {
        let Ok(counts) = &one.counts else { continue };
        let memory = [counts.memory_bytes, counts.failed_count, counts.lost_bytes()].map(Some);
        let values = [counts.fuel_count].into_iter().chain(memory);
        let row = AllocRun::row_id(&one.workload, &one.allocator, one.engine);
        let one = |(metric, value): (&str, Option<u64>)| {
            Some(RowMeasurement { row: row.clone(), metric: metric.into(), value: value? })
        };
        measurements.extend(METRICS.into_iter().zip(values).filter_map(one));
    }
    measurements
}

#[cfg(test)]
pub mod tests;
