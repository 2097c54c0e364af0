//! `agent memory` on a host in memory.

use super::{FILE, Host, refused, run};

#[track_caller]
fn shows(host: &mut Host, args: &[&str], wanted: &str) {
    assert_eq!(run(host, args).as_deref(), Ok(wanted), "{args:?}");
}

#[test]
fn what_was_added_is_found_listed_and_forgotten() {
    let mut host = Host::default();
    shows(&mut host, &["list"], "");
    shows(&mut host, &["search", "anything"], "");
    shows(&mut host, &["add", "--tag", "home", "--tag", "codes", "The garage code is 4711."], "remembered as 1\n");
    shows(&mut host, &["add", "Ada", "likes", "green", "tea"], "remembered as 2\n");
    shows(&mut host, &["add", "  Ada likes green tea\n"], "already remembered as 2\n");
    shows(&mut host, &["add", "ada likes green tea"], "remembered as 3\n");
    shows(&mut host, &["list"], "1  [home, codes]  The garage code is 4711.\n2  Ada likes green tea\n3  ada likes green tea\n");
    let found = run(&mut host, &["search", "-k", "1", "what is the code of the garage?"]).expect("found");
    assert!(found.starts_with("1  0.") && found.ends_with("  [home, codes]  The garage code is 4711.\n"), "{found}");
    shows(
        &mut host,
        &["search", "-k1", "--json", "Ada likes green tea"],
        "{\"id\":2,\"score\":1.000,\"tags\":[],\"text\":\"Ada likes green tea\"}\n",
    );
    let tagged = run(&mut host, &["search", "-k", "1", "--tag", "home", "Ada likes green tea"]).expect("found");
    assert!(tagged.starts_with("1  "), "{tagged}");
    shows(&mut host, &["search", "--tag", "none", "Ada"], "");
    shows(&mut host, &["forget", "3", "1"], "");
    shows(&mut host, &["list", "--json"], "{\"id\":2,\"tags\":[],\"text\":\"Ada likes green tea\"}\n");
    refused(&mut host, &["forget", "2", "1"], &["has no record 1", "agent memory list"]);
    refused(&mut host, &["forget", "2", "2"], &["has no record 2"]);
    shows(&mut host, &["list"], "2  Ada likes green tea\n");
}

#[test]
fn more_are_wanted_than_are_there() {
    let mut host = Host::default();
    for text in ["one fish", "two fish", "red fish"] {
        run(&mut host, &["add", text]).expect("added");
    }
    assert_eq!(run(&mut host, &["search", "-k", "50", "fish"]).expect("found").lines().count(), 3);
    assert_eq!(run(&mut host, &["search", "-k", "2", "fish"]).expect("found").lines().count(), 2);
}

#[test]
fn ids_of_what_was_forgotten_are_not_given_again() {
    let mut host = Host::default();
    for text in ["one", "two"] {
        run(&mut host, &["add", text]).expect("added");
    }
    run(&mut host, &["forget", "2"]).expect("forgotten");
    shows(&mut host, &["add", "two"], "remembered as 3\n");
    let bytes = host.memories[FILE].len();
    shows(&mut host, &["rebuild"], "made anew, 2 records\n");
    assert!(host.memories[FILE].len() < bytes);
    shows(&mut host, &["list"], "1  one\n3  two\n");
    let stats = run(&mut host, &["stats", "--json"]).expect("stats");
    assert!(
        stats.starts_with("{\"store\":\"default\",\"embedder\":\"lexical\",\"dimensions\":512,\"records\":2,\"forgotten\":0,"),
        "{stats}"
    );
}

#[test]
fn lines_are_added_in_batches_and_twins_in_one_batch_are_one() {
    let lines = ["plain words", "", "\"a JSON string\"", "{\"text\": \"an object\", \"tags\": [\"own\"]}", "plain words"];
    let mut host = Host { lines: lines.into(), ..Host::default() };
    shows(
        &mut host,
        &["add", "--stdin", "jsonl", "--tag", "all"],
        "remembered as 1\nremembered as 2\nremembered as 3\nalready remembered as 1\n",
    );
    assert_eq!(host.asked("memory append").len(), 1);
    shows(&mut host, &["list"], "1  [all]  plain words\n2  [all]  a JSON string\n3  [own, all]  an object\n");
}

