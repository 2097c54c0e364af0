//! The shards of several machines: written here, read from a folder that an artifact was unpacked to.

use super::{store, workspace::Workspace};
use crate::data::{
    ci::{CI_SCHEMA, Shard},
    exit::Failure,
};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// The largest shard that is read.
const SHARD_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// The most files that are looked at: a folder with more was not meant.
const FILES_MAX: usize = 4096;

/// Writes a shard below the workspace's target folder, and says where.
///
/// # Errors
/// The file cannot be written.
pub fn write(workspace: &Workspace, shard: &Shard) -> Result<PathBuf> {
    let name = format!("shard-{}-of-{}.json", shard.share.index, shard.share.count);
    let path = workspace.scratch().join("ci").join(name);
    store::write(&path, (serde_json::to_string_pretty(shard)? + "\n").as_bytes())?;
    Ok(path)
}

/// Reads every `shard-*.json` of a folder, at any depth.
///
/// # Errors
/// There is none, or one is not of this tool's form.
pub fn read(folder: &Path) -> Result<Vec<Shard>> {
    let mut paths = find(folder)?;
    paths.sort();
    if paths.is_empty() {
        return Err(Failure::usage(format!(
            "there is no shard in {}: give the folder with the files of `cargo xtask ci shard`",
            folder.display()
        ))
        .into());
    }
    paths.iter().map(|path| parse(path)).collect()
}

fn parse(path: &Path) -> Result<Shard> {
    #[derive(serde::Deserialize)]
    struct Head {
        schema: u32,
    }
    let cure = || Failure::usage(format!("the shard {} cannot be used: measure that share again", path.display()));
    let length = fs_err::symlink_metadata(path).with_context(cure)?.len();
    if length > SHARD_BYTES_MAX {
        return Err(anyhow::anyhow!("it has {length} bytes, {SHARD_BYTES_MAX} at most are read")).with_context(cure);
    }
    let text = store::read_text(path)?.with_context(cure)?;
    let head: Head = serde_json::from_str(&text).with_context(cure)?;
    if head.schema != CI_SCHEMA {
        return Err(anyhow::anyhow!("it has schema {}, this tool reads {CI_SCHEMA}", head.schema)).with_context(cure);
    }
    serde_json::from_str(&text).with_context(cure)
}

fn find(folder: &Path) -> Result<Vec<PathBuf>> {
    let cure = || Failure::usage(format!("cannot read the folder {}: give the one with the shards", folder.display()));
    let (mut found, mut open, mut seen) = (Vec::new(), vec![folder.to_path_buf()], 0);
    while let Some(folder) = open.pop() {
        for entry in fs_err::read_dir(&folder).with_context(cure)? {
            let entry = entry.with_context(cure)?;
            seen += 1;
            if seen > FILES_MAX {
                return Err(Failure::usage(format!(
                    "{} has more than {FILES_MAX} files: give the folder with the shards",
                    folder.display()
                ))
                .into());
            }
            // A link is neither.
            let kind = entry.file_type().with_context(cure)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            match () {
                () if kind.is_dir() => open.push(entry.path()),
                () if kind.is_file() && name.starts_with("shard-") && name.ends_with(".json") => found.push(entry.path()),
                () => {}
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_found_at_any_depth_and_what_is_none_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let said = || format!("{:#}", read(folder.path()).unwrap_err());
        assert!(said().contains("there is no shard in"));
        let deep = folder.path().join("a/b");
        fs_err::create_dir_all(&deep).unwrap();
        fs_err::write(deep.join("report.json"), "no shard").unwrap();
        fs_err::write(deep.join("shard-1-of-1.json"), r#"{"schema":1,"share":"1/1","gates":{}}"#).unwrap();
        assert_eq!(read(folder.path()).unwrap().len(), 1);
        for (text, want) in [
            ("{", "EOF"),
            (r#"{"schema":3}"#, "it has schema 3, this tool reads 1"),
            (r#"{"schema":1,"share":"2/1","gates":{}}"#, "is no share"),
            (r#"{"schema":1,"share":"1/1","gates":{"size":{"state":"ended"}}}"#, "missing field"),
            (r#"{"schema":1,"share":"1/1","gates":{},"more":1}"#, "unknown field"),
        ] {
            fs_err::write(deep.join("shard-1-of-1.json"), text).unwrap();
            assert!(said().contains(want), "{text}: {}", said());
        }
    }
}
