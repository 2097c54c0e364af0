//! How the component starts: wasi-libc's start code calls `__main_void`, which in other programs is std's or libc's.

use wasip2::cli::environment::get_arguments;

agent::without_std!();

/// The exit code as C gives it; the host hears only whether it is 0.
#[unsafe(no_mangle)]
extern "C" fn __main_void() -> i32 {
    i32::from(super::start(Ok(get_arguments().into_iter().skip(1).collect())))
}
