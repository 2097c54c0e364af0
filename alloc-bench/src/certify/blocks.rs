//! Blocks that are full of a pattern of their own, so that nothing can be lost or shared unseen.

use super::{Refusal, refuse};
use crate::heap::Heap;
use core::alloc::Layout;

/// Why there is no block where the heap has no room, which is as it should be in some checks.
pub const NULL: &str = "it gave null for so many bytes";

/// A block of a heap, full of its pattern.
#[derive(Clone, Copy)]
pub struct Block {
    start: *mut u8,
    layout: Layout,
    seed: u32,
}

impl Block {
    /// A new block.
    ///
    /// # Errors
    /// There is none, or it is not aligned.
    pub fn new(heap: &impl Heap, size: usize, align: usize, seed: u32) -> Result<Block, Refusal> {
        let Ok(layout) = Layout::from_size_align(size, align) else { return refuse("the test asks for no layout", size as u64) };
        let start = heap.alloc(layout);
        if start.is_null() {
            return refuse(NULL, size as u64);
        }
        if start.addr() % align != 0 {
            return refuse("a block is not aligned to", align as u64);
        }
        let block = Block { start, layout, seed };
        block.write(0);
        Ok(block)
    }

    /// How many bytes it has.
    pub fn size(&self) -> usize {
        self.layout.size()
    }

    /// Gives it another size.
    ///
    /// # Errors
    /// What was in it is not there any more, there is no room, or it is not aligned any more.
    pub fn resize(&mut self, heap: &impl Heap, size: usize) -> Result<(), Refusal> {
        let old = self.size();
        // SAFETY: the block is of this heap and alive, and the size is one of the test's own, above 0.
        let start = unsafe { heap.realloc(self.start, self.layout, size) };
        if start.is_null() {
            return refuse("it gave null for a block of so many bytes", size as u64);
        }
        let Ok(layout) = Layout::from_size_align(size, self.layout.align()) else {
            return refuse("the test asks for no layout", size as u64);
        };
        if start.addr() % layout.align() != 0 {
            return refuse("a resized block is not aligned to", layout.align() as u64);
        }
        *self = Block { start, layout, seed: self.seed };
        if !self.is_whole_to(old.min(size)) {
            return refuse("a resized block has lost its contents; its new bytes", size as u64);
        }
        self.write(old.min(size));
        Ok(())
    }

    /// Asks for a size that nobody has.
    ///
    /// # Errors
    /// It was given, or what is in the block is gone.
    pub fn refuses_to_be(&self, heap: &impl Heap, size: usize) -> Result<(), Refusal> {
        // SAFETY: the block is of this heap and alive, and the size is one that a layout can have.
        if !unsafe { heap.realloc(self.start, self.layout, size) }.is_null() {
            return refuse("it gave a block of so many bytes, which memory does not have", size as u64);
        }
        self.whole()
    }

    /// Looks whether all is there.
    ///
    /// # Errors
    /// It is not: two blocks share bytes, or something was written over it.
    pub fn whole(&self) -> Result<(), Refusal> {
        if self.is_whole_to(self.size()) { Ok(()) } else { refuse("a block was written over; its bytes", self.size() as u64) }
    }

    /// Looks whether all is there, and gives it back.
    ///
    /// # Errors
    /// As [`Block::whole`].
    pub fn free(self, heap: &impl Heap) -> Result<(), Refusal> {
        self.whole()?;
        // SAFETY: the block is of this heap and alive, and nobody has it after this.
        unsafe { heap.dealloc(self.start, self.layout) };
        Ok(())
    }

    fn write(&self, from: usize) {
        for at in self.places(from, self.size()) {
            // SAFETY: the place is in the block.
            unsafe { self.start.add(at).write(self.pattern(at)) };
        }
    }

    fn is_whole_to(&self, end: usize) -> bool {
        // SAFETY: the places are in the block and were written.
        self.places(0, end).all(|at| unsafe { self.start.add(at).read() } == self.pattern(at))
    }

    /// All of a small block; of a large one its first bytes and one in each 64.
    fn places(&self, from: usize, end: usize) -> impl Iterator<Item = usize> {
        let dense = end.min(256);
        (from.min(dense)..dense).chain((from.max(dense).next_multiple_of(64)..end).step_by(64))
    }

    fn pattern(&self, at: usize) -> u8 {
        ((self.seed ^ at as u32).wrapping_mul(0x9e37_79b1) >> 24) as u8
    }
}
