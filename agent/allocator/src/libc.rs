//! The heap of the C library as Rust's, for a program without std: what std's own `System` is on WASI.

use core::alloc::{GlobalAlloc, Layout};
use core::ffi::c_void;

#[global_allocator]
static ALLOCATOR: LibcHeap = LibcHeap;

/// `malloc` and its family.
struct LibcHeap;

/// What `malloc` aligns to without being asked.
const C_ALIGN: usize = 8;

unsafe extern "C" {
    fn malloc(size: usize) -> *mut c_void;
    fn realloc(block: *mut c_void, size: usize) -> *mut c_void;
    fn free(block: *mut c_void);
    fn aligned_alloc(align: usize, size: usize) -> *mut c_void;
}

// SAFETY: blocks come from the C library's heap and go back to it; those with a larger alignment come from `aligned_alloc`, whose blocks
// `free` takes too, and are moved by hand when they grow.
unsafe impl GlobalAlloc for LibcHeap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: both take any size; the alignment is a power of two, and `aligned_alloc` of wasi-libc takes a size that is no multiple of it.
        unsafe {
            if layout.align() <= C_ALIGN {
                malloc(layout.size()).cast()
            } else {
                aligned_alloc(layout.align(), layout.size()).cast()
            }
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, _layout: Layout) {
        // SAFETY: the caller gives a block of this heap.
        unsafe { free(block.cast()) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        if layout.align() <= C_ALIGN {
            // SAFETY: the caller gives a block of this heap, which `malloc` made.
            return unsafe { realloc(block.cast(), new_size).cast() };
        }
        // SAFETY: the new block is another one of at least the smaller size, and the old one is given back once.
        unsafe {
            let new = self.alloc(Layout::from_size_align_unchecked(new_size, layout.align()));
            if !new.is_null() {
                new.copy_from_nonoverlapping(block, layout.size().min(new_size));
                self.dealloc(block, layout);
            }
            new
        }
    }
}
