//! Steps that ask the exact index.

use super::tell;
use crate::{
    HITS, Result,
    data::{DIMENSIONS, Shape},
    file::{self, Source, reason},
};
use agent_memory::{
    index::{Hit, Index, flat::Flat, rerank},
    store::Store,
    vector::Query,
};

/// How many hits are asked for where they are put in order by f32 afterwards.
const RERANKED: usize = 4 * HITS;

/// Asks the exact index.
pub fn scan(shape: Shape, queries: u64) -> Result<()> {
    let store = file::open(file::PLAIN)?.0;
    tell("flat", shape, queries, &mut |query| find(&store, &Flat, &query, HITS))
}

/// Asks the exact index, and the file for the order.
pub fn rerank(shape: Shape, queries: u64) -> Result<()> {
    let (store, mut file) = file::open(file::WITH_F32)?;
    tell("rerank", shape, queries, &mut |query| reranked(&store, &mut file, &query))
}

/// The hits of one query.
pub fn find(store: &Store, index: &dyn Index, query: &[f32], count: usize) -> Result<Vec<Hit>> {
    let query = Query::new(query, DIMENSIONS).map_err(reason)?;
    Ok(index.search(store.vectors(), &query, count, &|_| true))
}

/// Those of the exact index, in the order of the f32 in the file.
pub fn reranked(store: &Store, file: &mut Source, query: &[f32]) -> Result<Vec<Hit>> {
    let hits = find(store, &Flat, query, RERANKED)?;
    let mut values = |slot: u16, out: &mut [f32]| store.values(&mut |at, out| file.at(at, out), slot, out).is_ok();
    rerank::rerank(&hits, query, HITS, &mut values).map_err(reason)
}
