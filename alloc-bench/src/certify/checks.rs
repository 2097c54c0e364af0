//! The checks. Blocks are kept in arrays on the stack: the heap is what is under test.

use super::{
    Refusal,
    blocks::{Block, NULL},
    refuse,
};
use crate::{heap::Heap, random::Random};
use core::alloc::Layout;

const KIB: usize = 1 << 10;
const PAGE: usize = 64 * KIB;

/// 4 MiB in pages: far past what any module starts with.
pub fn grows(heap: &impl Heap) -> Result<(), Refusal> {
    let mut blocks = [None; 64];
    for (seed, place) in (0..).zip(&mut blocks) {
        *place = Some(Block::new(heap, PAGE, 8, seed)?);
    }
    blocks.into_iter().flatten().try_for_each(|block| block.free(heap))
}

pub fn aligns(heap: &impl Heap) -> Result<(), Refusal> {
    const SIZES: [usize; 4] = [1, 7, 64, 5000];
    let mut blocks = [None; 13 * SIZES.len()];
    for (index, place) in blocks.iter_mut().enumerate() {
        // The largest alignments first: what comes after them starts anywhere.
        let power = 12 - index / SIZES.len();
        *place = Some(Block::new(heap, SIZES[index % SIZES.len()], 1 << power, index as u32)?);
    }
    blocks.into_iter().flatten().try_for_each(|block| block.free(heap))
}

/// Up and down, with a neighbour made between the steps, so that blocks have to move.
pub fn resizes(heap: &impl Heap) -> Result<(), Refusal> {
    for align in [1, 8, 16, 64, 4096] {
        let (mut block, mut neighbours) = (Block::new(heap, 1, align, 7)?, [None; 20]);
        for (step, place) in neighbours.iter_mut().enumerate().take(18) {
            block.resize(heap, (1 << step) + step)?;
            *place = Some(Block::new(heap, 24, 8, 100 + step as u32)?);
        }
        for size in [100_000, 5_000, 4_999, 300, 17, 1, 40] {
            block.resize(heap, size)?;
        }
        block.free(heap)?;
        neighbours.into_iter().flatten().try_for_each(|neighbour| neighbour.free(heap))?;
    }
    Ok(())
}

pub fn refuses(heap: &impl Heap) -> Result<(), Refusal> {
    let huge = [64 << 20, 1 << 30, isize::MAX as usize - 4096 * 2, isize::MAX as usize - 7];
    let block = Block::new(heap, 1000, 8, 1)?;
    for size in huge {
        for align in [1, 8, 4096] {
            if size > isize::MAX as usize - align {
                continue;
            }
            match Block::new(heap, size, align, 0) {
                Ok(_) => return refuse("it gave a block of so many bytes, which memory does not have", size as u64),
                Err(refusal) if refusal.reason == NULL => {}
                Err(refusal) => return Err(refusal),
            }
        }
        block.refuses_to_be(heap, size)?;
    }
    Block::new(heap, 1000, 8, 2)?.free(heap)?;
    block.free(heap)
}

/// One block after the other, in sizes from small to larger than a page: once each was there, memory is large enough for ever.
pub fn reuses(heap: &impl Heap) -> Result<(), Refusal> {
    const SIZES: [usize; 7] = [1, 16, 24, 100, 1_000, 5_000, 70_000];
    let mut settled = 0;
    for round in 0..10_000_u32 {
        for size in SIZES {
            Block::new(heap, size, 8, round)?.free(heap)?;
        }
        match heap.memory_bytes() {
            now if round <= 10 => settled = now,
            now if now > settled => {
                return refuse("what is given back is not given out again: memory grew, by bytes", now - settled);
            }
            _ => {}
        }
    }
    Ok(())
}

/// How often something is done in [`churns`].
const CHURN_COUNT: u32 = 1_000_000;

/// How much memory may grow while nothing more is alive: a byte in ten operations, for the order in which blocks fall.
const CHURN_GROWTH_BYTES: u64 = CHURN_COUNT as u64 / 10;

