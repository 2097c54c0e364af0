//! As many records as a memory holds, and the command line of what it is asked.

#[cfg(feature = "openai")]
use agent_memory::embed::Identity;
use agent_memory::embed::lexical;
use agent_memory::store::{Changes, Store};
#[cfg(feature = "openai")]
use agent_memory::vectors::MAX_COUNT;

use super::{FILE, Host, refused, run};

#[cfg(feature = "openai")]
const CONFIG: &str =
    r#"{"provider": "openai", "model": "m", "base_url": "http://127.0.0.1:9", "memory": {"embedder": "provider", "model": "e"}}"#;
#[cfg(feature = "openai")]
const VECTOR: &str = r#"{"data":[{"index":0,"embedding":[1,0,-0.5e0]}]}"#;

/// A memory of so many records with one vector, the last one forgotten.
#[cfg(feature = "openai")]
fn of(count: usize) -> Host {
    let identity = Identity { name: "openai/e", dimensions: 3 };
    let (mut store, mut bytes) = Store::create(&identity, false).expect("a store");
    for start in (0..count).step_by(1000) {
        let mut changes = Changes::new(&store);
        for id in start..count.min(start + 1000) {
            changes.add(id as u64 + 1, "one and the same", &[], &[1.0, 0.0, -0.5]).expect("added");
        }
        if start + 1000 >= count {
            changes.delete(count as u64).expect("deleted");
        }
        let commit = changes.finish();
        store.apply(&commit).expect("its own");
        bytes.extend(commit);
    }
    let mut host = Host::new(CONFIG);
    host.memories.insert(FILE.into(), bytes);
    host.responses = [(200, vec![VECTOR]), (200, vec![VECTOR]), (200, vec![VECTOR])].into();
    host
}

#[cfg(feature = "openai")]
#[test]
fn record_65536_is_refused_until_what_was_forgotten_is_dropped() {
    let mut host = of(MAX_COUNT);
    let full = ["the memory is full", "65535 records", "`agent memory rebuild` drops what was forgotten"];
    refused(&mut host, &["add", "one too many"], &full);
    assert_eq!(run(&mut host, &["rebuild"]).expect("made anew"), "made anew, 65534 records\n");
    assert_eq!(run(&mut host, &["add", "the last one"]).expect("there is room"), "remembered as 65535\n");
    refused(&mut host, &["add", "one too many"], &full);
}

#[test]
fn the_highest_id_is_the_last() {
    let (store, mut bytes) = Store::create(&lexical::IDENTITY, false).expect("a store");
    let mut changes = Changes::new(&store);
    changes.add(u64::MAX, "the last", &[], &lexical::embed("the last").expect("words")).expect("added");
    bytes.extend(changes.finish());
    let mut host = Host::default();
    host.memories.insert(FILE.into(), bytes);
    refused(&mut host, &["add", "one more"], &["the memory is full"]);
    assert_eq!(run(&mut host, &["add", "the last"]).expect("it is there"), format!("already remembered as {}\n", u64::MAX));
}

#[test]
fn a_rare_tag_is_found_behind_thousands_without_it() {
    for keeps_f32 in [false, true] {
        let mut host = Host::default();
        host.memories.insert(FILE.into(), tagged(3_000, keeps_f32));
        let rare = run(&mut host, &["search", "--tag", "rare", "the blue garage door and word1999 bird"]).expect("found");
        let ids: Vec<&str> = rare.lines().filter_map(|line| line.split_once(' ')).map(|(id, _)| id).collect();
        assert_eq!((ids.len(), ids[0]), (3, "2000"), "{rare}");
        let common = run(&mut host, &["search", "-k", "50", "--tag", "other", "the blue garage door"]).expect("found");
        assert_eq!(common.lines().count(), 50);
    }
}

/// A memory in which what is asked for is in all texts but every thousandth, which has the tag `rare`.
fn tagged(count: u64, keeps_f32: bool) -> Vec<u8> {
    let (store, mut bytes) = Store::create(&lexical::IDENTITY, keeps_f32).expect("a store");
    let mut changes = Changes::new(&store);
    for number in 0..count {
        let is_rare = number % 1_000 == 999;
        let text = if is_rare { format!("a bird and word{number}") } else { format!("the blue garage door and word{number}") };
        let tags = if is_rare { &["rare", "other"][..] } else { &["other"][..] };
        changes.add(number + 1, &text, tags, &lexical::embed(&text).expect("words")).expect("added");
    }
    bytes.extend(changes.finish());
    bytes
}

#[test]
fn the_command_line_is_strict() {
    let mut host = Host::default();
    for (args, wrong) in [
        (&[][..], "memory takes add, search, list, forget, stats or rebuild"),
        (&["keep"], "and not keep"),
        (&["search"], "nothing to search"),
        (&["search", " "], "nothing to search"),
        (&["search", "-k", "0", "a"], "-k takes 1 to 50 and not 0"),
        (&["search", "-k", "51", "a"], "-k takes 1 to 50 and not 51"),
        (&["search", "-k", "-1", "a"], "-k takes 1 to 50"),
        (&["search", "-k", "1", "-k", "2", "a"], "-k is given twice"),
        (&["search", "--tag", "a", "--tag", "b", "c"], "one --tag"),
        (&["add", "-k", "1", "a"], "-k goes with search"),
        (&["list", "--tag", "a"], "--tag goes with add and search"),
        (&["list", "a"], "unexpected argument a"),
        (&["forget"], "there is no id"),
        (&["forget", "x"], "x is no id"),
        (&["forget", "18446744073709551616"], "is no id"),
        (&["add", "--stdin", "jsonl", "a"], "--stdin jsonl goes with memory add without a text"),
        (&["list", "--stdin", "jsonl"], "--stdin jsonl goes with memory add"),
        (&["add", "-m", "a"], "no --message"),
        (&["add", "-s", "a"], "no --session"),
        (&["list", "--store"], "no value after --store"),
    ] {
        refused(&mut host, args, &[wrong, "agent --help"]);
    }
    assert!(host.effects.is_empty(), "{:?}", host.effects);
    let stray = agent::cli::parse(["-m", "hi", "--store", "a"].map(String::from)).expect_err("refused");
    assert!(stray.text.contains("go with agent memory only"));
}
