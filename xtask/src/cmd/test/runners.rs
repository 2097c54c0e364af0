//! The runner: its own tests and lints, and the grid of hostile scenarios with their guards off.

use super::passes;
use crate::shell::{
    optimizer::heavy_target,
    runner::{RUNNER_FOLDER, Runner},
    wamr,
    workspace::Workspace,
};
use anyhow::Result;
use runner_protocol::Build;
use std::path::{Path, PathBuf};

/// What the crates of the runner are tested as: `cargo test` and `cargo clippy` take the same.
const PACKAGES: [&[&str]; 2] = [
    &["--package", "runner-host", "--package", "runner", "--features", "runner/jit,runner/precompiled"],
    &["--package", "runner-wamr"],
];

/// Builds the runners that every machine can build, and says where they are: other tests then take them from there.
///
/// # Errors
/// One does not build.
pub fn build(workspace: &Workspace) -> Result<PathBuf> {
    for build in [Build::Jit, Build::Precompiled, Build::Wamr] {
        Runner::find(build, &workspace.scratch())?;
    }
    Ok(workspace.scratch().join("runner"))
}

/// Lints and tests the crates of the runner.
///
/// # Errors
/// A tool that they need is missing.
pub fn pass(workspace: &Workspace) -> Result<bool> {
    let heavy = heavy_target(&workspace.scratch());
    let needs = wamr::tools::environment(&heavy)?;
    let shell = workspace.shell()?;
    let mut passed = true;
    for packages in PACKAGES {
        // In release: the engines are compiled for it already, and their own tests are slow without.
        let cargo = |command: &str| {
            shell
                .cmd("cargo")
                .args([command, "--locked", "--release", "--target-dir"])
                .arg(&heavy)
                .args(packages)
                .envs(needs.clone())
        };
        passed &= passes(cargo("clippy").args(["--all-targets", "--", "-D", "warnings"]))?;
        passed &= passes(cargo("test"))?;
    }
    Ok(passed)
}

/// Every guard, switched off: the hostile scenario that is about it has to fail the way it says. Then the tests of the command on the real grid.
///
/// # Errors
/// A tool is missing.
pub fn grid_passes(workspace: &Workspace, runners: &Path) -> Result<bool> {
    let shell = workspace.shell()?;
    // Through cargo: the tests before this one may have rebuilt the program that runs here.
    let run = shell.cmd("cargo").args(["run", "--quiet", "--locked", "--package", "xtask", "--bin", "xtask", "--"]);
    let engines = ["wasmtime-jit", "wasmtime-aot", "wamr-interpreter"].iter().flat_map(|engine| ["--engine", engine]);
    let guards = passes(run.args(["run", "--guards-off"]).args(engines).env(RUNNER_FOLDER, runners))?;
    let tests = shell.cmd("cargo").args(["test", "--locked", "--package", "xtask", "--test", "grid", "--", "--test-threads=1"]);
    Ok(guards & passes(tests.env(RUNNER_FOLDER, runners))?)
}