pub fn churns(heap: &impl Heap) -> Result<(), Refusal> {
    let (mut random, mut blocks) = (Random::new(0x00c0_ffee), [None::<Block>; 256]);
    let mut settled = 0;
    for done in 0..CHURN_COUNT {
        if done == CHURN_COUNT / 10 {
            settled = heap.memory_bytes();
        }
        let place = &mut blocks[random.below(256) as usize];
        // Mostly small, as programs ask; a few are larger.
        let size = if random.below(16) == 0 { random.between(1, 16_000) } else { random.between(1, 200) } as usize;
        *place = match place.take() {
            None => Some(Block::new(heap, size, 8, done)?),
            Some(mut block) if random.below(4) == 0 => {
                block.resize(heap, size)?;
                Some(block)
            }
            Some(block) => {
                block.free(heap)?;
                None
            }
        };
    }
    blocks.into_iter().flatten().try_for_each(|block| block.free(heap))?;
    match heap.memory_bytes() - settled {
        grown if grown <= CHURN_GROWTH_BYTES => Ok(()),
        grown => refuse("memory kept growing in a million operations, by bytes", grown),
    }
}

/// The least that there is to have of the 16 MiB of a guest, of which two are its own. An allocator that grows page by page and cannot join pages fits
/// three of these blocks into each; how much one makes of the rest is a measure's business.
const LEAST_BYTES: u64 = 10 << 20;

/// The most blocks of [`ends`]: more than 16 MiB of them.
const MOST: usize = 1100;

pub fn ends(heap: &impl Heap) -> Result<(), Refusal> {
    to_the_end(heap).map(drop)
}

pub fn returns(heap: &impl Heap) -> Result<(), Refusal> {
    let (first, again) = (to_the_end(heap)?, to_the_end(heap)?);
    // A block less is an accident of the order in which they were given back; a tenth is not.
    if again < first - first / 10 {
        return refuse("after all was given back it had only so many bytes", again);
    }
    Block::new(heap, 100, 8, 1)?.free(heap)
}

/// Blocks that were used and given back come again, among them as zeroed ones.
pub fn zeroes(heap: &impl Heap) -> Result<(), Refusal> {
    for (round, size) in [1, 8, 24, 100, 1_000, 5_000, 70_000].into_iter().cycle().take(70).enumerate() {
        for seed in 0..3 {
            Block::new(heap, size, 8, round as u32 + seed)?.free(heap)?;
        }
        let Ok(layout) = Layout::from_size_align(size, 8) else { return refuse("the test asks for no layout", size as u64) };
        let start = heap.alloc_zeroed(layout);
        if start.is_null() {
            return refuse(NULL, size as u64);
        }
        // SAFETY: the block has so many bytes, and nobody else has it.
        let bytes = unsafe { core::slice::from_raw_parts_mut(start, size) };
        if bytes.iter().any(|byte| *byte != 0) {
            return refuse("a block that was asked for full of zeros is not; its bytes", size as u64);
        }
        bytes.fill(0xff);
        // SAFETY: it came from this heap with this layout.
        unsafe { heap.dealloc(start, layout) };
    }
    Ok(())
}

/// Takes all memory, looks whether all blocks are whole, gives all back, and says how many bytes there were.
fn to_the_end(heap: &impl Heap) -> Result<u64, Refusal> {
    let (mut blocks, mut bytes) = ([None::<Block>; MOST], 0);
    let mut at_the_end = false;
    for (seed, place) in (0..).zip(&mut blocks) {
        match Block::new(heap, 16 * KIB, 8, seed) {
            Ok(block) => {
                bytes += block.size() as u64;
                *place = Some(block);
            }
            Err(refusal) if refusal.reason == NULL => {
                at_the_end = true;
                break;
            }
            Err(refusal) => return Err(refusal),
        }
    }
    match () {
        () if !at_the_end => return refuse("it gave more bytes than memory has", bytes),
        () if bytes < LEAST_BYTES => return refuse("it gave null when it had given only so many bytes", bytes),
        () => {}
    }
    blocks.iter().flatten().try_for_each(Block::whole)?;
    blocks.into_iter().flatten().try_for_each(|block| block.free(heap))?;
    Ok(bytes)
}
