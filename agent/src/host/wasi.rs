//! WASI: `/agent`, which the host has to grant. Permission bits are the host's affair.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};

/// The home folder when AGENT_HOME does not name one.
pub fn default_home() -> Option<PathBuf> {
    Some(PathBuf::from("/agent"))
}

/// Makes the folder where it is missing. The one above it is the home folder: the host granted it, so it is there, and code that walks up
/// the path would be thousands of bytes for nothing.
pub fn create_private_folder(path: &Path) -> io::Result<()> {
    match std::fs::create_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

/// Options for a file, which belongs to whom the host says.
pub fn private_file() -> OpenOptions {
    OpenOptions::new()
}
