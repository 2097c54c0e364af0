//! `runner-jit`: Wasmtime with its compilers.

use std::process::ExitCode;

fn main() -> ExitCode {
    runner::jit().main()
}
