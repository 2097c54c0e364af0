//! More than memory has: some of it has to be refused, and after that the allocator has to go on.

use super::{
    CAP, Workload,
    maker::{Maker, shuffled},
    mixed::size_of_program,
};
use crate::random::Random;

/// Asks for 24 MiB where there are less than 16, then for more of other sizes, gives half back at random and asks for blocks twice as large; then all
/// is given back, and a small program follows, which has to get all that it asks for.
pub fn workload() -> Workload {
    let (mut maker, mut random) = (Maker::default(), Random::new(41));
    let mut first = Vec::new();
    for _ in 0..384 {
        let size = random.between(32 << 10, 96 << 10);
        first.push(maker.any(size, &mut random));
    }
    let small: Vec<u32> = (0..1_000)
        .map(|_| {
            let size = size_of_program(&mut random);
            maker.any(size, &mut random)
        })
        .collect();
    let mut first = shuffled(first, &mut random);
    let rest = first.split_off(first.len() / 2);
    maker.free_all(first);
    for slot in rest.iter().step_by(8) {
        maker.resize(*slot, 192 << 10);
    }
    let mut large = Vec::new();
    for _ in 0..60 {
        let size = random.between(64 << 10, 192 << 10);
        large.push(maker.any(size, &mut random));
    }
    for slots in [rest, small, large] {
        let slots = shuffled(slots, &mut random);
        maker.free_all(slots);
    }
    let mut after = Vec::new();
    for _ in 0..2_000 {
        let size = size_of_program(&mut random);
        after.push(maker.any(size, &mut random));
    }
    maker.free_all(after);
    maker.into_workload(CAP, "asks for more than there is, then goes on")
}
