//! What holds of every graph: connected, within its limits, the same each time, and found again in a file.

use super::*;
use crate::hash::more;
use crate::source::ReadAt;
use crate::store::copy_from;
use proptest::prelude::*;

const DIMENSIONS: usize = 16;

/// Vectors from a seed; with few `places`, many are equal.
fn some(count: usize, places: u64, seed: u64) -> Vectors {
    let mut vectors = Vectors::new(DIMENSIONS);
    for id in 0..count as u64 {
        vectors.add(id, &point(mix(seed ^ mix(id)) % places));
    }
    vectors
}

fn point(place: u64) -> Vec<f32> {
    (0..DIMENSIONS as u64).map(|at| (mix(place << 8 | at) >> 40) as f32 - 8_388_607.5).collect()
}

fn built(vectors: &Vectors) -> Hnsw {
    let mut hnsw = Hnsw::new(Settings::default());
    hnsw.update(vectors).unwrap();
    hnsw
}

fn load(bytes: &[u8]) -> Result<Hnsw, Error> {
    let read: &mut ReadAt<'_> = &mut |at, out| copy_from(bytes, at, out);
    Hnsw::load(read, bytes.len() as u64)
}

/// With the checksum that the bytes need.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.truncate(bytes.len().saturating_sub(8));
    let checksum = more(crate::hash::START, &bytes);
    bytes.extend(checksum.to_le_bytes());
    bytes
}

/// The vectors that ways on the ground lead to from the slot.
fn reached(hnsw: &Hnsw, from: u16) -> usize {
    let mut seen = Bits::default();
    seen.insert(from);
    let mut ahead = vec![from];
    let mut count = 0;
    while let Some(slot) = ahead.pop() {
        count += 1;
        ahead.extend(hnsw.links(slot, 0).filter(|link| seen.insert(*link)));
    }
    count
}

fn check(hnsw: &Hnsw) {
    assert!(hnsw.is_sound());
    for slot in 0..hnsw.count() as u16 {
        for layer in 0..=hnsw.layer(slot) {
            let mut links: Vec<u16> = hnsw.links(slot, layer).collect();
            let degree = links.len();
            assert!(degree <= if layer == 0 { NEAR } else { FAR });
            links.sort();
            links.dedup();
            assert_eq!(links.len(), degree, "{slot} has a link twice");
        }
        assert_eq!(hnsw.row(slot, hnsw.layer(slot) + 1), &[]);
    }
    for from in [0, hnsw.count() / 2, hnsw.count().saturating_sub(1)] {
        assert_eq!(reached(hnsw, from as u16), hnsw.count().max(1));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_graph_is_connected_and_bounded(count in 1_usize..200, places in 1_u64..300, seed: u64) {
        check(&built(&some(count, places, seed)));
    }

    #[test]
    fn all_are_found_if_as_many_are_asked_for(count in 1_usize..150, places in 1_u64..200, seed: u64, dead in prop::collection::vec(any::<u16>(), 0..300)) {
        let mut vectors = some(count, places, seed);
        let hnsw = built(&vectors);
        dead.iter().filter(|slot| usize::from(**slot) < count).for_each(|slot| vectors.delete(*slot));
        let query = Query::new(&point(seed), DIMENSIONS).unwrap();
        for keep in [&(|_| true) as &dyn Fn(u16) -> bool, &|slot| slot % 3 == 0] {
            prop_assert_eq!(hnsw.search(&vectors, &query, count, keep), Flat.search(&vectors, &query, count, keep));
        }
    }

    #[test]
    fn any_bytes_are_a_graph_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = load(&bytes);
        let whole = built(&some(60, 50, 1)).save(7);
        let mut bent = whole.clone();
        for (at, byte) in bytes.chunks_exact(2).map(|pair| (usize::from(pair[0]) * 19 % whole.len(), pair[1])).take(3) {
            bent[at] = byte;
        }
        if bent != whole {
            prop_assert!(load(&bent).is_err());
        }
        // Sealed, it may be a graph, and then one that can be searched and goes on.
        if let Ok(mut hnsw) = load(&sealed(bent)) {
            let vectors = some(hnsw.count() + 40, 50, 1);
            hnsw.update(&vectors).unwrap();
            check(&hnsw);
        }
    }
}

