//! What the indexes miss of the ten nearest vectors by f32. Those are found by brute force in the same run, one vector at a time.

use crate::{
    HITS, Result,
    ask::{
        flat::{find, reranked},
        hnsw,
    },
    data::{
        Shape,
        plain::{Best, product, unit},
    },
    file::{self, say},
};
use agent_memory::index::{Hit, flat::Flat};

/// Prints the hits that each index misses, of all that there are to find.
pub fn count(shape: Shape, queries: u64, efs: &[u16]) -> Result<()> {
    let (store, mut graph) = hnsw::load()?;
    let wanted = Wanted::new(shape, queries, store.count() as u64);
    wanted.compare("flat", &mut |query| find(&store, &Flat, query, HITS))?;
    for ef in efs {
        graph.settings.searched_with = *ef;
        wanted.compare(&format!("hnsw_ef_{ef}"), &mut |query| find(&store, &graph, query, HITS))?;
    }
    if std::fs::exists(file::WITH_F32).unwrap_or(true) {
        let (store, mut file) = file::open(file::WITH_F32)?;
        wanted.compare("rerank", &mut |query| reranked(&store, &mut file, query))?;
    }
    Ok(())
}

/// Queries, and the ids of the nearest vectors of each.
struct Wanted {
    asked: Vec<Vec<f32>>,
    nearest: Vec<Vec<u64>>,
}

impl Wanted {
    fn new(shape: Shape, queries: u64, count: u64) -> Wanted {
        let asked: Vec<Vec<f32>> = (0..queries).map(|number| shape.query(number)).collect();
        let nearest = nearest(shape, count, &asked);
        say("wanted_count", nearest.iter().map(Vec::len).sum::<usize>() as u64);
        Wanted { asked, nearest }
    }

    fn compare(&self, name: &str, find: &mut dyn FnMut(&[f32]) -> Result<Vec<Hit>>) -> Result<()> {
        let mut missed_count: u64 = 0;
        for (query, nearest) in self.asked.iter().zip(&self.nearest) {
            let found = find(query)?;
            missed_count += nearest.iter().filter(|id| found.iter().all(|hit| hit.id != **id)).count() as u64;
        }
        say(&format!("{name}_missed_count"), missed_count);
        Ok(())
    }
}

fn nearest(shape: Shape, count: u64, asked: &[Vec<f32>]) -> Vec<Vec<u64>> {
    let asked: Vec<Vec<f32>> = asked.iter().map(|query| unit(query.clone())).collect();
    let mut best: Vec<Best> = asked.iter().map(|_| Best::new(HITS)).collect();
    for number in 0..count {
        let vector = unit(shape.vector(number));
        for (query, best) in asked.iter().zip(&mut best) {
            best.offer(product(&vector, query), number);
        }
    }
    best.iter().map(|best| best.found().map(|(_, number)| file::id(number)).collect()).collect()
}
