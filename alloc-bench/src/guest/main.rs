//! The guest: reads a request on its standard input, does it on its allocator, and prints one line of JSON.
//!
//! It does not allocate: its tables are static, what the host hands over lies in a memory of its own (`wasip2.rs`), and text is written to
//! a buffer on the stack. So all that happens on the heap is what the request asks for.

#![cfg_attr(target_os = "wasi", no_std, no_main)]

#[cfg(target_os = "wasi")]
mod answer;
#[cfg(all(target_os = "wasi", feature = "control"))]
mod control;
#[cfg(target_os = "wasi")]
mod memory;
#[cfg(target_os = "wasi")]
mod serve;
#[cfg(all(target_os = "wasi", target_env = "p1"))]
#[path = "wasip1.rs"]
mod system;
#[cfg(all(target_os = "wasi", target_env = "p2"))]
#[path = "wasip2.rs"]
mod system;

#[cfg(all(target_os = "wasi", not(feature = "control")))]
use agent_allocator as _;

#[cfg(not(target_os = "wasi"))]
fn main() {
    eprintln!("alloc-guest: it measures allocators in WebAssembly: run `cargo xtask alloc`");
    std::process::exit(2);
}

/// What wasi-libc's start code calls.
#[cfg(target_os = "wasi")]
#[unsafe(no_mangle)]
extern "C" fn __main_void() -> i32 {
    match serve::serve() {
        Ok(answer) => {
            system::write(answer.as_bytes());
            0
        }
        Err(reason) => {
            system::write(b"{\"error\":\"");
            system::write(reason.as_bytes());
            system::write(b"\"}\n");
            1
        }
    }
}

#[cfg(target_os = "wasi")]
#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    system::write(b"{\"error\":\"a panic in ");
    system::write(info.location().map_or("?", |place| place.file()).as_bytes());
    system::write(b"\"}\n");
    core::arch::wasm32::unreachable()
}
