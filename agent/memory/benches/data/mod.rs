//! Vectors from a seed, the same on every machine: no logarithm and no cosine, only integers, sums and products.

#[allow(dead_code, reason = "not every program compares")]
pub mod plain;

/// The components of every vector here.
pub const DIMENSIONS: usize = 512;

/// SplitMix64 (Steele, Lea and Flood 2014).
pub struct Random(pub u64);

impl Random {
    /// The next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let bits = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let bits = (bits ^ bits >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ bits >> 31
    }

    /// Nearly normal: the sum of eight uniform numbers, with mean 0 and variance 1.
    pub fn normal(&mut self) -> f32 {
        let (a, b) = (self.next(), self.next());
        let sum = (0..4).map(|at| (a >> (16 * at) & 0xFFFF) + (b >> (16 * at) & 0xFFFF)).sum::<u64>();
        (sum as f32 / 65_536.0 - 4.0) * 1.224_745
    }
}

/// How the vectors lie.
#[derive(Clone, Copy)]
#[allow(dead_code, reason = "not every program wants both")]
pub enum Shape {
    /// Anywhere: no index but a scan can do much with these.
    Random,
    /// Around one of 100 centres, noise as strong as half the distance of a centre: what embeddings of texts are like.
    Clustered,
}

impl Shape {
    /// The vector of this number.
    pub fn vector(self, number: u64) -> Vec<f32> {
        let mut own = Random(number.wrapping_mul(0xD134_2543_DE82_EF95) ^ 0x5EED);
        let noise: Vec<f32> = (0..DIMENSIONS).map(|_| own.normal()).collect();
        match self {
            Shape::Random => noise,
            Shape::Clustered => {
                let mut centre = Random(own.next() % 100 + 0xC0FFEE);
                noise.into_iter().map(|value| centre.normal() + 0.5 * value).collect()
            }
        }
    }

    /// A vector that is not among the first million, to ask for.
    pub fn query(self, number: u64) -> Vec<f32> {
        self.vector(1_000_000 + number)
    }
}
