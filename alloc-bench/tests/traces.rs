//! The committed traces: whole, small, and workloads together with the others.

use alloc_bench::{
    trace::Trace,
    workload::{AGENT, DAY, all},
};
use std::{collections::BTreeMap, fs};

/// All of them together: they are in every clone.
const MAX_BYTES: usize = 300_000;

#[test]
fn committed_traces_are_whole_small_and_compose_a_day() {
    let (mut recorded, mut byte_count) = (BTreeMap::new(), 0);
    for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/traces")).expect("the folder of traces") {
        let path = entry.expect("an entry").path();
        let bytes = fs::read(&path).expect("a file");
        byte_count += bytes.len();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let trace = Trace::parse(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(trace.render(), bytes, "{name}");
        recorded.insert(name, trace);
    }
    assert!(byte_count < MAX_BYTES, "{byte_count} bytes");
    assert!(recorded.keys().filter(|name| name.starts_with(AGENT)).count() >= 8, "{:?}", recorded.keys());
    let workloads = all(&recorded).expect("workloads");
    let day = workloads.iter().find(|workload| workload.name == DAY).expect("a day");
    let summary = day.trace.summary();
    assert!((40_000..=50_000).contains(&day.trace.ops().len()), "{}", day.trace.ops().len());
    assert!(summary.peak_live_bytes < 4 << 20 && summary.end_live_bytes == 0, "{summary:?}");
    println!("{} operations, {summary:?}", day.trace.ops().len());
}
