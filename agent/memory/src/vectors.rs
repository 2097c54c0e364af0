//! The vectors in memory: a slot each, in the order in which they came.
//!
//! A row is the int8 values, then the record's id, then the scale and the place of the record in the store's file: what a comparison needs lies side by side, and
//! nothing beside the rows grows. 10,000 vectors of 512 dimensions are 5,280,000 bytes.

use crate::bits::Bits;
use crate::error::Error;
use crate::rows::Rows;
use crate::vector::{LANES, Query, steps};

/// The most vectors, deleted ones included. Slots are u16, and the last number means none.
pub const MAX_COUNT: usize = 65_535;

/// The vectors of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vectors {
    dimensions: usize,
    /// The steps of the kernel in a row.
    steps: usize,
    rows: Rows<[u8; LANES]>,
    dead: Bits,
    dead_count: usize,
}

impl Vectors {
    /// No vectors yet.
    pub fn new(dimensions: usize) -> Vectors {
        let steps = steps(dimensions);
        Vectors { dimensions, steps, rows: Rows::new(steps + 2), dead: Bits::default(), dead_count: 0 }
    }

    /// The components of each vector.
    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// The slots, those of deleted vectors included.
    pub fn count(&self) -> usize {
        self.rows.count()
    }

    /// The vectors that are not deleted.
    pub fn live_count(&self) -> usize {
        self.rows.count() - self.dead_count
    }

    /// Whether the slot holds a vector that is not deleted.
    pub fn is_live(&self, slot: u16) -> bool {
        usize::from(slot) < self.count() && !self.dead.has(slot)
    }

    /// The id of the record in the slot.
    pub fn id(&self, slot: u16) -> u64 {
        self.parts(slot).1
    }

    /// Where the record starts in the file of the store.
    pub(crate) fn place(&self, slot: u16) -> u32 {
        self.parts(slot).3
    }

    /// Values, id, scale and place.
    fn parts(&self, slot: u16) -> (&[[u8; LANES]], u64, f32, u32) {
        let Some((values, [id, tail])) = self.rows.get(slot.into()).split_last_chunk() else { return (&[], 0, 0.0, 0) };
        let [a, b, c, d, place @ ..] = *tail;
        (values, u64::from_le_bytes(*id), f32::from_le_bytes([a, b, c, d]), u32::from_le_bytes(place))
    }

    /// Appends a vector of zeros and gives its int8 values, padding excluded, to be filled.
    ///
    /// # Errors
    /// [`Error::Full`].
    pub(crate) fn push(&mut self, id: u64, scale: f32, place: u32) -> Result<&mut [u8], Error> {
        if self.count() >= MAX_COUNT {
            return Err(Error::Full);
        }
        let (values, rest) = self.rows.push([0; LANES]).split_at_mut(self.steps);
        if let [first, second] = rest {
            *first = id.to_le_bytes();
            let (front, back) = second.split_at_mut(4);
            front.copy_from_slice(&scale.to_le_bytes());
            back.copy_from_slice(&place.to_le_bytes());
        }
        Ok(values.as_flattened_mut().get_mut(..self.dimensions).unwrap_or_default())
    }

    /// Marks the vector as deleted. It stays where it is, for an index may have its way through it.
    pub(crate) fn delete(&mut self, slot: u16) {
        self.dead_count += usize::from(self.dead.insert(slot));
    }

    /// The cosine of the angle between the query and the vector, as far as the integers tell.
    pub fn score(&self, query: &Query, slot: u16) -> f32 {
        self.score_and_id(query, slot).0
    }

    pub(crate) fn score_and_id(&self, query: &Query, slot: u16) -> (f32, u64) {
        let (values, id, scale, _) = self.parts(slot);
        (query.dot(values) as f32 * (query.scale * scale), id)
    }

    /// The vector as a query.
    pub fn query(&self, slot: u16) -> Query {
        let (values, _, scale, _) = self.parts(slot);
        Query::of_row(values, scale)
    }
}

#[cfg(test)]
impl Vectors {
    /// Appends a vector as the store would.
    pub(crate) fn add(&mut self, id: u64, vector: &[f32]) {
        let (values, scale) = crate::vector::quantize(vector, self.dimensions, crate::vector::STORED).unwrap();
        let row = self.push(id, scale, 0).unwrap();
        for (byte, value) in row.iter_mut().zip(values) {
            *byte = (value as i8).cast_unsigned();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_the_cosine() {
        let mut vectors = Vectors::new(3);
        vectors.add(u64::MAX, &[3.0, 4.0, 0.0]);
        vectors.add(7, &[0.0, 0.0, -2.0]);
        let query = Query::new(&[30.0, 40.0, 0.0], 3).unwrap();
        assert!((vectors.score(&query, 0) - 1.0).abs() < 0.01);
        assert_eq!(vectors.score(&query, 1), 0.0);
        assert!((vectors.score(&vectors.query(1), 1) - 1.0).abs() < 1e-5);
        assert_eq!((vectors.id(0), vectors.id(1), vectors.id(2)), (u64::MAX, 7, 0));
    }

    #[test]
    fn the_deleted_are_counted_once() {
        let mut vectors = Vectors::new(1);
        vectors.add(1, &[1.0]);
        vectors.add(2, &[1.0]);
        vectors.delete(0);
        vectors.delete(0);
        assert_eq!((vectors.count(), vectors.live_count()), (2, 1));
        assert!(!vectors.is_live(0) && vectors.is_live(1) && !vectors.is_live(2));
    }

    #[test]
    fn the_limit_is_an_error() {
        let mut vectors = Vectors::new(1);
        for id in 0..MAX_COUNT as u64 {
            vectors.push(id, 1.0, 0).unwrap();
        }
        assert_eq!(vectors.push(0, 1.0, 0), Err(Error::Full));
    }
}
