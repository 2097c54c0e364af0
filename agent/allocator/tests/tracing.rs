//! With `alloc-tracing` the program's own calls are counted: `cargo test -p agent-allocator --features alloc-tracing,rlsf`, and with a runner
//! `--target wasm32-wasip1 --features alloc-tracing,talc,c-heap`, where C's are too.
#![cfg(feature = "alloc-tracing")]

use std::hint::black_box;

use agent_allocator::{RECORD_CAPACITY, agent_alloc_stats, log, pause, stats};

/// In one test: the counters are the program's, and tests run side by side.
#[test]
fn the_program_is_counted() {
    let before = stats();
    assert!(before.alloc_count > 0 && before.live_blocks > 0, "{before:?}");
    drop(black_box(vec![1_u8; 3 << 20]));
    let after = stats();
    assert!(after.alloc_count > before.alloc_count && after.dealloc_count > before.dealloc_count);
    assert!(after.largest_size >= 3 << 20 && after.peak_live_bytes >= 3 << 20, "{after:?}");
    assert_eq!(after.class_counts.iter().sum::<u64>(), after.alloc_count);

    // SAFETY: it points at the header, which starts with 8 bytes of the magic, the version and the length.
    let start = unsafe { agent_alloc_stats().cast::<[u8; 8]>().read() };
    assert_eq!(start, [b'A', b'L', b'O', b'G', 1, 0, 48, 1]);

    // It may allocate: that is not recorded.
    let mut bytes = Vec::new();
    log(&mut |piece| bytes.extend_from_slice(piece));
    let count = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("4 bytes"));
    assert_eq!((&bytes[..4], count(28) as usize), (&b"ALOG"[..], RECORD_CAPACITY));
    assert_eq!(bytes.len(), 304 + count(24) as usize * 12);

    let paused = pause();
    let quiet = stats();
    drop(black_box(vec![1_u8; 5 << 20]));
    assert_eq!(stats().alloc_count, quiet.alloc_count);
    drop(paused);
    drop(black_box(vec![1_u8; 5 << 20]));
    assert!(stats().largest_size >= 5 << 20);
}

#[cfg(all(target_os = "wasi", feature = "c-heap", not(feature = "leak")))]
#[test]
fn calls_of_c_are_counted_with_their_own_sizes() {
    use std::ffi::c_void;

    unsafe extern "C" {
        fn calloc(count: usize, each: usize) -> *mut c_void;
        fn realloc(block: *mut c_void, size: usize) -> *mut c_void;
        fn free(block: *mut c_void);
    }
    if agent_allocator::NAME == "default" {
        return;
    }
    let before = stats();
    // SAFETY: the block is given back once.
    unsafe {
        let block = black_box(realloc(black_box(calloc(5, 100)), 900));
        let live = stats();
        assert_eq!(live.requested_bytes - before.requested_bytes, 1_400);
        assert_eq!(live.live_bytes - before.live_bytes, 900);
        free(block);
    }
    let after = stats();
    assert_eq!((after.live_bytes, after.live_blocks), (before.live_bytes, before.live_blocks));
    assert_eq!((after.alloc_count - before.alloc_count, after.realloc_count - before.realloc_count), (1, 1));
}
