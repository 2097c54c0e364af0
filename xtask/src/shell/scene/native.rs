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
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

/// A native program of the workspace, and how it is run.
#[derive(Clone, Debug)]
pub struct Native {
    program: PathBuf,
    /// What runs it: a program and its arguments, before its own name.
    under: Vec<OsString>,
    /// Variables that are set besides those of the scenario.
    variables: BTreeMap<OsString, OsString>,
    watch: bounded::Watch,
    /// How much slower it is under what runs it: deadlines are so much longer.
    slowdown: u32,
}

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
        Ok(Native::at(folder.join("release").join(format!("{package}{}", std::env::consts::EXE_SUFFIX))))
    }

    /// A program that is there, run as it is.
    pub fn at(program: PathBuf) -> Native {
        Native { program, under: Vec::new(), variables: BTreeMap::new(), watch: bounded::Watch::Nothing, slowdown: 1 }
    }

    /// The same run by another program, which makes it so many times slower.
    pub fn under(self, command: impl IntoIterator<Item = OsString>, slowdown: u32) -> Native {
        Native { under: command.into_iter().collect(), slowdown, ..self }
    }

    /// The same with a variable set.
    pub fn with_variable(mut self, name: &str, value: impl Into<OsString>) -> Native {
        self.variables.insert(name.into(), value.into());
        self
    }

    /// The same with its memory looked at.
    pub fn watched(self) -> Native {
        Native { watch: bounded::Watch::Memory, ..self }
    }

    /// The program's file.
    pub fn path(&self) -> &Path {
        &self.program
    }

    /// The whole command line but the program's own arguments.
    pub fn words(&self) -> impl Iterator<Item = &OsStr> {
        self.under.iter().map(OsString::as_os_str).chain([self.program.as_os_str()])
    }

    /// Runs `command` as this program would be: with its variables, its deadline and its watch.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn run_command(&self, mut command: Command, stdin: &[u8], deadline: Duration) -> Result<bounded::Ended> {
        command.envs(&self.variables);
        bounded::run_watched(command, stdin, deadline.saturating_mul(self.slowdown), self.watch)
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
        let mut words = self.words();
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words).args(arguments).current_dir(folder).env_clear().envs(environment);
        self.run_command(command, stdin, deadline)
    }
}
