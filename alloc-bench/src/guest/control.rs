//! Allocators broken on purpose: what certification is worth is whether it refuses these. Under them is the crate `dlmalloc`.

use core::alloc::{GlobalAlloc, Layout};
use dlmalloc::GlobalDlmalloc;

#[global_allocator]
static ALLOCATOR: Broken = Broken;

struct Broken;

// SAFETY: it is meant not to be one. What it gives is memory of `GlobalDlmalloc`'s with room for what is wrong with it.
unsafe impl GlobalAlloc for Broken {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // As `ClaimOnOom` over an empty span: it compiles, it is small, and it has nothing.
        if cfg!(feature = "control-empty") {
            return core::ptr::null_mut();
        }
        let shift = shift(layout.align());
        let Some(size) = layout.size().checked_add(shift) else { return core::ptr::null_mut() };
        let Ok(larger) = Layout::from_size_align(size, layout.align()) else { return core::ptr::null_mut() };
        // SAFETY: the layout is not empty, and the block is longer by what it is shifted.
        unsafe {
            let block = GlobalDlmalloc.alloc(larger);
            if block.is_null() { block } else { block.add(shift) }
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let shift = shift(layout.align());
        if !cfg!(feature = "control-leak") {
            // SAFETY: `alloc` shifted the block by as much.
            unsafe {
                let larger = Layout::from_size_align_unchecked(layout.size() + shift, layout.align());
                GlobalDlmalloc.dealloc(block.sub(shift), larger);
            }
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's sizes make a layout, and the new block has the smaller one at least.
        unsafe {
            let new = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !new.is_null() {
                if !cfg!(feature = "control-forgets") {
                    new.copy_from_nonoverlapping(block, layout.size().min(size));
                }
                self.dealloc(block, layout);
            }
            new
        }
    }
}

/// How far a block is shifted from where it should begin: as if no type wanted more than eight bytes.
fn shift(align: usize) -> usize {
    if cfg!(feature = "control-misalign") && align > 8 { 8 } else { 0 }
}
