//! The files that the steps share, in the folder that the program is run in.

use crate::{
    Result,
    data::{DIMENSIONS, Shape},
};
use agent_memory::{
    embed::Identity,
    error::Error,
    store::{Changes, Store},
};
use std::{
    fs::File,
    io::{Read, Seek, SeekFrom, Write},
};

/// The store without f32.
pub const PLAIN: &str = "memory";
/// The store with them.
pub const WITH_F32: &str = "memory-f32";
/// The graph.
pub const GRAPH: &str = "memory.hnsw";

const IDENTITY: Identity<'static> = Identity { name: "seed", dimensions: DIMENSIONS };
/// The records of one commit.
const BATCH: u64 = 100;
/// What is read at once, as the store does it.
const PIECE_BYTES: usize = 16 * 1024;

/// Writes a store of `count` vectors, whose ids are not their slots.
pub fn store(shape: Shape, count: u64, keeps_f32: bool) -> Result<()> {
    let path = if keeps_f32 { WITH_F32 } else { PLAIN };
    let (mut store, header) = Store::create(&IDENTITY, keeps_f32).map_err(reason)?;
    let mut file = write(None, path, &header)?;
    for start in (0..count).step_by(BATCH as usize) {
        let mut changes = Changes::new(&store);
        for number in start..count.min(start + BATCH) {
            changes.add(id(number), "", &[], &shape.vector(number)).map_err(reason)?;
        }
        let commit = changes.finish();
        file = write(Some(file), path, &commit)?;
        store.apply(&commit).map_err(reason)?;
    }
    println!("stamp {:016x}", store.stamp());
    say("stored", store.count() as u64);
    Ok(())
}

/// Writes to the file, which is new if there is none yet.
#[inline(never)]
pub fn write(file: Option<File>, path: &str, bytes: &[u8]) -> Result<File> {
    let written = || {
        let mut file = file.map_or_else(|| File::create(path), Ok)?;
        file.write_all(bytes).map(|()| file)
    };
    written().map_err(|error| said(path, &error))
}

/// Prints a number that `cargo xtask run` may count.
#[inline(never)]
pub fn say(name: &str, number: u64) {
    println!("{name} {number}");
}

/// The id of a vector: not its slot, so that a mistake of one for the other shows.
pub fn id(number: u64) -> u64 {
    number * 3 + 7
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

/// The file, and how long it is.
#[inline(never)]
pub fn source(path: &str) -> Result<(Source, u64)> {
    let file = File::open(path).map_err(|error| said(path, &error))?;
    let bytes = file.metadata().map_err(|error| said(path, &error))?.len();
    Ok((Source(file), bytes))
}

/// A store and its file.
pub fn open(path: &str) -> Result<(Store, Source)> {
    marked(path, 0)
}

/// The same, where a graph has the stamp `mark`.
#[inline(never)]
pub fn marked(path: &str, mark: u64) -> Result<(Store, Source)> {
    let (mut file, bytes) = source(path)?;
    let store = Store::open(&mut |at, out| file.at(at, out), bytes, &IDENTITY, mark).map_err(reason)?;
    Ok((store, file))
}

/// The words of the memory's own error.
pub fn reason(error: Error) -> String {
    error.reason().to_string()
}

/// What the system said of a file.
pub fn said(path: &str, error: &std::io::Error) -> String {
    format!("{path}: {error}")
}
