//! The linear memory that a store and its graph take: 10,000 vectors of 512 dimensions with their f32 on disk.
//!
//! ```sh
//! cargo run --release -p agent-memory --example footprint -- write FOLDER
//! cargo build --release -p agent-memory --example footprint --target wasm32-wasip1
//! wasmtime run --dir FOLDER::/ target/wasm32-wasip1/release/examples/footprint.wasm read /
//! ```
//!
//! `read` opens both files piece by piece, asks flat and graph, reads the text of a hit, and prints what memory has come to. Natively it prints the hits alone.

use std::{
    fs::{self, File},
    io::{Read, Seek, SeekFrom},
};

use agent_memory::{
    embed::Identity,
    index::{
        Index,
        flat::Flat,
        hnsw::{self, Hnsw, Settings},
        rerank::rerank,
    },
    store::{Changes, Store},
    vector::Query,
};

#[path = "../benches/data/mod.rs"]
mod data;

use data::{DIMENSIONS, Shape};

const IDENTITY: Identity<'static> = Identity { name: "footprint", dimensions: DIMENSIONS };

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["write", folder] => write(folder),
        ["read", folder] => read(folder),
        _ => panic!("footprint write FOLDER | footprint read FOLDER"),
    }
}

fn write(folder: &str) {
    let (mut store, mut file) = Store::create(&IDENTITY, true).unwrap();
    for batch in 0..100 {
        let mut changes = Changes::new(&store);
        for number in batch * 100..batch * 100 + 100 {
            let text = format!("This is the text of record {number}, which is as long as a sentence.");
            changes.add(number, &text, &["sentence"], &Shape::Clustered.vector(number)).unwrap();
        }
        let commit = changes.finish();
        store.apply(&commit).unwrap();
        file.extend(commit);
    }
    let mut graph = Hnsw::new(Settings::default());
    graph.update(store.vectors()).unwrap();
    fs::write(format!("{folder}/memory"), file).unwrap();
    fs::write(format!("{folder}/memory.hnsw"), graph.save(store.stamp())).unwrap();
}

/// The file as [`agent_memory::source::ReadAt`], and its length.
fn open(path: &str) -> (impl FnMut(u64, &mut [u8]) -> bool + use<>, u64) {
    let mut file = File::open(path).unwrap();
    let length_bytes = file.metadata().unwrap().len();
    (move |at, out: &mut [u8]| file.seek(SeekFrom::Start(at)).and_then(|_| file.read_exact(out)).is_ok(), length_bytes)
}

fn read(folder: &str) {
    show("start");
    let (mut file, file_bytes) = open(&format!("{folder}/memory"));
    let (mut graph_file, graph_bytes) = open(&format!("{folder}/memory.hnsw"));
    let mark = hnsw::stamp(&mut graph_file, graph_bytes).unwrap();
    let store = Store::open(&mut file, file_bytes, &IDENTITY, mark).unwrap();
    show("store");
    let asked = Shape::Clustered.query(1);
    let query = Query::new(&asked, DIMENSIONS).unwrap();
    let near = Flat.search(store.vectors(), &query, 40, &|_| true);
    show("flat");
    let graph = Hnsw::load(&mut graph_file, graph_bytes).unwrap();
    assert_eq!(store.marked_count(), Some(graph.count() as u16));
    show("graph");
    let hits = graph.search(store.vectors(), &query, 40, &|_| true);
    let mut values = |slot: u16, out: &mut [f32]| store.values(&mut file, slot, out).is_ok();
    for hit in rerank(&hits, &asked, 3, &mut values).unwrap() {
        println!("{} {}: {}", hit.id, hit.score, store.record(&mut file, hit.slot).unwrap().text);
    }
    println!("{} of 40 hits are those of flat", hits.iter().filter(|hit| near.contains(hit)).count());
    show("end");
}

#[cfg(target_family = "wasm")]
fn show(when: &str) {
    println!("{when}: {} bytes", core::arch::wasm32::memory_size::<0>() * 65_536);
}

#[cfg(not(target_family = "wasm"))]
fn show(_: &str) {}
