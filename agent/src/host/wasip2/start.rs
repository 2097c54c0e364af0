//! What a component without `std` brings itself. The program calls [`without_std!`](crate::without_std) once.

use alloc::alloc::{alloc, realloc};
use core::alloc::Layout;
use core::panic::PanicInfo;

use super::PlatformHost;
use crate::effects::Host;

/// The C library with its start code, the canonical ABI's allocation and the panic handler: items that a program has once, and that std and
/// wasi-libc would bring otherwise. What is behind them is inlined, so that it is as if it stood in the program.
#[macro_export]
macro_rules! without_std {
    () => {
        // The start code. Without `std` nobody else asks for it.
        #[link(name = "c")]
        unsafe extern "C" {}

        /// Where the host puts the strings and lists that it returns, which the bindings then free as Rust's own. wasi-libc has a function of
        /// this name too, which would take them from C's heap.
        ///
        /// # Safety
        /// As the canonical ABI of components calls it: `old` is null, or a block that this gave with `old_size` and `align`.
        #[unsafe(no_mangle)]
        unsafe extern "C" fn cabi_realloc(old: *mut u8, old_size: usize, align: usize, new_size: usize) -> *mut u8 {
            // SAFETY: the caller promises what is asked for here.
            unsafe { $crate::host::start::abi_realloc(old, old_size, align, new_size) }
        }

        #[panic_handler]
        fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
            $crate::host::start::panic(info)
        }
    };
}

/// Gives a block, or a larger one with what is in `old`, from Rust's heap.
///
/// # Safety
/// `align` is a power of two, the sizes fit in memory, and where `old_size` is not 0, `old` is a block that this gave with `old_size` and `align`.
#[inline(always)]
pub unsafe fn abi_realloc(old: *mut u8, old_size: usize, align: usize, new_size: usize) -> *mut u8 {
    if new_size == 0 {
        return core::ptr::without_provenance_mut(align);
    }
    // SAFETY: the caller promises what both need.
    let block = unsafe {
        if old_size == 0 {
            alloc(Layout::from_size_align_unchecked(new_size, align))
        } else {
            realloc(old, Layout::from_size_align_unchecked(old_size, align), new_size)
        }
    };
    if block.is_null() {
        core::arch::wasm32::unreachable();
    }
    block
}

/// Says where, which is enough to find it, and stops. The message would bring all of `core::fmt`, thousands of bytes for what never happens.
/// Nothing is allocated: memory may be what there is none of.
pub fn panic(info: &PanicInfo<'_>) -> ! {
    let mut host = PlatformHost::default();
    host.prompt("agent: internal error, or no memory left, at ");
    if let Some(place) = info.location() {
        host.prompt(place.file());
        let mut digits = *b" line         ";
        let mut line = place.line();
        for digit in digits.iter_mut().rev().take(8) {
            if line > 0 {
                *digit = b'0' + (line % 10) as u8;
                line /= 10;
            }
        }
        host.prompt(core::str::from_utf8(&digits).unwrap_or_default());
    }
    host.prompt("\n");
    core::arch::wasm32::unreachable()
}
