//! What an allocator must do before its numbers count. Published comparisons have measured allocators that cannot allocate.

mod blocks;
mod checks;

use crate::heap::Heap;

/// A property.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Check {
    /// It grows past the memory that it starts with.
    Grows,
    /// Each block is aligned as asked, from 1 to 4,096 bytes.
    Aligns,
    /// A block that is resized keeps what is in it.
    Resizes,
    /// What is far too large is refused with null, and nothing is broken by it.
    Refuses,
    /// What is asked for full of zeros is, also where it was used before.
    Zeroes,
    /// At the end of memory it gives null, and all blocks keep what is in them.
    Ends,
    /// What is given back is given out again.
    Reuses,
    /// A million operations on a few hundred blocks do not make memory grow.
    Churns,
    /// At the end of memory, once all blocks are given back, it goes on with as much as before.
    Returns,
}

impl Check {
    /// In the order in which they are made: each needs the ones before.
    pub const ALL: [Check; 9] = [
        Check::Grows,
        Check::Aligns,
        Check::Resizes,
        Check::Refuses,
        Check::Zeroes,
        Check::Ends,
        Check::Reuses,
        Check::Churns,
        Check::Returns,
    ];

    /// As in the table of results.
    pub fn name(self) -> &'static str {
        match self {
            Check::Grows => "grows",
            Check::Aligns => "aligns",
            Check::Resizes => "resizes",
            Check::Refuses => "refuses",
            Check::Reuses => "reuses",
            Check::Churns => "churns",
            Check::Zeroes => "zeroes",
            Check::Ends => "ends",
            Check::Returns => "returns",
        }
    }

    /// Whether an allocator that never frees can have it. One for programs of one shot needs no more than these.
    pub fn is_for_one_shot(self) -> bool {
        !matches!(self, Check::Reuses | Check::Churns | Check::Returns)
    }
}

/// Why a property does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// In words.
    pub reason: &'static str,
    /// The number that the words are about: bytes, an alignment, or how often something was done.
    pub value: u64,
}

/// Puts `heap` to the test.
///
/// # Errors
/// It does not have the property.
pub fn certify(check: Check, heap: &impl Heap) -> Result<(), Refusal> {
    match check {
        Check::Grows => checks::grows(heap),
        Check::Aligns => checks::aligns(heap),
        Check::Resizes => checks::resizes(heap),
        Check::Refuses => checks::refuses(heap),
        Check::Reuses => checks::reuses(heap),
        Check::Churns => checks::churns(heap),
        Check::Zeroes => checks::zeroes(heap),
        Check::Ends => checks::ends(heap),
        Check::Returns => checks::returns(heap),
    }
}

fn refuse<T>(reason: &'static str, value: u64) -> Result<T, Refusal> {
    Err(Refusal { reason, value })
}

#[cfg(test)]
mod tests;
