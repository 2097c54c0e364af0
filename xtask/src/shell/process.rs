//! Processes: found on PATH, run quietly, shown when they fail.

pub mod bounded;

use crate::data::exit::Failure;
use anyhow::{Context, Result};
use std::{
    env,
    path::{Path, PathBuf},
    process::Output,
};
use xshell::{Cmd, Shell};

/// The first file on PATH that `program` names.
pub fn find(program: &str) -> Option<PathBuf> {
    let names: &[String] =
        &if cfg!(windows) { vec![format!("{program}.exe"), format!("{program}.cmd")] } else { vec![program.to_string()] };
    env::split_paths(&env::var_os("PATH")?)
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)))
        .find(|path| is_program(path))
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// A shell for this thread in `folder`.
///
/// # Errors
/// The folder does not exist.
pub fn shell(folder: &Path) -> Result<Shell> {
    let shell = Shell::new()?;
    shell.change_dir(folder);
    // A tool's backtrace would bury the line that says what went wrong.
    shell.set_var("RUST_BACKTRACE", "0");
    Ok(shell)
}

/// Runs a command to its end and takes what it printed.
///
/// # Errors
/// It could not be started; what it printed when it failed is left to the caller.
pub fn output(cmd: Cmd) -> Result<Output> {
    let line = cmd.to_string();
    cmd.quiet()
        .ignore_status()
        .output()
        .with_context(|| Failure::tool(format!("cannot start `{line}`: is it installed and on PATH?")))
}

/// The first line that a command prints on stdout.
///
/// # Errors
/// It could not be started, failed, or printed nothing.
pub fn first_line(cmd: Cmd) -> Result<String> {
    let line = cmd.to_string();
    let output = output(cmd)?;
    let text = String::from_utf8_lossy(&output.stdout);
    match text.lines().next() {
        Some(first) if output.status.success() && !first.trim().is_empty() => Ok(first.trim().to_string()),
        _ => Err(Failure::tool(format!("`{line}` failed ({}): {}", output.status, tail(&output.stderr))))
            .context("cannot ask a tool for its version"),
    }
}

/// The line in which cargo, rustc or rustup says what went wrong.
pub fn error_line(text: &str) -> Option<&str> {
    text.lines().find(|line| line.starts_with("error"))
}

/// The last lines of what a failed command printed, on one line: for a message whose full text is elsewhere.
pub fn tail(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.is_empty() { "it printed nothing".into() } else { lines[lines.len().saturating_sub(3)..].join(" | ") }
}
