//! A file that ends anywhere, is damaged anywhere, is somebody else's, or does not fit.

use std::sync::OnceLock;

use agent_memory::embed::Identity;
use agent_memory::store::{Changes, Store};
use proptest::prelude::*;

use super::{FILE, Host, refused, run};

const TEXTS: [&str; 3] = ["the garage code is 4711", "Ada likes tea", "the train leaves at nine"];

/// A memory of a commit for each of the first texts, and where each of them ends.
fn with(count: usize) -> (Host, Vec<usize>) {
    let mut host = Host::default();
    let mut ends = Vec::new();
    for text in &TEXTS[..count] {
        run(&mut host, &["add", "--tag", "note", text]).expect("added");
        ends.push(host.memories[FILE].len());
    }
    (host, ends)
}

/// The same of all texts.
fn filled() -> (Host, Vec<usize>) {
    static FILLED: OnceLock<(Vec<u8>, Vec<usize>)> = OnceLock::new();
    let (bytes, ends) = FILLED.get_or_init(|| {
        let (host, ends) = with(3);
        (host.memories[FILE].clone(), ends)
    });
    (of(bytes), ends.clone())
}

fn of(bytes: &[u8]) -> Host {
    let mut host = Host::default();
    host.memories.insert(FILE.into(), bytes.to_vec());
    host
}

fn list(host: &mut Host) -> String {
    run(host, &["list"]).expect("a list")
}

#[test]
fn a_disk_that_is_full_at_any_byte_leaves_the_memory_as_it_was() {
    let exact = Host::new(r#"{"memory": {"exact": true}}"#);
    // The last one makes vectors anew, the one before copies records.
    let changes: [(&[&str], &Host, usize); 4] = [
        (&["add", "something new"], &Host::default(), 3),
        (&["forget", "2"], &Host::default(), 3),
        (&["rebuild"], &Host::default(), 2),
        (&["rebuild"], &exact, 1),
    ];
    for (change, config, count) in changes {
        let bytes = with(count).0.memories[FILE].clone();
        let start = || Host { config: config.config.clone(), ..of(&bytes) };
        let mut host = start();
        let before = list(&mut host);
        run(&mut host, change).expect("there is room");
        let (after, most) = (list(&mut host), host.memories[FILE].len());
        for leaves_torn in [false, true] {
            let mut failed = 0;
            for free_bytes in 0..=most {
                let mut host = Host { free_bytes: Some(free_bytes), leaves_torn, ..start() };
                let Err(failure) = run(&mut host, change) else {
                    assert_eq!(list(&mut host), after);
                    break;
                };
                assert!(failure.text.contains("the disk is full"), "{}", failure.text);
                host.free_bytes = None;
                assert_eq!(list(&mut host), before, "{change:?} with {free_bytes} bytes");
                run(&mut host, change).expect("there is room now");
                assert_eq!(list(&mut host), after);
                failed += 1;
            }
            assert!(failed > 50, "{failed}");
        }
    }
}

#[test]
fn the_first_text_on_a_full_disk_leaves_no_memory() {
    for leaves_torn in [false, true] {
        for free_bytes in 0..600 {
            let mut host = Host { free_bytes: Some(free_bytes), leaves_torn, ..Host::default() };
            let failure = run(&mut host, &["add", TEXTS[0]]).expect_err("it does not fit");
            assert!(failure.text.contains("the disk is full"), "{}", failure.text);
            assert_eq!(list(&mut host), "");
            host.free_bytes = None;
            assert_eq!(run(&mut host, &["add", TEXTS[0]]).expect("there is room"), "remembered as 1\n");
        }
    }
}

#[test]
fn a_file_cut_at_any_byte_is_the_memory_of_the_last_whole_commit_and_goes_on() {
    let (whole, ends) = filled();
    let bytes = &whole.memories[FILE];
    // The header: magic, version, dimensions, flags, the name's length, the name, the checksum.
    let header_bytes = 8 + 4 + 2 + 1 + 1 + "lexical".len() + 8;
    for cut in 0..bytes.len() {
        let mut host = of(&bytes[..cut]);
        if cut < header_bytes {
            refused(&mut host, &["list"], &["ends within its header", "delete it"]);
            continue;
        }
        let count = ends.iter().filter(|end| **end <= cut).count();
        assert_eq!(list(&mut host).lines().count(), count, "cut at {cut}");
        let added = run(&mut host, &["add", "after the cut"]).expect("the torn tail is cut away");
        assert_eq!(added, format!("remembered as {}\n", count + 1));
        assert_eq!(list(&mut host).lines().count(), count + 1);
    }
}

#[test]
fn a_damaged_byte_is_always_found() {
    let (whole, _) = filled();
    let bytes = &whole.memories[FILE];
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x10;
        let mut host = of(&damaged);
        for args in [&["list"][..], &["search", "tea"], &["add", "one more"], &["forget", "1"], &["rebuild"]] {
            assert!(run(&mut host, args).is_err(), "byte {at}, {args:?}");
        }
    }
}

