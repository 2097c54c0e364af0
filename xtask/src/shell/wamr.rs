//! WAMR: what its builds of the runner need besides cargo, found or made without root.

pub mod aot;
pub mod llvm;
pub mod tools;

use anyhow::Result;
use runner_protocol::Build;
use std::{ffi::OsString, path::Path};

/// The environment in which cargo builds the runner for `build`; what is missing is made below `heavy`.
///
/// # Errors
/// It cannot be made: exit 3 with the cure.
pub fn environment(build: Build, heavy: &Path) -> Result<Vec<(String, OsString)>> {
    match build {
        Build::Jit | Build::Precompiled => Ok(Vec::new()),
        Build::Wamr => tools::environment(heavy),
        Build::WamrAot => aot::environment(heavy),
    }
}
