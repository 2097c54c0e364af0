//! What a stage keeps: a file with the hash of what went in, beside what came out.

use crate::{data::exit::Failure, shell::store};
use anyhow::{Context, Result};
use serde::{Serialize, de::DeserializeOwned};
use std::path::Path;

/// What was kept; nothing where there is none, or another version of this tool wrote it.
///
/// # Errors
/// The file is there and cannot be read.
pub fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>> {
    Ok(store::read_text(path)?.and_then(|text| serde_json::from_str(&text).ok()))
}

/// Keeps it.
///
/// # Errors
/// The file cannot be written.
pub fn write<T: Serialize>(path: &Path, value: &T) -> Result<()> {
    store::write(path, (serde_json::to_string_pretty(value)? + "\n").as_bytes())
}

/// Makes `path` an empty folder.
///
/// # Errors
/// What is there cannot be removed, or the folder not be made.
pub fn empty_folder(path: &Path) -> Result<()> {
    remove_folder(path)?;
    store::create_folder(path)
}

/// Removes the folder, if there is one.
///
/// # Errors
/// It cannot be removed.
pub fn remove_folder(path: &Path) -> Result<()> {
    match fs_err::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| Failure::usage(format!("cannot clear {}: make it writable", path.display())))
        }
        _ => Ok(()),
    }
}
