//! Files that are made from committed numbers: written, or only compared.

use crate::{
    data::exit::Exit,
    shell::{store, workspace::Workspace},
};
use anyhow::Result;
use std::path::{Path, PathBuf};

/// What became of the files.
pub struct Written {
    /// A line a file.
    pub lines: Vec<String>,
    /// Whether all are current.
    pub exit: Exit,
}

/// Writes the files that are not what they should be.
///
/// # Errors
/// One cannot be written.
pub fn write(files: &[(PathBuf, String)], workspace: &Workspace) -> Result<Written> {
    let mut lines = Vec::new();
    for (path, text) in files {
        let done = if store::write_if_changed(path, text.as_bytes())? { "Wrote" } else { "Unchanged:" };
        lines.push(format!("{done} {}", workspace.shown(path)));
    }
    Ok(Written { lines, exit: Exit::Pass })
}

/// Says which files `cargo xtask report REPORT` would change.
///
/// # Errors
/// One cannot be read.
pub fn compared(files: &[(PathBuf, String)], workspace: &Workspace, report: &str) -> Result<Written> {
    let is_current = |path: &Path, text: &str| Ok::<bool, anyhow::Error>(store::read_text(path)?.as_deref() == Some(text));
    let mut lines = Vec::new();
    for (path, text) in files {
        if !is_current(path, text)? {
            lines.push(format!("{} is not current: run cargo xtask report {report}", workspace.shown(path)));
        }
    }
    let exit = if lines.is_empty() { Exit::Pass } else { Exit::Verdict };
    if lines.is_empty() {
        lines.push("The files are current.".into());
    }
    Ok(Written { lines, exit })
}
