//! What the indexes are compared with: every vector in f32, in a plain loop.

use super::DIMENSIONS;

/// The vector at length 1.
pub fn unit(vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    vector.into_iter().map(|value| value / length).collect()
}

/// One sum, in order, as such loops are written.
pub fn product(vector: &[f32], query: &[f32]) -> f32 {
    vector.iter().zip(query).map(|(a, b)| a * b).sum()
}

/// The numbers of the `limit` vectors with the largest products, best first; of equal ones the first comes first.
pub struct Best {
    limit: usize,
    found: Vec<(f32, u64)>,
}

impl Best {
    /// Nothing yet.
    pub fn new(limit: usize) -> Best {
        Best { limit, found: Vec::with_capacity(limit + 1) }
    }

    /// Takes a vector's number in, if it is among the best. The numbers have to come in order.
    pub fn offer(&mut self, score: f32, number: u64) {
        if self.found.len() < self.limit || self.found.last().is_some_and(|last| score > last.0) {
            let at = self.found.partition_point(|other| other.0 >= score);
            self.found.insert(at, (score, number));
            self.found.truncate(self.limit);
        }
    }

    /// The products and numbers.
    pub fn found(&self) -> impl Iterator<Item = (f32, u64)> {
        self.found.iter().copied()
    }
}

/// The best of the vectors, which lie one behind the other, by a product.
pub fn scan(vectors: &[f32], limit: usize, product: impl Fn(&[f32]) -> f32) -> Best {
    let mut best = Best::new(limit);
    for (vector, number) in vectors.chunks(DIMENSIONS).zip(0..) {
        best.offer(product(vector), number);
    }
    best
}
