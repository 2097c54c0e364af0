//! Puts operations together: slots are given out and taken back as blocks come and go, so that the operations always fit.

use super::Workload;
use crate::{op::Op, random::Random, trace::Trace};

/// The alignments that Rust programs ask for on wasm32, as powers of two: of bytes, of words and, rarer, of 64-bit numbers.
const ALIGN_POWERS: [u8; 8] = [0, 0, 0, 2, 2, 2, 2, 3];

/// Operations in the making.
#[derive(Default)]
pub struct Maker {
    ops: Vec<Op>,
    /// The slots that were given back: the last one is given out first.
    freed: Vec<u32>,
    /// The lowest slot that was never given out.
    unused: u32,
}

impl Maker {
    /// A new block of `size` bytes; its slot.
    pub fn alloc(&mut self, size: u32, align_power: u8) -> u32 {
        let slot = self.freed.pop().unwrap_or_else(|| {
            self.unused += 1;
            self.unused - 1
        });
        self.ops.push(Op::Alloc { slot, size, align_power });
        slot
    }

    /// A new block with one of the alignments that programs ask for.
    pub fn any(&mut self, size: u32, random: &mut Random) -> u32 {
        let align_power = ALIGN_POWERS[random.below(ALIGN_POWERS.len() as u32) as usize];
        self.alloc(size, align_power)
    }

    /// The block in `slot` with another size.
    pub fn resize(&mut self, slot: u32, size: u32) {
        self.ops.push(Op::Realloc { slot, size });
    }

    /// Gives the block in `slot` back.
    pub fn free(&mut self, slot: u32) {
        self.ops.push(Op::Free { slot });
        self.freed.push(slot);
    }

    /// Gives all of these back, in this order.
    pub fn free_all(&mut self, slots: impl IntoIterator<Item = u32>) {
        slots.into_iter().for_each(|slot| self.free(slot));
    }

    /// How many operations there are.
    pub fn op_count(&self) -> usize {
        self.ops.len()
    }

    /// The operations.
    pub fn into_ops(self) -> Vec<Op> {
        self.ops
    }

    /// The workload that they are.
    ///
    /// # Panics
    /// They do not fit: the code that made them is wrong, whatever is put in, for nothing is.
    pub fn into_workload(self, name: &str, about: &'static str) -> Workload {
        let trace = Trace::new(format!("made by the seed of {name}"), self.ops).expect("a workload that is made fits");
        Workload { name: name.to_string(), about, trace }
    }
}

/// Takes one out, any of them.
///
/// # Panics
/// There is none.
pub fn take_any<T>(from: &mut Vec<T>, random: &mut Random) -> T {
    from.swap_remove(random.below(from.len() as u32) as usize)
}

/// The same ones in an order by chance.
pub fn shuffled<T>(mut from: Vec<T>, random: &mut Random) -> Vec<T> {
    let mut taken = Vec::with_capacity(from.len());
    while !from.is_empty() {
        taken.push(take_any(&mut from, random));
    }
    taken
}
