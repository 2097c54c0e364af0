//! A memory on disk, as a host keeps it: made, appended to, cut off by a crash, gone on with, compacted, and asked.
#![cfg(feature = "hnsw")]

use std::{
    fs::{self, File, OpenOptions},
    io::{Read, Seek, SeekFrom, Write},
    path::Path,
};

use agent_memory::{
    embed::lexical::{IDENTITY, embed},
    error::Error,
    index::{
        Index,
        hnsw::{self, Hnsw, Settings},
        rerank::rerank,
    },
    source::ReadAt,
    store::{Changes, Record, Store},
    vector::Query,
};

const TEXTS: [&str; 5] = [
    "The deployment failed because the certificate had expired",
    "Garlic and chili belong into the pasta",
    "The meeting with finance was moved to Thursday",
    "The borrow checker wants one mutable reference",
    "Certificates are renewed by the deployment pipeline",
];

fn read_at(path: &Path) -> impl FnMut(u64, &mut [u8]) -> bool + use<> {
    let mut file = File::open(path).unwrap();
    move |at, out: &mut [u8]| file.seek(SeekFrom::Start(at)).and_then(|_| file.read_exact(out)).is_ok()
}

fn open(path: &Path, mark: u64) -> Result<Store, Error> {
    Store::open(&mut read_at(path), fs::metadata(path).unwrap().len(), &IDENTITY, mark)
}

fn add(path: &Path, store: &mut Store, id: u64, text: &str) {
    let mut changes = Changes::new(store);
    changes.add(id, text, &["note"], &embed(text).unwrap()).unwrap();
    let commit = changes.finish();
    let mut file = OpenOptions::new().write(true).open(path).unwrap();
    file.set_len(store.file_bytes()).unwrap();
    file.seek(SeekFrom::End(0)).unwrap();
    file.write_all(&commit).unwrap();
    store.apply(&commit).unwrap();
}

fn ask(path: &Path, store: &Store, index: &dyn Index, text: &str) -> Vec<Record> {
    let asked = embed(text).unwrap();
    let read: &mut ReadAt<'_> = &mut read_at(path);
    let near = index.search(store.vectors(), &Query::new(&asked, IDENTITY.dimensions).unwrap(), 4, &|_| true);
    let hits = rerank(&near, &asked, 2, &mut |slot, out| store.values(read, slot, out).is_ok()).unwrap();
    hits.iter().map(|hit| store.record(read, hit.slot).unwrap()).collect()
}

#[test]
fn a_memory_survives_and_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes");
    let (mut store, header) = Store::create(&IDENTITY, true).unwrap();
    fs::write(&path, header).unwrap();
    for (id, text) in TEXTS.iter().enumerate().take(3) {
        add(&path, &mut store, id as u64, text);
    }
    let mut index = Hnsw::new(Settings::default());
    index.update(store.vectors()).unwrap();
    let saved = index.save(store.stamp());

    // A crash in the middle of the fourth.
    add(&path, &mut store, 3, TEXTS[3]);
    let file = OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len(store.file_bytes() - 100).unwrap();
    let mut store = open(&path, 0).unwrap();
    assert_eq!(store.count(), 3);
    assert!(store.torn_bytes() > 0);

    // It goes on, and the index, which is older, is brought up to date.
    add(&path, &mut store, 3, TEXTS[3]);
    add(&path, &mut store, 4, TEXTS[4]);
    let mut read = |at: u64, out: &mut [u8]| agent_memory::store::copy_from(&saved, at, out);
    let mark = hnsw::stamp(&mut read, saved.len() as u64).unwrap();
    let store = open(&path, mark).unwrap();
    assert_eq!((store.count(), store.torn_bytes(), store.marked_count()), (5, 0, Some(3)));
    let mut index = Hnsw::load(&mut read, saved.len() as u64).unwrap();
    assert_eq!(index.count(), 3);
    index.update(store.vectors()).unwrap();
    let found = ask(&path, &store, &index, "expired certificate in a deployment?");
    assert_eq!(found.iter().map(|record| record.id).collect::<Vec<_>>(), [0, 4]);
    assert_eq!((found[0].text.as_str(), found[0].tags.as_slice()), (TEXTS[0], &["note".to_string()][..]));

    // Compacted, the index is of another file.
    let compact = folder.path().join("compact");
    let mut out = File::create(&compact).unwrap();
    store.compact(&mut read_at(&path), &mut |piece| out.write_all(piece).is_ok()).unwrap();
    let store = open(&compact, mark).unwrap();
    assert_eq!((store.count(), store.marked_count()), (5, None));
}
