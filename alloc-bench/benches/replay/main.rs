//! `cargo bench -p alloc-bench`: how long each workload takes on this machine, with the allocators that can be had outside of WebAssembly; then how long
//! single operations take.
//!
//! These are not the numbers that an allocator is chosen by: those are made in WebAssembly, by `cargo xtask alloc`. Here the processor is seen without an
//! engine between, and criterion tells a change of some percent from noise.
//!
//! | allocator | here |
//! |---|---|
//! | `system` | what Rust programs on this machine have |
//! | `dlmalloc` | the crate, with memory from `mmap` |
//! | `rlsf` | the form for small code, with memory from `mmap` |
//! | `talc` | over blocks of 1 MiB from `system`: its WebAssembly form is for WebAssembly only |
//! | `lol`, `leak` | not at all: they grow WebAssembly memory and nothing else |
//!
//! No limit is set on memory here, so nothing of the workload `cap` is refused.

mod heaps;
mod percentiles;

use alloc_bench::{
    op::{Op, SLOT_COUNT},
    replay::{Replay, Slot},
    trace::Trace,
    workload::{self, Workload},
};
use criterion::Criterion;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::Path,
    time::Duration,
};

/// The recorded traces.
const TRACES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/traces");

/// How long one workload on one allocator is run before it is measured, and how long it is measured: all of them together take a minute and a half.
const WARM_UP: Duration = Duration::from_millis(60);
const MEASUREMENT: Duration = Duration::from_millis(250);

/// Samples of one measurement, the least that criterion takes, and how often it draws from them to tell how sure it is.
const SAMPLE_COUNT: usize = 10;
const RESAMPLE_COUNT: usize = 2_000;

fn main() -> Result<(), String> {
    let workloads = workloads()?;
    let mut criterion = Criterion::default()
        .warm_up_time(WARM_UP)
        .measurement_time(MEASUREMENT)
        .sample_size(SAMPLE_COUNT)
        .nresamples(RESAMPLE_COUNT)
        .configure_from_args();
    for workload in &workloads {
        let ops = closed(&workload.trace);
        let mut group = criterion.benchmark_group(&workload.name);
        group.throughput(criterion::Throughput::Elements(ops.len() as u64));
        for (name, heap) in heaps::all() {
            let mut slots = vec![Slot::EMPTY; SLOT_COUNT as usize];
            group.bench_function(name, |bencher| {
                bencher.iter(|| {
                    let mut replay = Replay::new(&heap, &mut slots);
                    ops.iter().for_each(|op| replay.apply(*op));
                    replay.replayed()
                });
            });
        }
        group.finish();
    }
    criterion.final_summary();
    // With `--test` everything runs once, to see that it runs; with a filter somebody looks at something else.
    if std::env::args().skip(1).all(|argument| argument == "--bench") {
        percentiles::print(&workloads);
    }
    Ok(())
}

/// All workloads, with the traces that are committed.
fn workloads() -> Result<Vec<Workload>, String> {
    let mut recorded = BTreeMap::new();
    let folder = match fs::read_dir(TRACES) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        folder => Some(folder.map_err(|error| format!("cannot read {TRACES}: {error}"))?),
    };
    for entry in folder.into_iter().flatten() {
        let path = entry.map_err(|error| format!("cannot read {TRACES}: {error}"))?.path();
        if path.extension().is_some_and(|extension| extension == "trace") {
            let trace = read(&path).map_err(|why| format!("{}: {why}: run `cargo xtask alloc record`", path.display()))?;
            recorded.insert(path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), trace);
        }
    }
    workload::all(&recorded).map_err(|error| format!("the traces in {TRACES}: {error}"))
}

fn read(path: &Path) -> Result<Trace, String> {
    let bytes = fs::read(path).map_err(|error| error.to_string())?;
    Trace::parse(&bytes).map_err(|error| error.to_string())
}

/// The operations, and after them the frees of all that is left: the next replay begins with nothing.
fn closed(trace: &Trace) -> Vec<Op> {
    let mut live = BTreeSet::new();
    for op in trace.ops() {
        match *op {
            Op::Alloc { slot, .. } => drop(live.insert(slot)),
            Op::Free { slot } => drop(live.remove(&slot)),
            Op::Realloc { .. } => {}
        }
    }
    trace.ops().iter().copied().chain(live.into_iter().map(|slot| Op::Free { slot })).collect()
}
