//! Parts of a release that other machines built: read, and believed only as far as their hashes go.

use super::Made;
use crate::{
    analysis::digest::sha256,
    data::{
        dist::{RELEASE_FILE, Release, ReleaseFile},
        exit::Failure,
    },
    shell::store,
};
use anyhow::{Context, Result};
use std::path::{Component, Path, PathBuf};

/// The largest `release.json` that is read.
const RELEASE_BYTES_MAX: u64 = 1024 * 1024;

/// Reads the parts in `folder` and in the folders in it, with their files.
///
/// # Errors
/// Exit 2: there is none, one is not of this tool's form, or a file is missing or not what its part says.
pub fn read(folder: &Path) -> Result<(Vec<Release>, Vec<Made>)> {
    let (mut parts, mut files) = (Vec::new(), Vec::new());
    for path in found(folder)? {
        let wrong = || Failure::usage(format!("{} cannot be used: build that part again", path.display()));
        if fs_err::symlink_metadata(&path).with_context(wrong)?.len() > RELEASE_BYTES_MAX {
            return Err(anyhow::anyhow!("it is larger than {RELEASE_BYTES_MAX} bytes")).with_context(wrong);
        }
        let text = store::read_text(&path)?.unwrap_or_default();
        let part: Release = serde_json::from_str(&text).with_context(wrong)?;
        for file in &part.files {
            let bytes = contents(path.parent().unwrap_or(folder), file).with_context(wrong)?;
            files.push(Made { file: file.clone(), bytes });
        }
        parts.push(part);
    }
    match parts.is_empty() {
        true => Err(Failure::usage(format!(
            "there is no {RELEASE_FILE} in {} or a folder in it: --merge takes what `cargo xtask dist` wrote on other machines",
            folder.display()
        ))
        .into()),
        false => Ok((parts, files)),
    }
}

fn found(folder: &Path) -> Result<Vec<PathBuf>> {
    let cure = || Failure::usage(format!("cannot read {}: --merge takes a folder with parts of a release", folder.display()));
    let mut paths = vec![folder.join(RELEASE_FILE)];
    for entry in fs_err::read_dir(folder).with_context(cure)? {
        paths.push(entry.with_context(cure)?.path().join(RELEASE_FILE));
    }
    paths.retain(|path| fs_err::symlink_metadata(path).is_ok_and(|found| found.is_file()));
    paths.sort();
    Ok(paths)
}

fn contents(folder: &Path, file: &ReleaseFile) -> Result<Vec<u8>> {
    let mut components = Path::new(&file.file).components();
    let is_name = matches!((components.next(), components.next()), (Some(Component::Normal(_)), None));
    anyhow::ensure!(is_name, "a file's name is {:?}", file.file);
    let path = folder.join(&file.file);
    anyhow::ensure!(fs_err::symlink_metadata(&path)?.is_file(), "{} is no regular file", path.display());
    let bytes = fs_err::read(&path)?;
    let is_same = bytes.len() as u64 == file.raw_bytes && sha256(&bytes) == file.sha256;
    anyhow::ensure!(is_same, "{} is not the file that {RELEASE_FILE} says", path.display());
    Ok(bytes)
}
