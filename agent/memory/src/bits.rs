//! A set of slots.

use alloc::vec::Vec;

/// A set of slots, one bit each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Bits(Vec<u32>);

impl Bits {
    /// An empty set with room for the slots below `count`.
    #[cfg(feature = "hnsw")]
    pub fn with_room(count: usize) -> Bits {
        Bits(alloc::vec![0; count.div_ceil(32)])
    }

    #[cfg(feature = "hnsw")]
    pub fn clear(&mut self) {
        self.0.fill(0);
    }

    /// Puts the slot into the set. Whether it was not in it.
    pub fn insert(&mut self, slot: u16) -> bool {
        let (at, bit) = place(slot);
        if at >= self.0.len() {
            self.0.resize(at + 1, 0);
        }
        let Some(word) = self.0.get_mut(at) else { return false };
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    pub fn has(&self, slot: u16) -> bool {
        let (at, bit) = place(slot);
        self.0.get(at).is_some_and(|word| word & bit != 0)
    }
}

fn place(slot: u16) -> (usize, u32) {
    (usize::from(slot / 32), 1 << (slot % 32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in_is_in() {
        let mut bits = Bits::default();
        assert!(!bits.has(65_534));
        assert!(bits.insert(33) && bits.insert(65_534) && !bits.insert(33));
        assert!(bits.has(33) && bits.has(65_534) && !bits.has(32) && !bits.has(34));
    }
}
