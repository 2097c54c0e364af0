//! The workspace: every file is reached from one open folder, name by name, and no symbolic link is followed.
//!
//! A folder is entered by opening its name in the folder above, which is open already. So nothing can be swapped between a check and the
//! use of what was checked: what was opened stays what it was.

use std::format;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::string::{String, ToString};
use std::vec::Vec;

#[cfg(unix)]
use cap_fs_ext::OpenOptionsSyncExt;
use cap_fs_ext::{DirExt, FollowSymlinks, OpenOptionsFollowExt};
use cap_std::ambient_authority;
use cap_std::fs::{Dir, DirEntry, File, FileType, Metadata, OpenOptions};
#[cfg(unix)]
use cap_std::fs::{OpenOptionsExt, Permissions, PermissionsExt};

use crate::capability::path::WorkPath;
use crate::effects::Trouble;
use own::{Own, OwnNow};

// This file may be loaded through a `path`; then its modules are looked for beside it unless they say where they are.
#[path = "workspace/own.rs"]
mod own;

/// The folder that the tools see.
pub struct Workspace {
    root: Dir,
    folder: PathBuf,
    own: Own,
}

impl Workspace {
    /// Opens `folder`. What is in `home`, the agent's own folder, is never found, whether it is there now or later.
    pub fn open(folder: &str, home: Option<&Path>) -> Result<Workspace, String> {
        let open = || {
            let folder = Path::new(folder).canonicalize()?;
            let root = Dir::open_ambient_dir(&folder, ambient_authority())?;
            Ok(Workspace { root, own: Own::new(home)?, folder })
        };
        open().map_err(|error: io::Error| error.to_string())
    }

    /// Hides `file`, which is the agent's own though it is not in its folder: a configuration, a key.
    pub fn hide(&mut self, file: &Path) -> Result<(), String> {
        self.own.add(file).map_err(|error| error.to_string())
    }

    /// Where it is, without symbolic links.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The whole of a regular file, if it has at most `limit` bytes.
    pub fn read(&self, path: &WorkPath, limit: usize) -> Result<Vec<u8>, Trouble> {
        let (folder, name) = self.parent(path, false)?;
        // Looked at before it is opened, because opening is enough for some devices to act, and after, because it may be another one by then.
        let before = folder.symlink_metadata(name).map_err(|error| failed("cannot be read", &error))?;
        must_be_regular(before.file_type())?;
        let mut options = OpenOptions::new();
        options.read(true).follow(FollowSymlinks::No);
        #[cfg(unix)]
        options.nonblock(true);
        let file = folder.open_with(name, &options).map_err(|error| explain(&folder, name, &error))?;
        let metadata = file.metadata().map_err(|error| failed("cannot be read", &error))?;
        must_be_regular(metadata.file_type())?;
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        if metadata.len() > limit {
            return Err(Trouble::TooLarge);
        }
        let mut bytes = Vec::new();
        let read = file.take(limit.saturating_add(1)).read_to_end(&mut bytes);
        let length = read.map_err(|error| failed("cannot be read", &error))?;
        if length as u64 > limit { Err(Trouble::TooLarge) } else { Ok(bytes) }
    }

    /// Makes or replaces a regular file in one step, and the folders above it where they are missing.
    pub fn write(&self, path: &WorkPath, bytes: &[u8]) -> Result<(), Trouble> {
        let (folder, name) = self.parent(path, true)?;
        let old = match folder.symlink_metadata(name) {
            Ok(old) => Some(old),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(failed("cannot be written", &error)),
        };
        if let Some(old) = &old {
            must_be_regular(old.file_type())?;
            // Replacing a file takes no right to write into it, so the promise of its mode is kept here.
            if old.permissions().readonly() {
                return Err(Trouble::Other("is read-only".into()));
            }
        }
        replace(&folder, name, old.as_ref(), |file| file.write_all(bytes)).map_err(|error| failed("cannot be written", &error))
    }

    /// The names in a folder, at most `limit` of them.
    pub fn list(&self, path: &WorkPath, limit: usize) -> Result<Vec<String>, Trouble> {
        let folder = self.enter(path, path.segments(), false)?;
        let entries = folder.entries().map_err(|error| failed("cannot be listed", &error))?;
        let named = entries.take(limit).map(|entry| entry.and_then(|entry| name_of(&folder, &entry)));
        named.collect::<io::Result<_>>().map_err(|error| failed("cannot be listed", &error))
    }

    /// The folder that the last name of `path` is in, and that name.
    fn parent<'a>(&self, path: &'a WorkPath, make: bool) -> Result<(Dir, &'a str), Trouble> {
        let (name, above) = path.segments().split_last().ok_or_else(|| Trouble::Other("is a folder".into()))?;
        Ok((self.enter(path, above, make)?, name))
    }

    /// Opens the folder at `names`, which is `path` or leads to it.
    fn enter(&self, path: &WorkPath, names: &[String], make: bool) -> Result<Dir, Trouble> {
        let own = self.own.now(&self.folder);
        let mut folder = self.root.try_clone().map_err(|error| failed("cannot be opened", &error))?;
        if own.covers(path) {
            return Err(is_own());
        }
        must_not_be_own(&own, &folder)?;
        for name in names {
            folder = enter(&folder, name, make)?;
            must_not_be_own(&own, &folder)?;
        }
        Ok(folder)
    }
}

