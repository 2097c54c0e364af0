//! Tools that PyPI has as wheels, in virtual environments of our own: without root, and without touching the system's Python.

use crate::{
    data::exit::Failure,
    shell::{console, process, store},
};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// Who needs the wheels, for what is said while they are installed.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Who does not go on without them.
    pub by: &'static str,
    /// What it takes, in time and space.
    pub cost: &'static str,
    /// How to do without PyPI.
    pub cure: &'static str,
}

/// The folder of a virtual environment with exactly `wheels` (name, version), made below `root` when first needed, whole or not at all.
///
/// # Errors
/// Exit 3: there is no Python 3, or PyPI is not reachable or has no such wheel for this machine.
pub fn install(root: &Path, wheels: &[(&str, &str)], wanted: &Wanted) -> Result<PathBuf> {
    let named = |between: &str| wheels.iter().map(|(name, version)| format!("{name}{between}{version}")).collect::<Vec<_>>();
    let folder = root.join("python").join(named("-").join("-"));
    let done = folder.join("installed");
    let parent = folder.parent().unwrap_or(root);
    // Another run may be making it: a virtual environment cannot be made elsewhere and moved.
    let _lock = if done.is_file() { None } else { Some(store::exclusive(parent)?) };
    if done.is_file() {
        return Ok(folder);
    }
    let names = wheels.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let failed =
        |said: String| Failure::tool(format!("cannot install {names}, which {} needs{said}: {}", wanted.by, wanted.cure));
    if process::find("python3").is_none() {
        return Err(failed(" (python3 is not on PATH)".into()).into());
    }
    console::log(&format!("xtask: installing {names} from PyPI into a virtual environment ({})", wanted.cost));
    let shell = process::shell(parent)?;
    let pip = ["install", "--quiet", "--disable-pip-version-check", "--no-cache-dir", "--only-binary", ":all:"];
    let steps = [
        shell.cmd("python3").args(["-m", "venv", "--clear"]).arg(&folder),
        shell.cmd(folder.join("bin/pip")).args(pip).args(named("==")),
    ];
    for step in steps {
        let line = step.to_string();
        let output = process::output(step)?;
        if !output.status.success() {
            return Err(anyhow::anyhow!(process::tail(&output.stderr))).with_context(|| failed(format!(" (`{line}` failed)")));
        }
    }
    store::write(&done, b"")?;
    Ok(folder)
}

/// The folders that the packages of a virtual environment lie in: `lib/python3.N/site-packages`.
pub fn packages(environment: &Path) -> impl Iterator<Item = PathBuf> {
    let versions = fs_err::read_dir(environment.join("lib")).into_iter().flatten().flatten();
    versions.map(|entry| entry.path().join("site-packages"))
}
