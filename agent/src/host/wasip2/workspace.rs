//! The workspace under WASI 0.2. Each step of a path is opened from the folder before it, no symbolic link is followed, and the agent's own
//! folder is recognized by what it is, whatever name leads there.

use alloc::string::String;
use alloc::vec::Vec;

use wasip2::filesystem::types::{Descriptor, DescriptorFlags, DescriptorType, OpenFlags, PathFlags};

use super::folder::{self, Folder, trouble};
use crate::capability::path::WorkPath;
use crate::effects::Trouble;

/// The name under which a file is written before it takes its place.
const NEW_FILE: &str = ".agent-new-file";

/// See the module.
pub(super) struct Workspace {
    pub(super) root: Folder,
    pub(super) home: Option<Folder>,
    /// The configuration and the key, which may lie in the workspace.
    pub(super) own_files: Vec<Descriptor>,
}

/// Whether folders that are missing are made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Missing {
    IsAnError,
    IsMade,
}

impl Workspace {
    pub(super) fn read(&self, path: &WorkPath, limit: usize) -> Result<Vec<u8>, Trouble> {
        let (folder, name) = self.parent(path, Missing::IsAnError)?;
        let file = folder.open(name, PathFlags::empty(), OpenFlags::empty(), DescriptorFlags::READ)?;
        self.check_file(&file)?;
        folder::read(&file, limit)
    }

    pub(super) fn write(&self, path: &WorkPath, bytes: &[u8]) -> Result<(), Trouble> {
        let (folder, name) = self.parent(path, Missing::IsMade)?;
        match folder.open(name, PathFlags::empty(), OpenFlags::empty(), DescriptorFlags::READ) {
            Ok(there) if there.get_type() != Ok(DescriptorType::RegularFile) => {
                return Err(Trouble::Other("is not a file".into()));
            }
            Ok(there) => self.check_file(&there)?,
            Err(Trouble::Missing) => {}
            Err(trouble) => return Err(trouble),
        }
        // Left by a run that was killed.
        let _ = folder.0.unlink_file_at(NEW_FILE);
        let written = write_new(&folder, bytes).and_then(|()| folder.0.rename_at(NEW_FILE, &folder.0, name).map_err(trouble));
        if written.is_err() {
            let _ = folder.0.unlink_file_at(NEW_FILE);
        }
        written
    }

    pub(super) fn list(&self, path: &WorkPath, limit: usize) -> Result<Vec<String>, Trouble> {
        self.walk(path.segments(), Missing::IsAnError)?.list(limit)
    }

    /// The folder that `path` is in, and its last name.
    fn parent<'a>(&self, path: &'a WorkPath, missing: Missing) -> Result<(Folder, &'a str), Trouble> {
        let (name, above) = path.segments().split_last().ok_or_else(|| Trouble::Other("is a folder".into()))?;
        Ok((self.walk(above, missing)?, name))
    }

    fn walk(&self, names: &[String], missing: Missing) -> Result<Folder, Trouble> {
        let mut folder = self.root.enter("")?;
        self.check(&folder)?;
        for name in names {
            if missing == Missing::IsMade {
                folder.create_folder(name)?;
            }
            folder = folder.step(name)?;
            self.check(&folder)?;
        }
        Ok(folder)
    }

    fn check_file(&self, file: &Descriptor) -> Result<(), Trouble> {
        if self.own_files.iter().any(|own| own.is_same_object(file)) { Err(own()) } else { Ok(()) }
    }

    fn check(&self, folder: &Folder) -> Result<(), Trouble> {
        match &self.home {
            Some(home) if home.0.is_same_object(&folder.0) => Err(own()),
            _ => Ok(()),
        }
    }
}

fn own() -> Trouble {
    Trouble::Other("is in the agent's own folder".into())
}

fn write_new(folder: &Folder, bytes: &[u8]) -> Result<(), Trouble> {
    let file = folder.open(NEW_FILE, PathFlags::empty(), OpenFlags::CREATE | OpenFlags::EXCLUSIVE, DescriptorFlags::WRITE)?;
    let mut written = 0;
    while let Some(rest) = bytes.get(written..).filter(|rest| !rest.is_empty()) {
        match file.write(rest, written as u64).map_err(trouble)? {
            0 => return Err(Trouble::Other("cannot be written".into())),
            count => written += count as usize,
        }
    }
    Ok(())
}
