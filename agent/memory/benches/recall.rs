//! Recall and speed of the indexes, on vectors from a seed. Speeds are ratios within this run, the contenders in turns, so that a busy machine
//! slows them all: the median over rounds of the quotient of two neighbours.
//!
//! `cargo bench -p agent-memory`, or with a number of vectors behind `--`; also as WASI, where there is a clock.

use std::time::Instant;

use agent_memory::{
    embed::Identity,
    index::{
        Index,
        flat::Flat,
        hnsw::{Hnsw, Settings},
        rerank::rerank,
    },
    store::{Changes, Store},
    vector::Query,
    vectors::Vectors,
};

mod data;

use data::{
    DIMENSIONS, Shape,
    plain::{Best, product, scan, unit},
};

const HITS: usize = 10;
const QUERIES: usize = 100;
const ROUNDS: usize = 7;

fn main() {
    let count = std::env::args().skip(1).find_map(|text| text.parse().ok()).unwrap_or(10_000);
    let settings = Settings::default();
    println!(
        "{count} x {DIMENSIONS}, recall@{HITS} over {QUERIES} queries against f32; M 16, efConstruction {}, seed {}",
        settings.made_with, settings.seed
    );
    for (name, shape) in [("random", Shape::Random), ("clustered", Shape::Clustered)] {
        Bench::new(shape, count, settings).report(name);
    }
}

struct Bench {
    /// Of length 1, one behind the other.
    plain: Vec<f32>,
    queries: Vec<Vec<f32>>,
    wanted: Vec<Vec<u64>>,
    store: Store,
    hnsw: Hnsw,
    insert_s: f64,
}

impl Bench {
    fn new(shape: Shape, count: u64, settings: Settings) -> Bench {
        let plain: Vec<f32> = (0..count).flat_map(|number| unit(shape.vector(number))).collect();
        let queries: Vec<_> = (0..QUERIES as u64).map(|number| unit(shape.query(number))).collect();
        let wanted = queries.iter().map(|query| plain_scan(&plain, query)).collect();
        let identity = Identity { name: "bench", dimensions: DIMENSIONS };
        let (mut store, _) = Store::create(&identity, false).unwrap();
        for (batch, vectors) in plain.chunks(DIMENSIONS * 500).enumerate() {
            let mut changes = Changes::new(&store);
            for (at, vector) in vectors.chunks(DIMENSIONS).enumerate() {
                changes.add((batch * 500 + at) as u64, "", &[], vector).unwrap();
            }
            let commit = changes.finish();
            store.apply(&commit).unwrap();
        }
        let mut hnsw = Hnsw::new(settings);
        let start = Instant::now();
        hnsw.update(store.vectors()).unwrap();
        let insert_s = start.elapsed().as_secs_f64() / count as f64;
        Bench { plain, queries, wanted, store, hnsw, insert_s }
    }

    fn report(mut self, name: &str) {
        println!("\n{name}");
        println!("  flat                 recall {:.4}", self.recall(&Flat));
        println!("  flat, 40 reranked    recall {:.4}", self.reranked_recall());
        println!(
            "  flat                 {:.2} x a plain f32 scan, {:.2} x one with 8 sums",
            self.speed(&Flat, plain_scan),
            self.speed(&Flat, wide_scan)
        );
        println!("  hnsw bytes           {}", self.hnsw.save(0).len());
        for searched_with in [16, 32, 64, 128, 256, 512, 1024, 2048] {
            self.hnsw.settings.searched_with = searched_with;
            let speed = self.against_flat();
            let query_s = self.time_s(&self.hnsw);
            println!(
                "  hnsw ef {searched_with:4}         recall {:.4}, {speed:.2} x flat, an insertion is {:.1} queries",
                self.recall(&self.hnsw),
                self.insert_s / query_s
            );
        }
    }

    fn vectors(&self) -> &Vectors {
        self.store.vectors()
    }

    fn ask(&self, index: &dyn Index, query: &[f32]) -> Vec<u64> {
        let query = Query::new(query, DIMENSIONS).unwrap();
        index.search(self.vectors(), &query, HITS, &|_| true).iter().map(|hit| hit.id).collect()
    }

    fn share(&self, found: impl Fn(&[f32]) -> Vec<u64>) -> f64 {
        let hits = |(query, wanted): (&Vec<f32>, &Vec<u64>)| found(query).iter().filter(|id| wanted.contains(id)).count();
        self.queries.iter().zip(&self.wanted).map(hits).sum::<usize>() as f64 / (QUERIES * HITS) as f64
    }

    fn recall(&self, index: &dyn Index) -> f64 {
        self.share(|query| self.ask(index, query))
    }

    fn reranked_recall(&self) -> f64 {
        let mut values = |slot: u16, out: &mut [f32]| {
            out.copy_from_slice(&self.plain[usize::from(slot) * DIMENSIONS..][..DIMENSIONS]);
            true
        };
        let reads = std::cell::RefCell::new(&mut values);
        self.share(|query| {
            let asked = Query::new(query, DIMENSIONS).unwrap();
            let hits = Flat.search(self.vectors(), &asked, 4 * HITS, &|_| true);
            rerank(&hits, query, HITS, &mut **reads.borrow_mut()).unwrap().iter().map(|hit| hit.id).collect()
        })
    }

    /// Seconds for one query.
    fn time_s(&self, index: &dyn Index) -> f64 {
        let start = Instant::now();
        self.queries.iter().for_each(|query| drop(self.ask(index, query)));
        start.elapsed().as_secs_f64() / QUERIES as f64
    }

    /// How many times as fast the index is as a scan.
    fn speed(&self, index: &dyn Index, scan: fn(&[f32], &[f32]) -> Vec<u64>) -> f64 {
        median(|| {
            let start = Instant::now();
            self.queries.iter().take(20).for_each(|query| drop(scan(&self.plain, query)));
            start.elapsed().as_secs_f64() / 20.0 / self.time_s(index)
        })
    }

    fn against_flat(&self) -> f64 {
        median(|| self.time_s(&Flat) / self.time_s(&self.hnsw))
    }
}

fn median(mut round: impl FnMut() -> f64) -> f64 {
    let mut ratios: Vec<f64> = (0..ROUNDS).map(|_| round()).collect();
    ratios.sort_by(f64::total_cmp);
    ratios[ROUNDS / 2]
}

fn plain_scan(plain: &[f32], query: &[f32]) -> Vec<u64> {
    numbers(&scan(plain, HITS, |vector| product(vector, query)))
}

/// Eight sums, so that the compiler can make vectors of them.
fn wide_scan(plain: &[f32], query: &[f32]) -> Vec<u64> {
    let best = scan(plain, HITS, |vector| {
        let mut sums = [0.0; 8];
        for (a, b) in vector.as_chunks::<8>().0.iter().zip(query.as_chunks::<8>().0) {
            for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
                *sum += a * b;
            }
        }
        sums.iter().sum()
    });
    numbers(&best)
}

fn numbers(best: &Best) -> Vec<u64> {
    best.found().map(|(_, number)| number).collect()
}
