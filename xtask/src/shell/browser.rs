//! A browser without a window: what the tests of pages load them in.

use super::{console, process};
use crate::data::exit::Failure;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// The names that Chromium has on PATH.
const NAMES: [&str; 5] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// Chromium as PATH has it; where it has none and we may, installed by apt.
///
/// # Errors
/// There is none, and it cannot be installed.
pub fn find() -> Result<PathBuf> {
    if let Some(found) = on_path() {
        return Ok(found);
    }
    let cure = "install Chromium so that `chromium` is on PATH (Debian and Ubuntu: apt-get install chromium)";
    let shell = process::shell(Path::new("."))?;
    let is_root = process::first_line(shell.cmd("id").arg("-u")).is_ok_and(|id| id == "0");
    if process::find("apt-get").is_none() || !is_root {
        return Err(Failure::tool(format!("the pages are tested in a browser, and there is none: {cure}")).into());
    }
    console::log("xtask: installing Chromium (`apt-get install chromium`, some 300 MB)");
    let apt = |arguments: &[&str]| process::output(shell.cmd("apt-get").env("DEBIAN_FRONTEND", "noninteractive").args(arguments));
    let install = ["install", "--yes", "--no-install-recommends", "chromium"];
    let mut output = apt(&install)?;
    // A machine that is new has no lists of packages, and one that is old has lists of packages that are gone.
    if !output.status.success() {
        apt(&["update"])?;
        output = apt(&install)?;
    }
    on_path()
        .filter(|_| output.status.success())
        .with_context(|| process::tail(&output.stderr))
        .with_context(|| Failure::tool(format!("Chromium could not be installed by apt-get: {cure}")))
}

/// Chromium as PATH has it.
pub fn on_path() -> Option<PathBuf> {
    NAMES.into_iter().find_map(process::find)
}
