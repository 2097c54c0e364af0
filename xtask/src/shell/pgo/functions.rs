//! The committed tables of counts by function, in their place beside the baseline.

use crate::{
    analysis::callgrind::{Profile, table},
    data::{exit::Failure, pgo::build::Build},
    shell::{store, workspace::Workspace},
};
use anyhow::Result;
use std::path::PathBuf;

fn path(workspace: &Workspace, subject: &str, build: Build) -> PathBuf {
    workspace.baselines.join("pgo").join(subject).join(format!("{build}.tsv"))
}

/// The committed table of a build, if there is one.
///
/// # Errors
/// Exit 2: a line is not a count and a name.
pub fn read(workspace: &Workspace, subject: &str, build: Build) -> Result<Option<Profile>> {
    let path = path(workspace, subject, build);
    let Some(text) = store::read_text(&path)? else { return Ok(None) };
    let wrong = |error: String| Failure::usage(format!("{} cannot be used ({error}): restore it from git", path.display()));
    Ok(Some(table::read(&text).map_err(wrong)?))
}

/// Writes it: the functions with the most instructions, the largest first.
///
/// # Errors
/// The file cannot be written.
pub fn write(workspace: &Workspace, subject: &str, build: Build, profile: &Profile) -> Result<()> {
    store::write_if_changed(&path(workspace, subject, build), table::render(profile).as_bytes())?;
    Ok(())
}
