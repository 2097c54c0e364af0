//! Git: the commit that is measured, and other commits in a work tree beside it.

use super::process;
use crate::data::exit::Failure;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// A commit, and whether the work tree differs from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// The full hash.
    pub commit: String,
    /// Whether a tracked file differs or an untracked one is there.
    pub dirty: bool,
}

/// The state of the repository that `folder` lies in; nothing where there is none, or no commit yet, or no git.
pub fn state(folder: &Path) -> Option<State> {
    let commit = git(folder, &["rev-parse", "--verify", "--quiet", "HEAD"]).ok()?;
    let dirty = !git(folder, &["status", "--porcelain"]).ok()?.is_empty();
    Some(State { commit, dirty })
}

/// The hash of a revision.
///
/// # Errors
/// Git does not know it.
pub fn resolve(folder: &Path, revision: &str) -> Result<String> {
    git(folder, &["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{revision}^{{commit}}")]).with_context(|| {
        Failure::usage(format!(
            "git does not know the revision `{revision}`: fetch it first (a shallow clone has one commit only)"
        ))
    })
}

/// The commit that last changed a file; nothing outside a repository or where no commit has it.
pub fn last_change(file: &Path) -> Option<String> {
    let (folder, name) = (file.parent()?, file.file_name()?.to_str()?);
    git(folder, &["log", "-1", "--format=%H", "--", name]).ok().filter(|commit| !commit.is_empty())
}

/// The commit that last changed a file, and its day: `0123456789ab, 2026-11-21`. Nothing outside a repository, where no commit has it, or where it
/// differs from HEAD's.
pub fn last_change_dated(file: &Path) -> Option<String> {
    let (folder, name) = (file.parent()?, file.file_name()?.to_str()?);
    git(folder, &["diff", "--quiet", "HEAD", "--", name]).ok()?;
    git(folder, &["log", "-1", "--abbrev=12", "--format=%h, %cs", "--", name]).ok().filter(|said| !said.is_empty())
}

/// A file as HEAD has it; nothing outside a repository or where HEAD lacks it.
pub fn committed(file: &Path) -> Option<String> {
    let (folder, name) = (file.parent()?, file.file_name()?.to_str()?);
    git(folder, &["show", &format!("HEAD:./{name}")]).ok()
}

/// A file as a commit has it, which the outer is absent without: a shallow clone has few.
pub fn at_commit(file: &Path, commit: &str) -> Option<Option<String>> {
    let (folder, name) = (file.parent()?, file.file_name()?.to_str()?);
    resolve(folder, commit).ok()?;
    Some(git(folder, &["show", &format!("{commit}:./{name}")]).ok())
}

/// The commits that a work tree is held to: HEAD, and where its branch left the one that it goes into; on that branch itself, the commit before HEAD.
/// None outside a repository; HEAD alone in a clone of one commit.
pub fn held_to(folder: &Path) -> Vec<String> {
    let Ok(head) = resolve(folder, "HEAD") else { return Vec::new() };
    let wanted = std::env::var("GITHUB_BASE_REF").ok().filter(|name| !name.is_empty()).map(|name| format!("origin/{name}"));
    let usual = ["origin/HEAD", "origin/main", "origin/master", "main", "master"].map(String::from);
    let upstream = wanted.into_iter().chain(usual).find_map(|name| resolve(folder, &name).ok());
    let began = upstream.and_then(|upstream| merge_base(folder, &upstream).ok());
    let base = began.filter(|base| *base != head).or_else(|| resolve(folder, "HEAD^").ok());
    [head].into_iter().chain(base).collect()
}

/// The newest commit that `commit` and HEAD have in common.
///
/// # Errors
/// There is none.
pub fn merge_base(folder: &Path, commit: &str) -> Result<String> {
    git(folder, &["merge-base", commit, "HEAD"])
}

/// The files that differ between a commit and the work tree, untracked ones too: sorted, from the top of the repository, with `/`.
///
/// # Errors
/// What git says.
pub fn changed(folder: &Path, commit: &str) -> Result<Vec<String>> {
    let top = top_level(folder)?;
    let tracked = git(&top, &["diff", "--name-only", "--no-renames", "--no-relative", "-z", commit, "--"])?;
    let untracked = git(&top, &["ls-files", "--others", "--exclude-standard", "-z"])?;
    let mut files: Vec<String> =
        tracked.split('\0').chain(untracked.split('\0')).filter(|name| !name.is_empty()).map(String::from).collect();
    files.sort();
    files.dedup();
    Ok(files)
}

