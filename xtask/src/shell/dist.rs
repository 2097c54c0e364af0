//! The files of a release: built, executed, and written as one folder, whole or not at all.

pub mod native;
pub mod parts;
pub mod wasm;

use super::{git, pgo::kept, store, workspace::Workspace};
use crate::{
    analysis::{
        digest::sha256,
        dist::{Section, section, sums},
    },
    data::{
        dist::{CHANGELOG_FILE, DIST_SCHEMA, RELEASE_FILE, Release, ReleaseFile, SIZES_FILE, SUMS_FILE},
        exit::Failure,
        verdict::Outcome,
    },
};
use anyhow::{Context, Result};
use std::{collections::BTreeMap, path::Path};

/// A file of a release, with its contents.
pub struct Made {
    /// What is said of it.
    pub file: ReleaseFile,
    /// Its contents.
    pub bytes: Vec<u8>,
}

/// A release without files, and what its changelog says.
///
/// # Errors
/// Exit 2: with a tag, where the tag is not the version's, the work tree has changes, or the changelog has nothing of the version.
pub fn begin(workspace: &Workspace, package: &str, name: &str, tag: Option<&str>) -> Result<(Release, Option<String>)> {
    let version = workspace.package(package)?.version.to_string();
    let state = git::state(&workspace.root);
    let (commit, dirty) = state.map_or((None, false), |state| (Some(state.commit), state.dirty));
    let text = store::read_text(&workspace.root.join(CHANGELOG_FILE))?.unwrap_or_default();
    let (changes, unsaid) = match section(&text, &version) {
        Section::Of(found) => (Some(found), None),
        Section::Unreleased(found) => (Some(found), Some("what stands under Unreleased was taken")),
        Section::None => (None, Some("and nothing under Unreleased")),
    };
    if let Some(tag) = tag {
        let refused = |why: String, cure: &str| Failure::usage(format!("{tag} cannot be released: {why}: {cure}"));
        let resolved = git::resolve(&workspace.root, &format!("refs/tags/{tag}")).ok();
        let is_other = resolved.is_some_and(|resolved| Some(&resolved) != commit.as_ref());
        match () {
            () if tag != format!("v{version}") => {
                return Err(refused(format!("`{package}` has version {version}"), "set the version, or name its tag").into());
            }
            () if commit.is_none() => return Err(refused("there is no commit".into(), "release from a clone").into()),
            () if is_other => return Err(refused("the tag is of another commit".into(), "check it out").into()),
            () if dirty => return Err(refused("the work tree has changes".into(), "commit them, or put them away").into()),
            () if unsaid.is_some() => {
                return Err(refused(format!("{CHANGELOG_FILE} has no section for {version}"), "write one").into());
            }
            () => {}
        }
    }
    let mut notes: Vec<String> =
        unsaid.map(|more| format!("{CHANGELOG_FILE} has no section for {version}; {more}")).into_iter().collect();
    notes.extend(dirty.then(|| "the work tree has changes that no commit has: nobody else can build these files".to_string()));
    let release = Release {
        schema: DIST_SCHEMA,
        command: "dist".into(),
        name: name.into(),
        version,
        tag: tag.map(String::from),
        commit,
        dirty,
        files: Vec::new(),
        not_built: Vec::new(),
        notes,
        findings: Vec::new(),
        outcome: Outcome::Pass,
    };
    Ok((release, changes.map(String::from)))
}

/// Writes a release to `folder`, in place of what was there: `contents` are the files by name.
///
/// # Errors
/// Something cannot be written.
pub fn write(
    folder: &Path,
    release: &Release,
    contents: &BTreeMap<String, Vec<u8>>,
    changes: Option<&str>,
    sizes: &str,
) -> Result<()> {
    let part = folder.with_added_extension("part");
    kept::empty_folder(&part)?;
    let mut all: BTreeMap<&str, Vec<u8>> = contents.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    all.insert(RELEASE_FILE, (serde_json::to_string_pretty(release)? + "\n").into_bytes());
    all.insert(SIZES_FILE, sizes.into());
    if let Some(changes) = changes {
        all.insert(CHANGELOG_FILE, format!("{changes}\n").into_bytes());
    }
    let hashes: Vec<(&str, String)> = all.iter().map(|(name, bytes)| (*name, sha256(bytes))).collect();
    let listed = sums(hashes.iter().map(|(name, hash)| (*name, hash.as_str())));
    for (name, bytes) in &all {
        store::write(&part.join(name), bytes)?;
    }
    store::write(&part.join(SUMS_FILE), listed.as_bytes())?;
    for file in release.files.iter().filter(|file| file.variant.is_none()) {
        executable(&part.join(&file.file))?;
    }
    kept::remove_folder(folder)?;
    fs_err::rename(&part, folder)
        .with_context(|| Failure::usage(format!("cannot put the release to {}: make its folder writable", folder.display())))
}

#[cfg(unix)]
fn executable(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs_err::set_permissions(path, std::fs::Permissions::from_mode(0o755))?)
}

#[cfg(not(unix))]
fn executable(_path: &Path) -> Result<()> {
    Ok(())
}
