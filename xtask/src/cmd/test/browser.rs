//! The pages in a real browser.

use super::passes;
use crate::shell::{browser, workspace::Workspace};
use anyhow::Result;

/// Loads the page of `report html` in Chromium.
///
/// # Errors
/// There is no browser, and none can be installed.
pub fn pass(workspace: &Workspace) -> Result<bool> {
    let chromium = browser::find()?;
    let shell = workspace.shell()?;
    let cmd = shell.cmd("cargo").args(["test", "--locked", "--package", "xtask", "--test", "browser", "--", "--test-threads=1"]);
    passes(cmd.env("CHROMIUM", chromium))
}
