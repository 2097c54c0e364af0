//! Prints what seeded queries find, for comparison: native, WASI without and with simd128 have to print the same bytes.
//!
//! ```sh
//! cargo run --release -p agent-memory --example repeat
//! RUSTFLAGS=-Ctarget-feature=+simd128 cargo build --release -p agent-memory --example repeat --target wasm32-wasip1
//! ```

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

fn main() {
    for (name, shape) in [("random", Shape::Random), ("clustered", Shape::Clustered)] {
        let identity = Identity { name, dimensions: DIMENSIONS };
        let (mut store, _) = Store::create(&identity, false).unwrap();
        let mut changes = Changes::new(&store);
        for number in 0..2_000 {
            changes.add(number * 3, "", &[], &shape.vector(number)).unwrap();
        }
        let commit = changes.finish();
        store.apply(&commit).unwrap();
        let mut hnsw = Hnsw::new(Settings::default());
        hnsw.update(store.vectors()).unwrap();
        println!("{name}: store {:016x}, graph {:016x}", store.stamp(), more(START, &hnsw.save(0)));
        let indexes: [(&str, &dyn Index); 2] = [("flat", &Flat), ("hnsw", &hnsw)];
        for (index_name, index) in indexes {
            let mut sum = START;
            for number in 0..100 {
                let query = Query::new(&shape.query(number), DIMENSIONS).unwrap();
                let hits = index.search(store.vectors(), &query, 10, &|_| true);
                sum = hits.iter().fold(sum, |sum, hit| more(more(sum, &hit.id.to_le_bytes()), &hit.score.to_le_bytes()));
                if number < 2 {
                    println!("{index_name} {number}: {}", hits.iter().map(line).collect::<Vec<_>>().join(" "));
                }
            }
            println!("{index_name}, 100 queries: {sum:016x}");
        }
    }
    let text = lexical::embed("The quick brown fox jumps over the lazy dog. ÄRGER, Волки, 東京.").unwrap();
    println!("lexical: {:016x}", text.iter().fold(START, |sum, value| more(sum, &value.to_le_bytes())));
}

fn line(hit: &Hit) -> String {
    format!("{}={}/{:08x}", hit.id, hit.score, hit.score.to_bits())
}
