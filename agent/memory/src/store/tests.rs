//! The file: what comes back, what is refused, and that no bytes do harm.

use std::collections::BTreeMap;

use super::*;
use crate::hash::{START, more};
use crate::index::{Index, flat::Flat};
use crate::vector::Query;
use alloc::vec;
use proptest::prelude::*;

const IDENTITY: Identity<'static> = Identity { name: "test", dimensions: 3 };
const HEADER_BYTES: usize = 16 + 4 + 8;

/// A file in memory and the store that reads it.
struct Disk {
    bytes: Vec<u8>,
    store: Store,
}

fn open(bytes: &[u8]) -> Result<Store, Error> {
    Store::open(&mut |at, out| copy_from(bytes, at, out), bytes.len() as u64, &IDENTITY, 0)
}

impl Disk {
    fn new(keeps_f32: bool) -> Disk {
        let (store, bytes) = Store::create(&IDENTITY, keeps_f32).unwrap();
        Disk { bytes, store }
    }

    fn commit(&mut self, change: impl FnOnce(&mut Changes<'_>)) {
        let mut changes = Changes::new(&self.store);
        change(&mut changes);
        let commit = changes.finish();
        assert_eq!(self.store.file_bytes(), self.bytes.len() as u64);
        self.bytes.extend_from_slice(&commit);
        self.store.apply(&commit).unwrap();
        assert_eq!(open(&self.bytes).unwrap(), self.store);
    }

    fn record(&self, id: u64) -> Result<Record, Error> {
        let slot = self.store.slot(id).ok_or(Error::Unknown)?;
        self.store.record(&mut |at, out| copy_from(&self.bytes, at, out), slot)
    }
}

/// Three commits, and where each ends.
fn sample(keeps_f32: bool) -> (Disk, Vec<usize>) {
    let mut disk = Disk::new(keeps_f32);
    let mut ends = vec![disk.bytes.len()];
    disk.commit(|changes| {
        changes.add(7, "seven", &["a", "tag"], &[1.0, 2.0, 3.0]).unwrap();
        changes.add(u64::MAX, "", &[], &[-1.0, 0.0, 0.0]).unwrap();
    });
    ends.push(disk.bytes.len());
    disk.commit(|changes| {
        changes.delete(7).unwrap();
        changes.add(0, "äöü", &[], &[0.0, 1.0, 0.5]).unwrap();
    });
    ends.push(disk.bytes.len());
    disk.commit(|changes| changes.add(7, "again", &["x"], &[0.0, 0.0, 9.0]).unwrap());
    ends.push(disk.bytes.len());
    (disk, ends)
}

/// `bytes` with all checksums and the chain made right, as far as the lengths allow.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let word = |bytes: &[u8], at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
    let mut at = 16 + usize::from(*bytes.get(15).unwrap_or(&0));
    if bytes.len() < at + 8 {
        return bytes;
    }
    let mut stamp = more(START, &bytes[..at]);
    bytes[at..at + 8].copy_from_slice(&stamp.to_le_bytes());
    at += 8;
    while bytes.len() >= at + 40 {
        bytes[at + 16..at + 24].copy_from_slice(&stamp.to_le_bytes());
        let checksum = more(START, &bytes[at..at + 24]);
        bytes[at + 24..at + 32].copy_from_slice(&checksum.to_le_bytes());
        let body = word(&bytes, at);
        if body > (bytes.len() - at - 40) as u64 {
            break;
        }
        let end = at + 32 + body as usize;
        stamp = more(START, &bytes[at..end]);
        bytes[end..end + 8].copy_from_slice(&stamp.to_le_bytes());
        at = end + 8;
    }
    bytes
}

