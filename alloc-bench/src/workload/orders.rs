//! Blocks of the sizes that programs ask for, given back in different orders; and some that stay while all around them go.

use super::{
    Workload,
    maker::{Maker, shuffled},
    mixed::size_of_program,
};
use crate::random::Random;

/// Blocks that are alive at a time.
const BLOCK_COUNT: u32 = 2_000;
const ROUND_COUNT: u32 = 8;

/// One for each order, and the one with blocks that stay.
pub fn workloads() -> [Workload; 4] {
    [
        in_rounds("free-in-order", "given back in the order they were made", |slots, _| slots),
        in_rounds("free-in-reverse", "given back the last made first", |slots, _| slots.into_iter().rev().collect()),
        in_rounds("free-at-random", "given back in any order", shuffled),
        long_among_short(),
    ]
}

/// The same blocks in each of them: only the order is another.
fn in_rounds(name: &str, about: &'static str, order: impl Fn(Vec<u32>, &mut Random) -> Vec<u32>) -> Workload {
    let mut maker = Maker::default();
    let (mut sizes, mut orders) = (Random::new(11), Random::new(12));
    for _ in 0..ROUND_COUNT {
        let slots = (0..BLOCK_COUNT)
            .map(|_| {
                let size = size_of_program(&mut sizes);
                maker.any(size, &mut sizes)
            })
            .collect();
        maker.free_all(order(slots, &mut orders));
    }
    maker.into_workload(name, about)
}

/// Groups of blocks: of each group the first stays to the end.
const GROUP_COUNT: u32 = 500;
const SHORT_COUNT: u32 = 20;

/// Blocks that stay, scattered among others that are all given back; then larger ones, which have to find their place in what is left
/// between.
fn long_among_short() -> Workload {
    let (mut maker, mut random) = (Maker::default(), Random::new(13));
    let (mut long, mut short) = (Vec::new(), Vec::new());
    for _ in 0..GROUP_COUNT {
        let size = random.between(200, 1_000);
        long.push(maker.any(size, &mut random));
        for _ in 0..SHORT_COUNT {
            let size = random.between(16, 512);
            short.push(maker.any(size, &mut random));
        }
    }
    let short = shuffled(short, &mut random);
    maker.free_all(short);
    let mut larger = Vec::new();
    for _ in 0..GROUP_COUNT {
        let size = random.between(1 << 10, 4 << 10);
        larger.push(maker.any(size, &mut random));
    }
    maker.free_all(larger);
    maker.free_all(long);
    maker.into_workload("long-among-short", "some stay, all around them go")
}
