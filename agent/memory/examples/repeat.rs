//! Prints what seeded queries find, for comparison: native, WASI without and with simd128 have to print the same bytes, those of `tests/repeat.txt`.
//!
//! ```sh
//! cargo run --release -p agent-memory --example repeat
//! RUSTFLAGS=-Ctarget-feature=+simd128 cargo build --release -p agent-memory --example repeat --target wasm32-wasip1
//! ```

use std::fmt::Write as _;

use agent_memory::{
    embed::{Identity, lexical},
    hash::{START, more},
    index::{
        Hit, Index,
        flat::Flat,
        hnsw::{Hnsw, Settings},
    },
    store::{Changes, Store},
    vector::Query,
};

#[path = "../benches/data/mod.rs"]
mod data;

use data::{DIMENSIONS, Shape};

#[allow(dead_code, reason = "the test has its own")]
fn main() {
    print!("{}", report());
}

/// What seeded queries find, as lines.
pub fn report() -> String {
    let mut out = String::new();
    for (name, shape) in [("random", Shape::Random), ("clustered", Shape::Clustered)] {
        of_shape(&mut out, name, shape);
    }
    let text = lexical::embed("The quick brown fox jumps over the lazy dog. ÄRGER, Волки, 東京.").unwrap();
    let sum = text.iter().fold(START, |sum, value| more(sum, &value.to_le_bytes()));
    writeln!(out, "lexical: {sum:016x}").unwrap();
    out
}

fn of_shape(out: &mut String, name: &str, shape: Shape) {
    let identity = Identity { name, dimensions: DIMENSIONS };
    let (mut store, _) = Store::create(&identity, false).unwrap();
    let mut changes = Changes::new(&store);
    for number in 0..1_000 {
        changes.add(number * 3, "", &[], &shape.vector(number)).unwrap();
    }
    let commit = changes.finish();
    store.apply(&commit).unwrap();
    let mut hnsw = Hnsw::new(Settings::default());
    hnsw.update(store.vectors()).unwrap();
    writeln!(out, "{name}: store {:016x}, graph {:016x}", store.stamp(), more(START, &hnsw.save(0))).unwrap();
    let indexes: [(&str, &dyn Index); 2] = [("flat", &Flat), ("hnsw", &hnsw)];
    for (index_name, index) in indexes {
        let mut sum = START;
        for number in 0..100 {
            let query = Query::new(&shape.query(number), DIMENSIONS).unwrap();
            let hits = index.search(store.vectors(), &query, 10, &|_| true);
            sum = hits.iter().fold(sum, |sum, hit| more(more(sum, &hit.id.to_le_bytes()), &hit.score.to_le_bytes()));
            if number < 2 {
                writeln!(out, "{index_name} {number}: {}", hits.iter().map(line).collect::<Vec<_>>().join(" ")).unwrap();
            }
        }
        writeln!(out, "{index_name}, 100 queries: {sum:016x}").unwrap();
    }
}

fn line(hit: &Hit) -> String {
    format!("{}={}/{:08x}", hit.id, hit.score, hit.score.to_bits())
}
