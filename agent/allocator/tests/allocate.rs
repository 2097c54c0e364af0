//! The chosen allocator does an allocator's work. Run with each feature that is native, `cargo test -p agent-allocator --features rlsf`, and
//! for the others with a runner: `--target wasm32-wasip1 --features talc`.

use std::alloc::{Layout, alloc, alloc_zeroed, dealloc};
use std::collections::BTreeMap;

#[test]
fn name_is_the_feature() {
    let on = [
        (cfg!(feature = "dlmalloc"), "dlmalloc"),
        (cfg!(feature = "talc"), "talc"),
        (cfg!(feature = "rlsf"), "rlsf"),
        (cfg!(feature = "lol"), "lol"),
        (cfg!(feature = "leak"), "leak"),
    ];
    let wanted = on.iter().find(|(on, _)| *on).map_or("default", |(_, name)| name);
    assert_eq!(agent_allocator::NAME, wanted);
}

#[test]
fn grown_and_freed_memory_keeps_its_contents() {
    let mut kept: BTreeMap<usize, Vec<u8>> = BTreeMap::new();
    for round in 0..2_000_usize {
        let size = (round * 7_919) % 5_000 + 1;
        let mut bytes = Vec::new();
        for _ in 0..size {
            bytes.push(round as u8);
        }
        kept.insert(round, bytes);
        if round >= 100 {
            let old = kept.remove(&(round - 100)).expect("inserted 100 rounds ago");
            assert!(old.iter().all(|&byte| byte == (round - 100) as u8));
        }
    }
    assert_eq!(kept.len(), 100);
}

#[test]
fn alignment_and_zeroing_hold() {
    for shift in 0..13 {
        let layout = Layout::from_size_align(100, 1 << shift).expect("a power of two");
        // SAFETY: the layout's size is not zero; each pointer is checked, read within its size, and freed once with its own layout.
        unsafe {
            let dirty = alloc(layout);
            assert!(!dirty.is_null() && dirty.addr().is_multiple_of(layout.align()));
            dirty.write_bytes(0xAA, layout.size());
            dealloc(dirty, layout);
            let zeroed = alloc_zeroed(layout);
            assert!(!zeroed.is_null() && zeroed.addr().is_multiple_of(layout.align()));
            assert!(std::slice::from_raw_parts(zeroed, layout.size()).iter().all(|&byte| byte == 0));
            dealloc(zeroed, layout);
        }
    }
}

// Where half of the address space is more than any machine has; a wasm32 host may well grant it.
#[cfg(target_pointer_width = "64")]
#[test]
fn a_block_larger_than_memory_is_refused() {
    let size = isize::MAX as usize - 4096;
    let mut bytes: Vec<u8> = Vec::new();
    assert!(bytes.try_reserve_exact(size).is_err());
    bytes.extend_from_slice(b"kept");
    assert!(bytes.try_reserve_exact(size - 4).is_err());
    assert_eq!(bytes, b"kept");
}

#[cfg(not(target_family = "wasm"))]
#[test]
fn threads_share_it() {
    let workers: Vec<_> = (0..4_u8)
        .map(|id| {
            std::thread::spawn(move || {
                let parts: Vec<Vec<u8>> = (1..500).map(|size| vec![id; size]).collect();
                parts.iter().flatten().all(|&byte| byte == id)
            })
        })
        .collect();
    assert!(workers.into_iter().all(|worker| worker.join().expect("the worker ends")));
}