#[test]
fn what_was_added_comes_back() {
    let (disk, _) = sample(true);
    assert_eq!(disk.store.count(), 3);
    let tags = |tags: &[&str]| tags.iter().map(|tag| String::from(*tag)).collect::<Vec<_>>();
    assert_eq!(disk.record(7), Ok(Record { id: 7, text: "again".into(), tags: tags(&["x"]) }));
    assert_eq!(disk.record(0), Ok(Record { id: 0, text: "äöü".into(), tags: tags(&[]) }));
    assert_eq!(disk.record(8), Err(Error::Unknown));
    let read: &mut ReadAt<'_> = &mut |at, out| copy_from(&disk.bytes, at, out);
    assert_eq!(disk.store.record(read, 0), Err(Error::Unknown), "the first slot was deleted");
    let mut values = [0.0; 3];
    disk.store.values(read, disk.store.slot(0).unwrap(), &mut values).unwrap();
    assert_eq!(values, [0.0, 1.0, 0.5]);
    assert_eq!(disk.store.values(read, 1, &mut [0.0; 4]), Err(Error::Dimensions));
    assert_eq!(disk.store.values(&mut |_, _| false, 1, &mut values), Err(Error::Read));
    assert_eq!(sample(false).0.store.values(read, 1, &mut values), Err(Error::NoValues));
    let query = Query::new(&[0.0, 1.0, 0.4], 3).unwrap();
    let ids: Vec<u64> = Flat.search(disk.store.vectors(), &query, 9, &|_| true).iter().map(|hit| hit.id).collect();
    assert_eq!(ids, [0, 7, u64::MAX]);
}

#[test]
fn a_file_cut_anywhere_is_its_last_whole_commit() {
    for keeps_f32 in [false, true] {
        let (disk, ends) = sample(keeps_f32);
        for length in 0..=disk.bytes.len() {
            let cut = open(&disk.bytes[..length]);
            let Some(whole) = ends.iter().rev().find(|end| **end <= length) else {
                assert_eq!(cut, Err(Error::Cut), "{length}");
                continue;
            };
            let mut cut = cut.unwrap();
            assert_eq!((cut.file_bytes(), cut.torn_bytes()), (*whole as u64, (length - whole) as u64));
            cut.torn_bytes = 0;
            assert_eq!(cut, open(&disk.bytes[..*whole]).unwrap(), "{length}");
        }
    }
}

#[test]
fn every_changed_byte_is_noticed() {
    let (disk, _) = sample(true);
    for at in 0..disk.bytes.len() {
        for bit in 0..8 {
            let mut bent = disk.bytes.clone();
            bent[at] ^= 1 << bit;
            assert!(open(&bent).is_err(), "bit {bit} of byte {at}");
        }
    }
}

#[test]
fn damage_says_how_much_is_whole() {
    let (mut disk, ends) = sample(false);
    let last = disk.bytes.len() - 1;
    disk.bytes[last] ^= 1;
    assert_eq!(open(&disk.bytes), Err(Error::Checksum { whole_bytes: ends[2] as u64 }));
    disk.bytes[20] ^= 1;
    assert_eq!(open(&disk.bytes), Err(Error::Checksum { whole_bytes: 0 }));
}

#[test]
fn other_files_are_refused() {
    let (disk, ends) = sample(false);
    let with = |at: usize, byte: u8| {
        let mut bytes = disk.bytes.clone();
        bytes[at] = byte;
        open(&sealed(bytes))
    };
    assert_eq!(with(0, b'A'), Err(Error::Magic));
    assert_eq!(with(8, 2), Err(Error::Version));
    assert_eq!(with(12, 4), Err(Error::Embedder));
    assert_eq!(with(14, 2), Err(Error::Malformed));
    assert_eq!(with(16, b'T'), Err(Error::Embedder));
    assert_eq!(with(16, 0xFF), Err(Error::Malformed));
    // The counts of the first commit, the kind and the zero of its first record, and its scale.
    let commit = ends[0];
    for (at, byte) in [(8, 3), (8, 1), (12, 3), (32, 0), (32, 2), (32, 3), (33, 1), (51, 0xC0), (51, 0x7F)] {
        assert_eq!(with(commit + at, byte), Err(Error::Malformed), "{at}");
    }
    // The second record with the id of the first, and a deletion of what is not there.
    let second = commit + 32 + 16 + 4 + 3 + 6 + 5;
    let mut twin = disk.bytes.clone();
    twin.copy_within(commit + 40..commit + 48, second + 8);
    assert_eq!(open(&sealed(twin)), Err(Error::Duplicate));
    assert_eq!(with(ends[1] + 40, 9), Err(Error::Unknown));
    // Lengths that lead out of the commit.
    for at in [34, 35, 36, 37, 38, 39] {
        assert_eq!(with(commit + at, 0xFF), Err(Error::Malformed), "{at}");
    }
    assert_eq!(HEADER_BYTES, ends[0]);
}

