//! On WASI the chosen allocator is C's heap too: C's contracts hold, and blocks cross between C and Rust. Run it with a runner:
//! `cargo test -p agent-allocator --target wasm32-wasip1 --features talc,c-heap`.
#![cfg(target_os = "wasi")]

use std::alloc::{Layout, alloc, dealloc};
use std::ffi::{c_char, c_int, c_void};
use std::hint::black_box;
use std::ptr::null_mut;

unsafe extern "C" {
    fn malloc(size: usize) -> *mut c_void;
    fn calloc(count: usize, each: usize) -> *mut c_void;
    fn realloc(block: *mut c_void, size: usize) -> *mut c_void;
    fn free(block: *mut c_void);
    fn aligned_alloc(align: usize, size: usize) -> *mut c_void;
    fn posix_memalign(result: *mut *mut c_void, align: usize, size: usize) -> c_int;
    fn strdup(text: *const c_char) -> *mut c_char;
    fn reallocarray(block: *mut c_void, count: usize, each: usize) -> *mut c_void;
}

/// Whether it was refused. LLVM knows these functions, and drops a call of which only that is asked: it then takes the block to be there.
fn refused(block: *mut c_void) -> bool {
    black_box(block).is_null()
}

#[test]
fn contracts_of_c_hold() {
    // SAFETY: each block is used within its size and given back once.
    unsafe {
        let (one, two) = (black_box(malloc(0)), black_box(malloc(0)));
        assert!(!one.is_null() && !two.is_null() && one != two);
        free(one);
        free(two);
        free(null_mut());

        let dirty = malloc(300);
        assert!(dirty.addr().is_multiple_of(16));
        dirty.write_bytes(0xAA, 300);
        free(black_box(dirty));
        let zeroed = black_box(calloc(3, 100)).cast::<u8>();
        assert!((0..300).all(|at| *zeroed.add(at) == 0));
        let grown = realloc(zeroed.cast(), 100_000).cast::<u8>();
        assert!((0..300).all(|at| *grown.add(at) == 0));
        let array = reallocarray(grown.cast(), 10, 20);
        assert!(refused(reallocarray(array, usize::MAX, 2)));
        free(array);

        // Half of the address space is refused because Rust knows no such block; wasi-libc's own heap may get it of the host.
        let half = if agent_allocator::NAME == "default" { usize::MAX } else { isize::MAX as usize };
        for size in [usize::MAX, usize::MAX - 7, usize::MAX - 16, half, half - 15] {
            assert!(refused(malloc(size)), "{size:x}");
            assert!(refused(calloc(size, 1)) && refused(calloc(size, 2)), "{size:x}");
        }
        let copy = strdup(c"text".as_ptr());
        assert_eq!(std::ffi::CStr::from_ptr(copy), c"text");
        free(copy.cast());
    }
}

#[test]
fn alignment_is_that_of_the_caller_or_an_error() {
    // SAFETY: as above.
    unsafe {
        for shift in 2..13 {
            let align = 1_usize << shift;
            let mut block = null_mut();
            assert_eq!(posix_memalign(&mut block, align, 100), 0);
            assert!(block.addr().is_multiple_of(align));
            block.write_bytes(0x55, 100);
            let grown = realloc(block, 5_000).cast::<u8>();
            assert!((0..100).all(|at| *grown.add(at) == 0x55));
            free(grown.cast());
            let block = aligned_alloc(align, align * 2);
            assert!(!block.is_null() && block.addr().is_multiple_of(align));
            free(block);
        }
        const EINVAL: c_int = 28;
        const ENOMEM: c_int = 48;
        let mut block = std::ptr::dangling_mut();
        for wrong in [0, 1, 2, 3, 12, 24, usize::MAX] {
            assert_eq!(posix_memalign(&mut block, wrong, 100), EINVAL, "{wrong}");
        }
        assert_eq!(posix_memalign(&mut block, 16, usize::MAX - 20), ENOMEM);
        assert_eq!(block, std::ptr::dangling_mut(), "left alone");
        // wasi-libc's own rounds such alignments up.
        if agent_allocator::NAME != "default" {
            assert!(refused(aligned_alloc(3, 9)) && refused(aligned_alloc(0, 9)));
        }
    }
}

/// What std's `cabi_realloc` and wasi-libc do with a host's strings on wasm32-wasip2, both ways.
#[test]
fn blocks_cross_between_c_and_rust() {
    for size in [1, 7, 8, 100, 70_000] {
        let layout = Layout::from_size_align(size, 1).expect("a layout");
        // SAFETY: as above; that the one side may free what the other made is what this crate promises on WASI.
        unsafe {
            let of_rust = alloc(layout);
            of_rust.write_bytes(1, size);
            free(black_box(realloc(black_box(of_rust).cast(), size * 2)));
            let of_c = malloc(size).cast::<u8>();
            of_c.write_bytes(2, size);
            dealloc(black_box(of_c), layout);
        }
    }
}

/// A heap that gives memory back does not grow when the same work is done again.
#[cfg(not(feature = "leak"))]
#[test]
fn churn_grows_memory_boundedly() {
    let mut random = 1_u32;
    let mut next = |below: usize| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (random >> 8) as usize % below
    };
    let mut kept: Vec<Vec<u8>> = (0..200).map(|_| Vec::new()).collect();
    let mut after_warm_up = 0;
    for round in 0..60_000 {
        let size = if next(50) == 0 { next(20_000) } else { next(300) };
        let slot = next(kept.len());
        kept[slot] = vec![0; size];
        kept[slot].reserve_exact(next(400));
        // SAFETY: the block is given back at once.
        unsafe { free(black_box(realloc(black_box(malloc(next(2_000))), next(4_000)))) };
        if round == 20_000 {
            after_warm_up = std::arch::wasm32::memory_size(0);
        }
    }
    let pages = std::arch::wasm32::memory_size(0);
    println!("{} pages after 20,000 rounds, {pages} after 60,000", after_warm_up);
    assert!(pages <= after_warm_up + 4, "{after_warm_up} pages grew to {pages}");
}
