//! The exact index: every vector is compared. It holds nothing of its own and is never out of date.

use alloc::vec::Vec;

use super::{Hit, Index, Top, hit, key};
use crate::error::Error;
use crate::vector::Query;
use crate::vectors::Vectors;

/// Compares the query with every vector.
#[derive(Debug, Clone, Copy, Default)]
pub struct Flat;

impl Index for Flat {
    fn update(&mut self, _: &Vectors) -> Result<(), Error> {
        Ok(())
    }

    fn search(&self, vectors: &Vectors, query: &Query, count: usize, keep: &dyn Fn(u16) -> bool) -> Vec<Hit> {
        let mut top = Top::new(count);
        // There are at most as many slots as u16 has numbers.
        for slot in 0..vectors.count() as u16 {
            if vectors.is_live(slot) && keep(slot) {
                top.offer(key(vectors, query, slot));
            }
        }
        top.into_keys().into_iter().map(hit).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Vectors whose components are few and small, so that scores are often the same.
    fn some() -> impl Strategy<Value = Vec<(u64, Vec<f32>, bool)>> {
        let vector = prop::collection::vec((-2_i8..3).prop_map(f32::from), 11);
        let one = (any::<u64>(), vector, prop::bool::weighted(0.2)).prop_filter("zero", |(_, v, _)| v.iter().any(|x| *x != 0.0));
        prop::collection::vec(one, 0..150)
    }

    proptest! {
        #[test]
        fn it_finds_what_sorting_everything_finds(rows in some(), query in prop::collection::vec(0.5_f32..3.0, 11), count in 0_usize..160, odd: bool) {
            let mut vectors = Vectors::new(11);
            for (slot, (id, vector, dead)) in rows.iter().enumerate() {
                vectors.add(*id, vector);
                if *dead {
                    vectors.delete(slot as u16);
                }
            }
            let (asked, asked_scale) = crate::vector::quantize(&query, 11, crate::vector::ASKED).unwrap();
            let mut wanted: Vec<Hit> = rows.iter().enumerate().filter(|(slot, row)| !row.2 && (!odd || slot % 2 == 1)).map(|(slot, (id, vector, _))| {
                let (values, scale) = crate::vector::quantize(vector, 11, crate::vector::STORED).unwrap();
                let dot: i32 = values.iter().zip(&asked).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum();
                Hit { id: *id, slot: slot as u16, score: dot as f32 * (asked_scale * scale) }
            }).collect();
            wanted.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.id.cmp(&b.id)).then(b.slot.cmp(&a.slot)));
            wanted.truncate(count);
            let query = Query::new(&query, 11).unwrap();
            prop_assert_eq!(Flat.search(&vectors, &query, count, &|slot| !odd || slot % 2 == 1), wanted);
        }
    }
}
