//! Git's merge drivers for what lies below `baselines/`: where they are set up, and the text that a conflict leaves.

use super::{
    git, process,
    workspace::{Compiler, Workspace},
};
use crate::{analysis::merge_baselines::Sides, data::exit::Failure};
use anyhow::{Context, Result};
use std::path::Path;

/// One driver: how `.gitattributes` calls it.
pub struct Driver {
    /// Its name there.
    pub name: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// A file that it has to be set for, below `baselines/`.
    sample: &'static str,
}

/// Every driver.
pub const DRIVERS: [Driver; 2] = [
    Driver { name: "xtask-baseline", about: "numbers of two branches", sample: "size.json" },
    // A table says what one build consists of. One line of it means nothing beside lines of another build, and the next run writes it anew.
    Driver { name: "xtask-table", about: "ours: the next run writes it", sample: "symbols/any.tsv" },
];

impl Driver {
    /// The command that git runs. Git quotes what it puts in for `%P` itself.
    fn command(&self, workspace: &Workspace) -> Result<String> {
        Ok(match (self.name, workspace.compiler) {
            ("xtask-table", _) => "true".into(),
            (_, Compiler::OfThisTool) => "cargo xtask merge-driver %O %A %B %P".into(),
            // In another workspace there is no `cargo xtask`.
            (_, Compiler::OfTheFolder) => {
                let program = std::env::current_exe().context("cannot tell where this program lies")?;
                format!("'{}' merge-driver %O %A %B %P", program.to_string_lossy().replace('\'', "'\\''"))
            }
        })
    }

    /// What is missing for git to use it in the workspace's repository; nothing where it is set up.
    pub fn lacks(&self, workspace: &Workspace) -> Option<String> {
        let set = git::config(&workspace.root, &self.key("driver"));
        if set.is_none_or(|command| command != "true" && !command.contains("merge-driver")) {
            return Some(format!("cargo xtask doctor --fix sets merge.{}.driver", self.name));
        }
        let used = git::attribute(&workspace.baselines.join(self.sample), "merge");
        (used.as_deref() != Some(self.name))
            .then(|| format!("name it in .gitattributes: docs/how-to/merge-baselines.md ({})", self.name))
    }

    /// Sets it up in the workspace's repository.
    ///
    /// # Errors
    /// The workspace lies in no repository, or its configuration cannot be written.
    pub fn set_up(&self, workspace: &Workspace) -> Result<()> {
        let entries = [("name", format!("cargo xtask: {}", self.about)), ("driver", self.command(workspace)?)];
        for (key, value) in entries {
            git::set_config(&workspace.root, &self.key(key), &value).with_context(|| {
                Failure::usage(format!(
                    "cannot set git's {} for {}: it has to lie in a repository whose configuration can be written",
                    self.key(key),
                    workspace.root.display()
                ))
            })?;
        }
        Ok(())
    }

    fn key(&self, part: &str) -> String {
        format!("merge.{}.{part}", self.name)
    }
}

/// The text with conflict markers: those of `git merge-file`, or where it sees none, one around the whole. A file that nobody decided on
/// is thus never one that a command reads.
pub fn conflicted(texts: &Sides<Vec<u8>>) -> Vec<u8> {
    by_lines(texts).unwrap_or_else(|_| whole(&texts.ours, &texts.theirs))
}

fn by_lines(texts: &Sides<Vec<u8>>) -> Result<Vec<u8>> {
    let folder = tempfile::tempdir()?;
    let none = Vec::new();
    for (name, bytes) in [("ours", &texts.ours), ("base", texts.base.as_ref().unwrap_or(&none)), ("theirs", &texts.theirs)] {
        fs_err::write(folder.path().join(name), bytes)?;
    }
    let shell = process::shell(folder.path())?;
    let command =
        shell.cmd("git").args(["merge-file", "--stdout", "-L", "ours", "-L", "base", "-L", "theirs", "ours", "base", "theirs"]);
    let output = process::output(command)?;
    // Its exit code is the number of conflicts; from 128 on it is an error.
    anyhow::ensure!(matches!(output.status.code(), Some(1..=127)), "git merge-file found no conflict");
    Ok(output.stdout)
}

fn whole(ours: &[u8], theirs: &[u8]) -> Vec<u8> {
    let mut text = b"<<<<<<< ours\n".to_vec();
    for (side, end) in [(ours, "=======\n"), (theirs, ">>>>>>> theirs\n")] {
        text.extend_from_slice(side);
        if side.last().is_some_and(|last| *last != b'\n') {
            text.push(b'\n');
        }
        text.extend_from_slice(end.as_bytes());
    }
    text
}

/// Reads one of the files that git names.
///
/// # Errors
/// It cannot be read.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs_err::read(path).with_context(|| {
        Failure::usage(format!("cannot merge: {} cannot be read; git names three files: BASE OURS THEIRS", path.display()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(base: &str, ours: &str, theirs: &str) -> Sides<Vec<u8>> {
        Sides { base: Some(base.into()), ours: ours.into(), theirs: theirs.into() }
    }

    #[test]
    fn there_is_always_a_marker() {
        let by_lines = String::from_utf8(conflicted(&texts("a\nb\nc\n", "a\nx\nc\n", "a\ny\nc\n"))).unwrap();
        assert_eq!(by_lines, "a\n<<<<<<< ours\nx\n=======\ny\n>>>>>>> theirs\nc\n");
        // Git would merge the first pair, refuses the second, and has nothing to say of the third.
        for texts in [texts("a\n\n\nb\n", "x\n\n\nb\n", "a\n\n\ny\n"), texts("", "\0", "b"), texts("a\n", "a\n", "a\n")] {
            let text = String::from_utf8(conflicted(&texts)).unwrap();
            assert!(text.starts_with("<<<<<<< ours\n") && text.ends_with(">>>>>>> theirs\n"), "{text:?}");
        }
    }
}
