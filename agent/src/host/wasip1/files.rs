//! The agent's own files under WASI. Permission bits and locks are the host's affair.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::string::String;

use super::Workspace;
use crate::effects::Ran;

/// The home folder when AGENT_HOME does not name one.
pub(in crate::host) fn default_home() -> Option<PathBuf> {
    Some(PathBuf::from("/agent"))
}

/// Makes the folder where it is missing. The one above it is the home folder: the host granted it, so it is there, and code that walks up
/// the path would be thousands of bytes for nothing.
pub(in crate::host) fn create_private_folder(path: &Path) -> io::Result<()> {
    match std::fs::create_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

/// Options for a file, which belongs to whom the host says.
pub(in crate::host) fn private_file() -> OpenOptions {
    OpenOptions::new()
}

/// There are no permission bits to look at.
pub(in crate::host) fn check_private(_file: &File) -> Result<(), &'static str> {
    Ok(())
}

/// Refuses a configuration or a key whose place cannot be told by its path: the tools are kept from it by that.
pub(in crate::host) fn check_own(path: &Path) -> Result<(), &'static str> {
    if path.to_string_lossy().split('/').any(|name| name == "..") {
        return Err("has `..`, which is not followed here");
    }
    match path.symlink_metadata() {
        Ok(metadata) if metadata.file_type().is_symlink() => Err("is a symbolic link, which is not followed here"),
        _ => Ok(()),
    }
}

/// There are no locks. Two runs on one session append whole lines in turn, and the next one that reads them repairs the order.
pub(in crate::host) fn claim(_folder: &Path, _name: &str) -> Result<Option<File>, String> {
    Ok(None)
}

/// What became of a try to lock a file.
#[cfg(feature = "memory-flat")]
pub(in crate::host) enum Claim {
    /// Nobody keeps anybody out.
    Had(Option<File>),
    /// Another run has it, which is never known here.
    #[allow(dead_code, reason = "there are no locks")]
    InUse,
}

/// There are no locks. Two runs that write one memory at the same time see by its length that it changed; a gap of some instructions is left.
#[cfg(feature = "memory-flat")]
pub(in crate::host) fn try_claim(_folder: &Path, _name: &str) -> Result<Claim, String> {
    Ok(Claim::Had(None))
}

/// Appends `bytes`.
pub(in crate::host) fn append(mut file: File, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes)
}

/// There are no processes. The core does not come here.
pub(in crate::host) fn run(_workspace: Option<&Workspace>, _argv: &[String], _time_ms: u64) -> Result<Ran, String> {
    Err(String::from("there are no processes under WASI"))
}
