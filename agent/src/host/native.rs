//! Native: `$HOME/.agent`, and files that only their owner can read.

use std::fs::{DirBuilder, OpenOptions};
use std::io;
#[cfg(unix)]
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The home folder when AGENT_HOME does not name one.
pub fn default_home() -> Option<PathBuf> {
    super::env_path("HOME").map(|home| home.join(".agent"))
}

/// Makes the folder and those above it, where they are missing.
pub fn create_private_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    builder.mode(0o700);
    builder.recursive(true).create(path)
}

/// Options for a file which, if it is created, belongs to its owner alone.
pub fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    options.mode(0o600);
    options
}
