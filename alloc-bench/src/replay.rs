//! Replays operations on a heap. Each block carries a mark at both ends, which is looked at when it is resized or given back: an allocator that
//! gives one byte twice is found here.

use crate::{
    heap::Heap,
    op::{self, Malformed, Op},
};
use core::alloc::Layout;
use core::hint::black_box;
use core::ptr::null_mut;

/// A block, or none where the pointer is null.
#[derive(Clone, Copy)]
pub struct Slot {
    block: *mut u8,
    size: u32,
    align_power: u8,
}

impl Slot {
    /// No block.
    pub const EMPTY: Slot = Slot { block: null_mut(), size: 0, align_power: 0 };

    fn layout(self) -> Layout {
        layout(self.size, self.align_power)
    }
}

fn layout(size: u32, align_power: u8) -> Layout {
    // What does not fit into a layout no heap has either: the largest that does is refused as it would be.
    let most = (isize::MAX as usize + 1) - (1 << align_power);
    Layout::from_size_align((size as usize).min(most), 1 << align_power).unwrap_or(Layout::new::<u8>())
}

/// What came of a replay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Operations that were done or tried.
    pub op_count: u64,
    /// Allocs and reallocs that got nothing.
    pub failed_count: u64,
    /// Blocks whose marks were gone: above 0 the allocator is broken.
    pub corrupt_count: u64,
    /// The most bytes alive at a time.
    pub peak_live_bytes: u64,
    /// The bytes alive now.
    pub live_bytes: u64,
}

/// A replay in progress.
pub struct Replay<'a, H> {
    heap: &'a H,
    slots: &'a mut [Slot],
    replayed: Replayed,
}

impl<'a, H: Heap> Replay<'a, H> {
    /// On `heap`, with a table for [`op::SLOT_COUNT`] blocks.
    pub fn new(heap: &'a H, slots: &'a mut [Slot]) -> Replay<'a, H> {
        Replay { heap, slots, replayed: Replayed::default() }
    }

    /// Does all operations of `bytes` up to the end marker, or up to one that is not whole. Gives how many bytes it took, and whether that was
    /// all.
    ///
    /// # Errors
    /// The bytes are no operations.
    pub fn run(&mut self, bytes: &[u8]) -> Result<(usize, bool), Malformed> {
        let mut at = 0;
        loop {
            match op::decode(&bytes[at..]) {
                Ok((Some(op), length)) => {
                    self.apply(op);
                    at += length;
                }
                Ok((None, length)) => return Ok((at + length, true)),
                Err(Malformed::Cut) => return Ok((at, false)),
                Err(why) => return Err(why),
            }
        }
    }

    /// Does one operation. One on a block that could not be had is left out, and so counted once.
    pub fn apply(&mut self, op: Op) {
        self.replayed.op_count += 1;
        match op {
            Op::Alloc { slot, size, align_power } => {
                let block = self.heap.alloc(layout(size, align_power));
                self.hold(slot, Slot { block, size, align_power });
            }
            Op::Realloc { slot, size } => {
                let old = self.slots[slot as usize];
                if old.block.is_null() {
                    return;
                }
                self.look(slot, old, old.size.min(size));
                // SAFETY: the slot's block is of this heap and alive.
                let block = unsafe { self.heap.realloc(old.block, old.layout(), size as usize) };
                if block.is_null() {
                    self.replayed.failed_count += 1;
                    return;
                }
                self.look(slot, Slot { block, ..old }, old.size.min(size));
                self.replayed.live_bytes -= u64::from(old.size);
                self.hold(slot, Slot { block, size, align_power: old.align_power });
            }
            Op::Free { slot } => {
                let old = core::mem::replace(&mut self.slots[slot as usize], Slot::EMPTY);
                if old.block.is_null() {
                    return;
                }
                self.look(slot, old, 0);
                self.replayed.live_bytes -= u64::from(old.size);
                // SAFETY: the slot's block is of this heap, and no longer in the table.
                unsafe { self.heap.dealloc(old.block, old.layout()) };
            }
        }
    }

    /// Looks at every block that is alive.
    pub fn look_at_all(&mut self) {
        for slot in 0..self.slots.len() as u32 {
            let held = self.slots[slot as usize];
            if !held.block.is_null() {
                self.look(slot, held, 0);
            }
        }
    }

    /// What came of it so far.
    pub fn replayed(&self) -> Replayed {
        self.replayed
    }

    fn hold(&mut self, slot: u32, new: Slot) {
        if new.block.is_null() {
            self.replayed.failed_count += 1;
            return;
        }
        self.replayed.live_bytes += u64::from(new.size);
        self.replayed.peak_live_bytes = self.replayed.peak_live_bytes.max(self.replayed.live_bytes);
        self.slots[slot as usize] = new;
        let end = end::<H>(new.size);
        // SAFETY: the block has `size` bytes, at least one.
        unsafe {
            new.block.write(mark(slot));
            new.block.add(end).write(mark(slot));
        }
    }

    /// Looks whether the marks of `held` are there: the first, and the last one unless less than the whole block, `kept` bytes, was kept.
    fn look(&mut self, slot: u32, held: Slot, kept: u32) {
        let is_whole = kept == 0 || kept == held.size;
        let end = if is_whole { end::<H>(held.size) } else { 0 };
        // SAFETY: the block is alive and has so many bytes, which were written.
        let ends = unsafe { black_box([held.block.read(), held.block.add(end).read()]) };
        // On no heap all of it is done too, and counts for nothing: a replay there costs what the replay costs.
        self.replayed.corrupt_count += u64::from(ends != [mark(slot); 2]) & black_box(u64::from(H::KEEPS));
    }
}

