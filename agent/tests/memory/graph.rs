//! The graph: made by what works at length, used by what searches often, and never in the way.

use agent::failure::{Exit, Failure};
use agent::memory::{Embedder, Memory, Settings};
use agent_memory::embed::lexical;
use agent_memory::store::{Changes, Store};

use super::{FILE, Host};

const GRAPH: &str = "default.hnsw";

fn text(number: usize) -> String {
    format!("fact {number} is about topic{} and thing{number}", number % 40)
}

/// A memory of so many records.
fn filled(count: usize) -> Host {
    let (mut store, mut bytes) = Store::create(&lexical::IDENTITY, false).expect("a store");
    let mut changes = Changes::new(&store);
    for number in 0..count {
        let text = text(number);
        changes.add(number as u64 + 1, &text, &[], &lexical::embed(&text).expect("words")).expect("added");
    }
    let commit = changes.finish();
    store.apply(&commit).expect("its own");
    bytes.extend(commit);
    let mut host = Host::default();
    host.memories.insert(FILE.into(), bytes);
    host
}

fn memory() -> Memory {
    Memory::new(Settings::default(), Ok(Embedder::Lexical))
}

/// Searches so often that the graph pays; each time the fact itself is found first.
#[track_caller]
fn search(memory: &Memory, host: &mut Host) {
    searched(memory, host, 25);
}

#[track_caller]
fn searched(memory: &Memory, host: &mut Host, times: usize) {
    for number in (0..2000).step_by(80).take(times) {
        let found = memory.search(&text(number), 3, None, host).expect("found");
        assert_eq!((found.len(), found[0].record.text.as_str()), (3, text(number).as_str()));
    }
}

/// How often the graph's file was read as a whole: each opening of the store looks at its head, too.
fn reads(host: &Host) -> usize {
    host.asked("memory open default.hnsw").len()
}

#[test]
fn a_graph_is_made_used_brought_up_to_date_and_never_missed() {
    let mut host = filled(2000);
    memory().keep_graph(&mut host).expect("made");
    let saved = host.memories[GRAPH].clone();
    assert!(saved.starts_with(b"agenthns"));

    host.effects.clear();
    let often = memory();
    searched(&often, &mut host, 4);
    assert_eq!(reads(&host), 1, "its head with the store");
    searched(&often, &mut host, 1);
    assert_eq!(reads(&host), 2, "it itself at the fifth search");
    search(&often, &mut host);
    assert_eq!(reads(&host), 2, "and never again");

    // A little behind is no reason to write it again, and no reason not to use it.
    let memory_now = memory();
    let entry = agent::memory::Entry { text: "something new about zebras".into(), tags: Vec::new() };
    memory_now.add(&[entry], &Default::default(), &mut host).expect("added");
    memory_now.keep_graph(&mut host).expect("kept");
    assert_eq!(host.memories[GRAPH], saved);
    search(&memory_now, &mut host);
    let found = memory_now.search("zebras", 1, None, &mut host).expect("found");
    assert_eq!(found[0].record.text, "something new about zebras");

    // Damaged, cut, of another file, or gone: found all the same.
    let mut damaged = saved.clone();
    damaged[1000] ^= 1;
    let mut of_another = saved.clone();
    of_another[16] ^= 1;
    for bytes in [damaged, saved[..500].to_vec(), of_another, Vec::new(), b"agenthns".to_vec()] {
        host.memories.insert(GRAPH.into(), bytes);
        search(&memory(), &mut host);
    }
    memory().keep_graph(&mut host).expect("made again");
    assert!(host.memories[GRAPH].len() > saved.len());
    host.memories.remove(GRAPH);
    search(&memory(), &mut host);
}

#[test]
fn few_records_have_no_graph_and_one_that_does_not_fit_is_a_warning() {
    let mut host = filled(1999);
    memory().keep_graph(&mut host).expect("nothing to do");
    assert!(!host.memories.contains_key(GRAPH));
    let mut host = Host { free_bytes: Some(1000), ..filled(2000) };
    memory().keep_graph(&mut host).expect("it is a cache");
    assert_eq!(host.asked("warn").len(), 1, "{:?}", host.asked("warn"));
    assert!(!host.memories.contains_key(GRAPH));
}

#[test]
fn without_an_embedder_there_is_no_search_but_a_list() {
    let none = Failure { exit: Exit::Usage, text: "no embedder: set one".into() };
    let memory = Memory::new(Settings::default(), Err(none.clone()));
    let mut host = filled(3);
    assert_eq!(memory.search("fact", 1, None, &mut host), Err(none));
    let mut count = 0;
    let mut each = |_, _: &mut Host| {
        count += 1;
        Ok(())
    };
    memory.list(&mut each, &mut host).expect("a list");
    assert_eq!(count, 3);
}
