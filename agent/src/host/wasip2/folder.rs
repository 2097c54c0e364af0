//! Folders as descriptors. The host gives some at the start; everything else is opened from one of them.

use alloc::string::String;
use alloc::vec::Vec;

use wasip2::filesystem::preopens::get_directories;
use wasip2::filesystem::types::{Descriptor, DescriptorFlags, DescriptorType, ErrorCode, OpenFlags, PathFlags};

use crate::effects::Trouble;
use crate::text;

/// How much is asked for at once.
const READ_BYTES: u64 = 64 * 1024;

/// An open folder.
pub(super) struct Folder(pub(super) Descriptor);

/// A path from a folder down; empty for the folder itself.
pub(super) struct Place {
    pub(super) folder: Folder,
    pub(super) path: String,
}

/// The granted folder that `path` is in, and the way from there. Of two the nearer one. `/a`, `a` and `./a` are the same: there is no
/// current folder but the root of what is granted.
pub(super) fn find(path: &str) -> Result<Place, Trouble> {
    let wanted = names(path);
    if wanted.contains(&"..") {
        return Err(Trouble::Other("has `..`, which is not followed".into()));
    }
    let mut best: Option<(usize, Descriptor)> = None;
    for (descriptor, name) in get_directories() {
        let granted = names(&name);
        if wanted.starts_with(&granted) && best.as_ref().is_none_or(|(length, _)| *length <= granted.len()) {
            best = Some((granted.len(), descriptor));
        }
    }
    let (length, descriptor) = best.ok_or(Trouble::Missing)?;
    Ok(Place { folder: Folder(descriptor), path: text::join(wanted.get(length..).unwrap_or_default(), "/") })
}

/// Whether `path` is `top` or below it, as they are written.
pub(super) fn is_below(path: &str, top: &str) -> bool {
    names(path).starts_with(&names(top))
}

/// The names that lead from the folder `top` to `path`, where both are in one granted folder and `path` is below; none otherwise.
pub(super) fn names_below(path: &str, top: &str) -> Vec<String> {
    let (path_names, top_names) = (names(path), names(top));
    let Ok(place) = find(path) else { return Vec::new() };
    // A path with a granted folder of its own below `top` is not reached through `top`.
    let granted = path_names.len() - names(&place.path).len();
    let is_inside = path_names.starts_with(&top_names) && granted <= top_names.len();
    let below = path_names.get(top_names.len()..).unwrap_or_default();
    if is_inside { below.iter().map(|name| (*name).into()).collect() } else { Vec::new() }
}

fn names(path: &str) -> Vec<&str> {
    text::split(path, b'/').filter(|name| !matches!(*name, "" | ".")).collect()
}

impl Folder {
    /// The folder at `path`, which is followed as the user meant it; this one for the empty path.
    pub(super) fn enter(&self, path: &str) -> Result<Folder, Trouble> {
        let path = if path.is_empty() { "." } else { path };
        self.open(path, PathFlags::SYMLINK_FOLLOW, OpenFlags::DIRECTORY, DescriptorFlags::READ).map(Folder)
    }

    /// The folder of this name, unless that is a symbolic link.
    pub(super) fn step(&self, name: &str) -> Result<Folder, Trouble> {
        // Only then is it opened: a pipe would wait for somebody to write.
        if self.0.stat_at(PathFlags::empty(), name).map_err(trouble)?.type_ != DescriptorType::Directory {
            return Err(trouble(ErrorCode::NotDirectory));
        }
        self.open(name, PathFlags::empty(), OpenFlags::DIRECTORY, DescriptorFlags::READ | DescriptorFlags::MUTATE_DIRECTORY)
            .or_else(|_| self.open(name, PathFlags::empty(), OpenFlags::DIRECTORY, DescriptorFlags::READ))
            .map(Folder)
    }

    pub(super) fn open(
        &self,
        path: &str,
        follow: PathFlags,
        open: OpenFlags,
        flags: DescriptorFlags,
    ) -> Result<Descriptor, Trouble> {
        self.0.open_at(follow, path, open, flags).map_err(trouble)
    }

    /// The file at `path`, which is followed as the user meant it.
    pub(super) fn open_file(&self, path: &str) -> Result<Descriptor, Trouble> {
        self.open(path, PathFlags::SYMLINK_FOLLOW, OpenFlags::empty(), DescriptorFlags::READ)
    }

    /// Adds to the end of a file, which is made if it is not there.
    pub(super) fn append(&self, path: &str, mut bytes: &[u8]) -> Result<(), Trouble> {
        let file = self.open(path, PathFlags::SYMLINK_FOLLOW, OpenFlags::CREATE, DescriptorFlags::WRITE)?;
        let stream = file.append_via_stream().map_err(trouble)?;
        while !bytes.is_empty() {
            // As much at a time as the host takes, which is more than a turn: what is written at once stays in one piece.
            let free = stream.check_write().unwrap_or(0) as usize;
            let piece = bytes.get(..free.min(bytes.len())).unwrap_or_default();
            if piece.is_empty() || stream.write(piece).is_err() || stream.blocking_flush().is_err() {
                return Err(Trouble::Other("cannot be written, the disk may be full".into()));
            }
            bytes = bytes.get(piece.len()..).unwrap_or_default();
        }
        Ok(())
    }

    /// Makes the folder of this name where it is missing.
    pub(super) fn create_folder(&self, name: &str) -> Result<(), Trouble> {
        match self.0.create_directory_at(name) {
            Err(ErrorCode::Exist) => Ok(()),
            other => other.map_err(trouble),
        }
    }

    /// The names in this folder, at most `limit`; those of folders end in a slash, those of symbolic links in `@`.
    pub(super) fn list(&self, limit: usize) -> Result<Vec<String>, Trouble> {
        let entries = self.0.read_directory().map_err(trouble)?;
        let mut names = Vec::new();
        while names.len() < limit {
            let Some(entry) = entries.read_directory_entry().map_err(trouble)? else { break };
            let mut name = entry.name;
            match entry.type_ {
                DescriptorType::Directory => name.push('/'),
                DescriptorType::SymbolicLink => name.push('@'),
                _ => {}
            }
            names.push(name);
        }
        Ok(names)
    }
}

/// All of `file`, if it is one and has at most `limit` bytes.
pub(super) fn read(file: &Descriptor, limit: usize) -> Result<Vec<u8>, Trouble> {
    if !matches!(file.get_type(), Ok(DescriptorType::RegularFile)) {
        return Err(Trouble::Other("is not a file".into()));
    }
    let mut bytes = Vec::new();
    loop {
        let (piece, is_end) = file.read(READ_BYTES, bytes.len() as u64).map_err(trouble)?;
        bytes.extend_from_slice(&piece);
        if bytes.len() > limit {
            return Err(Trouble::TooLarge);
        }
        if is_end || piece.is_empty() {
            return Ok(bytes);
        }
    }
}

pub(super) fn trouble(code: ErrorCode) -> Trouble {
    let words = match code {
        ErrorCode::NoEntry => return Trouble::Missing,
        ErrorCode::Loop => "is a symbolic link, which is not followed",
        ErrorCode::NotDirectory => "is no folder, or a symbolic link, which is not followed",
        ErrorCode::IsDirectory => "is a folder",
        ErrorCode::Access | ErrorCode::NotPermitted => "is not permitted",
        ErrorCode::ReadOnly => "is read-only",
        ErrorCode::InsufficientSpace | ErrorCode::Quota => "does not fit, the disk is full",
        _ => "cannot be used",
    };
    Trouble::Other(words.into())
}
