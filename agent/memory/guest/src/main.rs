//! The vector memory as a program of steps, for the scenarios of `cargo xtask run`: what it finds, held against a plain scan, and what each step costs.
//!
//! ```text
//! memory-guest store SHAPE COUNT [f32]        writes `memory`, with f32 `memory-f32`: COUNT vectors, 100 a commit
//! memory-guest index                          reads `memory`, makes the graph, writes `memory.hnsw`
//! memory-guest read                           reads `memory` and `memory.hnsw`, and does nothing with them
//! memory-guest open | load | open-f32         opens `memory`; that and its graph; `memory-f32`
//! memory-guest flat SHAPE QUERIES             asks the exact index
//! memory-guest hnsw SHAPE QUERIES EF          asks the graph
//! memory-guest rerank SHAPE QUERIES           asks the exact index for 40 and puts them in order by the f32 in the file
//! memory-guest recall SHAPE QUERIES [EF ...]  counts what each of those misses
//! memory-guest scan SHAPE COUNT QUERIES       asks a plain scan of f32
//! ```
//!
//! Each step opens what it needs, so that what something costs is the difference of two steps. The hits of all queries are in a checksum, and those of the first two are
//! printed with their scores, so engines that print the same have found the same. Vectors come from a seed ([`data`]); the clock is never asked.

use agent_allocator as _;
use std::process::ExitCode;

mod ask;
#[path = "../../benches/data/mod.rs"]
mod data;
mod file;
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
        ["index"] => file::index(),
        ["read"] => file::read(),
        ["open"] => file::open(file::PLAIN).map(drop),
        ["open-f32"] => file::open(file::WITH_F32).map(drop),
        ["load"] => file::load().map(drop),
        ["flat", shape, queries] => ask::flat(self::shape(shape)?, number(queries)?),
        ["hnsw", shape, queries, ef] => ask::hnsw(self::shape(shape)?, number(queries)?, number(ef)?),
        ["rerank", shape, queries] => ask::rerank(self::shape(shape)?, number(queries)?),
        ["scan", shape, count, queries] => ask::scan(self::shape(shape)?, number(count)?, number(queries)?),
        ["recall", shape, queries, efs @ ..] => {
            let efs = efs.iter().map(|ef| number(ef)).collect::<Result<Vec<u16>>>()?;
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

fn number<T: std::str::FromStr>(word: &str) -> Result<T> {
    word.parse().map_err(|_| format!("`{word}` is no number that fits here"))
}
