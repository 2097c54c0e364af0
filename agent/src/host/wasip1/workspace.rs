//! The workspace under WASI: a folder that the host granted, and the host's own sandbox is what holds paths inside. This refuses symbolic
//! links on top of it, so that a path means the file that the patterns were held against.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::string::{String, ToString};
use std::vec::Vec;

use crate::capability::path::WorkPath;
use crate::effects::Trouble;

/// See the module.
pub(in crate::host) struct Workspace {
    folder: PathBuf,
    /// What is the agent's own: its folder, and its files elsewhere.
    own: Vec<PathBuf>,
}

impl Workspace {
    pub(in crate::host) fn open(folder: &str, home: Option<&Path>) -> Result<Workspace, String> {
        let folder = PathBuf::from(folder);
        match fs::metadata(&folder) {
            Ok(metadata) if metadata.is_dir() => Ok(Workspace { folder, own: home.into_iter().map(PathBuf::from).collect() }),
            Ok(_) => Err("it is not a folder".into()),
            Err(error) => Err([&error.to_string(), ", the host has to grant it"].concat()),
        }
    }

    /// Hides `file`, which is the agent's own though it is not in its folder: a configuration, a key.
    pub(in crate::host) fn hide(&mut self, file: &Path) -> Result<(), String> {
        self.own.push(file.into());
        Ok(())
    }

    pub(in crate::host) fn read(&self, path: &WorkPath, limit: usize) -> Result<Vec<u8>, Trouble> {
        let (path, kind) = self.resolve(path)?;
        if !kind.ok_or(Trouble::Missing)?.is_file() {
            return Err(Trouble::Other("is not a file".into()));
        }
        let file = fs::File::open(path).map_err(trouble)?;
        crate::host::standard::read_up_to(file, limit).map_err(trouble)?
    }

    pub(in crate::host) fn write(&self, path: &WorkPath, bytes: &[u8]) -> Result<(), Trouble> {
        let (target, kind) = self.resolve(path)?;
        if kind.is_some_and(|kind| !kind.is_file()) {
            return Err(Trouble::Other("is not a file".into()));
        }
        let mut folder = self.folder.clone();
        for segment in path.segments().split_last().map_or(&[][..], |(_, above)| above) {
            folder.push(segment);
            match fs::create_dir(&folder) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(trouble(error)),
                _ => {}
            }
        }
        // Beside the target, then in its place: whoever reads it sees the old file or the new one.
        let (temporary, mut file) = create_new(&folder).map_err(trouble)?;
        let written = file.write_all(bytes).and_then(|()| fs::rename(&temporary, &target));
        written.map_err(|error| {
            let _ = fs::remove_file(&temporary);
            trouble(error)
        })
    }

    pub(in crate::host) fn list(&self, path: &WorkPath, limit: usize) -> Result<Vec<String>, Trouble> {
        let (path, kind) = self.resolve(path)?;
        if kind.is_some_and(|kind| !kind.is_dir()) {
            // Not even opened: a pipe would wait for somebody to write.
            return Err(Trouble::Other("is not a folder".into()));
        }
        let mut names = Vec::new();
        for entry in fs::read_dir(path).map_err(trouble)?.take(limit) {
            let entry = entry.map_err(trouble)?;
            let mut name = entry.file_name().to_string_lossy().into_owned();
            if let Ok(kind) = entry.file_type() {
                name.push_str(if kind.is_symlink() {
                    "@"
                } else if kind.is_dir() {
                    "/"
                } else {
                    ""
                });
            }
            names.push(name);
        }
        Ok(names)
    }

    /// Where `path` lies and what is there, if it is there. No part of it is a symbolic link.
    fn resolve(&self, path: &WorkPath) -> Result<(PathBuf, Option<fs::FileType>), Trouble> {
        let mut full = self.folder.clone();
        let mut kind = None;
        for segment in path.segments() {
            full.push(segment);
            kind = match fs::symlink_metadata(&full) {
                Ok(metadata) if metadata.file_type().is_symlink() => {
                    return Err(Trouble::Other("is or passes a symbolic link, which is not followed".into()));
                }
                Ok(metadata) => Some(metadata.file_type()),
                Err(error) if error.kind() == io::ErrorKind::NotFound => None,
                Err(error) => return Err(trouble(error)),
            };
        }
        if self.own.iter().any(|own| is_in(&full, own)) {
            return Err(Trouble::Other("is in the agent's own folder".into()));
        }
        Ok((full, kind))
    }
}

/// Makes a file that was not there, which no other run has and no link leads to.
fn create_new(folder: &Path) -> io::Result<(PathBuf, fs::File)> {
    let mut name = String::from(".agent-new-file");
    loop {
        let path = folder.join(&name);
        match fs::OpenOptions::new().write(true).create_new(true).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && name.len() < 100 => name.push('-'),
            other => return other.map(|file| (path, file)),
        }
    }
}

/// Whether `path` is `own` or in it, however the two are written.
fn is_in(path: &Path, own: &Path) -> bool {
    let names = |path: &Path| {
        path.to_string_lossy().split('/').filter(|name| !matches!(*name, "" | ".")).map(String::from).collect::<Vec<_>>()
    };
    let (path, own) = (names(path), names(own));
    own.len() <= path.len() && path.iter().zip(&own).all(|(one, other)| one.eq_ignore_ascii_case(other))
}

fn trouble(error: io::Error) -> Trouble {
    match error.kind() {
        io::ErrorKind::NotFound => Trouble::Missing,
        _ => Trouble::Other(["cannot be used: ", &error.to_string()].concat()),
    }
}