#[test]
fn a_thousand_equal_vectors_are_connected() {
    let vectors = some(1000, 1, 3);
    let hnsw = built(&vectors);
    check(&hnsw);
    assert!(hnsw.parents.iter().filter(|parent| **parent == 0).count() <= FAR);
}

#[test]
fn few_layers_have_many_vectors() {
    let hnsw = Hnsw::new(Settings::default());
    let on = |layer| (0..4000).filter(|slot| hnsw.layer(*slot) >= layer).count();
    assert!((150..350).contains(&on(1)), "{}", on(1));
    assert!((5..35).contains(&on(2)), "{}", on(2));
}

#[test]
fn the_same_vectors_are_the_same_graph() {
    let vectors = some(200, 150, 9);
    let (once, twice) = (built(&vectors), built(&vectors));
    assert_eq!(once.save(5), twice.save(5));
    let other = Settings { seed: 2, ..Settings::default() };
    let mut other = Hnsw::new(other);
    other.update(&vectors).unwrap();
    assert_ne!(once.save(5), other.save(5));
}

#[test]
fn what_was_saved_goes_on_as_if_it_had_not_been() {
    let all = some(250, 200, 4);
    for count in [0, 1, 2, 100, 250] {
        let saved = built(&some(count, 200, 4));
        let bytes = saved.save(0xABCD);
        assert_eq!(stamp(&mut |at, out| copy_from(&bytes, at, out), bytes.len() as u64), Ok(0xABCD));
        let mut loaded = load(&bytes).unwrap();
        assert_eq!(loaded, saved);
        loaded.update(&all).unwrap();
        assert_eq!(loaded, built(&all));
    }
}

#[test]
fn a_cut_or_bent_file_is_refused() {
    let bytes = built(&some(40, 50, 1)).save(7);
    for end in 0..bytes.len() {
        assert!(load(&bytes[..end]).is_err(), "{end}");
        let mut bent = bytes.clone();
        bent[end] ^= 1;
        assert!(load(&bent).is_err(), "{end}");
    }
    assert_eq!(load(b"agentmem"), Err(Error::Magic));
    assert_eq!(load(b"agenthns\x02\0\0\0"), Err(Error::Version));
}

#[test]
fn a_file_cannot_ask_for_more_candidates_than_there_are_reasons_for() {
    let bytes = built(&some(40, 50, 1)).save(7);
    for (at, candidates, is_good) in [(32, 4096_u16, true), (32, 4097, false), (34, 4096, true), (34, u16::MAX, false)] {
        let mut bytes = bytes.clone();
        bytes[at..at + 2].copy_from_slice(&candidates.to_le_bytes());
        assert_eq!(load(&sealed(bytes)).err(), (!is_good).then_some(Error::Malformed), "{at}: {candidates}");
    }
}

#[test]
fn an_index_of_other_vectors_is_stale() {
    let mut hnsw = built(&some(40, 50, 1));
    assert_eq!(hnsw.update(&some(39, 50, 1)), Err(Error::Stale));
}

#[test]
fn the_deleted_are_ways_and_not_hits() {
    let mut vectors = some(600, u64::MAX, 4);
    let hnsw = built(&vectors);
    // Two of five, those nearest to the query among them: the way to the others leads through them.
    let query = Query::new(&point(17), DIMENSIONS).unwrap();
    for hit in Flat.search(&vectors, &query, 240, &|_| true) {
        vectors.delete(hit.slot);
    }
    let wanted = Flat.search(&vectors, &query, 10, &|_| true);
    let found = hnsw.search(&vectors, &query, 10, &|_| true);
    assert!(found.iter().all(|hit| vectors.is_live(hit.slot)));
    assert!(found.iter().filter(|hit| wanted.contains(hit)).count() >= 9);
    // When most are gone, the search is exact.
    for slot in 0..500 {
        vectors.delete(slot);
    }
    assert_eq!(hnsw.search(&vectors, &query, 10, &|_| true), Flat.search(&vectors, &query, 10, &|_| true));
}

#[test]
fn nothing_is_found_in_nothing() {
    let query = Query::new(&point(1), DIMENSIONS).unwrap();
    assert_eq!(built(&some(0, 1, 1)).search(&some(0, 1, 1), &query, 10, &|_| true), []);
    let vectors = some(100, 100, 1);
    assert_eq!(built(&vectors).search(&vectors, &query, 0, &|_| true), []);
}
