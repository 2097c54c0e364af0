//! What is measured: a heap, and the one that costs nothing, which shows what the replay itself costs.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::ptr::null_mut;

/// A heap in a memory that grows.
pub trait Heap {
    /// A new block of at least one byte, or null.
    fn alloc(&self, layout: Layout) -> *mut u8;

    /// A new block that is full of zeros, or null.
    fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let block = self.alloc(layout);
        if !block.is_null() {
            // SAFETY: the block has so many bytes.
            unsafe { block.write_bytes(0, layout.size()) };
        }
        block
    }

    /// Gives `block` back.
    ///
    /// # Safety
    /// `block` came from this heap with `layout` and was not given back.
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout);

    /// `block` with another size, moved where it has to be; null and nothing changed where there is no room.
    ///
    /// # Safety
    /// As [`Heap::dealloc`], and `size` is not 0 and no more than a layout can have.
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8;

    /// How large the memory is that the heap grows in.
    fn memory_bytes(&self) -> u64;

    /// Whether what is written to a block stays there.
    const KEEPS: bool = true;
}

/// A [`GlobalAlloc`] and a way to see how large memory is.
pub struct Real<A, M> {
    /// The allocator.
    pub allocator: A,
    /// How large memory is, in bytes.
    pub memory_bytes: M,
}

impl<A: GlobalAlloc, M: Fn() -> u64> Heap for Real<A, M> {
    fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: nobody here asks for no bytes: operations of size 0 are refused, and certification asks for none.
        unsafe { self.allocator.alloc(layout) }
    }

    fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        unsafe { self.allocator.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is the one that is asked for.
        unsafe { self.allocator.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's promise is the one that is asked for.
        unsafe { self.allocator.realloc(block, layout, size) }
    }

    fn memory_bytes(&self) -> u64 {
        (self.memory_bytes)()
    }
}

/// No heap: every block is the same eight bytes. A replay on it costs what the replay costs by itself.
#[derive(Default)]
pub struct Dry(UnsafeCell<[u64; 1]>);

impl Heap for Dry {
    #[inline(never)]
    fn alloc(&self, _layout: Layout) -> *mut u8 {
        self.0.get().cast()
    }

    fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        self.alloc(layout)
    }

    #[inline(never)]
    unsafe fn dealloc(&self, _block: *mut u8, _layout: Layout) {}

    #[inline(never)]
    unsafe fn realloc(&self, block: *mut u8, _layout: Layout, _size: usize) -> *mut u8 {
        block
    }

    fn memory_bytes(&self) -> u64 {
        0
    }

    const KEEPS: bool = false;
}

/// A heap that gives at most so many bytes, for tests on machines whose memory has no end.
pub struct Capped<H> {
    /// What gives the bytes.
    pub heap: H,
    /// How many it may give.
    pub cap_bytes: u64,
    /// How many it has given.
    pub live_bytes: core::cell::Cell<u64>,
}

impl<H: Heap> Heap for Capped<H> {
    fn alloc(&self, layout: Layout) -> *mut u8 {
        let live = self.live_bytes.get() + layout.size() as u64;
        if live > self.cap_bytes {
            return null_mut();
        }
        self.live_bytes.set(live);
        self.heap.alloc(layout)
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        self.live_bytes.set(self.live_bytes.get() - layout.size() as u64);
        // SAFETY: the caller's promise is the one that is asked for.
        unsafe { self.heap.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let live = self.live_bytes.get() - layout.size() as u64 + size as u64;
        if live > self.cap_bytes {
            return null_mut();
        }
        // SAFETY: the caller's promise is the one that is asked for.
        let new = unsafe { self.heap.realloc(block, layout, size) };
        if !new.is_null() {
            self.live_bytes.set(live);
        }
        new
    }

    fn memory_bytes(&self) -> u64 {
        self.heap.memory_bytes()
    }
}
