//! The comment's file, and the saved runs that it is made from.

use super::store;
use crate::data::{
    ci::{CI_SCHEMA, CiReport},
    comment::{COMMENT_BYTES_MAX, COMMENT_FILE, Comment, GateName},
    exit::Failure,
};
use anyhow::{Context, Result};
use serde::{Deserialize, de::DeserializeOwned};
use std::{
    fs::{File, Metadata},
    io::{Read, Write},
    path::Path,
};

/// The largest saved run that is read.
const RUN_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Reads the one file of a folder that may come from anybody.
///
/// # Errors
/// It is not there, not a regular file, too large, or not of this form. Nothing of its text is in the message.
pub fn read(folder: &Path) -> Result<Comment> {
    let path = folder.join(COMMENT_FILE);
    let refused = |why: &str| Failure::usage(format!("{} was refused, and nothing was posted: {why}", path.display()));
    let found = std::fs::symlink_metadata(&path)
        .map_err(|_| refused("there is no such file; --from takes the folder that the artifact was unpacked to"))?;
    if !found.is_file() {
        return Err(refused("it is not a regular file").into());
    }
    if found.len() > COMMENT_BYTES_MAX {
        return Err(refused(&format!("it has {} bytes, {COMMENT_BYTES_MAX} at most are read", found.len())).into());
    }
    let file = File::open(&path).with_context(|| refused("it cannot be opened"))?;
    if !is_same(&found, &file.metadata()?) {
        return Err(refused("it was exchanged while it was opened").into());
    }
    let mut bytes = Vec::new();
    file.take(COMMENT_BYTES_MAX + 1).read_to_end(&mut bytes).with_context(|| refused("it cannot be read"))?;
    Comment::parse(&bytes).map_err(|why| refused(&why).into())
}

#[cfg(unix)]
fn is_same(found: &Metadata, opened: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    opened.is_file() && (found.dev(), found.ino()) == (opened.dev(), opened.ino())
}

#[cfg(not(unix))]
fn is_same(_found: &Metadata, opened: &Metadata) -> bool {
    opened.is_file()
}

/// A saved run of a gate; nothing where it left none.
///
/// # Errors
/// It cannot be read, or is of another version of this tool.
pub fn read_run<T: DeserializeOwned>(folder: &Path, gate: GateName, schema: u32) -> Result<Option<T>> {
    #[derive(Deserialize)]
    struct Head {
        schema: u32,
    }
    let path = folder.join(format!("{gate}.json"));
    let cure =
        || Failure::usage(format!("the saved run {} cannot be used: make it again (cargo xtask {gate} --check)", path.display()));
    if fs_err::metadata(&path).is_ok_and(|found| found.len() > RUN_BYTES_MAX) {
        return Err(anyhow::anyhow!("it is larger than {RUN_BYTES_MAX} bytes")).with_context(cure);
    }
    let Some(text) = store::read_text(&path)? else { return Ok(None) };
    let head: Head = serde_json::from_str(&text).with_context(cure)?;
    if head.schema != schema {
        return Err(anyhow::anyhow!("it has schema {}, this tool reads {schema}", head.schema)).with_context(cure);
    }
    serde_json::from_str(&text).map(Some).with_context(cure)
}

/// The report of `cargo xtask ci`.
///
/// # Errors
/// It is not there, or is of another version of this tool.
pub fn read_report(path: &Path) -> Result<CiReport> {
    let cure = || Failure::usage(format!("the report {} cannot be used: make it again (cargo xtask ci)", path.display()));
    if fs_err::metadata(path).is_ok_and(|found| found.len() > 4 * RUN_BYTES_MAX) {
        return Err(anyhow::anyhow!("it is larger than {} bytes", 4 * RUN_BYTES_MAX)).with_context(cure);
    }
    let text = store::read_text(path)?.context("there is no such file").with_context(cure)?;
    let report: CiReport = serde_json::from_str(&text).with_context(cure)?;
    match report.schema {
        CI_SCHEMA => Ok(report),
        other => Err(anyhow::anyhow!("it has schema {other}, this tool reads {CI_SCHEMA}")).with_context(cure),
    }
}

/// Adds text to the file that a workflow shows as the summary of a job.
///
/// # Errors
/// The file cannot be written.
pub fn add_to_summary(path: &Path, text: &str) -> Result<()> {
    let cure = || Failure::usage(format!("cannot write {}: correct or unset GITHUB_STEP_SUMMARY", path.display()));
    let mut file = fs_err::OpenOptions::new().create(true).append(true).open(path).with_context(cure)?;
    file.write_all(format!("{text}\n").as_bytes()).with_context(cure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_small_regular_file_of_one_name_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let said = || format!("{:#}", read(folder.path()).unwrap_err());
        let path = folder.path().join(COMMENT_FILE);
        assert!(said().contains("no such file"));
        fs_err::create_dir(&path).unwrap();
        assert!(said().contains("not a regular file"));
        fs_err::remove_dir(&path).unwrap();
        fs_err::write(&path, "<script>").unwrap();
        assert!(said().contains("line 1") && !said().contains("script"));
        fs_err::write(&path, r#"{"schema":1,"gates":[]}"#).unwrap();
        assert_eq!(read(folder.path()).unwrap().gates.len(), 0);
        File::create(&path).unwrap().set_len(100 * 1024 * 1024).unwrap();
        assert!(said().contains("104857600 bytes"));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        fs_err::write(folder.path().join("other"), r#"{"schema":1,"gates":[]}"#).unwrap();
        std::os::unix::fs::symlink(folder.path().join("other"), folder.path().join(COMMENT_FILE)).unwrap();
        assert!(format!("{:#}", read(folder.path()).unwrap_err()).contains("not a regular file"));
    }
}
