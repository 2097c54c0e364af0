//! Steps that ask, and what they print of what was found.

use crate::{
    HITS, Result,
    data::{
        DIMENSIONS, Shape,
        plain::{self, product, unit},
    },
    file,
};
use agent_memory::{
    hash::{START, more},
    index::Hit,
};
use std::hint::black_box;

#[cfg(feature = "flat")]
pub mod flat;
#[cfg(feature = "hnsw")]
pub mod hnsw;

/// The queries whose hits are printed.
const SHOWN: u64 = 2;

/// Vectors at length 1, one behind the other.
pub fn vectors(shape: Shape, count: u64) -> Vec<f32> {
    let mut vectors = Vec::with_capacity(count as usize * DIMENSIONS);
    (0..count).for_each(|number| vectors.extend(unit(shape.vector(number))));
    vectors
}

/// Makes the queries and asks nobody; `opened` is what could be asked.
pub fn nothing<T>(opened: &T, shape: Shape, queries: u64) -> Result<()> {
    (0..queries).for_each(|number| drop(black_box(shape.query(number))));
    black_box(opened);
    println!("{queries} queries were made");
    Ok(())
}

/// Asks a plain scan of vectors at length 1.
pub fn scan(shape: Shape, count: u64, queries: u64) -> Result<()> {
    let vectors = vectors(shape, count);
    tell("scan", shape, queries, &mut |query| {
        let query = unit(query);
        let best = plain::scan(&vectors, HITS, |vector| product(vector, &query));
        Ok(best.found().map(|(score, number)| Hit { id: file::id(number), slot: number as u16, score }).collect())
    })
}

/// Asks all queries, and prints the hits of the first and a checksum of all.
#[inline(never)]
fn tell(name: &str, shape: Shape, queries: u64, ask: &mut dyn FnMut(Vec<f32>) -> Result<Vec<Hit>>) -> Result<()> {
    let mut sum = START;
    for number in 0..queries {
        let hits = ask(shape.query(number))?;
        sum = hits.iter().fold(sum, |sum, hit| more(more(sum, &hit.id.to_le_bytes()), &hit.score.to_le_bytes()));
        if number < SHOWN {
            let line = |hit: &Hit| format!("{}={}/{:08x}", hit.id, hit.score, hit.score.to_bits());
            println!("{name} {number}: {}", hits.iter().map(line).collect::<Vec<_>>().join(" "));
        }
    }
    println!("{name}, {queries} queries: {sum:016x}");
    Ok(())
}
