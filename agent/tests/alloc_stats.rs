//! What a build with `alloc-tracing` shows at the end: `cargo test -p agent --features alloc-tracing --test alloc_stats`.
#![cfg(feature = "alloc-tracing")]

mod common;

use common::Home;
use serde_json::Value;

/// The counters in the only line of JSON of `stderr`, and the log.
fn shown(stderr: &str) -> (Value, Vec<u8>) {
    let json: Vec<&str> = stderr.lines().filter(|line| line.starts_with("{\"alloc_stats_version\":1,")).collect();
    let stats = match json[..] {
        [] => Value::Null,
        [line] => serde_json::from_str(line).expect("JSON"),
        _ => panic!("{stderr}"),
    };
    let hex: String = stderr.lines().filter_map(|line| line.strip_prefix("alloc-log: ")).collect();
    let byte = |digits: &[u8]| u8::from_str_radix(str::from_utf8(digits).expect("ASCII"), 16).expect("hex");
    (stats, hex.as_bytes().chunks(2).map(byte).collect())
}

#[test]
fn counters_are_one_line_of_json_whatever_the_exit_code() {
    for (args, code) in [
        (&["--alloc-stats", "--version"][..], 0),
        (&["--version", "--alloc-stats"], 0),
        (&["-m", "hi", "--alloc-stats"], 0),
        (&["--alloc-stats", "--nonsense"], 2),
    ] {
        let ran = Home::new().run(args);
        assert_eq!(ran.code, Some(code), "{args:?} {}", ran.stderr);
        let (stats, log) = shown(&ran.stderr);
        let count = |name: &str| stats[name].as_u64().unwrap_or_else(|| panic!("{name} in {stats}"));
        assert!(count("alloc_count") > 0 && count("peak_live_bytes") >= count("live_bytes"));
        let classes = stats["class_counts"].as_array().expect("a list");
        assert_eq!(classes.len(), 21);
        assert_eq!(classes.iter().filter_map(Value::as_u64).sum::<u64>(), count("alloc_count"));
        assert_eq!(count("dropped_event_count"), 0);
        let calls = count("alloc_count") + count("dealloc_count") + count("realloc_count") + count("failed_count");
        // Each realloc has two records, a refused one too.
        assert!(count("record_count") >= calls + count("realloc_count"));
        assert!(log.is_empty());
    }
}

#[test]
fn the_log_is_whole_and_agrees_with_the_counters() {
    let ran = Home::new().run(&["-m", "hi", "--alloc-stats", "--alloc-log"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), "Offline, turn 1.\nYou said: hi\n"));
    let (stats, log) = shown(&ran.stderr);
    let number = |offset: usize| u64::from_le_bytes(log[offset..offset + 8].try_into().expect("8 bytes"));
    assert_eq!(&log[..8], b"ALOG\x01\x00\x30\x01");
    assert_eq!((stats["alloc_count"].as_u64(), stats["dealloc_count"].as_u64()), (Some(number(40)), Some(number(48))));
    assert_eq!(log.len() as u64, 304 + 12 * stats["record_count"].as_u64().expect("a number"));
}

#[test]
fn without_the_options_nothing_is_shown_and_as_a_value_they_are_none() {
    Home::new().run(&["-m", "hi"]).said("Offline, turn 1.\nYou said: hi\n");
    Home::new().run(&["-m", "--alloc-stats"]).said("Offline, turn 1.\nYou said: --alloc-stats\n");
}
