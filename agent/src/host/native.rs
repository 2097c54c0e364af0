//! Native: `$HOME/.agent`, files that only their owner can read, sockets, processes.

use std::fs::{DirBuilder, File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Write};
#[cfg(unix)]
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::string::{String, ToString};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::vec::Vec;

use super::standard::{at, env_path};
use super::streams;
use crate::effects::{Ran, Trouble};
use crate::http::{Head, Request};

#[path = "native/exec.rs"]
mod exec;
#[path = "native/http.rs"]
mod http;
#[path = "native/workspace.rs"]
mod workspace;

pub(super) use workspace::Workspace;

/// The network, and what else there is only one of.
#[derive(Default)]
pub(super) struct Platform {
    http: http::Http,
}

impl Platform {
    pub(super) fn input(&mut self, limit: usize) -> Result<Vec<u8>, Trouble> {
        streams::input(limit)
    }

    pub(super) fn line(&mut self, limit: usize) -> Result<Option<Vec<u8>>, Trouble> {
        streams::line(limit)
    }

    pub(super) fn output(&mut self, text: &str) -> Result<(), String> {
        streams::output(text)
    }

    pub(super) fn send(&mut self, request: &Request<'_>) -> Result<Head, String> {
        self.http.send(request)
    }

    pub(super) fn receive(&mut self) -> Result<Option<Vec<u8>>, String> {
        self.http.receive()
    }

    pub(super) fn now_ms(&mut self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }

    pub(super) fn sleep_ms(&mut self, time_ms: u64) {
        std::thread::sleep(Duration::from_millis(time_ms));
    }

    pub(super) fn random(&mut self) -> u64 {
        RandomState::new().hash_one(0)
    }
}

/// Runs a command in the workspace.
pub(super) fn run(workspace: Option<&Workspace>, argv: &[String], time_ms: u64) -> Result<Ran, String> {
    let folder = workspace.ok_or("there is no workspace")?.folder();
    exec::run(folder, argv, time_ms)
}

/// The home folder when AGENT_HOME does not name one.
pub(super) fn default_home() -> Option<PathBuf> {
    env_path("HOME").map(|home| home.join(".agent"))
}

/// Makes the folder and those above it, where they are missing.
pub(super) fn create_private_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    builder.mode(0o700);
    builder.recursive(true).create(path)
}

/// Options for a file which, if it is created, belongs to its owner alone.
pub(super) fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    options.mode(0o600);
    options
}

/// Refuses a key that others can read.
pub(super) fn check_private(file: &File) -> Result<(), &'static str> {
    #[cfg(unix)]
    if file.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.mode() & 0o077 != 0) {
        return Err("can be read by others, which a key must not be: chmod 600 it");
    }
    let _ = file;
    Ok(())
}

/// The workspace finds out where this leads: see [`Workspace::hide`].
pub(super) fn check_own(_path: &Path) -> Result<(), &'static str> {
    Ok(())
}

/// Locks the session's file, which is made if it is not there.
pub(super) fn claim(folder: &Path, name: &str) -> Result<Option<File>, String> {
    match try_claim(folder, name)? {
        Claim::Had(file) => Ok(file),
        Claim::InUse => Err("is in use by another run".to_string()),
    }
}

/// What became of a try to lock a file.
pub(super) enum Claim {
    /// It is locked as long as it is open. Nothing on a file system without locks: then nobody keeps anybody out, and appended lines stay whole all the same.
    Had(Option<File>),
    /// Another run has it.
    InUse,
}

/// Tries to lock a file, which is made if it is not there.
pub(super) fn try_claim(folder: &Path, name: &str) -> Result<Claim, String> {
    let path = folder.join(name);
    let open = create_private_folder(folder).and_then(|()| private_file().append(true).create(true).open(&path));
    let file = open.map_err(|error| [&at(&path, &error), ", set AGENT_HOME to a folder that can be written"].concat())?;
    match file.try_lock() {
        Ok(()) => Ok(Claim::Had(Some(file))),
        Err(std::fs::TryLockError::WouldBlock) => Ok(Claim::InUse),
        Err(std::fs::TryLockError::Error(_)) => Ok(Claim::Had(None)),
    }
}

/// Appends `bytes`, or nothing: what a full disk took of them is taken back.
pub(super) fn append(mut file: File, bytes: &[u8]) -> io::Result<()> {
    let length = file.metadata()?.len();
    file.write_all(bytes).and_then(|()| file.sync_data()).inspect_err(|_| {
        // If this fails too, the line stays torn, which every reader knows how to take.
        let _ = file.set_len(length);
    })
}