/// Opens the folder `name`, which is made if it is missing and `make` says so.
fn enter(folder: &Dir, name: &str, make: bool) -> Result<Dir, Trouble> {
    let mut inner = folder.open_dir_nofollow(name);
    if make && inner.as_ref().is_err_and(|error| error.kind() == ErrorKind::NotFound) {
        match folder.create_dir(name) {
            // Somebody else may have been faster; what they made is looked at like everything else.
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(failed("cannot be made", &error)),
            _ => inner = folder.open_dir_nofollow(name),
        }
    }
    inner.map_err(|error| explain(folder, name, &error))
}

/// Puts a new file, which `fill` fills, in the place of `name`. Either all of this happens or nothing is left of it.
fn replace(folder: &Dir, name: &str, old: Option<&Metadata>, fill: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    // Nobody can wait for this name with something of theirs: it is not foreseen, and it must not be there yet.
    let temporary = format!(".agent-{:016x}.tmp", RandomState::new().hash_one(0));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).follow(FollowSymlinks::No);
    // What only the owner could read stays so while it is being written.
    #[cfg(unix)]
    options.mode(if old.is_some() { 0o600 } else { 0o666 });
    let mut file = folder.open_with(&temporary, &options)?;
    let filled = fill(&mut file).and_then(|()| keep_mode(&file, old)).and_then(|()| file.sync_all());
    drop(file);
    filled.and_then(|()| folder.rename(&temporary, folder, name)).inspect_err(|_| {
        // The first error is the one to tell.
        let _ = folder.remove_file(&temporary);
    })
}

#[cfg(unix)]
fn keep_mode(file: &File, old: Option<&Metadata>) -> io::Result<()> {
    let Some(old) = old else { return Ok(()) };
    // Not the bits beyond: the new file may have another owner, for whom nobody set them.
    file.set_permissions(Permissions::from_mode(old.permissions().mode() & 0o777))
}

#[cfg(not(unix))]
fn keep_mode(_: &File, _: Option<&Metadata>) -> io::Result<()> {
    Ok(())
}

/// The name of an entry, with a sign of what it is.
fn name_of(folder: &Dir, entry: &DirEntry) -> io::Result<String> {
    let mut kind = entry.file_type()?;
    let name = entry.file_name();
    if !kind.is_dir() && !kind.is_file() && !kind.is_symlink() {
        // Some file systems do not say in a listing what an entry is. An entry that is gone by now is named all the same.
        kind = folder.symlink_metadata(&name).map_or(kind, |metadata| metadata.file_type());
    }
    // No path can have a control character, and a line end would make one name look like two.
    let mut name = name.to_string_lossy().replace(char::is_control, "\u{FFFD}");
    if kind.is_dir() {
        name.push('/');
    } else if kind.is_symlink() {
        name.push('@');
    }
    Ok(name)
}

fn must_be_regular(kind: FileType) -> Result<(), Trouble> {
    let what = match kind {
        _ if kind.is_file() => return Ok(()),
        _ if kind.is_symlink() => "is a symbolic link, which is not followed",
        _ if kind.is_dir() => "is a folder",
        _ => "is not a regular file",
    };
    Err(Trouble::Other(what.into()))
}

fn must_not_be_own(own: &OwnNow, folder: &Dir) -> Result<(), Trouble> {
    match own.is(folder) {
        Ok(false) => Ok(()),
        Ok(true) => Err(is_own()),
        Err(error) => Err(failed("cannot be opened", &error)),
    }
}

fn is_own() -> Trouble {
    Trouble::Other("is in the agent's own folder".into())
}

/// Why `name` could not be opened. The system says the same of a link and of a file where a folder should be, so it is looked at again; only
/// the words depend on that.
fn explain(folder: &Dir, name: &str, error: &io::Error) -> Trouble {
    match folder.symlink_metadata(name) {
        Ok(metadata) if metadata.is_symlink() => Trouble::Other("is a symbolic link, which is not followed".into()),
        Ok(_) if error.kind() == ErrorKind::NotADirectory => Trouble::Other("is not a folder, or is below a file".into()),
        _ => failed("cannot be opened", error),
    }
}

fn failed(what: &str, error: &io::Error) -> Trouble {
    match error.kind() {
        ErrorKind::NotFound => Trouble::Missing,
        _ => Trouble::Other([what, ": ", &error.to_string()].concat()),
    }
}

#[cfg(all(test, unix))]
#[path = "workspace/tests.rs"]
mod tests;