#[test]
fn commits_keep_their_order() {
    let (disk, ends) = sample(false);
    let part = |at: usize| &disk.bytes[ends[at - 1]..ends[at]];
    let file = |parts: &[usize]| {
        let mut bytes = disk.bytes[..ends[0]].to_vec();
        parts.iter().for_each(|at| bytes.extend_from_slice(part(*at)));
        open(&bytes).map(|store| store.count())
    };
    assert_eq!(file(&[1, 2, 3]), Ok(3));
    for wrong in [&[2][..], &[1, 1], &[1, 3], &[1, 2, 2]] {
        assert!(matches!(file(wrong), Err(Error::Checksum { .. })), "{wrong:?}");
    }
}

#[test]
fn changes_that_cannot_be_are_refused_and_the_others_stay() {
    let mut disk = Disk::new(false);
    disk.commit(|changes| {
        let one = [1.0, 0.0, 0.0];
        changes.add(1, "one", &[], &one).unwrap();
        assert_eq!(changes.add(1, "", &[], &one), Err(Error::Duplicate));
        assert_eq!(changes.add(2, "", &[], &[1.0, 0.0]), Err(Error::Dimensions));
        assert_eq!(changes.add(2, "", &[], &[0.0; 3]), Err(Error::Zero));
        assert_eq!(changes.add(2, "", &[], &[f32::NAN; 3]), Err(Error::NotFinite));
        assert_eq!(changes.add(2, "", &[""], &one), Err(Error::Length));
        assert_eq!(changes.add(2, "", &["x".repeat(256).as_str()], &one), Err(Error::Length));
        assert_eq!(changes.add(2, "", &["x".repeat(255).as_str(); 256], &one), Err(Error::Length));
        assert_eq!(changes.delete(2), Err(Error::Unknown));
        changes.delete(1).unwrap();
        assert_eq!(changes.delete(1), Err(Error::Unknown));
        changes.add(1, "two", &["x".repeat(255).as_str()], &one).unwrap();
    });
    assert_eq!(disk.record(1).unwrap().text, "two");
    disk.commit(|_| ());
    assert_eq!(disk.store.count(), 1);
    for name in [String::new(), "x".repeat(256)] {
        assert_eq!(Store::create(&Identity { name: &name, dimensions: 3 }, false).unwrap_err(), Error::Length);
    }
    for dimensions in [0, 4097] {
        assert_eq!(Store::create(&Identity { name: "x", dimensions }, false).unwrap_err(), Error::Dimensions);
    }
}

#[test]
fn a_commit_of_another_state_is_stale() {
    let mut disk = Disk::new(false);
    let commit = |store: &Store| {
        let mut changes = Changes::new(store);
        changes.add(5, "", &[], &[1.0; 3]).unwrap();
        changes.finish()
    };
    let (first, before) = (commit(&disk.store), disk.store.clone());
    disk.commit(|changes| changes.add(6, "", &[], &[1.0; 3]).unwrap());
    assert!(disk.store.apply(&first).is_err());
    assert_eq!(disk.store.count(), 1);
    let mut long = first.clone();
    long.push(0);
    assert_eq!(before.clone().apply(&long), Err(Error::Stale));
    assert_eq!(before.clone().apply(&first[..first.len() - 1]), Err(Error::Stale));
    assert_eq!(before.clone().apply(&[]), Err(Error::Stale));
    assert_eq!(before.clone().apply(&first), Ok(()));
}

