//! The allocators that can be had on this machine, each as a heap beside the program's own.

use alloc_bench::heap::Heap;
use std::alloc::{GlobalAlloc, Layout, System};
use talc::{TalcCell, source::GlobalAllocSource};

/// An allocator behind a pointer: one call more, the same for all.
pub struct Native(Box<dyn GlobalAlloc>);

impl Heap for Native {
    fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: operations are never empty.
        unsafe { self.0.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is the one that is asked for.
        unsafe { self.0.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's promise is the one that is asked for.
        unsafe { self.0.realloc(block, layout, size) }
    }

    fn memory_bytes(&self) -> u64 {
        0
    }
}

/// A new heap of each, by name.
pub fn all() -> [(&'static str, Native); 4] {
    let blocks = GlobalAllocSource::new(System);
    [
        ("system", Native(Box::new(System))),
        ("dlmalloc", Native(Box::new(dlmalloc::GlobalDlmalloc))),
        ("rlsf", Native(Box::new(rlsf::SmallGlobalTlsf::new()))),
        ("talc", Native(Box::new(TalcCell::new(blocks)))),
    ]
}
