//! WASI 0.2. What the host returns lies in a memory beside the heap, and is never given back to the heap.

use core::mem::forget;
use wasip2::cli::{stdin::get_stdin, stdout::get_stdout};

// The start code. Without `std` nobody else asks for it.
#[link(name = "c")]
unsafe extern "C" {}

/// The most that is read at once, and so the most that the host hands over.
const PIECE_BYTES: usize = 16 << 10;

static mut PIECE: [u64; PIECE_BYTES / 8] = [0; PIECE_BYTES / 8];

/// Where the host puts the bytes that it read: one list at a time is alive.
#[unsafe(no_mangle)]
extern "C" fn cabi_realloc(_: *mut u8, old_size: usize, align: usize, size: usize) -> *mut u8 {
    if old_size != 0 || align > 8 || size > PIECE_BYTES {
        core::arch::wasm32::unreachable();
    }
    (&raw mut PIECE).cast()
}

/// Reads standard input: how many bytes, 0 at its end.
pub fn read(buffer: &mut [u8]) -> usize {
    let wanted = buffer.len().min(PIECE_BYTES);
    let Ok(bytes) = get_stdin().blocking_read(wanted as u64) else { return 0 };
    let length = bytes.len();
    buffer[..length].copy_from_slice(&bytes);
    // It is no block of the heap.
    forget(bytes);
    length
}

/// Writes to standard output, 4,096 bytes at most; what cannot be written is left out, and missed by who reads it.
pub fn write(bytes: &[u8]) {
    let _ = get_stdout().blocking_write_and_flush(bytes);
}
