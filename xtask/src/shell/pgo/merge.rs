//! Raw profiles become one, by the toolchain's own llvm-profdata; its name is its contents' hash, so that rustc sees that it is another one.

use super::{
    Place, kept,
    train::{self, Lesson, raw_files, raw_folder},
};
use crate::{
    analysis::{
        digest::sha256,
        profile_health::{RawProfile, Summary, executed_symbols, function_counts, raw, summary},
    },
    data::{exit::Failure, pgo::health::Health},
    shell::{console, process, store},
};
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// What is kept of a merge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    /// The hash of the raw profiles.
    inputs: String,
    /// The merged file's name.
    profile: String,
}

/// A merged profile.
#[derive(Clone, Debug)]
pub struct Merged {
    /// Where it lies.
    pub path: PathBuf,
    /// What is in it.
    pub summary: Summary,
    /// Function -> how often its most frequent block ran.
    pub functions: BTreeMap<String, u64>,
    /// The symbols of those that ran.
    pub executed: BTreeSet<String>,
}

/// Merges what the training left, unless it was merged before.
///
/// # Errors
/// Exit 4: there was no training, or llvm-profdata refuses what it left.
pub fn merge(place: &Place, lesson: Lesson) -> Result<Merged> {
    let folder = raw_folder(place, lesson);
    let files = raw_files(&folder)?;
    if files.is_empty() {
        return Err(Failure::invalid(format!(
            "there are no raw profiles in {}: run `cargo xtask pgo train` first",
            folder.display()
        ))
        .into());
    }
    let hashes = files.iter().map(|path| Ok(sha256(&fs_err::read(path)?))).collect::<Result<Vec<String>>>()?;
    let inputs = sha256(format!("{} {}", place.tools.rustc, hashes.join(" ")).as_bytes());
    let profiles = place.folder().join("profiles");
    let key = key(place, lesson);
    let found = |kept: &Kept| profiles.join(&kept.profile).is_file();
    if let Some(kept) = kept::read::<Kept>(&key)?.filter(|kept| kept.inputs == inputs).filter(found) {
        return read(place, &profiles.join(kept.profile));
    }
    console::log(&format!("xtask: {}: merging {} raw profiles ({})", place.name, files.len(), lesson.name()));
    store::create_folder(&profiles)?;
    let (list, part) = (profiles.join("list.part"), profiles.join("merged.part"));
    // A path with a comma in it would be read as a weight and a path: so each has its weight.
    let lines: Vec<String> = files.iter().map(|path| format!("1,{}", path.display())).collect();
    store::write(&list, lines.join("\n").as_bytes())?;
    let shell = place.workspace.shell()?;
    let cmd = shell.cmd(place.tools.llvm("llvm-profdata")).args(["merge", "--failure-mode=any", "--input-files"]).arg(&list);
    let output = process::output(cmd.arg("-o").arg(&part))?;
    if !output.status.success() {
        return Err(anyhow::anyhow!(process::tail(&output.stderr))).with_context(|| {
            Failure::invalid(format!(
                "llvm-profdata of {} refuses the raw profiles in {}: remove the folder and train again with this toolchain",
                place.tools.rustc,
                folder.display()
            ))
        });
    }
    let profile = format!("{}.profdata", sha256(&fs_err::read(&part)?));
    fs_err::rename(&part, profiles.join(&profile))?;
    let path = profiles.join(&profile);
    kept::write(&key, &Kept { inputs, profile })?;
    read(place, &path)
}

/// Forgets that the profiles of a lesson were merged.
///
/// # Errors
/// The file cannot be removed.
pub fn forget(place: &Place, lesson: Lesson) -> Result<()> {
    match fs_err::remove_file(key(place, lesson)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

fn key(place: &Place, lesson: Lesson) -> PathBuf {
    place.folder().join("profiles").join(format!("{}.json", lesson.name()))
}

/// Reads a merged profile.
///
/// # Errors
/// Exit 4: it is none, or another LLVM's.
pub fn read(place: &Place, path: &Path) -> Result<Merged> {
    let shell = place.workspace.shell()?;
    let show = |arguments: &[&str]| -> Result<String> {
        let output = process::output(shell.cmd(place.tools.llvm("llvm-profdata")).arg("show").args(arguments).arg(path))?;
        match output.status.success() {
            true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
            false => Err(anyhow::anyhow!(process::tail(&output.stderr))).with_context(|| {
                Failure::invalid(format!(
                    "{} is no profile that {} reads: train again with this toolchain",
                    path.display(),
                    place.tools.rustc
                ))
            }),
        }
    };
    let of = |error: String| Failure::invalid(format!("the profile {} cannot be used: {error}", path.display()));
    let summary = summary(&show(&["--value-cutoff=1"])?).map_err(of)?;
    let all = show(&["--all-functions", "--counts"])?;
    Ok(Merged { path: path.to_path_buf(), summary, functions: function_counts(&all), executed: executed_symbols(&all) })
}

/// What is known of the raw profiles: how many there are, of which version, and what is wrong with them.
///
/// # Errors
/// A file cannot be read.
pub fn raw_health(place: &Place, lesson: Lesson) -> Result<Health> {
    let folder = raw_folder(place, lesson);
    let files = raw_files(&folder)?;
    let training = train::kept(place, lesson)?;
    let mut health = Health {
        run_count: training.as_ref().map(|training| training.run_count),
        left_count: training.map(|training| training.raw_count),
        raw_count: Some(files.len() as u64),
        ..Health::default()
    };
    for path in files {
        let shown = place.workspace.shown(&path);
        match raw(&fs_err::read(&path)?) {
            Err(error) => health.unreadable.push(format!("{shown}: {error}")),
            Ok(RawProfile { version, is_ir_level, .. }) => {
                if health.raw_version.is_some_and(|other| other != version) || !is_ir_level {
                    health.unreadable.push(format!("{shown}: of version {version}, and not as the others"));
                }
                health.raw_version.get_or_insert(version);
            }
        }
    }
    Ok(health)
}