#[test]
fn the_stamp_tells_of_which_state_an_index_is() {
    let mut disk = Disk::new(false);
    let mut stamps = vec![(disk.store.stamp(), Some(0))];
    for id in 0..3 {
        disk.commit(|changes| changes.add(id, "", &[], &[1.0; 3]).unwrap());
        stamps.push((disk.store.stamp(), Some(id as u16 + 1)));
    }
    stamps.push((1, None));
    for (stamp, count) in stamps {
        let read: &mut ReadAt<'_> = &mut |at, out| copy_from(&disk.bytes, at, out);
        assert_eq!(Store::open(read, disk.bytes.len() as u64, &IDENTITY, stamp).unwrap().marked_count(), count);
    }
}

#[test]
fn a_compact_file_has_what_the_other_had() {
    for keeps_f32 in [false, true] {
        let (disk, _) = sample(keeps_f32);
        let mut bytes = Vec::new();
        let read: &mut ReadAt<'_> = &mut |at, out| copy_from(&disk.bytes, at, out);
        disk.store
            .compact(read, &mut |piece| {
                bytes.extend_from_slice(piece);
                true
            })
            .unwrap();
        let compact = Disk { store: open(&bytes).unwrap(), bytes };
        assert!(compact.bytes.len() < disk.bytes.len());
        assert_eq!((compact.store.count(), compact.store.vectors().count()), (3, 3));
        for id in [0, 7, u64::MAX] {
            assert_eq!(compact.record(id), disk.record(id));
            assert!(compact.record(id).is_ok());
        }
        assert_eq!(disk.store.compact(read, &mut |_| false), Err(Error::Read));
    }
}

proptest! {
    #[test]
    fn it_does_what_a_map_does(steps in prop::collection::vec(prop::collection::vec((0_u64..12, any::<bool>(), "[a-c]{0,4}"), 0..5), 0..12)) {
        let mut disk = Disk::new(true);
        let mut map = BTreeMap::new();
        for step in steps {
            disk.commit(|changes| for (id, add, text) in step {
                if add {
                    assert_eq!(changes.add(id, &text, &["t"], &[1.0, id as f32, 0.0]).is_ok(), !map.contains_key(&id));
                    map.entry(id).or_insert(text);
                } else {
                    assert_eq!(changes.delete(id).is_ok(), map.remove(&id).is_some());
                }
            });
        }
        prop_assert_eq!(disk.store.count(), map.len());
        for (id, text) in map {
            prop_assert_eq!(disk.record(id).unwrap().text, text);
        }
    }

    #[test]
    fn no_bytes_do_harm(bytes in prop::collection::vec(any::<u8>(), 0..200), bends in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6)) {
        let mut bent = sample(true).0.bytes;
        for (at, byte) in bends {
            let at = at.index(bent.len());
            bent[at] = byte;
        }
        let behind = [sample(false).0.bytes, bytes.clone()].concat();
        for file in [bytes, bent, behind] {
            for file in [sealed(file.clone()), file] {
                if let Ok(store) = open(&file) {
                    let read: &mut ReadAt<'_> = &mut |at, out| copy_from(&file, at, out);
                    let query = Query::new(&[1.0, 2.0, 3.0], 3).unwrap();
                    for hit in Flat.search(store.vectors(), &query, 9, &|_| true) {
                        let _ = (store.record(read, hit.slot), store.values(read, hit.slot, &mut [0.0; 3]));
                        prop_assert!(hit.score.is_finite());
                    }
                    let _ = store.compact(read, &mut |_| true);
                }
            }
        }
    }
}
