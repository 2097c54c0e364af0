//! The workspace under WASI 0.2. Each step of a path is opened from the folder before it, no symbolic link is followed, and the agent's own
//! folder is recognized by what it is, whatever name leads there.

use alloc::string::String;
use alloc::vec::Vec;

use wasip2::filesystem::types::{Descriptor, DescriptorFlags, DescriptorType, ErrorCode, OpenFlags, PathFlags};

use super::folder::{self, Folder, trouble};
use crate::capability::path::WorkPath;
use crate::effects::Trouble;

/// The name under which a file is written before it takes its place, with as many dashes behind it as other runs have made it need.
const NEW_FILE: &str = ".agent-new-file";
/// The longest such name.
const MAX_NEW_FILE_BYTES: usize = 100;

/// See the module.
pub(super) struct Workspace {
    pub(super) root: Folder,
    pub(super) home: Option<Folder>,
    /// Where the home folder lies below the workspace, if it does; it may not be there yet.
    pub(super) home_names: Vec<String>,
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
        let file = open_file(&folder, name)?;
        self.check_file(&file)?;
        folder::read(&file, limit)
    }

    pub(super) fn write(&self, path: &WorkPath, bytes: &[u8]) -> Result<(), Trouble> {
        let (folder, name) = self.parent(path, Missing::IsMade)?;
        match open_file(&folder, name) {
            Ok(there) => self.check_file(&there)?,
            Err(Trouble::Missing) => {}
            Err(trouble) => return Err(trouble),
        }
        let (new_name, file) = create_new(&folder)?;
        let written = write_all(&file, bytes).and_then(|()| folder.0.rename_at(&new_name, &folder.0, name).map_err(trouble));
        if written.is_err() {
            let _ = folder.0.unlink_file_at(&new_name);
        }
        written
    }

    pub(super) fn list(&self, path: &WorkPath, limit: usize) -> Result<Vec<String>, Trouble> {
        self.check_names(path.segments())?;
        self.walk(path.segments(), Missing::IsAnError)?.list(limit)
    }

    /// The folder that `path` is in, and its last name.
    fn parent<'a>(&self, path: &'a WorkPath, missing: Missing) -> Result<(Folder, &'a str), Trouble> {
        self.check_names(path.segments())?;
        let (name, above) = path.segments().split_last().ok_or_else(|| Trouble::Other("is a folder".into()))?;
        Ok((self.walk(above, missing)?, name))
    }

    /// Whether the path is the home folder or in it, by its name: one that is not there yet must not be made by a tool.
    fn check_names(&self, names: &[String]) -> Result<(), Trouble> {
        let same = |(one, other): (&String, &String)| one.eq_ignore_ascii_case(other);
        let is_home =
            !self.home_names.is_empty() && self.home_names.len() <= names.len() && names.iter().zip(&self.home_names).all(same);
        if is_home { Err(own()) } else { Ok(()) }
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

/// The file of this name. What is no file is not even opened: a pipe would wait for somebody to write.
fn open_file(folder: &Folder, name: &str) -> Result<Descriptor, Trouble> {
    match folder.0.stat_at(PathFlags::empty(), name).map_err(trouble)?.type_ {
        DescriptorType::RegularFile => folder.open(name, PathFlags::empty(), OpenFlags::empty(), DescriptorFlags::READ),
        DescriptorType::SymbolicLink => Err(trouble(ErrorCode::Loop)),
        _ => Err(Trouble::Other("is not a file".into())),
    }
}

/// Makes a file that was not there, which no other run has and no link leads to.
fn create_new(folder: &Folder) -> Result<(String, Descriptor), Trouble> {
    let mut name = String::from(NEW_FILE);
    loop {
        match folder.0.open_at(PathFlags::empty(), &name, OpenFlags::CREATE | OpenFlags::EXCLUSIVE, DescriptorFlags::WRITE) {
            Err(ErrorCode::Exist) if name.len() < MAX_NEW_FILE_BYTES => name.push('-'),
            other => return other.map(|file| (name, file)).map_err(trouble),
        }
    }
}

fn write_all(file: &Descriptor, bytes: &[u8]) -> Result<(), Trouble> {
    let mut written = 0;
    while let Some(rest) = bytes.get(written..).filter(|rest| !rest.is_empty()) {
        match file.write(rest, written as u64).map_err(trouble)? {
            0 => return Err(Trouble::Other("cannot be written".into())),
            count => written += count as usize,
        }
    }
    Ok(())
}
