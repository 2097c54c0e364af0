//! Which links a vector has.

use alloc::vec::Vec;

use super::{FAR, Hnsw, NEAR, NONE};
use crate::index::{Top, key, rank, rank_of, slot_of};
use crate::vectors::Vectors;

impl Hnsw {
    /// Links a new vector with some of `found`, which are the nearest on this layer, best first.
    pub(super) fn join(&mut self, vectors: &Vectors, slot: u16, layer: usize, found: &[u128]) {
        let mut chosen = Vec::with_capacity(FAR);
        if layer == 0 {
            let parent = self.adopt(slot, found);
            chosen.push(parent);
        }
        select(vectors, &mut chosen, found, FAR);
        self.set(slot, layer, &chosen);
        for other in chosen {
            self.link(vectors, other, slot, layer);
        }
    }

    /// Gives a new vector its parent: the nearest that has room for a child. Half of the links can be children, so that the other half is the heuristic's.
    fn adopt(&mut self, slot: u16, found: &[u128]) -> u16 {
        let nearest = found.first().map_or(0, |key| slot_of(*key));
        let mut parent = found.iter().map(|key| slot_of(*key)).find(|slot| self.child_count(*slot) < FAR).unwrap_or(nearest);
        // Children come after their parents, so this goes on to a slot that has none.
        while self.child_count(parent) >= FAR {
            parent = self.children(parent).next().unwrap_or(nearest);
        }
        if let Some(place) = self.parents.get_mut(usize::from(slot)) {
            *place = parent;
        }
        parent
    }

    pub(super) fn parent(&self, slot: u16) -> u16 {
        self.parents.get(usize::from(slot)).copied().unwrap_or(NONE)
    }

    pub(super) fn child_count(&self, slot: u16) -> usize {
        self.children(slot).count()
    }

    fn children(&self, slot: u16) -> impl Iterator<Item = u16> {
        self.links(slot, 0).filter(move |link| self.parent(*link) == slot)
    }

    /// Adds a link. If there are too many then, the heuristic chooses among them, but those to the parent and to children stay.
    fn link(&mut self, vectors: &Vectors, from: u16, to: u16, layer: usize) {
        let limit = if layer == 0 { NEAR } else { FAR };
        let mut links: Vec<u16> = self.links(from, layer).collect();
        links.push(to);
        if links.len() > limit {
            let query = vectors.query(from);
            let mut top = Top::new(links.len());
            let family = |link: u16| layer == 0 && (self.parent(link) == from || self.parent(from) == link);
            for link in links.iter().filter(|link| !family(**link)) {
                top.offer(key(vectors, &query, *link));
            }
            links.retain(|link| family(*link));
            select(vectors, &mut links, &top.into_keys(), limit);
        }
        self.set(from, layer, &links);
    }
}

/// The library's `contains` takes such numbers in chunks, which is three times the code.
#[allow(clippy::manual_contains)]
pub(super) fn has(slots: &[u16], slot: u16) -> bool {
    slots.iter().any(|other| *other == slot)
}

/// Algorithm 4, without extended candidates: adds to `chosen`, best first, those of `found` that are nearer to what they are linked with than to any chosen one.
/// Room that is left then goes to the best of the others: in many dimensions, and among equal vectors, the heuristic alone leaves few.
fn select(vectors: &Vectors, chosen: &mut Vec<u16>, found: &[u128], limit: usize) {
    let mut others = Vec::new();
    for key in found {
        let slot = slot_of(*key);
        if chosen.len() >= limit {
            return;
        }
        if has(chosen, slot) {
            continue;
        }
        let query = vectors.query(slot);
        if chosen.iter().all(|chosen| rank(vectors.score(&query, *chosen)) < rank_of(*key)) {
            chosen.push(slot);
        } else {
            others.push(slot);
        }
    }
    let room = limit.saturating_sub(chosen.len());
    chosen.extend(others.into_iter().take(room));
}
