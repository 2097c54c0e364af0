//! Allocators: what a certificate is worth, what a replay came to, and which numbers gate.

pub mod standing;

use crate::data::{
    alloc::{AllocRun, Certificate, ControlResult, Level, Replay, ReplayCounts, ReplayOutcome, answer::Replayed},
    rows::RowMeasurement,
};
use alloc_bench::{certify::Check, trace::Summary};

/// The metrics that gate: all repeat exactly.
pub const METRICS: [&str; 5] = ["fuel_count", "peak_heap_bytes", "idle_bytes", "lost_bytes", "failed_count"];

/// What the certificate says the allocator is good for.
pub fn level(certificate: &Certificate) -> Level {
    let has = |check: Check| certificate.passed.iter().any(|passed| passed == check.name());
    let is_broken = certificate.refused.as_ref().is_some_and(|refused| refused.is_trap);
    match () {
        () if is_broken => Level::None,
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
    /// How large memory may become.
    pub limit_bytes: u64,
}

/// What they come to.
///
/// # Errors
/// The allocator broke a block, or the replays do not agree: one line.
pub fn counts(played: &Played, op_count: u64, summary: &Summary) -> Result<ReplayCounts, String> {
    let (replay, fuel_count) = played.replay;
    let corrupt_count = replay.corrupt_count.max(played.filled.corrupt_count);
    if corrupt_count > 0 {
        return Err(format!("{corrupt_count} blocks did not keep what was in them: the allocator is broken"));
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
    let fuel_count = own_fuel(fuel_count, played.dry.map(|(_, fuel_count)| fuel_count), replay.failed_count)?;
    Ok(ReplayCounts {
        op_count,
        failed_count: replay.failed_count,
        peak_live_bytes: replay.peak_live_bytes,
        live_bytes: replay.live_bytes,
        memory_bytes: replay.memory_bytes,
        base_bytes: replay.base_bytes,
        limit_bytes: played.limit_bytes,
        left_bytes: played.filled.left_bytes,
        fuel_count,
    })
}

/// The fuel of the allocator alone; none where there was no replay on no heap, or the operations were not all served.
fn own_fuel(replay: Option<u64>, dry: Option<Option<u64>>, failed_count: u64) -> Result<Option<u64>, String> {
    match (replay, dry) {
        (_, None) => Ok(None),
        (Some(_), Some(Some(_))) if failed_count > 0 => Ok(None),
        (Some(fuel), Some(Some(dry))) if fuel > dry => Ok(Some(fuel - dry)),
        (Some(fuel), Some(Some(dry))) => {
            Err(format!("the replay took {fuel} of fuel and no heap at all {dry}: nothing was allocated"))
        }
        _ => Err("the engine counted no fuel".into()),
    }
}

/// The numbers of the replays that gate.
pub fn measurements(replays: &[Replay]) -> Vec<RowMeasurement> {
    let mut measurements = Vec::new();
    for one in replays {
        let ReplayOutcome::Counts(counts) = &one.outcome else { continue };
        let memory = [counts.heap_bytes(), counts.idle_bytes(), counts.lost_bytes(), counts.failed_count];
        let memory = memory.map(Some);
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
