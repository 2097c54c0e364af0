//! A repository of our own, in which anything may be done: that of the scratch copy.

use crate::{
    data::exit::Failure,
    shell::{process, store},
};
use anyhow::Result;
use std::{env, path::Path};

/// A new repository at `folder`, instead of one that was there. Its target folder is none of its files.
///
/// # Errors
/// What git says.
pub fn begin(folder: &Path) -> Result<()> {
    let old = folder.join(".git");
    if old.exists() {
        fs_err::remove_dir_all(&old)?;
    }
    git(folder, &["init", "--quiet", "--initial-branch=main"])?;
    store::write(&old.join("info/exclude"), b"/target\n")
}

/// Commits all that is in it, whoever its user is; the commit.
///
/// # Errors
/// What git says.
pub fn commit_all(folder: &Path, message: &str) -> Result<String> {
    git(folder, &["add", "--all"])?;
    let nobody = ["user.name=xtask", "user.email=xtask@localhost", "commit.gpgsign=false", "core.hooksPath=/dev/null"];
    let mut arguments: Vec<&str> = nobody.iter().flat_map(|setting| ["-c", setting]).collect();
    arguments.extend(["commit", "--quiet", "--allow-empty", "--message", message]);
    git(folder, &arguments)?;
    git(folder, &["rev-parse", "HEAD"])
}

/// Brings every file to a commit, and removes what it has not; what is ignored stays.
///
/// # Errors
/// What git says.
pub fn restore(folder: &Path, commit: &str) -> Result<()> {
    git(folder, &["reset", "--quiet", "--hard", commit])?;
    git(folder, &["clean", "--quiet", "--force", "-d"]).map(drop)
}

/// Git in this folder's own repository and in no other: what a hook says of the one that it is called for would lead there.
fn git(folder: &Path, arguments: &[&str]) -> Result<String> {
    let shell = process::shell(folder)?;
    let mut cmd = shell.cmd("git").arg("--git-dir").arg(folder.join(".git")).arg("--work-tree").arg(folder).args(arguments);
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GIT_")) {
        cmd = cmd.env_remove(name);
    }
    let output = process::output(cmd)?;
    if !output.status.success() {
        let (words, said) = (arguments.join(" "), process::tail(&output.stderr));
        return Err(Failure::usage(format!("`git {words}` failed in {}: {said}; remove that folder", folder.display())).into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_changed_comes_back_and_the_target_folder_stays() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        store::write(&file("a/b.txt"), b"first").unwrap();
        store::write(&file("target/c"), b"").unwrap();
        begin(folder.path()).unwrap();
        let commit = commit_all(folder.path(), "first").unwrap();
        store::write(&file("a/b.txt"), b"second").unwrap();
        commit_all(folder.path(), "second").unwrap();
        store::write(&file("new"), b"").unwrap();
        restore(folder.path(), &commit).unwrap();
        assert_eq!(store::read_text(&file("a/b.txt")).unwrap().as_deref(), Some("first"));
        assert!(!file("new").exists() && file("target/c").exists());
        begin(folder.path()).unwrap();
        assert_ne!(commit_all(folder.path(), "anew").unwrap(), commit);
    }
}
