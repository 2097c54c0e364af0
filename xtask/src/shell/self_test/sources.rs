//! The sources that a neutral change can be made in: those that were compiled for the variant.

use super::copy::Copy;
use crate::data::{exit::Failure, self_test::AGENT, variant::Variant};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// The files of the subject that cargo compiled for the variant, sorted, as its dependency file names them.
///
/// # Errors
/// The variant was not built, or no file of the subject was.
pub fn compiled(copy: &Copy) -> Result<Vec<PathBuf>> {
    let variant: Variant = AGENT.parse().map_err(Failure::usage)?;
    let Variant { subject, target, profile, .. } = &variant;
    let path = copy.target().join("xtask/cargo").join(target).join(target).join(profile).join(format!("{subject}.d"));
    let text = fs_err::read_to_string(&path)
        .with_context(|| Failure::invalid(format!("{AGENT} was not built: no {}", path.display())))?;
    let own = fs_err::canonicalize(copy.root.join(subject).join("src"))?;
    let files = named(&text, &own);
    anyhow::ensure!(!files.is_empty(), Failure::invalid(format!("{} names no file in {}", path.display(), own.display())));
    Ok(files)
}

/// The Rust files below `folder` that a dependency file names: `TARGET: FILE FILE`, spaces in names after a backslash.
fn named(text: &str, folder: &Path) -> Vec<PathBuf> {
    let joined = text.replace("\\ ", "\0");
    let files = joined.lines().filter_map(|line| line.split_once(": ")).flat_map(|(_, files)| files.split_whitespace());
    let mut files: Vec<PathBuf> = files.map(|file| PathBuf::from(file.replace('\0', " "))).collect();
    files.retain(|file| file.starts_with(folder) && file.extension().is_some_and(|extension| extension == "rs"));
    files.sort();
    files.dedup();
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_the_subject_are_named() {
        let text = "/t/agent.wasm: /w/agent/src/a.rs /w/agent/src/b\\ c.rs /w/other/src/d.rs /w/agent/src/help.txt\n";
        let files = named(text, Path::new("/w/agent/src"));
        assert_eq!(files, [Path::new("/w/agent/src/a.rs"), Path::new("/w/agent/src/b c.rs")]);
    }
}
