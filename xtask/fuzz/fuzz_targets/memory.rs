//! Any bytes at all: they are a memory or an index, or are refused; what is read can be searched, read, compacted and gone on with.
#![no_main]

use agent_memory::embed::Identity;
use agent_memory::hash::{START, more};
use agent_memory::index::{Index, flat::Flat, hnsw::Hnsw};
use agent_memory::store::{Changes, Store, copy_from};
use agent_memory::vector::Query;

const IDENTITY: Identity<'static> = Identity { name: "fuzz", dimensions: 3 };
/// The header of a file of this embedder, without its checksum.
const HEADER: &[u8] = b"agentmem\x01\0\0\0\x03\0\0\x04fuzz";

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for file in [bytes.to_vec(), sealed(bytes.to_vec()), sealed([HEADER, &[0; 8], bytes].concat())] {
        use_store(&file);
    }
    // An index, with the checksum that it needs: that is never found by chance.
    for file in [bytes.to_vec(), [bytes, &more(START, bytes).to_le_bytes()[..]].concat()] {
        let loaded = Hnsw::load(&mut |at, out| copy_from(&file, at, out), file.len() as u64);
        if let Ok(index) = loaded {
            assert_eq!(index.save(u64::from_le_bytes(file[16..24].try_into().unwrap())), file);
        }
    }
});

fn use_store(file: &[u8]) {
    let mut read = |at: u64, out: &mut [u8]| copy_from(file, at, out);
    let Ok(mut store) = Store::open(&mut read, file.len() as u64, &IDENTITY, 0) else { return };
    assert_eq!(store.file_bytes() + store.torn_bytes(), file.len() as u64);
    let query = Query::new(&[1.0, 2.0, 3.0], 3).unwrap();
    let hits = Flat.search(store.vectors(), &query, 100, &|_| true);
    assert_eq!(hits.len(), store.count().min(100));
    let readable = hits.iter().filter(|hit| store.record(&mut read, hit.slot).is_ok()).count();
    assert!(readable <= hits.len() && hits.iter().all(|hit| hit.score.is_finite()));
    let mut compact = Vec::new();
    let written = store.compact(&mut read, &mut |piece| {
        compact.extend_from_slice(piece);
        true
    });
    written.unwrap();
    let again = Store::open(&mut |at, out| copy_from(&compact, at, out), compact.len() as u64, &IDENTITY, 0).unwrap();
    assert_eq!(Flat.search(again.vectors(), &query, 100, &|_| true).len(), hits.len());
    let mut changes = Changes::new(&store);
    let added = changes.add(1, "text", &["tag"], &[1.0, 0.0, 0.0]).is_ok();
    let commit = changes.finish();
    let before = store.count();
    store.apply(&commit).unwrap();
    assert_eq!(store.count(), before + usize::from(added));
}

/// The file with all checksums and the chain of commits made right, as far as its lengths allow.
fn sealed(mut file: Vec<u8>) -> Vec<u8> {
    let mut at = 16 + usize::from(*file.get(15).unwrap_or(&0));
    if file.len() < at + 8 {
        return file;
    }
    let mut stamp = put(&mut file, 0, at);
    at += 8;
    while file.len() >= at + 40 {
        file[at + 16..at + 24].copy_from_slice(&stamp.to_le_bytes());
        put(&mut file, at, at + 24);
        let body_bytes = u64::from_le_bytes(file[at..at + 8].try_into().unwrap());
        if body_bytes > (file.len() - at - 40) as u64 {
            break;
        }
        let end = at + 32 + body_bytes as usize;
        stamp = put(&mut file, at, end);
        at = end + 8;
    }
    file
}

/// Puts the checksum of the bytes from `start` to `end` behind them.
fn put(file: &mut [u8], start: usize, end: usize) -> u64 {
    let checksum = more(START, &file[start..end]);
    file[end..end + 8].copy_from_slice(&checksum.to_le_bytes());
    checksum
}
