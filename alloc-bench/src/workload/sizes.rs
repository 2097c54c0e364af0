//! Blocks of about one size: so many are made, then all given back in the same order, again and again.

use super::{Workload, maker::Maker};
use crate::random::Random;

/// A class of sizes.
struct Bucket {
    name: &'static str,
    about: &'static str,
    /// In bytes.
    first_size: u32,
    last_size: u32,
    /// Blocks that are alive at a time.
    block_count: u32,
    round_count: u32,
}

// What is alive at a time stays below 6 MiB: with the worst rounding of sizes it fits into 16.
const BUCKETS: [Bucket; 4] = [
    Bucket {
        name: "sizes-8-64",
        about: "blocks of 8 to 64 bytes, in rounds",
        first_size: 8,
        last_size: 64,
        block_count: 2_500,
        round_count: 8,
    },
    Bucket {
        name: "sizes-64-1k",
        about: "blocks of 64 bytes to 1 KiB, in rounds",
        first_size: 64,
        last_size: 1 << 10,
        block_count: 2_500,
        round_count: 8,
    },
    Bucket {
        name: "sizes-1k-16k",
        about: "blocks of 1 to 16 KiB, in rounds",
        first_size: 1 << 10,
        last_size: 16 << 10,
        block_count: 500,
        round_count: 20,
    },
    Bucket {
        name: "sizes-16k-256k",
        about: "blocks of 16 to 256 KiB, in rounds",
        first_size: 16 << 10,
        last_size: 256 << 10,
        block_count: 30,
        round_count: 130,
    },
];

/// One for each class.
pub fn workloads() -> Vec<Workload> {
    (1..).zip(&BUCKETS).map(|(seed, bucket)| bucket.workload(seed)).collect()
}

impl Bucket {
    fn workload(&self, seed: u64) -> Workload {
        let (mut maker, mut random) = (Maker::default(), Random::new(seed));
        for _ in 0..self.round_count {
            let size = |random: &mut Random| random.between(self.first_size, self.last_size);
            let slots: Vec<u32> = (0..self.block_count)
                .map(|_| {
                    let size = size(&mut random);
                    maker.any(size, &mut random)
                })
                .collect();
            maker.free_all(slots);
        }
        maker.into_workload(self.name, self.about)
    }
}
