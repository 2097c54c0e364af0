//! How the component starts: wasi-libc's start code calls `__main_void`, which in other programs is std's or libc's.

use core::alloc::Layout;
use core::panic::PanicInfo;

use agent::effects::Host;
use agent::host::PlatformHost;
use alloc::alloc::{alloc, realloc};
use alloc::string::String;
use wasip2::cli::environment::get_arguments;

// The start code. Without `std` nobody else asks for it.
#[link(name = "c")]
unsafe extern "C" {}

/// The exit code as C gives it; the host hears only whether it is 0.
#[unsafe(no_mangle)]
extern "C" fn __main_void() -> i32 {
    i32::from(super::run(Ok(get_arguments().into_iter().skip(1).collect())))
}

/// Where the host puts the strings and lists that it returns, which the bindings then free as Rust's own. wasi-libc has a function of this name
/// too, which would take them from C's heap.
///
/// # Safety
/// As the canonical ABI of components calls it: `old` is null, or a block that this gave with `old_size` and `align`.
#[unsafe(no_mangle)]
unsafe extern "C" fn cabi_realloc(old: *mut u8, old_size: usize, align: usize, new_size: usize) -> *mut u8 {
    if new_size == 0 {
        return core::ptr::without_provenance_mut(align);
    }
    // SAFETY: the ABI gives alignments that are powers of two, sizes that fit in memory, and blocks that came from here.
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
#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    if let Some(place) = info.location() {
        let mut line = String::from("internal error at ");
        line.push_str(place.file());
        line.push(':');
        agent::json::number(&mut line, place.line().into());
        line.push_str(": please report it");
        PlatformHost::default().warn(&line);
    }
    core::arch::wasm32::unreachable()
}
