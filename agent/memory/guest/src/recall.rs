//! What the indexes miss of the ten nearest vectors by f32. Those are found by brute force in the same run, one vector at a time.

use crate::{
    HITS, Result, ask,
    data::{
        Shape,
        plain::{Best, product, unit},
    },
    file,
};
use agent_memory::index::flat::Flat;

/// Prints the hits that each index misses, of all that there are to find.
pub fn count(shape: Shape, queries: u64, efs: &[u16]) -> Result<()> {
    let (store, mut graph) = file::load()?;
    let asked: Vec<Vec<f32>> = (0..queries).map(|number| shape.query(number)).collect();
    let wanted = nearest(shape, store.count() as u64, &asked);
    let missed = |find: &mut dyn FnMut(&[f32]) -> Result<Vec<u64>>| {
        asked.iter().zip(&wanted).try_fold(0, |sum, (query, wanted)| {
            let found = find(query)?;
            Ok::<_, String>(sum + wanted.iter().filter(|id| !found.contains(id)).count())
        })
    };
    println!("wanted_count {}", wanted.iter().map(Vec::len).sum::<usize>());
    let ids = |hits: Vec<agent_memory::index::Hit>| hits.iter().map(|hit| hit.id).collect();
    println!("flat_missed_count {}", missed(&mut |query| ask::find(&store, &Flat, query, HITS).map(ids))?);
    for ef in efs {
        graph.settings.searched_with = *ef;
        println!("hnsw_ef_{ef}_missed_count {}", missed(&mut |query| ask::find(&store, &graph, query, HITS).map(ids))?);
    }
    if std::fs::exists(file::WITH_F32).unwrap_or(false) {
        let (store, mut file) = file::open(file::WITH_F32)?;
        println!("rerank_missed_count {}", missed(&mut |query| ask::reranked(&store, &mut file, query).map(ids))?);
    }
    Ok(())
}

/// The ids of the nearest vectors of each query.
fn nearest(shape: Shape, count: u64, asked: &[Vec<f32>]) -> Vec<Vec<u64>> {
    let asked: Vec<Vec<f32>> = asked.iter().map(|query| unit(query.clone())).collect();
    let mut best: Vec<Best> = asked.iter().map(|_| Best::new(HITS)).collect();
    for number in 0..count {
        let vector = unit(shape.vector(number));
        for (query, best) in asked.iter().zip(&mut best) {
            best.offer(product(&vector, query), number);
        }
    }
    best.iter().map(|best| best.numbers().map(file::id).collect()).collect()
}
