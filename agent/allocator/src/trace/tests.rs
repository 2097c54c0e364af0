//! Counters, records and the log over an allocator that says what was asked of it.

extern crate std;

use std::boxed::Box;
use std::string::String;
use std::vec::Vec;

use super::*;

/// The system's, which refuses what is above a limit.
struct Mock;

const LIMIT: usize = 64 << 20;

// SAFETY: what is given is the system's, or null.
unsafe impl GlobalAlloc for Mock {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.size() > LIMIT {
            return core::ptr::null_mut();
        }
        // SAFETY: as the caller promises.
        unsafe { std::alloc::System.alloc(layout) }
    }

    // `alloc_zeroed` and `realloc` are the trait's own, which call `alloc`: no such call may be counted.
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { std::alloc::System.dealloc(block, layout) }
    }
}

fn traced(capacity: usize) -> Traced<Mock> {
    let records: Vec<Record> = (0..capacity).map(|_| Record([const { AtomicU32::new(0) }; 3])).collect();
    let tracer = Box::leak(Box::new(Tracer::new(records.leak())));
    Traced { inner: Mock, tracer, layout_of: |_, layout| layout }
}

fn layout(size: usize, align: usize) -> Layout {
    Layout::from_size_align(size, align).expect("a layout")
}

fn log_of(traced: &Traced<Mock>) -> Vec<u8> {
    let mut log = Vec::new();
    traced.tracer.log(&mut |piece| log.extend_from_slice(piece));
    log
}

fn number(log: &[u8], offset: usize, len: usize) -> u64 {
    log[offset..offset + len].iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
}

/// The records of a log as (address, word, size).
fn records(log: &[u8]) -> Vec<(u32, u32, u32)> {
    let part = |record: &[u8], at| number(record, at, 4) as u32;
    log[HEADER_LEN..].chunks(12).map(|record| (part(record, 0), part(record, 4), part(record, 8))).collect()
}

#[test]
fn classes_are_powers_of_two_and_the_last_has_no_end() {
    for (size, wanted) in [(0, 0), (1, 0), (16, 0), (17, 1), (32, 1), (33, 2), (4096, 8), (4097, 9), (8 << 20, 19)] {
        assert_eq!(class(size), wanted, "{size}");
    }
    for size in [(8 << 20) + 1, 16 << 20, (16 << 20) + 1, usize::MAX] {
        assert_eq!(class(size), 20, "{size}");
    }
}

#[test]
fn each_call_is_counted_once() {
    let traced = traced(100);
    // SAFETY: each block is given back once with the layout that it has, and none is touched.
    unsafe {
        let one = traced.alloc(layout(100, 64));
        let two = traced.alloc_zeroed(layout(16, 1));
        let grown = traced.realloc(two, layout(16, 1), 300);
        assert!(traced.alloc(layout(LIMIT + 1, 8)).is_null());
        assert!(traced.realloc(grown, layout(300, 1), LIMIT + 2).is_null());
        let live = traced.tracer.stats();
        assert_eq!((live.live_bytes, live.live_blocks), (400, 2));
        traced.dealloc(one, layout(100, 64));
        traced.dealloc(grown, layout(300, 1));
        let small = traced.alloc(layout(7, 1));
        let stats = traced.tracer.stats();
        let mut class_counts = [0; CLASSES];
        class_counts[..4].copy_from_slice(&[2, 0, 0, 1]);
        let wanted = Stats {
            alloc_count: 3,
            dealloc_count: 2,
            realloc_count: 1,
            failed_count: 2,
            requested_bytes: 423,
            live_bytes: 7,
            live_blocks: 1,
            peak_live_bytes: 400,
            peak_live_blocks: 2,
            largest_size: 300,
            largest_failed_size: LIMIT as u64 + 2,
            largest_align: 64,
            record_count: 10,
            record_capacity: 100,
            dropped_event_count: 0,
            class_counts,
        };
        assert_eq!(stats, wanted);
        let low = |block: *mut u8| block.addr() as u32;
        let align_64 = 6 << 2;
        let wanted = [
            (low(one), align_64, 100),
            (low(two), 1 << 8, 16),
            (low(grown), 2, 300),
            (low(two), 3, 16),
            (0, 3 << 2, LIMIT as u32 + 1),
            (0, 2, LIMIT as u32 + 2),
            (low(grown), 3, 300),
            (low(one), 1 | align_64, 100),
            (low(grown), 1, 300),
            (low(small), 0, 7),
        ];
        assert_eq!(records(&log_of(&traced)), wanted);
        traced.dealloc(small, layout(7, 1));
    }
}

