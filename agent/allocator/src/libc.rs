//! The heap of the C library as Rust's, for a program without std: what std's own `System` is on WASI.

use core::alloc::{GlobalAlloc, Layout};
use core::ffi::c_void;

#[cfg(not(feature = "alloc-tracing"))]
#[global_allocator]
static ALLOCATOR: LibcHeap = LibcHeap;

#[cfg(feature = "alloc-tracing")]
#[global_allocator]
static ALLOCATOR: crate::trace::Traced<LibcHeap> = crate::trace::Traced::new(LibcHeap);

/// `malloc` and its family.
struct LibcHeap;

/// What `malloc` aligns to without being asked, as C wants it: enough for `long double`.
const C_ALIGN: usize = 16;

// `aligned_alloc` would do for larger alignments, and is 1,500 bytes that next to nothing needs.
unsafe extern "C" {
    fn malloc(size: usize) -> *mut c_void;
    fn realloc(block: *mut c_void, size: usize) -> *mut c_void;
    fn free(block: *mut c_void);
}

// SAFETY: blocks come from the C library's heap and go back to it. One with a larger alignment starts somewhere in a block of `malloc` that is
// longer by that alignment, and the address of that block stands just before it: there are at least `C_ALIGN` bytes, because both addresses
// are multiples of that and differ.
unsafe impl GlobalAlloc for LibcHeap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.align() <= C_ALIGN {
            // SAFETY: it takes any size.
            return unsafe { malloc(layout.size()).cast() };
        }
        // SAFETY: a size and an alignment that make a layout do not overflow, and the rest is within the block.
        unsafe {
            let outer: *mut u8 = malloc(layout.size() + layout.align()).cast();
            if outer.is_null() {
                return outer;
            }
            let block = outer.add(layout.align() - outer.addr() % layout.align());
            block.cast::<*mut u8>().sub(1).write(outer);
            block
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller gives a block of this heap with its layout, so this is what `alloc` got or wrote.
        unsafe { free(if layout.align() <= C_ALIGN { block } else { block.cast::<*mut u8>().sub(1).read() }.cast()) }
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
