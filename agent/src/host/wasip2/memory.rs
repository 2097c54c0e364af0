//! The files of memories under WASI 0.2, in `memory` in the home folder.

use alloc::string::String;

use wasip2::filesystem::types::{Descriptor, DescriptorFlags, DescriptorType, OpenFlags, PathFlags};

use super::folder::{self, Place, trouble};
use super::in_home;
use crate::effects::{MemoryFile, Trouble};
use crate::session::Name;
use crate::text;

/// What is open of the memory that was opened last.
#[derive(Default)]
pub(super) struct Files {
    records: Option<Descriptor>,
    graph: Option<Descriptor>,
}

impl Files {
    fn slot(&mut self, file: MemoryFile) -> &mut Option<Descriptor> {
        if file == MemoryFile::Graph { &mut self.graph } else { &mut self.records }
    }

    pub(super) fn open(&mut self, memory: &Name, file: MemoryFile) -> Result<u64, Trouble> {
        let slot = self.slot(file);
        *slot = None;
        let Place { folder, path } = folder::find(&path(memory, file))?;
        let open = folder.open_file(&path)?;
        let stat = open.stat().map_err(trouble)?;
        if stat.type_ != DescriptorType::RegularFile {
            return Err(Trouble::Other("it is not a file".into()));
        }
        *slot = Some(open);
        Ok(stat.size)
    }

    pub(super) fn read(&mut self, file: MemoryFile, at: u64, out: &mut [u8]) -> bool {
        let Some(file) = self.slot(file) else { return false };
        let mut done = 0;
        while let Some(rest) = out.get_mut(done..).filter(|rest| !rest.is_empty()) {
            let Ok((piece, _)) = file.read(rest.len() as u64, at + done as u64) else { return false };
            let Some(place) = rest.get_mut(..piece.len()).filter(|place| !place.is_empty()) else { return false };
            place.copy_from_slice(&piece);
            done += piece.len();
        }
        true
    }
}

pub(super) fn append(memory: &Name, file: MemoryFile, at: u64, torn_bytes: u64, bytes: &[u8]) -> Result<(), String> {
    let path = path(memory, file);
    let write = || {
        let memories = folder::find(&in_home("memory"))?;
        memories.folder.create_folder(&memories.path)?;
        let Place { folder, path } = folder::find(&path)?;
        let how = if at == 0 { OpenFlags::CREATE | OpenFlags::TRUNCATE } else { OpenFlags::empty() };
        let open = folder.open(&path, PathFlags::SYMLINK_FOLLOW, how, DescriptorFlags::WRITE)?;
        if open.stat().map_err(trouble)?.size != at + torn_bytes {
            return Err(Trouble::Other("was changed by another run".into()));
        }
        let written = open.set_size(at).map_err(trouble).and_then(|()| write_all(&open, at, bytes));
        written.and_then(|()| open.sync_data().map_err(trouble)).inspect_err(|_| {
            // If this fails too, the commit stays torn, which every reader knows how to take.
            let _ = open.set_size(at);
        })
    };
    write().map_err(|trouble| said(&path, &trouble))
}

pub(super) fn replace(memory: &Name, file: MemoryFile) -> Result<(), String> {
    let old = path(memory, file);
    let rename = || {
        let (new, old) = (folder::find(&path(memory, MemoryFile::New))?, folder::find(&old)?);
        new.folder.0.rename_at(&new.path, &old.folder.0, &old.path).map_err(trouble)
    };
    rename().map_err(|trouble| said(&old, &trouble))
}

fn write_all(file: &Descriptor, at: u64, bytes: &[u8]) -> Result<(), Trouble> {
    let mut written = 0;
    while let Some(rest) = bytes.get(written..).filter(|rest| !rest.is_empty()) {
        match file.write(rest, at + written as u64).map_err(trouble)? {
            0 => return Err(Trouble::Other("cannot be written, the disk may be full".into())),
            count => written += count as usize,
        }
    }
    Ok(())
}

fn said(path: &str, trouble: &Trouble) -> String {
    let what = match trouble {
        Trouble::Other(what) => what,
        _ => "is in no folder that is granted, set AGENT_HOME to one that is",
    };
    text::fill("{} {}", &[path, what])
}

fn path(memory: &Name, file: MemoryFile) -> String {
    in_home(&text::fill("memory/{}{}", &[memory.as_str(), file.extension()]))
}
