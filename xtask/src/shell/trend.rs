//! The past of the committed numbers, from git.

use super::git;
use crate::analysis::trend::{History, PastCommit};
use std::path::Path;

/// So many commits are looked at.
const COMMITS_MAX: usize = 200;
const SIZES: &str = "size.json";
const COUNTS: &str = "run.json";

/// The last commits that changed the baselines in `folder`, with the baselines as they left them; nothing outside a repository.
pub fn history(folder: &Path) -> Option<History> {
    let mut logged = git::log(folder, COMMITS_MAX + 1, &[SIZES, COUNTS])?;
    let is_cut = logged.len() > COMMITS_MAX;
    logged.truncate(COMMITS_MAX);
    let commits = logged.into_iter().map(|one| PastCommit {
        sizes: git::file_at(folder, &one.commit, SIZES),
        counts: git::file_at(folder, &one.commit, COUNTS),
        short: one.short,
        date: one.date,
        subject: one.subject,
    });
    Some(History { commits: commits.collect(), is_shallow: git::is_shallow(folder), is_cut })
}
