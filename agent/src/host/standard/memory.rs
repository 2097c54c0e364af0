//! The files of memories, in `memory` in the home folder: only their owner can read them, where the system has that.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::string::String;

use super::platform::{Claim, create_private_folder, private_file, try_claim};
use super::{at, home};
use crate::effects::{MemoryFile, Trouble};
use crate::session::Name;

/// What is open of the memory that was opened last.
#[derive(Default)]
pub(super) struct Files {
    records: Option<File>,
    graph: Option<File>,
    claimed: Option<File>,
}

impl Files {
    pub(super) fn claim(&mut self, memory: &Name) -> Result<bool, String> {
        // A file of its own: that of the records gives its place to another.
        match try_claim(&folder()?, &[memory.as_str(), ".lock"].concat())? {
            Claim::Had(file) => self.claimed = file,
            Claim::InUse => return Ok(false),
        }
        Ok(true)
    }

    pub(super) fn release(&mut self) {
        self.claimed = None;
    }

    fn slot(&mut self, file: MemoryFile) -> &mut Option<File> {
        if file == MemoryFile::Graph { &mut self.graph } else { &mut self.records }
    }

    pub(super) fn open(&mut self, memory: &Name, file: MemoryFile) -> Result<u64, Trouble> {
        let slot = self.slot(file);
        *slot = None;
        let path = path(memory, file).map_err(Trouble::Other)?;
        let open = || {
            let metadata = path.metadata()?;
            // A pipe is not even opened: that would wait for somebody to write.
            if !metadata.is_file() {
                return Err(io::Error::other("it is not a file"));
            }
            let file = File::open(&path)?;
            let length = file.metadata()?.len();
            Ok((file, length))
        };
        match open() {
            Ok((open, length)) => {
                *slot = Some(open);
                Ok(length)
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Err(Trouble::Missing),
            Err(error) => Err(Trouble::Other(at(&path, &error))),
        }
    }

    pub(super) fn read(&mut self, file: MemoryFile, at: u64, out: &mut [u8]) -> bool {
        let Some(file) = self.slot(file) else { return false };
        file.seek(SeekFrom::Start(at)).and_then(|_| file.read_exact(out)).is_ok()
    }
}

pub(super) fn append(memory: &Name, file: MemoryFile, at_byte: u64, torn_bytes: u64, bytes: &[u8]) -> Result<(), String> {
    let folder = folder()?;
    create_private_folder(&folder)
        .map_err(|error| [&at(&folder, &error), ", set AGENT_HOME to a folder that can be written"].concat())?;
    let path = path(memory, file)?;
    let write = || {
        let mut open = private_file().write(true).create(true).truncate(at_byte == 0).open(&path)?;
        if open.metadata()?.len() != at_byte + torn_bytes {
            return Err(io::Error::other("another run has changed it"));
        }
        let written = open.set_len(at_byte).and_then(|()| open.seek(SeekFrom::Start(at_byte)));
        written.and_then(|_| open.write_all(bytes)).and_then(|()| open.sync_data()).inspect_err(|_| {
            // If this fails too, the commit stays torn, which every reader knows how to take.
            let _ = open.set_len(at_byte);
        })
    };
    write().map_err(|error| at(&path, &error))
}

pub(super) fn replace(memory: &Name, file: MemoryFile) -> Result<(), String> {
    let (new, old) = (path(memory, MemoryFile::New)?, path(memory, file)?);
    std::fs::rename(new, &old).map_err(|error| at(&old, &error))
}

fn path(memory: &Name, file: MemoryFile) -> Result<PathBuf, String> {
    Ok(folder()?.join([memory.as_str(), file.extension()].concat()))
}

fn folder() -> Result<PathBuf, String> {
    Ok(home().ok_or("there is no home folder, set AGENT_HOME")?.join("memory"))
}