#[test]
fn a_full_buffer_keeps_what_was_first_and_counts_the_rest() {
    let traced = traced(3);
    // SAFETY: as above.
    unsafe {
        let one = traced.alloc(layout(8, 1));
        let two = traced.alloc(layout(9, 1));
        // Two records, one place: neither is kept, and nothing that follows.
        let one = traced.realloc(one, layout(8, 1), 10);
        traced.dealloc(two, layout(9, 1));
        traced.dealloc(one, layout(10, 1));
    }
    let stats = traced.tracer.stats();
    assert_eq!((stats.record_count, stats.record_capacity, stats.dropped_event_count), (2, 3, 3));
    assert_eq!((stats.alloc_count, stats.realloc_count, stats.dealloc_count, stats.live_bytes), (2, 1, 2, 0));
    let sizes: Vec<u32> = records(&log_of(&traced)).iter().map(|record| record.2).collect();
    assert_eq!(sizes, [8, 9]);
}

#[test]
fn a_pause_leaves_out_all_but_what_lives() {
    let traced = traced(100);
    // SAFETY: as above.
    unsafe {
        let before = traced.alloc(layout(8, 1));
        let pauses = [traced.tracer.pause(), traced.tracer.pause()];
        let during = traced.alloc(layout(1000, 1));
        traced.dealloc(before, layout(8, 1));
        drop(pauses);
        let stats = traced.tracer.stats();
        assert_eq!((stats.alloc_count, stats.dealloc_count, stats.record_count), (1, 0, 1));
        assert_eq!((stats.live_bytes, stats.live_blocks, stats.peak_live_bytes), (1000, 1, 8));
        traced.dealloc(during, layout(1000, 1));
        assert_eq!(traced.tracer.stats().dealloc_count, 1);
    }
    // What C made where only Rust's calls are seen.
    traced.tracer.dealloc(core::ptr::dangling_mut(), layout(5, 1));
    assert_eq!((traced.tracer.stats().live_bytes, traced.tracer.stats().live_blocks), (0, 0));
}

#[test]
fn the_log_starts_as_documented() {
    assert_eq!((HEADER_LEN, RECORD_LEN, align_of::<Header>()), (304, 12, 8));
    let traced = traced(100);
    // More records than one piece has.
    for size in 1..=45 {
        // SAFETY: as above.
        unsafe { traced.dealloc(traced.alloc(layout(size, 2)), layout(size, 2)) };
    }
    // SAFETY: as above.
    assert!(unsafe { traced.alloc(layout(LIMIT + 1, 8)) }.is_null());
    let log = log_of(&traced);
    assert_eq!(log[..4], *b"ALOG");
    for (offset, len, wanted) in [
        (4, 2, 1),
        (6, 2, 304),
        (8, 2, 12),
        (10, 2, 21),
        (12, 2, size_of::<usize>() as u64),
        (14, 2, 0),
        (16, 8, 304),
        (24, 4, 91),
        (28, 4, 100),
        (32, 8, 0),
        (40, 8, 45),
        (48, 8, 45),
        (56, 8, 0),
        (64, 8, 1),
        (72, 8, 45 * 46 / 2),
        (80, 8, 0),
        (88, 8, 0),
        (96, 8, 45),
        (104, 8, 1),
        (112, 8, 45),
        (120, 8, LIMIT as u64 + 1),
        (128, 8, 2),
        (136, 8, 16),
        (144, 8, 16),
        (152, 8, 13),
        (296, 8, 0),
    ] {
        assert_eq!(number(&log, offset, len), wanted, "at {offset}");
    }
    assert_eq!(log.len(), 304 + 91 * 12);
}

/// What a host reads in memory is where the log has it.
#[cfg(target_endian = "little")]
#[test]
fn memory_and_log_have_one_layout() {
    let traced = traced(4);
    // SAFETY: as above.
    unsafe { traced.dealloc(traced.alloc(layout(5, 4)), layout(5, 4)) };
    let log = log_of(&traced);
    let header = &raw const traced.tracer.header;
    // SAFETY: the header is that long, has no padding, and this test alone has it.
    let memory = unsafe { std::slice::from_raw_parts(header.cast::<u8>(), HEADER_LEN) };
    assert_eq!((&memory[..16], &memory[24..]), (&log[..16], &log[24..HEADER_LEN]));
}

#[test]
fn json_is_as_documented() {
    let mut json = String::new();
    let mut stats = traced(5).tracer.stats();
    (stats.alloc_count, stats.requested_bytes, stats.class_counts[20]) = (10, u64::MAX, 2);
    stats.write_json(&mut json).expect("a string takes it");
    let wanted = [
        "{\"alloc_stats_version\":1,\"allocator\":\"",
        crate::NAME,
        "\",\"alloc_count\":10,\"dealloc_count\":0,\"realloc_count\":0,\"failed_count\":0,\"requested_bytes\":18446744073709551615,",
        "\"live_bytes\":0,\"live_blocks\":0,\"peak_live_bytes\":0,\"peak_live_blocks\":0,\"largest_size\":0,\"largest_failed_size\":0,",
        "\"largest_align\":0,\"record_count\":0,\"record_capacity\":5,\"dropped_event_count\":0,",
        "\"class_counts\":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,2]}",
    ];
    assert_eq!(json, wanted.concat());
}
