//! The gate as a process of its own, on the scratch copy.

use super::{copy::Copy, tools::Kit};
use crate::{
    analysis::self_test::judge::Seen,
    data::self_test::Ask,
    shell::{
        optimizer::{HEAVY_TARGET, heavy_target},
        process,
        runner::RUNNER_FOLDER,
        workspace::Workspace,
    },
};
use anyhow::{Context, Result};
use std::{
    env,
    path::{Path, PathBuf},
};

/// What the pipeline keeps of an optimizer's work, below the copy's own part of its target folder.
const OF_OPTIMIZER: [&str; 2] = ["cache", "size"];

/// Asks the gate, and takes all that it says.
///
/// # Errors
/// It could not be started.
pub fn ask(workspace: &Workspace, copy: &Copy, kit: &Kit, xtask: &Path, ask: Ask, more: &[&str]) -> Result<Seen> {
    let _aside = kit.is_other_optimizer.then(|| Aside::put(&copy.target().join("xtask"))).transpose()?;
    let shell = process::shell(&copy.root)?;
    let folders = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths([kit.path.clone()].into_iter().chain(env::split_paths(&folders))).context("PATH cannot be set")?;
    let mut cmd =
        shell.cmd(xtask).args(ask.arguments()).args(["--check", "--json"]).args(more).arg("--policy").arg(copy.policy());
    for (name, _) in env::vars_os().filter(|(name, _)| is_of_another_repository(&name.to_string_lossy())) {
        cmd = cmd.env_remove(name);
    }
    let cmd = cmd.env("PATH", path).env("CARGO_TARGET_DIR", copy.target()).env(RUNNER_FOLDER, &kit.runners);
    let output = process::output(cmd.env(HEAVY_TARGET, heavy_target(&workspace.scratch())))?;
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let mut seen =
        Seen { exit: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr), ..Seen::default() };
    for artifact in seen.run().and_then(|run| run["artifacts"].as_array().cloned()).unwrap_or_default() {
        let path = copy.root.join(artifact["path"].as_str().unwrap_or_default());
        if let (Some(variant), Ok(found)) = (artifact["variant"].as_str(), fs_err::metadata(path)) {
            seen.shipped_bytes.insert(variant.to_string(), found.len());
        }
    }
    Ok(seen)
}

/// What a workflow or a hook says of the repository that it is about.
fn is_of_another_repository(name: &str) -> bool {
    name.starts_with("GIT_") || name.starts_with("GITHUB_")
}

/// What was kept of the usual optimizer's work, out of the way; it comes back at the end.
struct Aside {
    moved: Vec<(PathBuf, PathBuf)>,
}

impl Aside {
    fn put(folder: &Path) -> Result<Aside> {
        let mut aside = Aside { moved: Vec::new() };
        for name in OF_OPTIMIZER {
            let (from, to) = (folder.join(name), folder.join(format!("{name}-aside")));
            let _ = fs_err::remove_dir_all(&to);
            if from.exists() {
                fs_err::rename(&from, &to)?;
                aside.moved.push((from, to));
            }
        }
        Ok(aside)
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        for (from, to) in &self.moved {
            // What does not come back is made again.
            let _ = fs_err::remove_dir_all(from);
            let _ = fs_err::rename(to, from);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_aside_comes_back_and_what_was_made_meanwhile_goes() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        fs_err::create_dir_all(file("cache/a")).unwrap();
        {
            let _aside = Aside::put(folder.path()).unwrap();
            assert!(!file("cache").exists());
            fs_err::create_dir_all(file("cache/b")).unwrap();
            fs_err::create_dir_all(file("size/c")).unwrap();
        }
        assert!(file("cache/a").exists() && !file("cache/b").exists());
    }
}
