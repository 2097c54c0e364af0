//! Vectors as embeddings of texts, and how near each is to a query: kept in a store, or dropped once they are judged.

use alloc_bench::random::Random;

/// Numbers of a vector.
const LENGTHS: [usize; 4] = [128, 384, 512, 1024];

/// Vectors of each length.
const COUNT: u64 = 120;

/// How many of the nearest are wanted.
const NEAREST_COUNT: usize = 8;

/// A text and what it means.
struct Document {
    name: String,
    vector: Vec<f32>,
}

/// Keeps every vector in a store and looks for the nearest in it. The store is alive at the end.
pub fn kept() -> Result<f64, String> {
    let mut sum = 0.0;
    for length in LENGTHS {
        let query = vector(length, 0);
        let mut store = Vec::new();
        for seed in 1..=COUNT {
            store.push(Document { name: format!("document-{length}-{seed}"), vector: vector(length, seed) });
        }
        let mut scores: Vec<(f32, &str)> =
            store.iter().map(|document| (similarity(&query, &document.vector), document.name.as_str())).collect();
        scores.sort_by(|a, b| b.0.total_cmp(&a.0));
        let nearest: Vec<String> = scores.iter().take(NEAREST_COUNT).map(|(_, name)| name.to_string()).collect();
        sum += scores.iter().map(|(score, _)| f64::from(*score)).sum::<f64>() + nearest.concat().len() as f64;
        // It lives for as long as the program does.
        std::mem::forget(store);
    }
    Ok(sum)
}

/// Makes one vector after the other, judges it, and drops it: only the nearest are remembered, by name.
pub fn dropped() -> Result<f64, String> {
    let mut sum = 0.0;
    for length in LENGTHS {
        let query = vector(length, 0);
        let mut nearest: Vec<(f32, String)> = Vec::new();
        for seed in 1..=COUNT {
            let document = Document { name: format!("document-{length}-{seed}"), vector: vector(length, seed) };
            let score = similarity(&query, &document.vector);
            sum += f64::from(score);
            let place = nearest.partition_point(|(other, _)| *other >= score);
            if place < NEAREST_COUNT {
                nearest.truncate(NEAREST_COUNT - 1);
                nearest.insert(place, (score, document.name));
            }
        }
        sum += nearest.iter().map(|(_, name)| name.len()).sum::<usize>() as f64;
    }
    Ok(sum)
}

/// A vector of length 1 by a seed: numbers are drawn, and divided by their length in a vector of their own.
fn vector(length: usize, seed: u64) -> Vec<f32> {
    let mut random = Random::new(seed);
    let drawn: Vec<f32> = (0..length).map(|_| random.between(0, 2_000) as f32 / 1_000.0 - 1.0).collect();
    let whole = drawn.iter().map(|number| number * number).sum::<f32>().sqrt();
    drawn.iter().map(|number| number / whole).collect()
}

/// The cosine of the angle between two.
fn similarity(a: &[f32], b: &[f32]) -> f32 {
    let dot: f32 = a.iter().zip(b).map(|(a, b)| a * b).sum();
    let squared = |vector: &[f32]| vector.iter().map(|number| number * number).sum::<f32>();
    dot / (squared(a) * squared(b)).sqrt()
}
