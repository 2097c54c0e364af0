//! The approximate index: a graph of near vectors in layers, searched greedily (Malkov and Yashunin: Efficient and robust approximate nearest neighbor search
//! using Hierarchical Navigable Small World graphs, 2016, arXiv:1603.09320; the numbers of algorithms below are theirs).
//!
//! What is ours:
//!
//! - Links are slots of two bytes, [`NEAR`] a vector on the ground and [`FAR`] on each layer above: 66 bytes a vector and some 2 for all layers above.
//! - The layer of a vector comes from the seed and its slot: one of 16 goes up a layer, which is the paper's `mL = 1 / ln(M)`. So nothing random is kept, and the same vectors in the same order
//!   are the same graph on every machine.
//! - The ground is connected whatever the vectors are, a thousand equal ones too: each vector has a parent, which came before it, and the two links between them are
//!   never given up. The heuristic alone leaves vectors that no way leads to.
//! - Deleted vectors stay as ways. They are not found; when they are half or more, [`Flat`] searches.
//! - Ties are broken by id, as everywhere.

use alloc::collections::BinaryHeap;
use alloc::vec;
use alloc::vec::Vec;

use super::flat::Flat;
use super::{Hit, Index, Top, hit, key, slot_of};
use crate::bits::Bits;
use crate::error::Error;
use crate::hash::mix;
use crate::rows::Rows;
use crate::vector::Query;
use crate::vectors::Vectors;

mod file;
mod link;

pub use file::stamp;

/// The most links of a vector on the ground; the paper's `Mmax0`.
pub const NEAR: usize = 32;
/// The most links of a vector on each layer above, and the most that a new vector begins with anywhere; the paper's `M`.
pub const FAR: usize = 16;
/// No slot.
const NONE: u16 = u16::MAX;
/// More layers than 65,535 vectors need.
const HIGHEST: u32 = 7;

/// The most candidates of an insertion or, by [`Settings::searched_with`], of a search: more are slower than a scan.
pub const MAX_CANDIDATES: u16 = 4096;

/// How the graph is made and searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Of which the layers are made.
    pub seed: u64,
    /// How many candidates a new vector chooses its links from; the paper's `efConstruction`.
    pub made_with: u16,
    /// How many candidates a search keeps, if not more hits are asked for; the paper's `ef`. `docs/reference/memory-format.md` has what that finds.
    pub searched_with: u16,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { seed: 1, made_with: 100, searched_with: 32 }
    }
}

/// The graph over some [`Vectors`], which it does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hnsw {
    /// How it is made and searched. The seed and `made_with` are for what comes after, so another seed is wrong.
    pub settings: Settings,
    /// Where every search starts, a vector of the highest layer.
    entry: u16,
    /// On the ground, [`NEAR`] links a slot, in no order, then [`NONE`].
    near: Rows<u16>,
    /// Of each slot but the first, whose parent is [`NONE`].
    parents: Vec<u16>,
    /// [`FAR`] links a row, and a row for each layer above the ground that a vector is on.
    far: Rows<u16>,
    /// The first row of each vector that has any, in the order of slots.
    far_rows: Vec<(u16, u32)>,
}

impl Hnsw {
    /// A graph without vectors.
    pub fn new(settings: Settings) -> Hnsw {
        Hnsw { settings, entry: NONE, near: Rows::new(NEAR), parents: Vec::new(), far: Rows::new(FAR), far_rows: Vec::new() }
    }

    /// The vectors that it has.
    pub fn count(&self) -> usize {
        self.near.count()
    }

    /// The highest layer of the vector in the slot.
    fn layer(&self, slot: u16) -> usize {
        // A sixteenth of all numbers ends in four zero bits, a sixteenth of those in eight.
        (mix(self.settings.seed ^ u64::from(slot) << 32).trailing_zeros() / 4).min(HIGHEST) as usize
    }

    /// Where the links of the vector begin, if it is on this layer above the ground.
    fn far_row(&self, slot: u16, layer: usize) -> Option<usize> {
        let at = self.far_rows.binary_search_by_key(&slot, |(slot, _)| *slot).ok()?;
        let (_, row) = self.far_rows.get(at)?;
        (layer <= self.layer(slot)).then_some(*row as usize + layer - 1)
    }

    /// The row of links, [`NONE`] at the end included.
    fn row(&self, slot: u16, layer: usize) -> &[u16] {
        match layer {
            0 => self.near.get(slot.into()),
            _ => self.far_row(slot, layer).map_or(&[], |row| self.far.get(row)),
        }
    }

