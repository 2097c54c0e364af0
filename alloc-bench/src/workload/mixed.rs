//! Mixed allocations, half of them given back at random: what is left over between those that stay is lost to fragmentation.

use super::{
    MIXED, Workload,
    maker::{Maker, take_any},
};
use crate::random::Random;

const ALLOC_COUNT: u32 = 10_000;

/// How often of a thousand, and sizes from and to, in bytes: many small ones, few large ones. It follows what programs over JSON and text ask
/// for, of which the recorded traces are examples.
const SIZES: [(u32, u32, u32); 6] =
    [(460, 8, 64), (335, 65, 256), (150, 257, 1 << 10), (44, 1_025, 4 << 10), (10, 4_097, 16 << 10), (1, 16_385, 64 << 10)];

/// A size as programs ask for.
pub fn size_of_program(random: &mut Random) -> u32 {
    let mut drawn = random.below(1_000);
    for (share, first, last) in SIZES {
        if drawn < share {
            return random.between(first, last);
        }
        drawn -= share;
    }
    SIZES[0].1
}

/// After every second alloc on average a block is given back, any one, so that half of all are alive at the end.
pub fn workload() -> Workload {
    let (mut maker, mut random, mut live) = (Maker::default(), Random::new(21), Vec::new());
    for _ in 0..ALLOC_COUNT {
        let size = size_of_program(&mut random);
        live.push(maker.any(size, &mut random));
        if random.below(2) == 0 {
            maker.free(take_any(&mut live, &mut random));
        }
    }
    maker.into_workload(MIXED, "10,000 of all sizes, half given back at random")
}
