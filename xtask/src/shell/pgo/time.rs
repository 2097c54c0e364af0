//! Times the builds in turns: every round each of them does the same work once, in an order that is shuffled, so that what slows the machine down slows
//! all of them.

use super::{
    build::Built,
    work::{Player, Workload},
};
use crate::{analysis::shuffle::shuffle, shell::scene::native::Native};
use anyhow::Result;

/// The seed of the order; any would do, as long as it stays.
const SEED: u64 = 2_026;

/// For each build how long its work took in each round, in nanoseconds.
pub type Rounds = Vec<Vec<u64>>;

/// Takes `rounds` samples of each build. One that stands there twice takes two turns a round.
///
/// # Errors
/// A workload fails.
pub fn sample(player: &Player, builds: &[&Built], works: &[Workload], rounds: u32) -> Result<Rounds> {
    let mut samples: Rounds = builds.iter().map(|_| Vec::new()).collect();
    // The first round warms the caches of the system: it is not kept.
    for round in 0..=rounds {
        let mut turns: Vec<(usize, &Built)> = builds.iter().copied().enumerate().collect();
        shuffle(&mut turns, SEED.wrapping_add(u64::from(round)));
        for (index, built) in turns {
            let program = Native::at(built.shipped.clone());
            let mut wall_ns = 0;
            for work in works {
                wall_ns += player.play(work, &program, "timed")?.wall_ns;
            }
            if round > 0 {
                samples[index].push(wall_ns);
            }
        }
    }
    Ok(samples)
}

/// The resident memory of the largest run, in bytes: the largest of some tries, as one can be over before it was looked at.
///
/// # Errors
/// A workload fails.
pub fn peak_bytes(player: &Player, built: &Built, works: &[Workload]) -> Result<Option<u64>> {
    let program = Native::at(built.shipped.clone()).watched();
    let mut peak = None;
    for _ in 0..3 {
        for work in works {
            peak = peak.max(player.play(work, &program, "memory")?.peak_bytes);
        }
    }
    Ok(peak)
}
