//! The scratch copy: the work tree's files, reduced to one variant, in a repository of its own.

use super::repository;
use crate::{
    analysis::self_test::{edit, reduce},
    data::{
        exit::Failure,
        self_test::{Edit, POLICY, RUN, SCENARIOS, SIZE, Stage},
    },
    shell::{git, store, workspace::Workspace},
};
use anyhow::{Context, Result};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// Where the scenarios lie.
const SCENARIO_FOLDER: &str = "xtask/scenarios";
/// Numbers of commands that the reduced policy does not have.
const OTHER_NUMBERS: [&str; 2] = ["baselines/alloc.json", "baselines/pgo.json"];
/// What a copy has besides the work tree's files.
const OWN: [&str; 2] = [".git", "target"];

/// A scratch copy.
#[derive(Debug)]
pub struct Copy {
    /// Its root.
    pub root: PathBuf,
    /// The commit of the control.
    control: String,
}

impl Copy {
    /// Copies what git tracks or would track of the workspace to `root`, and reduces it. What is there already and the same keeps its time, so that
    /// cargo does not build it again.
    ///
    /// # Errors
    /// The workspace is in no repository, a file cannot be copied, or the policy or the numbers cannot be reduced.
    pub fn make(workspace: &Workspace, root: PathBuf) -> Result<Copy> {
        let files = git::files(&workspace.root)
            .with_context(|| Failure::usage("the self-test copies what git knows: run it in a repository, with git on PATH"))?;
        let wanted: Vec<&String> = files.iter().filter(|file| is_wanted(file) && workspace.root.join(file).is_file()).collect();
        for file in &wanted {
            store::write_if_changed(&root.join(file), &reduced(file, fs_err::read(workspace.root.join(file))?)?)?;
        }
        let wanted: BTreeSet<PathBuf> = wanted.into_iter().map(|file| root.join(file)).collect();
        remove_others(&root, &wanted, &OWN)?;
        repository::begin(&root)?;
        let control = repository::commit_all(&root, "The control")?;
        Ok(Copy { root, control })
    }

    /// Its policy.
    pub fn policy(&self) -> PathBuf {
        self.root.join(POLICY)
    }

    /// Its target folder.
    pub fn target(&self) -> PathBuf {
        self.root.join("target")
    }

    /// Makes the edits of a fault.
    ///
    /// # Errors
    /// One of them has nothing to change: the table of faults is not of this workspace.
    pub fn edit(&self, edits: &[Edit], stage: Stage) -> Result<()> {
        for one in edits {
            let path = self.root.join(edit::file(one));
            let text = store::read_text(&path)?.unwrap_or_default();
            let edited = edit::apply(one, &text)
                .map_err(|why| Failure::invalid(format!("the fault in {} cannot be made: {why}", path.display())))?;
            match edited {
                Some(text) => store::write(&path, text.as_bytes())?,
                None => fs_err::remove_file(&path)?,
            }
        }
        if stage == Stage::Committed {
            repository::commit_all(&self.root, "A fault")?;
        }
        Ok(())
    }

    /// Brings every file back to the control.
    ///
    /// # Errors
    /// What git says.
    pub fn restore(&self) -> Result<()> {
        repository::restore(&self.root, &self.control)
    }
}

fn is_wanted(file: &str) -> bool {
    let scenario = file.strip_prefix(SCENARIO_FOLDER).and_then(|name| name.strip_prefix('/')?.strip_suffix(".toml"));
    !OTHER_NUMBERS.contains(&file) && scenario.is_none_or(|name| SCENARIOS.contains(&name))
}

fn reduced(file: &str, bytes: Vec<u8>) -> Result<Vec<u8>> {
    let reduce: fn(&str) -> Result<String, String> = match file {
        POLICY => reduce::policy,
        SIZE => reduce::sizes,
        RUN => reduce::rows,
        _ => return Ok(bytes),
    };
    let text = String::from_utf8(bytes).with_context(|| Failure::usage(format!("{file} has to be a UTF-8 file")))?;
    let text = reduce(&text).map_err(|why| Failure::usage(format!("{file} cannot be reduced to one variant: {why}")))?;
    Ok(text.into_bytes())
}

/// Removes the files of an earlier copy that are no more.
fn remove_others(folder: &Path, wanted: &BTreeSet<PathBuf>, own: &[&str]) -> Result<()> {
    for entry in fs_err::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if own.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            remove_others(&path, wanted, &[])?;
        } else if !wanted.contains(&path) {
            fs_err::remove_file(&path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scenarios_that_are_kept_and_everything_else_is_copied() {
        for (file, wanted) in [
            ("agent/src/lib.rs", true),
            ("xtask/scenarios/help.toml", true),
            ("xtask/scenarios/hostile-loop.toml", false),
            ("xtask/scenarios-pgo/pgo-help.toml", true),
            ("baselines/alloc.json", false),
            ("baselines/size.json", true),
        ] {
            assert_eq!(is_wanted(file), wanted, "{file}");
        }
    }

    #[test]
    fn what_an_earlier_copy_left_is_removed_and_its_own_stays() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for file in ["target/a", ".git/b", "src/old.rs", "src/new.rs", "src/target/c"] {
            store::write(&root.join(file), b"").unwrap();
        }
        remove_others(root, &BTreeSet::from([root.join("src/new.rs")]), &OWN).unwrap();
        let is = |file: &str| root.join(file).exists();
        assert!(is("target/a") && is(".git/b") && is("src/new.rs"));
        assert!(!is("src/old.rs") && !is("src/target/c"));
    }
}
