//! What grows by doubling, as `String` and `Vec` do: several at a time, so that they stand in each other's way.

use super::{
    Workload,
    maker::{Maker, take_any},
};
use crate::random::Random;
use std::collections::VecDeque;

/// Things that grow.
struct Growth {
    name: &'static str,
    about: &'static str,
    seed: u64,
    /// How many there are in all.
    total_count: u32,
    /// How many grow side by side.
    side_count: usize,
    /// How many stay once they have grown; after that the oldest goes.
    kept_count: usize,
    /// Bytes of an element, and the power of two of its alignment: one of these.
    elements: &'static [(u32, u8)],
    /// The bytes that each comes to: from 2 to the power of the first to 2 to the power of the last.
    end_powers: (u32, u32),
    /// How many of ten are cut to what they need once they have grown.
    cut_of_ten: u32,
}

const GROWTHS: [Growth; 2] = [
    Growth {
        name: "grow-strings",
        about: "strings that grow by doubling, 8 side by side",
        seed: 31,
        total_count: 3_000,
        side_count: 8,
        kept_count: 150,
        elements: &[(1, 0)],
        end_powers: (5, 15),
        cut_of_ten: 4,
    },
    Growth {
        name: "grow-vectors",
        about: "vectors that grow by doubling, 4 side by side",
        seed: 32,
        total_count: 2_000,
        side_count: 4,
        kept_count: 30,
        elements: &[(4, 2), (8, 2), (8, 3), (12, 2), (24, 2), (24, 3), (64, 3)],
        end_powers: (7, 17),
        cut_of_ten: 2,
    },
];

/// One for strings and one for vectors.
pub fn workloads() -> [Workload; 2] {
    GROWTHS.map(|growth| growth.workload())
}

/// One that grows.
struct Growing {
    slot: u32,
    size: u32,
    end_size: u32,
}

impl Growth {
    fn workload(&self) -> Workload {
        let (mut maker, mut random) = (Maker::default(), Random::new(self.seed));
        let (mut growing, mut kept, mut started_count) = (Vec::<Growing>::new(), VecDeque::new(), 0);
        loop {
            while growing.len() < self.side_count && started_count < self.total_count {
                growing.push(self.start(&mut maker, &mut random));
                started_count += 1;
            }
            if growing.is_empty() {
                break;
            }
            let mut one = take_any(&mut growing, &mut random);
            if one.size < one.end_size {
                one.size *= 2;
                maker.resize(one.slot, one.size);
                growing.push(one);
                continue;
            }
            if one.size > one.end_size && random.below(10) < self.cut_of_ten {
                maker.resize(one.slot, one.end_size);
            }
            kept.push_back(one.slot);
            if kept.len() > self.kept_count {
                kept.pop_front().into_iter().for_each(|slot| maker.free(slot));
            }
        }
        maker.free_all(kept);
        maker.into_workload(self.name, self.about)
    }

    fn start(&self, maker: &mut Maker, random: &mut Random) -> Growing {
        let (element_size, align_power) = self.elements[random.below(self.elements.len() as u32) as usize];
        // The least capacities of `Vec`: eight bytes, else four elements.
        let size = if element_size == 1 { 8 } else { element_size * 4 };
        let half = 1 << random.between(self.end_powers.0, self.end_powers.1 - 1);
        let end_size = random.between(half, 2 * half).next_multiple_of(element_size).max(size);
        Growing { slot: maker.alloc(size, align_power), size, end_size }
    }
}
