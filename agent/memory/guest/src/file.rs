//! The files that the steps share, in the folder that the program is run in.

use crate::{
    Result,
    data::{DIMENSIONS, Shape},
};
use agent_memory::{
    embed::Identity,
    error::Error,
    index::{
        Index,
        hnsw::{self, Hnsw, Settings},
    },
    store::{Changes, Store},
};
use std::{
    fs::{self, File},
    io::{Read, Seek, SeekFrom, Write},
};

/// The store without f32.
pub const PLAIN: &str = "memory";
/// The store with them.
pub const WITH_F32: &str = "memory-f32";
const GRAPH: &str = "memory.hnsw";

const IDENTITY: Identity<'static> = Identity { name: "seed", dimensions: DIMENSIONS };
/// The records of one commit.
const BATCH: u64 = 100;
/// What is read at once, as the store does it.
const PIECE_BYTES: usize = 16 * 1024;

/// Writes a store of `count` vectors, whose ids are not their slots.
pub fn store(shape: Shape, count: u64, keeps_f32: bool) -> Result<()> {
    let path = if keeps_f32 { WITH_F32 } else { PLAIN };
    let mut file = File::create(path).map_err(|error| said(path, &error))?;
    let (mut store, header) = Store::create(&IDENTITY, keeps_f32).map_err(reason)?;
    file.write_all(&header).map_err(|error| said(path, &error))?;
    for start in (0..count).step_by(BATCH as usize) {
        let mut changes = Changes::new(&store);
        for number in start..count.min(start + BATCH) {
            changes.add(id(number), "", &[], &shape.vector(number)).map_err(reason)?;
        }
        let commit = changes.finish();
        file.write_all(&commit).map_err(|error| said(path, &error))?;
        store.apply(&commit).map_err(reason)?;
    }
    println!("stored {}, stamp {:016x}", store.count(), store.stamp());
    Ok(())
}

/// The id of a vector: not its slot, so that a mistake of one for the other shows.
pub fn id(number: u64) -> u64 {
    number * 3 + 7
}

/// Makes the graph of the store and writes it.
pub fn index() -> Result<()> {
    let store = open(PLAIN)?.0;
    let mut graph = Hnsw::new(Settings::default());
    graph.update(store.vectors()).map_err(reason)?;
    let bytes = graph.save(store.stamp());
    fs::write(GRAPH, &bytes).map_err(|error| said(GRAPH, &error))?;
    let Settings { seed, made_with, .. } = graph.settings;
    println!("graph of {}, M {}, efConstruction {made_with}, seed {seed}", graph.count(), hnsw::FAR);
    println!("graph_file_bytes {}", bytes.len());
    Ok(())
}

/// Reads both files as the store reads them, and does nothing with what is there.
pub fn read() -> Result<()> {
    let mut piece = vec![0; PIECE_BYTES];
    let mut all = 0;
    for path in [PLAIN, GRAPH] {
        let mut file = File::open(path).map_err(|error| said(path, &error))?;
        loop {
            match file.read(&mut piece).map_err(|error| said(path, &error))? {
                0 => break,
                count => all += count,
            }
        }
    }
    println!("read {all} bytes");
    Ok(())
}

/// A file as [`agent_memory::source::ReadAt`].
pub struct Source(File);

impl Source {
    /// Fills the buffer from the offset on.
    pub fn at(&mut self, at: u64, out: &mut [u8]) -> bool {
        self.0.seek(SeekFrom::Start(at)).and_then(|_| self.0.read_exact(out)).is_ok()
    }
}

fn source(path: &str) -> Result<(Source, u64)> {
    let file = File::open(path).map_err(|error| said(path, &error))?;
    let bytes = file.metadata().map_err(|error| said(path, &error))?.len();
    Ok((Source(file), bytes))
}

/// A store and its file.
pub fn open(path: &str) -> Result<(Store, Source)> {
    let (mut file, bytes) = source(path)?;
    let store = Store::open(&mut |at, out| file.at(at, out), bytes, &IDENTITY, 0).map_err(reason)?;
    Ok((store, file))
}

/// The store without f32 and its graph.
pub fn load() -> Result<(Store, Hnsw)> {
    let (mut file, bytes) = source(GRAPH)?;
    let mark = hnsw::stamp(&mut |at, out| file.at(at, out), bytes).map_err(reason)?;
    let (mut store_file, store_bytes) = source(PLAIN)?;
    let store = Store::open(&mut |at, out| store_file.at(at, out), store_bytes, &IDENTITY, mark).map_err(reason)?;
    let graph = Hnsw::load(&mut |at, out| file.at(at, out), bytes).map_err(reason)?;
    match store.marked_count().map(usize::from) == Some(graph.count()) && graph.count() == store.vectors().count() {
        true => Ok((store, graph)),
        false => Err(format!("{GRAPH} is not that of {PLAIN}: run the step `index`")),
    }
}

/// The words of the memory's own error.
pub fn reason(error: Error) -> String {
    error.reason().to_string()
}

fn said(path: &str, error: &std::io::Error) -> String {
    format!("{path}: {error}")
}