/// Where the last byte is that can be written.
fn end<H: Heap>(size: u32) -> usize {
    (size as usize - 1) & black_box(if H::KEEPS { usize::MAX } else { 0 })
}

/// What stands at both ends of the block in `slot`: neighbours in the table differ.
fn mark(slot: u32) -> u8 {
    (slot.wrapping_mul(0x9e37_79b1) >> 24) as u8
}

/// What [`fill`] writes.
const FILLING: u8 = 0xa5;

/// How many bytes `heap` still has, to the last block of 16 bytes: what it gives is not given back.
pub fn fill(heap: &impl Heap) -> u64 {
    let mut bytes = 0;
    for size in [1 << 16, 1 << 14, 1 << 12, 1 << 10, 256, 64, 16] {
        loop {
            let block = heap.alloc(layout(size, 3));
            if block.is_null() {
                break;
            }
            // What is alive must not be in it: who looks afterwards finds this.
            // SAFETY: the block has so many bytes, at least 16.
            unsafe { block.write_bytes(FILLING, size as usize) };
            bytes += u64::from(size);
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        heap::{Capped, Dry, Real},
        op::SLOT_COUNT,
    };
    use std::{alloc::System, cell::Cell};

    const ALLOC: Op = Op::Alloc { slot: 1, size: 100, align_power: 4 };

    fn replay<H: Heap>(heap: &H, ops: &[Op]) -> Replayed {
        let mut slots = vec![Slot::EMPTY; SLOT_COUNT as usize];
        let mut replay = Replay::new(heap, &mut slots);
        ops.iter().for_each(|op| replay.apply(*op));
        replay.replayed()
    }

    fn system() -> impl Heap {
        Real { allocator: System, memory_bytes: || 0 }
    }

    #[test]
    fn what_is_alive_is_counted() {
        let ops = [ALLOC, Op::Realloc { slot: 1, size: 10 }, Op::Realloc { slot: 1, size: 4000 }, Op::Free { slot: 1 }];
        let want = Replayed { op_count: 4, peak_live_bytes: 4000, ..Replayed::default() };
        assert_eq!(replay(&system(), &ops), want);
        assert_eq!(replay(&Dry::default(), &ops), want);
    }

    #[test]
    fn one_that_fails_is_counted_once() {
        let heap = Capped { heap: system(), cap_bytes: 150, live_bytes: Cell::new(0) };
        let large = Op::Alloc { slot: 2, size: 100, align_power: 0 };
        let ops = [
            ALLOC,
            large,
            Op::Realloc { slot: 2, size: 5 },
            Op::Realloc { slot: 1, size: 151 },
            Op::Free { slot: 2 },
            Op::Free { slot: 1 },
        ];
        let got = replay(&heap, &ops);
        assert_eq!((got.failed_count, got.live_bytes, got.corrupt_count), (2, 0, 0));
    }

    #[test]
    fn bytes_come_in_pieces() {
        let mut bytes = Vec::new();
        for op in [Some(ALLOC), Some(Op::Free { slot: 1 }), None] {
            op::encode(op, |byte| bytes.push(byte));
        }
        let (heap, mut slots) = (system(), vec![Slot::EMPTY; SLOT_COUNT as usize]);
        let mut replay = Replay::new(&heap, &mut slots);
        assert_eq!(replay.run(&bytes[..4]), Ok((3, false)));
        assert_eq!(replay.run(&bytes[3..]), Ok((3, true)));
        assert_eq!(replay.run(&[0xff]), Err(Malformed::Align));
        assert_eq!(replay.replayed().op_count, 2);
    }

    /// Gives one block to everybody.
    struct Shared(Cell<[u8; 128]>);

    impl Heap for Shared {
        fn alloc(&self, _: Layout) -> *mut u8 {
            self.0.as_ptr().cast()
        }
        unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
        unsafe fn realloc(&self, block: *mut u8, _: Layout, _: usize) -> *mut u8 {
            block
        }
        fn memory_bytes(&self) -> u64 {
            0
        }
    }

    #[test]
    fn bytes_that_are_given_twice_are_found() {
        let heap = Shared(Cell::new([0; 128]));
        let other = Op::Alloc { slot: 2, size: 100, align_power: 0 };
        assert_eq!(replay(&heap, &[ALLOC, other, Op::Free { slot: 1 }, Op::Free { slot: 2 }]).corrupt_count, 1);
    }
}
