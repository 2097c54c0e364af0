//! How long single operations take: criterion measures whole replays, and their mean hides the one operation in a hundred that is slow.
//!
//! Each operation is timed by itself in several rounds, and its median counts, so that what the machine does in between does not. The clock is read
//! twice for that, which takes longer than a fast alloc: the same on a heap that does nothing is what clock and replay cost, and is taken off.

use super::{closed, heaps};
use alloc_bench::{
    heap::{Dry, Heap},
    op::{Op, SLOT_COUNT},
    replay::{Replay, Slot},
    workload::{DAY, MIXED, Workload},
};
use std::time::Instant;

/// An odd number, so that there is a middle.
const ROUND_COUNT: usize = 15;

/// Times of operations in nanoseconds, in ascending order.
struct Times(Vec<u32>);

impl Times {
    fn measure(heap: &impl Heap, ops: &[Op]) -> Times {
        let mut rounds = vec![[0; ROUND_COUNT]; ops.len()];
        for round in 0..ROUND_COUNT {
            let mut slots = vec![Slot::EMPTY; SLOT_COUNT as usize];
            let mut replay = Replay::new(heap, &mut slots);
            for (op, times) in ops.iter().zip(&mut rounds) {
                let start = Instant::now();
                replay.apply(*op);
                times[round] = u32::try_from(start.elapsed().as_nanos()).unwrap_or(u32::MAX);
            }
        }
        let middle = |times: &mut [u32; ROUND_COUNT]| {
            times.sort_unstable();
            times[ROUND_COUNT / 2]
        };
        let mut medians: Vec<u32> = rounds.iter_mut().map(middle).collect();
        medians.sort_unstable();
        Times(medians)
    }

    /// The time that so many of a thousand operations do not pass.
    fn permille(&self, share: usize) -> u32 {
        let at = (self.0.len() * share / 1_000).min(self.0.len().saturating_sub(1));
        self.0.get(at).copied().unwrap_or_default()
    }
}

/// Measures the mixed workload and the day, and prints a table.
pub fn print(workloads: &[Workload]) {
    println!("\nsingle operations, in ns (each its median of {ROUND_COUNT} rounds, less what clock and replay take)\n");
    println!("{:<14} {:<10} {:>6} {:>6} {:>7} {:>9}", "workload", "allocator", "p50", "p99", "p99.9", "slowest");
    for workload in workloads.iter().filter(|workload| [MIXED, DAY].contains(&workload.name.as_str())) {
        let ops = closed(&workload.trace);
        let own_ns = Times::measure(&Dry::default(), &ops).permille(500);
        for (name, heap) in heaps::all() {
            let times = Times::measure(&heap, &ops);
            let [p50, p99, p999, last] = [500, 990, 999, 1_000].map(|share| times.permille(share).saturating_sub(own_ns));
            println!("{:<14} {name:<10} {p50:>6} {p99:>6} {p999:>7} {last:>9}", workload.name);
        }
        println!("{:<14} clock and replay take {own_ns} ns, {} operations\n", workload.name, ops.len());
    }
}
