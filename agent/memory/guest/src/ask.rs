//! Steps that ask, and what they print of what was found.

use crate::{
    HITS, Result,
    data::{
        DIMENSIONS, Shape,
        plain::{self, product, unit},
    },
    file::{self, reason},
};
use agent_memory::{
    hash::{START, more},
    index::{Hit, Index, flat::Flat, rerank},
    store::Store,
    vector::Query,
};
use std::hint::black_box;

/// How many hits are asked for where they are put in order by f32 afterwards.
const RERANKED: usize = 4 * HITS;
/// The queries whose hits are printed.
const SHOWN: u64 = 2;

/// Asks the exact index.
pub fn flat(shape: Shape, queries: u64) -> Result<()> {
    let store = file::open(file::PLAIN)?.0;
    tell("flat", queries, |number| find(&store, &Flat, &shape.query(number), HITS))
}

/// Asks the graph.
pub fn hnsw(shape: Shape, queries: u64, ef: u16) -> Result<()> {
    let (store, mut graph) = file::load()?;
    graph.settings.searched_with = ef;
    tell(&format!("hnsw, ef {ef}"), queries, |number| find(&store, &graph, &shape.query(number), HITS))
}

/// Asks the exact index, and the file for the order.
pub fn rerank(shape: Shape, queries: u64) -> Result<()> {
    let (store, mut file) = file::open(file::WITH_F32)?;
    tell("rerank", queries, |number| reranked(&store, &mut file, &shape.query(number)))
}

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
    let mut sum = START;
    for number in 0..queries {
        let query = unit(shape.query(number));
        let found = plain::scan(&vectors, HITS, |vector| product(vector, &query));
        sum = found.iter().fold(sum, |sum, number| more(sum, &number.to_le_bytes()));
        if number < SHOWN {
            println!("scan {number}: {}", found.iter().map(|number| file::id(*number).to_string()).collect::<Vec<_>>().join(" "));
        }
    }
    println!("scan, {queries} queries: {sum:016x}");
    Ok(())
}

/// The hits of one query.
pub fn find(store: &Store, index: &dyn Index, query: &[f32], count: usize) -> Result<Vec<Hit>> {
    let query = Query::new(query, DIMENSIONS).map_err(reason)?;
    Ok(index.search(store.vectors(), &query, count, &|_| true))
}

/// Those of the exact index, in the order of the f32 in the file.
pub fn reranked(store: &Store, file: &mut file::Source, query: &[f32]) -> Result<Vec<Hit>> {
    let hits = find(store, &Flat, query, RERANKED)?;
    let mut values = |slot: u16, out: &mut [f32]| store.values(&mut |at, out| file.at(at, out), slot, out).is_ok();
    rerank::rerank(&hits, query, HITS, &mut values).map_err(reason)
}

/// Asks all queries, and prints the hits of the first and a checksum of all.
fn tell(name: &str, queries: u64, mut ask: impl FnMut(u64) -> Result<Vec<Hit>>) -> Result<()> {
    let mut sum = START;
    for number in 0..queries {
        let hits = ask(number)?;
        sum = hits.iter().fold(sum, |sum, hit| more(more(sum, &hit.id.to_le_bytes()), &hit.score.to_le_bytes()));
        if number < SHOWN {
            let line = |hit: &Hit| format!("{}={}/{:08x}", hit.id, hit.score, hit.score.to_bits());
            println!("{name} {number}: {}", hits.iter().map(line).collect::<Vec<_>>().join(" "));
        }
    }
    println!("{name}, {queries} queries: {sum:016x}");
    Ok(())
}
