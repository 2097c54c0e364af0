//! The vector memory as a program of steps, for the scenarios of `cargo xtask run`: what it finds, held against a plain scan, and what each step costs.
//!
//! ```text
//! memory-guest store SHAPE COUNT [f32]        writes `memory`, with f32 `memory-f32`: COUNT vectors, 100 a commit
//! memory-guest index                          reads `memory`, makes the graph, writes `memory.hnsw`
//! memory-guest read                           reads `memory` and `memory.hnsw`, and does nothing with them
//! memory-guest open SHAPE QUERIES             opens `memory`
//! memory-guest flat SHAPE QUERIES             opens `memory` and asks the exact index
//! memory-guest open-f32 SHAPE QUERIES         opens `memory-f32`
//! memory-guest rerank SHAPE QUERIES           opens it, asks the exact index for 40 and puts them in order by the f32 in the file
//! memory-guest load SHAPE QUERIES             opens `memory` and `memory.hnsw`
//! memory-guest hnsw SHAPE QUERIES EF          opens them and asks the graph
//! memory-guest vectors SHAPE COUNT QUERIES    makes vectors of f32
//! memory-guest scan SHAPE COUNT QUERIES       makes them and asks a plain scan of them
//! memory-guest recall SHAPE QUERIES [EF ...]  counts what each of those misses
//! ```
//!
//! Each step opens what it needs, and those that ask nothing make the queries too: so what asking costs is the difference of two steps. The hits of all queries are in a
//! checksum, and those of the first two are printed with their scores, so engines that print the same have found the same. Vectors come from a seed ([`data`]);
//! the clock is never asked.
//!
//! The steps of an index are there with the feature of its name, `recall` with its own. What prints is in every build and in a function of its own, so the difference of two builds is
//! what an index takes.

use agent_allocator as _;
use std::process::ExitCode;

mod ask;
#[path = "../../benches/data/mod.rs"]
mod data;
mod file;
#[cfg(feature = "recall")]
mod recall;

use data::Shape;

/// How many hits are asked for.
const HITS: usize = 10;

/// What went wrong, in words.
type Result<T> = std::result::Result<T, String>;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match run(&words.iter().map(String::as_str).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(said) => {
            eprintln!("memory-guest: {said}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[&str]) -> Result<()> {
    match words {
        ["store", shape, count] => file::store(self::shape(shape)?, number(count)?, false),
        ["store", shape, count, "f32"] => file::store(self::shape(shape)?, number(count)?, true),
        #[cfg(feature = "hnsw")]
        ["index"] => ask::hnsw::index(),
        ["read"] => file::read(),
        ["open", shape, queries] => ask::nothing(&file::open(file::PLAIN)?, self::shape(shape)?, number(queries)?),
        #[cfg(feature = "flat")]
        ["flat", shape, queries] => ask::flat::scan(self::shape(shape)?, number(queries)?),
        ["open-f32", shape, queries] => ask::nothing(&file::open(file::WITH_F32)?, self::shape(shape)?, number(queries)?),
        #[cfg(feature = "flat")]
        ["rerank", shape, queries] => ask::flat::rerank(self::shape(shape)?, number(queries)?),
        #[cfg(feature = "hnsw")]
        ["load", shape, queries] => ask::nothing(&ask::hnsw::load()?, self::shape(shape)?, number(queries)?),
        #[cfg(feature = "hnsw")]
        ["hnsw", shape, queries, ef] => ask::hnsw::scan(self::shape(shape)?, number(queries)?, self::ef(ef)?),
        ["vectors", shape, count, queries] => {
            ask::nothing(&ask::vectors(self::shape(shape)?, number(count)?), self::shape(shape)?, number(queries)?)
        }
        ["scan", shape, count, queries] => ask::scan(self::shape(shape)?, number(count)?, number(queries)?),
        #[cfg(feature = "recall")]
        ["recall", shape, queries, efs @ ..] => {
            let efs = efs.iter().map(|ef| self::ef(ef)).collect::<Result<Vec<u16>>>()?;
            recall::count(self::shape(shape)?, number(queries)?, &efs)
        }
        _ => Err("no such step: src/main.rs says which there are".into()),
    }
}

fn shape(word: &str) -> Result<Shape> {
    match word {
        "random" => Ok(Shape::Random),
        "clustered" => Ok(Shape::Clustered),
        _ => Err(format!("`{word}` is no shape: random or clustered")),
    }
}

fn number(word: &str) -> Result<u64> {
    word.parse().map_err(|_| no_number(word))
}

#[cfg(feature = "hnsw")]
fn ef(word: &str) -> Result<u16> {
    number(word)?.try_into().map_err(|_| no_number(word))
}

fn no_number(word: &str) -> String {
    format!("`{word}` is no number that fits here")
}
