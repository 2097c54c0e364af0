//! One heap for Rust and for C. On WASI a program has both, and giving Rust an allocator of its own is not enough:
//!
//! - wasm32-wasip2: the host puts the strings and lists that it returns where `cabi_realloc` says. std's `cabi_realloc` asks the Rust
//!   allocator, but half of the callers are wasi-libc, which gives such memory back with C's `free`. With two heaps that is corruption: of
//!   the allocators here three crashed on the first `open`, and two only seemed to work (rustc 1.95).
//! - wasm32-wasip1: nothing crosses, but wasi-libc's own dlmalloc stays linked beside the chosen allocator, about 11 KB of it.
//!
//! So [`OneHeap`] is Rust's allocator and C's `malloc` and its family too. `free` is not told a size, so each block has a header that
//! says it: 8 bytes, or as many as the block's alignment, so 16 for C.
//!
//! wasi-libc has its whole heap in one object, whose other names (`malloc_usable_size`, and the `__libc_malloc` that `atexit` and `newlocale`
//! want) are not here. A program that uses one does not link, "duplicate symbol: malloc": never two heaps in silence.

use core::alloc::{GlobalAlloc, Layout};
use core::ffi::{c_int, c_void};
use core::ptr::null_mut;

use crate::ALLOCATOR;

/// What lies just before each block.
#[derive(Clone, Copy)]
#[repr(C)]
struct Header {
    /// The alignment of the block, and so its distance from the start of what the inner allocator gave.
    align: usize,
    /// The size that was asked for.
    size: usize,
}

const HEADER: usize = size_of::<Header>();

/// Enough for any type of C, as C wants of `malloc`: `long double` on wasm32.
const C_ALIGN: usize = 16;

/// The allocator `A` with a header before each block.
pub struct OneHeap<A>(A);

impl<A> OneHeap<A> {
    /// Puts headers on what `inner` allocates.
    pub const fn new(inner: A) -> OneHeap<A> {
        OneHeap(inner)
    }
}

/// The layout of a block with its header, from the layout of the block.
fn with_header(size: usize, align: usize) -> Option<Layout> {
    let align = align.max(HEADER);
    Layout::from_size_align(size.checked_add(align)?, align).ok()
}

/// Reads the header of `block`.
///
/// # Safety
/// `block` came from [`OneHeap`] and was not given back.
unsafe fn header(block: *mut u8) -> Header {
    // SAFETY: `finish` wrote it there, and both addresses are multiples of its alignment.
    unsafe { block.cast::<Header>().sub(1).read() }
}

/// The layout that `block` was asked for with, at least the alignment of a header.
///
/// # Safety
/// `block` came from [`OneHeap`] and was not given back.
#[cfg(feature = "alloc-tracing")]
pub unsafe fn layout_of(block: *mut u8, _given: Layout) -> Layout {
    // SAFETY: it has a header, in which there is what made a layout.
    unsafe {
        let Header { align, size } = header(block);
        Layout::from_size_align_unchecked(size, align)
    }
}

/// Writes the header at the start of `outer`, which has the layout `whole` or is null, and gives the block after it.
///
/// # Safety
/// `whole` came from [`with_header`], and `outer` is null or has that layout.
unsafe fn finish(outer: *mut u8, whole: Layout, size: usize) -> *mut u8 {
    if outer.is_null() {
        return outer;
    }
    let align = whole.align();
    // SAFETY: `whole` is `align` bytes longer than the block, `align` is at least `HEADER`, and the header ends where the block starts.
    unsafe {
        let block = outer.add(align);
        block.cast::<Header>().sub(1).write(Header { align, size });
        block
    }
}

// SAFETY: blocks are parts of distinct blocks of `A`; each is aligned because it starts a multiple of its alignment after one of `A`'s
// that is; a header is written once a block is made and is all that freeing and growing rely on.
unsafe impl<A: GlobalAlloc> GlobalAlloc for OneHeap<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let Some(whole) = with_header(layout.size(), layout.align()) else { return null_mut() };
        // SAFETY: `whole` is not empty: it has a header.
        unsafe { finish(self.0.alloc(whole), whole, layout.size()) }
    }

    unsafe fn dealloc(&self, block: *mut u8, _layout: Layout) {
        // SAFETY: the caller gives a block of this allocator, whose header is what it was allocated with.
        unsafe {
            let Header { align, size } = header(block);
            self.0.dealloc(block.sub(align), Layout::from_size_align_unchecked(size + align, align));
        }
    }

    unsafe fn realloc(&self, block: *mut u8, _layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: as in `dealloc`; the new size with the header was checked to be one.
        unsafe {
            let Header { align, size } = header(block);
            let Some(whole) = with_header(new_size, align) else { return null_mut() };
            let old = Layout::from_size_align_unchecked(size + align, align);
            finish(self.0.realloc(block.sub(align), old, whole.size()), whole, new_size)
        }
    }
}

fn allocate(size: usize, align: usize) -> *mut c_void {
    match Layout::from_size_align(size, align) {
        // SAFETY: an empty layout is fine here: the inner allocator never sees it without a header.
        Ok(layout) => unsafe { ALLOCATOR.alloc(layout).cast() },
        Err(_) => null_mut(),
    }
}

/// C's `malloc`.
#[unsafe(no_mangle)]
pub extern "C" fn malloc(size: usize) -> *mut c_void {
    allocate(size, C_ALIGN)
}

/// C's `calloc`.
#[unsafe(no_mangle)]
pub extern "C" fn calloc(count: usize, each: usize) -> *mut c_void {
    let Some(size) = count.checked_mul(each) else { return null_mut() };
    let block = allocate(size, C_ALIGN);
    if !block.is_null() {
        // SAFETY: the block has `size` bytes.
        unsafe { block.write_bytes(0, size) };
    }
    block
}

/// C's `realloc`.
///
/// # Safety
/// `block` is null, or came from this heap and was not given back.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn realloc(block: *mut c_void, size: usize) -> *mut c_void {
    if block.is_null() {
        // Not by the name `malloc`: LLVM knows that name, and may reason that the header before a new block cannot have been written.
        return allocate(size, C_ALIGN);
    }
    // SAFETY: the block is one of this allocator, which reads the old layout from the header.
    unsafe { ALLOCATOR.realloc(block.cast(), Layout::new::<()>(), size).cast() }
}

/// C's `free`.
///
/// # Safety
/// `block` is null, or came from this heap and was not given back.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn free(block: *mut c_void) {
    if !block.is_null() {
        // SAFETY: the block is one of this allocator, which reads the layout from the header.
        unsafe { ALLOCATOR.dealloc(block.cast(), Layout::new::<()>()) };
    }
}

/// C's `aligned_alloc`.
#[unsafe(no_mangle)]
pub extern "C" fn aligned_alloc(align: usize, size: usize) -> *mut c_void {
    allocate(size, align)
}

/// POSIX's `posix_memalign`.
///
/// # Safety
/// `result` can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn posix_memalign(result: *mut *mut c_void, align: usize, size: usize) -> c_int {
    const EINVAL: c_int = 28;
    const ENOMEM: c_int = 48;
    if !align.is_power_of_two() || align < size_of::<*mut c_void>() {
        return EINVAL;
    }
    let block = allocate(size, align);
    if block.is_null() {
        return ENOMEM;
    }
    // SAFETY: the caller gives a place to write to.
    unsafe { result.write(block) };
    0
}