#[test]
fn a_file_of_another_kind_version_or_embedder_is_refused_with_the_cure() {
    let (whole, _) = filled();
    let changed = |at: usize, byte: u8| {
        let mut bytes = whole.memories[FILE].clone();
        bytes[at] = byte;
        of(&bytes)
    };
    refused(&mut changed(0, b'x'), &["search", "tea"], &["the file is no memory: name another file"]);
    refused(&mut changed(8, 2), &["search", "tea"], &["of another version: use the program that wrote it"]);
    refused(&mut changed(40, 0xFF), &["search", "tea"], &["damaged: restore it from a copy"]);
    let other = Identity { name: "openai/other", dimensions: 3 };
    let (mut store, mut bytes) = Store::create(&other, false).expect("a store");
    let mut changes = Changes::new(&store);
    changes.add(9, "of another embedder", &["x"], &[1.0, 0.0, 0.5]).expect("added");
    let commit = changes.finish();
    store.apply(&commit).expect("its own");
    bytes.extend(commit);
    let mut host = of(&bytes);
    let wanted = ["made by openai/other with 3 dimensions, and lexical with 512 is configured", "rebuild"];
    refused(&mut host, &["search", "tea"], &wanted);
    refused(&mut host, &["add", "tea"], &wanted);
    assert_eq!(list(&mut host), "9  [x]  of another embedder\n");
    assert_eq!(run(&mut host, &["rebuild"]).expect("the way out"), "made anew, 1 records\n");
    assert_eq!(run(&mut host, &["add", "tea"]).expect("lexical now"), "remembered as 10\n");
}

#[test]
fn another_run_that_writes_is_waited_for_and_then_told_of() {
    let (mut host, _) = filled();
    host.is_busy = true;
    host.effects.clear();
    refused(&mut host, &["add", "one more"], &["is in use by another run: wait"]);
    assert_eq!(host.asked("sleep").len(), 40);
    assert!(host.asked("memory append").is_empty());
    assert!(run(&mut host, &["search", "tea"]).expect("readers do not wait").starts_with("2  "));
}

#[test]
fn what_another_run_appends_without_locks_is_not_written_over() {
    let (mut host, _) = filled();
    let mut other = Host::default();
    other.memories.clone_from(&host.memories);
    run(&mut other, &["add", "by the other run"]).expect("added");
    host.intruder = other.memories[FILE][host.memories[FILE].len()..].to_vec();
    refused(&mut host, &["add", "by this run"], &["another run has changed it"]);
    assert_eq!(list(&mut host), list(&mut other));
    assert_eq!(run(&mut host, &["add", "by this run"]).expect("the next time"), "remembered as 5\n");
}

proptest! {
    #[test]
    fn hostile_files_do_no_harm(start in 0_usize..60, bytes in prop::collection::vec(any::<u8>(), 0..300), graph in prop::collection::vec(any::<u8>(), 0..100)) {
        let (whole, _) = filled();
        let mut host = of(&[&whole.memories[FILE][..start], &bytes[..]].concat());
        host.memories.insert("default.hnsw".into(), graph);
        for args in [&["list"][..], &["search", "tea"], &["add", "one more"], &["forget", "1"], &["stats"], &["rebuild"]] {
            let _ = run(&mut host, args);
        }
    }
}