/// A commit of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// The full hash.
    pub commit: String,
    /// The hash as git shortens it.
    pub short: String,
    /// The day of the commit: `2026-11-21`.
    pub date: String,
    /// The first line of its message.
    pub subject: String,
}

/// The newest commits up to HEAD, at most `count`, that changed one of `names` in `folder`; nothing outside a repository or before its first commit.
pub fn log(folder: &Path, count: usize, names: &[&str]) -> Option<Vec<Logged>> {
    let count = format!("--max-count={count}");
    // A subject may be anything but a line, so it stands last.
    let form = "--format=%H%x1f%h%x1f%cs%x1f%s";
    let arguments = ["-c", "log.showSignature=false", "log", "--no-color", &count, form, "--"];
    let text = git(folder, &[&arguments[..], names].concat()).ok()?;
    let logged = |line: &str| {
        let mut fields = line.splitn(4, '\x1f').map(str::to_string);
        Some(Logged { commit: fields.next()?, short: fields.next()?, date: fields.next()?, subject: fields.next()? })
    };
    Some(text.lines().filter_map(logged).collect())
}

/// Whether the repository that `folder` lies in lacks older commits.
pub fn is_shallow(folder: &Path) -> bool {
    git(folder, &["rev-parse", "--is-shallow-repository"]).is_ok_and(|said| said == "true")
}

/// A file in `folder` as a commit that is there has it; nothing where it has none.
pub fn file_at(folder: &Path, commit: &str, name: &str) -> Option<String> {
    git(folder, &["show", &format!("{commit}:./{name}")]).ok()
}

/// The folder of the work tree that `folder` lies in.
///
/// # Errors
/// It lies in none.
pub fn top_level(folder: &Path) -> Result<PathBuf> {
    git(folder, &["rev-parse", "--show-toplevel"]).map(PathBuf::from)
}

/// A value of git's configuration, as it holds in `folder`.
pub fn config(folder: &Path, key: &str) -> Option<String> {
    git(folder, &["config", "--get", key]).ok()
}

/// Sets a value in the configuration of the repository that `folder` lies in.
///
/// # Errors
/// There is no repository, or its configuration cannot be written.
pub fn set_config(folder: &Path, key: &str, value: &str) -> Result<()> {
    git(folder, &["config", "--local", key, value]).map(drop)
}

/// What `.gitattributes` says of a file, which need not exist; nothing where it says nothing or there is no repository.
pub fn attribute(file: &Path, attribute: &str) -> Option<String> {
    let said =
        git(file.ancestors().find(|folder| folder.is_dir())?, &["check-attr", "-z", attribute, "--", file.to_str()?]).ok()?;
    let value = said.trim_end_matches('\0').rsplit('\0').next()?;
    (value != "unspecified").then(|| value.to_string())
}

/// A work tree of the commit at `place`, made or brought to it.
///
/// # Errors
/// What git says.
pub fn work_tree(folder: &Path, commit: &str, place: &Path) -> Result<PathBuf> {
    if place.join(".git").exists() {
        git(place, &["checkout", "--quiet", "--force", "--detach", commit])?;
    } else {
        // A folder that was deleted by hand stays registered until it is pruned.
        git(folder, &["worktree", "prune"])?;
        git(folder, &["worktree", "add", "--quiet", "--force", "--detach", &place.to_string_lossy(), commit])?;
    }
    Ok(place.to_path_buf())
}

/// Every file below `folder` that is tracked, or is not and is not ignored; relative to it.
///
/// # Errors
/// It lies in no repository.
pub fn files(folder: &Path) -> Result<Vec<String>> {
    let text = git(folder, &["ls-files", "-z", "--cached", "--others", "--exclude-standard"])?;
    let mut files: Vec<String> = text.split('\0').filter(|file| !file.is_empty()).map(String::from).collect();
    files.sort();
    files.dedup();
    Ok(files)
}

fn git(folder: &Path, arguments: &[&str]) -> Result<String> {
    let shell = process::shell(folder)?;
    let output = process::output(shell.cmd("git").args(arguments))?;
    anyhow::ensure!(output.status.success(), "`git {}` failed: {}", arguments.join(" "), process::tail(&output.stderr));
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_string())
}
