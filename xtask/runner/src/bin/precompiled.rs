//! `runner-precompiled`: Wasmtime without a compiler in the process.

use std::process::ExitCode;

fn main() -> ExitCode {
    runner::precompiled().main()
}