    fn links(&self, slot: u16, layer: usize) -> impl Iterator<Item = u16> {
        self.row(slot, layer).iter().copied().take_while(|link| *link != NONE)
    }

    /// Makes these the links of the vector.
    fn set(&mut self, slot: u16, layer: usize, links: &[u16]) {
        let row = match layer {
            0 => self.near.get_mut(slot.into()),
            _ => self.far_row(slot, layer).map(|row| self.far.get_mut(row)).unwrap_or_default(),
        };
        row.fill(NONE);
        for (place, link) in row.iter_mut().zip(links) {
            *place = *link;
        }
    }

    /// The rows of a new slot, without links.
    fn make_room(&mut self, slot: u16) {
        self.near.push(NONE);
        self.parents.push(NONE);
        let layer = self.layer(slot);
        if layer > 0 {
            self.far_rows.push((slot, self.far.count() as u32));
        }
        for _ in 0..layer {
            self.far.push(NONE);
        }
    }

    /// Algorithm 1.
    fn insert(&mut self, vectors: &Vectors, seen: &mut Bits) {
        let slot = self.count() as u16;
        self.make_room(slot);
        let layer = self.layer(slot);
        if slot == 0 {
            self.entry = 0;
            return;
        }
        let query = vectors.query(slot);
        let mut found = vec![key(vectors, &query, self.entry)];
        let highest = self.layer(self.entry);
        for at in (0..=highest).rev() {
            let width = if at > layer { 1 } else { self.settings.made_with.max(1).into() };
            found = self.search_layer(vectors, &query, &found, at, width, &|_| true, seen);
            if at <= layer {
                self.join(vectors, slot, at, &found);
            }
        }
        if layer > highest {
            self.entry = slot;
        }
    }

    /// Algorithm 2: the best `width` keys of wanted slots that ways from `start` lead to, best first.
    #[allow(clippy::too_many_arguments)]
    fn search_layer(
        &self,
        vectors: &Vectors,
        query: &Query,
        start: &[u128],
        layer: usize,
        width: usize,
        keep: &dyn Fn(u16) -> bool,
        seen: &mut Bits,
    ) -> Vec<u128> {
        seen.clear();
        // Not a `Top`: where many vectors are deleted, many more than `width` are ahead.
        let mut ahead = BinaryHeap::new();
        let mut top = Top::new(width);
        let mut take = |key: u128, ahead: &mut BinaryHeap<u128>, top: &mut Top| {
            if seen.insert(slot_of(key)) && top.wants(key) {
                ahead.push(key);
                if keep(slot_of(key)) {
                    top.offer(key);
                }
            }
        };
        for key in start {
            take(*key, &mut ahead, &mut top);
        }
        while let Some(best) = ahead.pop() {
            // As good as the worst that is kept: then it may be that one itself.
            if !top.reaches(best) {
                break;
            }
            for link in self.links(slot_of(best), layer) {
                take(key(vectors, query, link), &mut ahead, &mut top);
            }
        }
        top.into_keys()
    }
}

impl Index for Hnsw {
    fn update(&mut self, vectors: &Vectors) -> Result<(), Error> {
        if self.count() > vectors.count() {
            return Err(Error::Stale);
        }
        let mut seen = Bits::with_room(vectors.count());
        while self.count() < vectors.count() {
            self.insert(vectors, &mut seen);
        }
        Ok(())
    }

    /// Algorithm 5. A graph that was not brought up to date is no help, and one whose vectors are mostly deleted is slower than a scan: then [`Flat`] answers.
    fn search(&self, vectors: &Vectors, query: &Query, count: usize, keep: &dyn Fn(u16) -> bool) -> Vec<Hit> {
        if self.count() != vectors.count() || vectors.live_count() * 2 <= vectors.count() {
            return Flat.search(vectors, query, count, keep);
        }
        let mut seen = Bits::with_room(vectors.count());
        let mut found = vec![key(vectors, query, self.entry)];
        for layer in (1..=self.layer(self.entry)).rev() {
            found = self.search_layer(vectors, query, &found, layer, 1, &|_| true, &mut seen);
        }
        let width = count.max(self.settings.searched_with.into());
        found = self.search_layer(vectors, query, &found, 0, width, &|slot| vectors.is_live(slot) && keep(slot), &mut seen);
        found.truncate(count);
        found.into_iter().map(hit).collect()
    }
}

#[cfg(test)]
mod tests;
