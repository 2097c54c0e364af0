//! Steps that make the graph, read it and ask it.

use super::{flat::find, tell};
use crate::{
    HITS, Result,
    data::Shape,
    file::{self, GRAPH, reason, say, source},
};
use agent_memory::{
    index::{
        Index,
        hnsw::{self, Hnsw, Settings},
    },
    store::Store,
};

/// Asks the graph.
pub fn scan(shape: Shape, queries: u64, ef: u16) -> Result<()> {
    let (store, mut graph) = load()?;
    graph.settings.searched_with = ef;
    say("ef", ef.into());
    tell("hnsw", shape, queries, &mut |query| find(&store, &graph, &query, HITS))
}

/// Makes the graph of the store and writes it.
pub fn index() -> Result<()> {
    let store = file::open(file::PLAIN)?.0;
    let mut graph = Hnsw::new(Settings::default());
    graph.update(store.vectors()).map_err(reason)?;
    let bytes = graph.save(store.stamp());
    file::write(None, GRAPH, &bytes)?;
    let Settings { seed, made_with, .. } = graph.settings;
    say("count", graph.count() as u64);
    say("M", hnsw::FAR as u64);
    say("efConstruction", made_with.into());
    say("seed", seed);
    say("graph_file_bytes", bytes.len() as u64);
    Ok(())
}

/// The store without f32 and its graph.
pub fn load() -> Result<(Store, Hnsw)> {
    let (mut file, bytes) = source(GRAPH)?;
    let mark = hnsw::stamp(&mut |at, out| file.at(at, out), bytes).map_err(reason)?;
    let store = file::marked(file::PLAIN, mark)?.0;
    let graph = Hnsw::load(&mut |at, out| file.at(at, out), bytes).map_err(reason)?;
    match store.marked_count().map(usize::from) == Some(graph.count()) && graph.count() == store.vectors().count() {
        true => Ok((store, graph)),
        false => Err("the graph is not that of the store: run the step `index`".into()),
    }
}
