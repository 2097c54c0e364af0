//! The folders of a scenario on disk: written before it is played, read afterwards.

use crate::{
    analysis::digest::sha256,
    data::scenario::world::{Entry, FOLDERS},
    shell::store,
};
use anyhow::{Context, Result};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// Makes the world at `root` anew, with `entries` in it.
///
/// # Errors
/// The folder cannot be written, or a link not be made.
pub fn write(root: &Path, entries: &[(String, Entry)]) -> Result<()> {
    match fs_err::remove_dir_all(root) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    for folder in FOLDERS {
        store::create_folder(&root.join(folder))?;
    }
    for (path, entry) in entries {
        let path = root.join(path);
        store::create_folder(path.parent().unwrap_or(root))?;
        match entry {
            Entry::File(text) => write_file(&path, text)?,
            Entry::Link(to) => link(to, &path)?,
        }
    }
    Ok(())
}

/// Every file below `root`, by its path with `/`, as text, or as a line that names its bytes; a link as `-> where it leads`, and nothing behind it.
///
/// # Errors
/// A folder cannot be read.
pub fn read(root: &Path) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs_err::read_dir(&folder)? {
            let entry = entry?;
            let (path, kind) = (entry.path(), entry.file_type()?);
            if kind.is_dir() {
                folders.push(path);
                continue;
            }
            let text = if kind.is_symlink() {
                format!("-> {}", fs_err::read_link(&path)?.display())
            } else if kind.is_file() {
                text_of(fs_err::read(&path)?)
            } else {
                "(no file)".to_string()
            };
            files.insert(relative(root, &path), text);
        }
    }
    Ok(files)
}

/// What is no text is known by its length and hash: it can be megabytes, and every byte of it has to count.
fn text_of(bytes: Vec<u8>) -> String {
    let named = |bytes: &[u8]| format!("({} bytes that are no text, sha256 {})\n", bytes.len(), sha256(bytes));
    String::from_utf8(bytes).unwrap_or_else(|error| named(error.as_bytes()))
}

fn relative(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// Private: the agent warns of keys that others can read.
fn write_file(path: &PathBuf, text: &str) -> Result<()> {
    fs_err::write(path, text)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs_err::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}

#[cfg(unix)]
fn link(to: &str, path: &Path) -> Result<()> {
    std::os::unix::fs::symlink(to, path).with_context(|| format!("cannot make the link {}", path.display()))
}

#[cfg(not(unix))]
fn link(_to: &str, path: &Path) -> Result<()> {
    anyhow::bail!("cannot make the link {}: this system has none that every user may make", path.display())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_is_left_of_before() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().join("world");
        write(&root, &[("workspace/old.txt".into(), Entry::File("old".into()))]).unwrap();
        let entries =
            [("home/a/b.txt".into(), Entry::File("text".into())), ("workspace/link".into(), Entry::Link("../outside".into()))];
        write(&root, &entries).unwrap();
        let files = read(&root).unwrap();
        let wanted = [("home/a/b.txt", "text"), ("workspace/link", "-> ../outside")];
        assert_eq!(files, wanted.map(|(path, text)| (path.to_string(), text.to_string())).into());
        let of = |bytes: &[u8]| {
            fs_err::write(root.join("home/a/b.txt"), bytes).unwrap();
            read(&root).unwrap()["home/a/b.txt"].clone()
        };
        assert!(of(b"\xff\x80").starts_with("(2 bytes that are no text, sha256 "));
        assert_ne!(of(b"\xff\x80"), of(b"\xff\x81"));
    }
}
