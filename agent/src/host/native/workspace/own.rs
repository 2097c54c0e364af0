//! The agent's own folder, with its configuration, keys and sessions, and its files elsewhere: the workspace never leads to them.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::string::String;
use std::vec::Vec;

use cap_fs_ext::MetadataExt;
use cap_std::ambient_authority;
use cap_std::fs::Dir;

use crate::capability::path::WorkPath;

/// Where the agent's folder is to be looked for. It may come to be, and go, at any time.
pub struct Own {
    home: Option<PathBuf>,
    /// The configuration and the keys that were read from elsewhere.
    files: Vec<PathBuf>,
}

impl Own {
    /// Of the agent whose folder is `home`.
    pub fn new(home: Option<&Path>) -> io::Result<Own> {
        Ok(Own { home: home.map(std::path::absolute).transpose()?, files: Vec::new() })
    }

    /// `file` is the agent's too, wherever it lies.
    pub fn add(&mut self, file: &Path) -> io::Result<()> {
        self.files.push(std::path::absolute(file)?);
        Ok(())
    }

    /// What is known of the folder at this moment.
    pub fn now(&self, workspace: &Path) -> OwnNow {
        let open = |home| Dir::open_ambient_dir(home, ambient_authority()).and_then(|home| home.dir_metadata()).ok();
        let identity = self.home.as_ref().and_then(open).map(|home| (home.dev(), home.ino()));
        let below = |own: &PathBuf| {
            let real = resolve(own);
            match real.strip_prefix(workspace) {
                // A workspace inside of the agent's folder is all in it.
                Err(_) if workspace.starts_with(&real) => Some(Vec::new()),
                Err(_) => None,
                Ok(below) => Some(below.iter().map(OsStr::to_os_string).collect()),
            }
        };
        // A link to a file is as much the agent's as the file: whoever replaces either replaces what is read next time.
        let named = self
            .files
            .iter()
            .filter_map(|file| Some(file.strip_prefix(workspace).ok()?.iter().map(OsStr::to_os_string).collect()));
        OwnNow { identity, below: self.home.iter().chain(&self.files).filter_map(below).chain(named).collect() }
    }
}

/// The agent's folder as it is now.
pub struct OwnNow {
    /// What stays the same under every name: the device and the number on it. Nothing if it is not there.
    identity: Option<(u64, u64)>,
    /// Its names from the workspace down, if it is inside or is to be made there; and those of the agent's other files.
    below: Vec<Vec<OsString>>,
}

impl OwnNow {
    /// Whether `folder` is the agent's.
    pub fn is(&self, folder: &Dir) -> io::Result<bool> {
        let Some(identity) = self.identity else { return Ok(false) };
        let folder = folder.dir_metadata()?;
        Ok((folder.dev(), folder.ino()) == identity)
    }

    /// Whether `path` is the agent's folder or in it by name. That is how it is kept free while it is not there yet: the first
    /// configuration is not for a tool to write. Some systems take large and small letters for the same, so all are treated so.
    pub fn covers(&self, path: &WorkPath) -> bool {
        let same = |(mine, theirs): (&OsString, &String)| mine.eq_ignore_ascii_case(theirs);
        let names = path.segments();
        self.below.iter().any(|below| below.len() <= names.len() && below.iter().zip(names).all(same))
    }
}

/// `path` without symbolic links, as far as it is there.
fn resolve(path: &Path) -> PathBuf {
    let there = |above: &Path| Some(above.canonicalize().ok()?.join(path.strip_prefix(above).ok()?));
    path.ancestors().find_map(there).unwrap_or_else(|| path.to_path_buf())
}
