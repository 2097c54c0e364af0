//! Files: written to a temporary name in the same folder and renamed, so that none is ever half-written.

use super::console;
use crate::data::exit::Failure;
use anyhow::{Context, Result};
use std::{fs, io::Write, path::Path};

/// Writes `bytes` to `path`, whole or not at all; the folder is created.
///
/// # Errors
/// Names the path and the cure.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    create_folder(folder)?;
    let cure = || {
        Failure::usage(format!("cannot write {}: check that the folder can be written and the disk is not full", path.display()))
    };
    let mut file = tempfile::Builder::new().prefix(".writing-").tempfile_in(folder).with_context(cure)?;
    file.write_all(bytes).with_context(cure)?;
    allow_group_and_others(file.as_file()).with_context(cure)?;
    file.persist(path).map_err(|error| error.error).with_context(cure)?;
    Ok(())
}

/// Writes only what differs, so that an unchanged file keeps its time; says whether it wrote.
///
/// # Errors
/// As [`write`].
pub fn write_if_changed(path: &Path, bytes: &[u8]) -> Result<bool> {
    let same = fs_err::read(path).is_ok_and(|old| old == bytes);
    if !same {
        write(path, bytes)?;
    }
    Ok(!same)
}

/// Creates a folder and its parents.
///
/// # Errors
/// Names the path and the cure.
pub fn create_folder(folder: &Path) -> Result<()> {
    fs_err::create_dir_all(folder).with_context(|| {
        Failure::usage(format!(
            "cannot create the folder {}: make its parent writable, or set CARGO_TARGET_DIR",
            folder.display()
        ))
    })
}

/// The file's text, or nothing where there is no such file.
///
/// # Errors
/// It exists and cannot be read as UTF-8.
pub fn read_text(path: &Path) -> Result<Option<String>> {
    match fs_err::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => {
            Err(error).with_context(|| Failure::usage(format!("cannot read {}: it has to be a UTF-8 file", path.display())))
        }
    }
}

/// Waits until no other run works in `folder`; the lock goes with the file that is returned.
///
/// Cargo gives every variant of a package the same file name, so a second run could put its variant where the first looks for its own.
///
/// # Errors
/// The folder cannot be written.
pub fn exclusive(folder: &Path) -> Result<fs::File> {
    create_folder(folder)?;
    let path = folder.join(".lock");
    let cure = || Failure::usage(format!("cannot lock {}: make the folder writable, or set CARGO_TARGET_DIR", path.display()));
    let file = fs::File::create(&path).with_context(cure)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(fs::TryLockError::WouldBlock) => {
            console::log(&format!("xtask: waiting for another run in {}", folder.display()));
            file.lock().with_context(cure)?;
        }
        Err(fs::TryLockError::Error(error)) => return Err(error).with_context(cure),
    }
    Ok(file)
}

/// Removes what an interrupted run left in `folder`: entries whose names start with `prefix`. Best effort: what stays is only litter.
pub fn sweep(folder: &Path, prefix: &str) {
    for entry in fs_err::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(prefix) {
            let _ = fs_err::remove_dir_all(entry.path());
        }
    }
}

/// Temporary files are private; what is kept here holds no secret, and artifacts are served and archived by other users.
#[cfg(unix)]
fn allow_group_and_others(file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn allow_group_and_others(_file: &std::fs::File) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_whole_files_and_leaves_nothing_beside_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b.txt");
        assert!(write_if_changed(&path, b"longer than the next").unwrap());
        assert!(write_if_changed(&path, b"short").unwrap());
        assert!(!write_if_changed(&path, b"short").unwrap());
        assert_eq!(read_text(&path).unwrap().as_deref(), Some("short"));
        assert_eq!(fs_err::read_dir(folder.path().join("a")).unwrap().count(), 1);
        assert_eq!(read_text(&folder.path().join("none")).unwrap(), None);
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs_err::write(folder.path().join("file"), "").unwrap();
        let error = write(&folder.path().join("file/below"), b"").unwrap_err();
        assert!(format!("{error:#}").contains("CARGO_TARGET_DIR"));
    }
}
