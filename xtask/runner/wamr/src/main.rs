//! `runner-wamr`: WAMR with its interpreter.

use std::process::ExitCode;
// Its build brings the library that `runner_wamr::engine` speaks to.
use wamrx_sys as _;

fn main() -> ExitCode {
    runner_wamr::interpreter().main()
}
