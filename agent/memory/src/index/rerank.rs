//! The order of hits by the values that the int8 were made of. Those lie on disk, so the caller reads them.

use alloc::vec;
use alloc::vec::Vec;

use super::{Hit, Top, hit, pack};
use crate::error::Error;
use crate::vector::sqrt;

/// The `count` best of `hits`, ordered by the exact cosine: ask the index for some 4 times as many hits as are wanted. `values` fills in the f32 of a slot
/// or says that it cannot; a [`crate::store::Store`] that keeps them reads them so.
///
/// # Errors
/// [`Error::Read`], if `values` says so; [`Error::NotFinite`] and [`Error::Zero`] for the query and for values without a direction.
pub fn rerank(
    hits: &[Hit],
    query: &[f32],
    count: usize,
    values: &mut dyn FnMut(u16, &mut [f32]) -> bool,
) -> Result<Vec<Hit>, Error> {
    let mut top = Top::new(count);
    let mut vector = vec![0.0; query.len()];
    let own = product(query, query);
    for hit in hits {
        if !values(hit.slot, &mut vector) {
            return Err(Error::Read);
        }
        let square = own * product(&vector, &vector);
        if !square.is_finite() {
            return Err(Error::NotFinite);
        }
        if square == 0.0 {
            return Err(Error::Zero);
        }
        // Adding 0 makes a -0 a 0, so that equal scores are equal keys.
        let score = (product(query, &vector) / sqrt(square)) as f32 + 0.0;
        top.offer(pack(score, hit.id, hit.slot));
    }
    Ok(top.into_keys().into_iter().map(hit).collect())
}

fn product(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).fold(0.0, |sum, (a, b)| sum + f64::from(*a) * f64::from(*b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(count: u16) -> Vec<Hit> {
        (0..count).map(|slot| Hit { id: u64::from(slot) + 10, slot, score: 0.5 }).collect()
    }

    #[test]
    fn the_exact_order_replaces_the_other() {
        let stored = [[1.0_f32, 1.0], [0.0, 5.0], [3.0, 0.1], [-1.0, 0.0], [0.0, 1.0]];
        let mut values = |slot: u16, out: &mut [f32]| {
            out.copy_from_slice(&stored[usize::from(slot)]);
            true
        };
        let found = rerank(&hits(5), &[2.0, 0.0], 4, &mut values).unwrap();
        assert_eq!(found.iter().map(|hit| hit.id).collect::<Vec<_>>(), [12, 10, 11, 14]);
        assert_eq!(found[2].score, 0.0);
        assert!((found[1].score - 0.5_f32.sqrt()).abs() < 1e-7);
        assert_eq!(rerank(&hits(5), &[2.0, 0.0], 0, &mut values), Ok(vec![]));
    }

    #[test]
    fn what_cannot_be_ordered_is_refused() {
        let with = |value: f32| {
            rerank(&hits(1), &[1.0], 1, &mut |_, out| {
                out.fill(value);
                true
            })
        };
        assert_eq!(with(0.0), Err(Error::Zero));
        assert_eq!(with(f32::NAN), Err(Error::NotFinite));
        assert_eq!(with(f32::INFINITY), Err(Error::NotFinite));
        assert_eq!(rerank(&hits(1), &[1.0], 1, &mut |_, _| false), Err(Error::Read));
        assert_eq!(
            rerank(&hits(1), &[0.0], 1, &mut |_, out| {
                out.fill(1.0);
                true
            }),
            Err(Error::Zero)
        );
    }
}
