//! The agent's own binary on this machine: the reference that every engine is held to.

use crate::{
    data::exit::Failure,
    shell::{
        process::{self, bounded},
        workspace::Workspace,
    },
};
use anyhow::{Context, Result};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

/// A native program of the workspace.
#[derive(Clone, Debug)]
pub struct Native(PathBuf);

impl Native {
    /// Has cargo build the binary of `package` in release.
    ///
    /// # Errors
    /// It does not build.
    pub fn build(workspace: &Workspace, package: &str) -> Result<Native> {
        let folder = workspace.scratch().join("native");
        let shell = workspace.shell()?;
        let cmd = shell.cmd("cargo").args(["build", "--locked", "--release", "--package", package, "--target-dir"]).arg(&folder);
        let output = process::output(cmd)?;
        if !output.status.success() {
            return Err(anyhow::anyhow!(process::tail(&output.stderr)))
                .with_context(|| Failure::invalid(format!("cannot build {package} for this machine")));
        }
        Ok(Native(folder.join("release").join(format!("{package}{}", std::env::consts::EXE_SUFFIX))))
    }

    /// The program's file.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Runs it in `folder` with nothing of this process's environment.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn run(
        &self,
        folder: &Path,
        arguments: &[String],
        environment: &BTreeMap<String, String>,
        stdin: &[u8],
        deadline: Duration,
    ) -> Result<bounded::Ended> {
        let mut command = Command::new(&self.0);
        command.args(arguments).current_dir(folder).env_clear().envs(environment);
        bounded::run(command, stdin, deadline)
    }
}
