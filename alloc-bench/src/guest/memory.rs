//! The allocator as a [`Heap`], and the memory that it grows in.

extern crate alloc;

use alloc_bench::heap::{Heap, Real};
use core::alloc::{GlobalAlloc, Layout};

/// The program's global allocator.
pub struct Global;

// SAFETY: it is the global allocator by its functions, which keep the same promises.
unsafe impl GlobalAlloc for Global {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the one that is asked for.
        unsafe { alloc::alloc::alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the one that is asked for.
        unsafe { alloc::alloc::alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is the one that is asked for.
        unsafe { alloc::alloc::dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's promise is the one that is asked for.
        unsafe { alloc::alloc::realloc(block, layout, size) }
    }
}

/// The heap of this program.
pub fn heap() -> impl Heap {
    Real { allocator: Global, memory_bytes: bytes }
}

/// How large linear memory is.
pub fn bytes() -> u64 {
    core::arch::wasm32::memory_size::<0>() as u64 * 65_536
}

/// Where the heap may start: what lies below is the program's stack and its statics.
pub fn base_bytes() -> u64 {
    unsafe extern "C" {
        static __heap_base: u8;
    }
    // SAFETY: the linker defines it; only its address is taken.
    (&raw const __heap_base).addr() as u64
}
