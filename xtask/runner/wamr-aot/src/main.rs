//! `runner-wamr-aot`: WAMR's runtime for what its compiler made, without a compiler and without an interpreter.

use std::process::ExitCode;

#[cfg(has_library)]
fn main() -> ExitCode {
    runner_wamr::ahead_of_time().main()
}

#[cfg(not(has_library))]
fn main() -> ExitCode {
    eprintln!("error: this program was built without WAMR's library: let `cargo xtask run` build it");
    ExitCode::FAILURE
}
