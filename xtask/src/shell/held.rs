//! What stands in git's history: the policy and the numbers of a work tree are held to what was committed, so that neither is loosened by hand.

use super::{console, git, store, workspace::Workspace};
use crate::{
    analysis::{by_hand, loosened::loosened},
    data::{baseline::Baselines, exit::Failure, policy::Policy, rows::RowsBaseline},
};
use anyhow::Result;
use std::path::Path;

/// An earlier version of a file.
struct Earlier {
    /// The commit that has it, shortened.
    commit: String,
    /// Its text.
    text: String,
}

/// Holds the policy at `path` to the one that is committed, and to the one that the branch began with.
///
/// # Errors
/// Exit 2: a limit, a budget or a tolerance was loosened and no new reason stands beside it.
pub fn policy(workspace: &Workspace, path: &Path) -> Result<()> {
    if git::held_to(&workspace.baselines).len() == 1 && git::is_shallow(&workspace.baselines) {
        console::log(
            "xtask: this clone has one commit: what was loosened since the branch began is not seen (git fetch --unshallow)",
        );
    }
    for earlier in earlier(path) {
        // One of another schema, or that was wrong, says nothing that this tool could read.
        let Ok(then) = Policy::parse(&earlier.text) else { continue };
        if let [first, more @ ..] = &loosened(&then, &workspace.policy)[..] {
            let more = if more.is_empty() { String::new() } else { format!(" (and {} more)", more.len()) };
            return Err(Failure::usage(format!(
                "the policy {} allows more than commit {} did: {first}{more}; write why beside it, as a `reason` that is new, or take it back",
                path.display(),
                earlier.commit
            ))
            .into());
        }
    }
    Ok(())
}

/// Holds the sizes in `folder` to the rules of their own, and to earlier versions.
///
/// # Errors
/// Exit 2: a value was raised, and not by `--accept`.
pub fn sizes(workspace: &Workspace, now: &Baselines) -> Result<()> {
    let path = workspace.baselines.join("size.json");
    let check = |then: Option<&Baselines>| {
        let of = |(key, baseline)| by_hand::in_sizes(baseline, then.and_then(|then| then.optimizers.get(key)), &workspace.policy);
        now.optimizers.iter().find_map(of)
    };
    held(&path, check(None), |text| Baselines::parse(text).ok().and_then(|then| check(Some(&then))))
}

/// The same for the rows of `file` in `folder`.
///
/// # Errors
/// As [`sizes`].
pub fn rows(folder: &Path, file: &str, now: &RowsBaseline) -> Result<()> {
    let earlier = |text: &str| RowsBaseline::parse(text).ok().and_then(|then| by_hand::in_rows(now, Some(&then)));
    held(&folder.join(file), by_hand::in_rows(now, None), earlier)
}

fn held(path: &Path, alone: Option<String>, against: impl Fn(&str) -> Option<String>) -> Result<()> {
    let (shown, cure) = (path.display(), "a value rises only by --accept \"reason\"");
    if let Some(what) = alone {
        return Err(Failure::usage(format!(
            "the baseline {shown} was raised by hand: {what}; {cure}: restore the file (git checkout -- {shown})"
        ))
        .into());
    }
    for earlier in earlier(path) {
        if let Some(what) = against(&earlier.text) {
            let commit = earlier.commit;
            return Err(Failure::usage(format!(
                "the baseline {shown} was raised by hand since commit {commit}: {what}; {cure}: restore the file (git checkout {commit} -- {shown})"
            ))
            .into());
        }
    }
    Ok(())
}

/// The versions of `file` that a work tree is held to: as HEAD has it, and as the branch found it. Outside a repository, and of a file that no
/// commit has, there are none; in a clone of one commit only HEAD's.
fn earlier(file: &Path) -> Vec<Earlier> {
    let Some(folder) = file.parent() else { return Vec::new() };
    let now = store::read_text(file).ok().flatten();
    let mut found: Vec<Earlier> = Vec::new();
    for commit in git::held_to(folder) {
        let text = git::at_commit(file, &commit).flatten();
        let is_new = |text: &String| {
            now.as_deref().map(str::trim_end) != Some(text.as_str()) && found.iter().all(|known| known.text != *text)
        };
        if let Some(text) = text.filter(is_new) {
            found.push(Earlier { commit: commit.chars().take(12).collect(), text });
        }
    }
    found
}
