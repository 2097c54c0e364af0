//! Which vectors are nearest: what is common to the exact index and the approximate one.
//!
//! A hit's key is its score, id and slot in one number, the best being the largest: heaps, limits and ties are then comparisons of integers, of one kind.

use alloc::vec::Vec;

use crate::error::Error;
use crate::vector::Query;
use crate::vectors::Vectors;

pub mod flat;
#[cfg(feature = "hnsw")]
pub mod hnsw;
pub mod rerank;

/// A vector that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// Its record's id.
    pub id: u64,
    /// Its slot.
    pub slot: u16,
    /// How near it is: the cosine, from -1 to 1.
    pub score: f32,
}

/// What finds the nearest vectors.
pub trait Index {
    /// Takes in what came to `vectors` since the last time, in the order of the slots.
    ///
    /// # Errors
    /// [`Error::Stale`], if the index has more vectors than there are.
    fn update(&mut self, vectors: &Vectors) -> Result<(), Error>;

    /// The `count` nearest vectors that are not deleted and whose slots `keep` wants, the nearest first, those with the same score by id. Fewer, if there
    /// are not as many.
    fn search(&self, vectors: &Vectors, query: &Query, count: usize, keep: &dyn Fn(u16) -> bool) -> Vec<Hit>;
}

/// Score, id and slot as one number; of two, the larger is the better hit: by score, then by the smaller id.
pub(crate) fn key(vectors: &Vectors, query: &Query, slot: u16) -> u128 {
    let (score, id) = vectors.score_and_id(query, slot);
    pack(score, id, slot)
}

pub(crate) fn pack(score: f32, id: u64, slot: u16) -> u128 {
    u128::from(rank(score)) << 80 | u128::from(!id) << 16 | u128::from(slot)
}

pub(crate) fn slot_of(key: u128) -> u16 {
    key as u16
}

/// The score of a key, by [`rank`].
pub(crate) fn rank_of(key: u128) -> u32 {
    (key >> 80) as u32
}

/// An integer in the order of the f32, which is a number. There is no -0 among scores: a sum of 0 is +0.
pub(crate) fn rank(score: f32) -> u32 {
    let bits = score.to_bits();
    if bits >> 31 == 0 { bits | 1 << 31 } else { !bits }
}

pub(crate) fn hit(key: u128) -> Hit {
    let rank = rank_of(key);
    let bits = if rank >> 31 == 0 { !rank } else { rank & !(1 << 31) };
    Hit { id: !(key >> 16) as u64, slot: slot_of(key), score: f32::from_bits(bits) }
}

/// The largest keys, at most `limit`, largest first: no heap, for few are kept, most are not wanted, and making room for one is a single copy.
pub(crate) struct Top {
    limit: usize,
    keys: Vec<u128>,
}

impl Top {
    pub fn new(limit: usize) -> Top {
        Top { limit, keys: Vec::new() }
    }

    /// Whether the key would be among the largest.
    pub fn wants(&self, key: u128) -> bool {
        self.keys.len() < self.limit || self.keys.last().is_some_and(|smallest| key > *smallest)
    }

    /// Whether the key is among the largest or would be.
    #[cfg(feature = "hnsw")]
    pub fn reaches(&self, key: u128) -> bool {
        self.keys.len() < self.limit || self.keys.last().is_some_and(|smallest| key >= *smallest)
    }

    pub fn offer(&mut self, key: u128) {
        if self.wants(key) {
            self.keys.truncate(self.limit - 1);
            let at = self.keys.partition_point(|larger| *larger > key);
            self.keys.insert(at, key);
        }
    }

    /// The keys, largest first.
    pub fn into_keys(self) -> Vec<u128> {
        self.keys
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_key_says_what_it_was_made_of(score in -1.0_f32..1.0, id: u64, slot: u16) {
            prop_assert_eq!(hit(pack(score, id, slot)), Hit { id, slot, score });
        }

        #[test]
        fn the_better_key_is_larger(a in -1.0_f32..1.0, b in -1.0_f32..1.0, ids: (u64, u64), slots: (u16, u16)) {
            prop_assert_eq!(a > b, a != b && pack(a, ids.0, slots.0) > pack(b, ids.1, slots.1));
            prop_assert_eq!(ids.0 < ids.1, ids.0 != ids.1 && pack(a, ids.0, slots.0) > pack(a, ids.1, slots.1));
        }

        #[test]
        fn the_top_is_the_start_of_all_in_order(keys in prop::collection::vec(any::<u128>(), 0..40), limit in 0_usize..50) {
            let mut top = Top::new(limit);
            keys.iter().for_each(|key| top.offer(*key));
            let mut wanted = keys;
            wanted.sort_by(|a, b| b.cmp(a));
            wanted.truncate(limit);
            prop_assert_eq!(top.into_keys(), wanted);
        }
    }
}
