//! The optimizer: Binaryen's wasm-opt from PATH, from npm, or the `wasm-opt` crate.

mod embedded;
mod npm;

pub use embedded::{HEAVY_TARGET, heavy_target};

use super::{process, workspace::Workspace};
use crate::data::exit::{Exit, Failure, exit_of};
use anyhow::{Context, Result};
use clap::ValueEnum;
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

/// Which optimizer to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Choice {
    /// A wasm-opt of the pinned version on PATH, else npm's.
    Auto,
    /// The wasm-opt on PATH, which must have the pinned version.
    Native,
    /// The pinned version from npm, by lock file, in the target folder. Needs Node.
    Npm,
    /// Binaryen 116 through the `wasm-opt` crate: takes minutes to build once, needs no Node, has its own baseline.
    Embedded,
}

/// A wasm-opt that was found and whose version is known.
#[derive(Clone, Debug)]
pub struct Optimizer {
    /// Binaryen's version.
    pub version: u32,
    /// Where it came from: `native`, `npm` or `embedded`.
    pub origin: &'static str,
    program: OsString,
    arguments: Vec<PathBuf>,
}

impl Optimizer {
    /// Finds the optimizer, installing or building it where `choice` says so.
    ///
    /// # Errors
    /// None is there: exit 3 with the choices.
    pub fn find(choice: Choice, workspace: &Workspace) -> Result<Optimizer> {
        let pinned = workspace.policy.optimizer.binaryen;
        match choice {
            Choice::Native => native(pinned)?.map_err(|why| Failure::tool(format!("{why}. {}", choices(pinned))).into()),
            Choice::Npm => npm::install(pinned, &workspace.scratch()).map_err(|error| with_choices(error, pinned, None)),
            Choice::Embedded => embedded::build(&workspace.scratch()),
            Choice::Auto => match native(pinned)? {
                Ok(optimizer) => Ok(optimizer),
                Err(why) => npm::install(pinned, &workspace.scratch()).map_err(|error| with_choices(error, pinned, Some(&why))),
            },
        }
    }

    /// The key of this optimizer's numbers in a baseline file.
    pub fn key(&self) -> String {
        format!("binaryen-{}", self.version)
    }

    /// Its name and version, for the provenance.
    pub fn label(&self) -> String {
        format!("Binaryen {} -Oz --converge", self.version)
    }

    /// The words that start it, before its own arguments.
    pub fn command_line(&self) -> Vec<OsString> {
        [self.program.clone()].into_iter().chain(self.arguments.iter().map(|part| part.clone().into_os_string())).collect()
    }

    /// Optimizes the core module at `input` for size into `output`, until nothing changes any more, names kept.
    ///
    /// # Errors
    /// What it printed.
    pub fn run(&self, input: &Path, output: &Path, feature_flags: &[String], cores: usize) -> Result<()> {
        let folder = input.parent().unwrap_or(Path::new("."));
        let shell = process::shell(folder)?;
        let cmd = shell.cmd(&self.program).args(&self.arguments).arg(input).arg("-o").arg(output);
        let cmd = cmd.args(["-Oz", "--converge", "-g"]).args(feature_flags).env("BINARYEN_CORES", cores.to_string());
        let line = cmd.to_string();
        let out = process::output(cmd)?;
        if !out.status.success() {
            return Err(anyhow::anyhow!(process::tail(&out.stderr)))
                .with_context(|| Failure::invalid(format!("the optimizer failed: `{line}`")));
        }
        Ok(())
    }
}

/// A missing tool with what can be done about it; another failure, such as a pin that the lock file lacks, as it is.
fn with_choices(error: anyhow::Error, pinned: u32, why: Option<&str>) -> anyhow::Error {
    if exit_of(&error) != Exit::Tool {
        return error;
    }
    let why = why.map_or_else(|| format!("npm cannot bring Binaryen {pinned}"), |why| format!("{why}, and npm cannot bring it"));
    error.context(Failure::tool(format!("{why}. {}", choices(pinned))))
}

/// What the user can do where no optimizer is found.
fn choices(pinned: u32) -> String {
    format!(
        "Choose: put wasm-opt {pinned} on PATH; or install Node 18 or later with npm, which then brings it by lock file; \
         or pass --optimizer embedded (Binaryen 116, minutes to build once, a baseline of its own)"
    )
}

/// The version of the wasm-opt on PATH if it is the pinned one, else why it is not.
///
/// # Errors
/// In words: none is there, it does not run, or it has another version.
pub fn native_version(pinned: u32) -> Result<String, String> {
    match native(pinned) {
        Ok(found) => found.map(|optimizer| optimizer.version.to_string()),
        Err(error) => Err(format!("{error:#}")),
    }
}

/// The wasm-opt on PATH, or why it is not the one.
fn native(pinned: u32) -> Result<Result<Optimizer, String>> {
    let Some(program) = process::find("wasm-opt") else { return Ok(Err("no wasm-opt is on PATH".into())) };
    let shell = process::shell(Path::new("."))?;
    let line = match process::first_line(shell.cmd(&program).arg("--version")) {
        Ok(line) => line,
        Err(error) => return Ok(Err(format!("{} does not run: {error:#}", program.display()))),
    };
    match version_in(&line) {
        Some(version) if version == pinned => {
            Ok(Ok(Optimizer { version, origin: "native", program: program.into_os_string(), arguments: Vec::new() }))
        }
        _ => Ok(Err(format!("{} is `{line}`, not the pinned version {pinned}", program.display()))),
    }
}

/// The number in `wasm-opt version 132 (version_132)`.
fn version_in(line: &str) -> Option<u32> {
    line.strip_prefix("wasm-opt version ")?.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        assert_eq!(version_in("wasm-opt version 132 (version_132)"), Some(132));
        assert_eq!(version_in("wasm-opt version 116"), Some(116));
        assert_eq!(version_in("wasm-opt 1.4"), None);
    }
}