#[test]
fn exact_keeps_f32_and_orders_by_them() {
    let mut host = Host::new(r#"{"memory": {"exact": true}}"#);
    for text in ["the red door", "the blue door", "seven wolves"] {
        run(&mut host, &["add", text]).expect("added");
    }
    shows(
        &mut host,
        &["search", "--json", "-k", "1", "the blue door"],
        "{\"id\":2,\"score\":1.000,\"tags\":[],\"text\":\"the blue door\"}\n",
    );
    let with_f32 = host.memories[FILE].len();
    host.config = None;
    run(&mut host, &["rebuild"]).expect("made anew without");
    assert_eq!(with_f32 - host.memories[FILE].len(), 3 * 4 * 512 + 2 * 40, "three vectors, and two headers of commits");
}

#[test]
fn memories_have_names() {
    let mut host = Host::new(r#"{"memory": {"store": "work"}}"#);
    run(&mut host, &["add", "at work"]).expect("added");
    run(&mut host, &["add", "--store", "home", "at home"]).expect("added");
    assert_eq!(host.memories.keys().collect::<Vec<_>>(), ["home.memory", "work.memory"]);
    shows(&mut host, &["list", "--store=home"], "1  at home\n");
    refused(&mut host, &["list", "--store", "../x"], &["the name of a memory"]);
}

#[test]
fn texts_and_tags_have_limits() {
    let mut host = Host::default();
    let (long, longest) = ("word ".repeat(1639), "wo rd ".repeat(1365));
    assert!(longest.trim().len() <= 8192 && long.trim().len() > 8192);
    refused(&mut host, &["add", &long], &["longer than 8 KiB: remember it in parts"]);
    run(&mut host, &["add", &longest]).expect("it fits");
    refused(&mut host, &["add", " "], &["the text is empty"]);
    refused(&mut host, &["add", "?!"], &["there is no word in the text"]);
    refused(&mut host, &["add", "--tag", "", "a"], &["the tag \"\" is empty"]);
    refused(&mut host, &["add", "--tag", &"t".repeat(65), "a"], &["longer than 64 bytes"]);
    refused(&mut host, &["add", "--tag", "a\nb", "a"], &["not plain text"]);
    let tags: Vec<&str> = std::iter::repeat_n(["--tag", "t"], 17).flatten().chain(["add", "a"]).collect();
    refused(&mut host, &tags, &["more than 16 tags"]);
    refused(&mut host, &["search", &long], &["the query is longer"]);
    assert_eq!(run(&mut host, &["list"]).expect("a list").lines().count(), 1);
}

#[test]
fn keys_are_not_kept_and_controls_are_not_shown() {
    let mut host = Host::default();
    run(&mut host, &["add", "--tag", "ghp_0123456789012345678901", "the key is sk-0123456789abcdefXYZ \u{1b}[31m"])
        .expect("added");
    assert!(!String::from_utf8_lossy(&host.memories[FILE]).contains("0123456789"));
    shows(&mut host, &["list"], "1  [[redacted]]  the key is [redacted] \\u{1b}[31m\n");
}

#[test]
fn the_configuration_is_strict() {
    for (memory, wrong) in [
        (r#"[]"#, "it must be an object"),
        (r#"{"stores": "a"}"#, "unknown key \"stores\", line 1, column 13"),
        (r#"{"store": "a", "store": "b"}"#, "\"store\" is given twice"),
        (r#"{"store": "../a"}"#, "\"store\" must be 1 to 64 of"),
        (r#"{"embedder": "words"}"#, "\"embedder\" must be \"lexical\" or \"provider\""),
        (r#"{"embedder": "provider"}"#, "needs the \"model\""),
        (r#"{"model": "e"}"#, "go with the embedder \"provider\""),
        (r#"{"embedder": "provider", "model": "e", "dimensions": 4097}"#, "\"dimensions\" must be a whole number from 1 to 4096"),
        (r#"{"embedder": "provider", "model": "e", "dimensions": 0}"#, "from 1 to 4096"),
        (r#"{"exact": 1}"#, "\"exact\" must be true or false"),
    ] {
        let mut host = Host::new(&format!("{{\"memory\": {memory}}}"));
        refused(&mut host, &["list"], &["the configuration config.json in the home folder is wrong", wrong]);
    }
    for grant in [r#""all""#, "true", r#"["read"]"#] {
        let mut host = Host::new(&format!("{{\"grant\": {{\"memory\": {grant}}}}}"));
        refused(&mut host, &["list"], &["\"memory\" must be \"read\" or \"read-write\""]);
    }
}
