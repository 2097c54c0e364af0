//! The workflows in `.github`: actionlint and zizmor have nothing to say of them.

use super::passes;
use crate::shell::{
    linters::{ACTIONLINT, ZIZMOR},
    optimizer::heavy_target,
    workspace::Workspace,
};
use anyhow::Result;

/// Tokens with which zizmor would ask GitHub: the same files have to get the same answer everywhere.
const TOKENS: [&str; 3] = ["GH_TOKEN", "GITHUB_TOKEN", "ZIZMOR_GITHUB_TOKEN"];

/// Runs both linters; what they find is on our stdout and stderr.
///
/// # Errors
/// Exit 3: one is not on PATH and cannot be had from PyPI.
pub fn pass(workspace: &Workspace) -> Result<bool> {
    let root = heavy_target(&workspace.scratch());
    let (actionlint, zizmor) = (ACTIONLINT.find(&root)?, ZIZMOR.find(&root)?);
    let shell = workspace.shell()?;
    // Without shellcheck, which one machine has and another has not: steps are single commands, and a test holds that.
    let workflows = passes(shell.cmd(actionlint).args(["-no-color", "-shellcheck=", "-pyflakes="]))?;
    let mut cmd = shell.cmd(zizmor).args(["--offline", "--persona", "auditor", "--no-progress", "."]);
    for token in TOKENS {
        cmd = cmd.env_remove(token);
    }
    Ok(workflows & passes(cmd)?)
}
