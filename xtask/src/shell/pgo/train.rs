//! The training: the instrumented program does its work, and each run leaves a raw profile.

use super::{
    Place,
    build::Built,
    kept,
    work::{Player, Workload, Works, digest, folder_of},
};
use crate::{
    analysis::digest::sha256_of_parts,
    data::{exit::Failure, pgo::build::Build},
    shell::{console, scene::native::Native, store},
};
use anyhow::Result;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What was trained on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lesson {
    /// The policy's `train`.
    Train,
    /// The same, for what is released: a profile fits only a program that was built with the same settings.
    Ship,
    /// The policy's `control`.
    Control,
}

impl Lesson {
    /// The name of its folder.
    pub fn name(self) -> &'static str {
        match self {
            Lesson::Train => "train",
            Lesson::Ship => "ship",
            Lesson::Control => "control",
        }
    }

    /// The build that is trained.
    pub fn instrumented(self) -> Build {
        match self {
            Lesson::Train | Lesson::Control => Build::Instrumented,
            Lesson::Ship => Build::ShippedInstrumented,
        }
    }

    /// What it is trained on.
    pub fn work(self, works: &Works) -> &[Workload] {
        match self {
            Lesson::Train | Lesson::Ship => &works.train,
            Lesson::Control => &works.control,
        }
    }
}

/// What is kept of a training, in the folder of its raw profiles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Training {
    /// The hash of what went in: the instrumented program and the work.
    pub inputs: String,
    /// How many runs there were: each leaves a raw profile.
    pub run_count: u64,
    /// How many raw profiles there were at its end.
    pub raw_count: u64,
}

/// Where a lesson's raw profiles lie.
pub fn raw_folder(place: &Place, lesson: Lesson) -> PathBuf {
    place.folder().join(format!("raw-{}", lesson.name()))
}

/// What is kept of a training, if it came to its end.
///
/// # Errors
/// It cannot be read.
pub fn kept(place: &Place, lesson: Lesson) -> Result<Option<Training>> {
    kept::read(&raw_folder(place, lesson).join(KEPT))
}

const KEPT: &str = "training.json";

/// Trains, unless the same program did the same work before and what it left is whole.
///
/// # Errors
/// Exit 4: a run fails or leaves no profile.
pub fn train(place: &Place, instrumented: &Built, works: &[Workload], lesson: Lesson) -> Result<Training> {
    let inputs = inputs(instrumented, works);
    let folder = raw_folder(place, lesson);
    if let Some(training) = kept(place, lesson)?.filter(|training| training.inputs == inputs) {
        if raw_files(&folder)?.len() as u64 == training.raw_count {
            return Ok(training);
        }
        console::log(&format!("xtask: {}: raw profiles are missing in {}: training again", place.name, folder.display()));
    }
    console::log(&format!("xtask: {}: training on {} workloads ({})", place.name, works.len(), lesson.name()));
    // Only a training that came to its end gets its name.
    let prefix = format!("raw-{}.part-", lesson.name());
    store::sweep(&place.folder(), &prefix);
    // A program of a run that was stopped may live on and write where it was told to: that is no folder of this run.
    let part = place.folder().join(format!("{prefix}{}", std::process::id()));
    kept::empty_folder(&part)?;
    let player = Player::new(place);
    let mut training = Training { inputs, run_count: 0, raw_count: 0 };
    for (index, work) in works.iter().enumerate() {
        let own = folder_of(&part, index, work);
        let program = Native::at(instrumented.twin.clone()).with_variable("LLVM_PROFILE_FILE", own.join("%p-%m.profraw"));
        let played = player.play(work, &program, lesson.name())?;
        let written = raw_files(&own)?.len() as u64;
        if written < played.run_count {
            return Err(Failure::invalid(format!(
                "the work `{}` ran {} times and left {written} raw profiles in {}: it must end by itself (not killed, no _exit), and may not change LLVM_PROFILE_FILE",
                work.name,
                played.run_count,
                own.display()
            ))
            .into());
        }
        training.run_count += played.run_count;
        training.raw_count += written;
    }
    kept::write(&part.join(KEPT), &training)?;
    kept::remove_folder(&folder)?;
    fs_err::rename(&part, &folder)?;
    Ok(training)
}

/// Whether what is kept of a training is of this program and this work.
///
/// # Errors
/// It cannot be read.
pub fn is_of(place: &Place, instrumented: &Built, works: &[Workload], lesson: Lesson) -> Result<bool> {
    Ok(kept(place, lesson)?.is_some_and(|training| training.inputs == inputs(instrumented, works)))
}

fn inputs(instrumented: &Built, works: &[Workload]) -> String {
    sha256_of_parts([instrumented.kept.sha256.as_bytes(), digest(works).as_bytes()])
}

/// Every raw profile below `folder` that is not empty, in order.
///
/// # Errors
/// A folder cannot be read.
pub fn raw_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop().filter(|folder| folder.is_dir()) {
        for entry in fs_err::read_dir(&folder)? {
            let entry = entry?;
            let path = entry.path();
            match entry.metadata()? {
                found if found.is_dir() => folders.push(path),
                found if found.len() > 0 && path.extension().is_some_and(|extension| extension == "profraw") => files.push(path),
                _ => {}
            }
        }
    }
    files.sort();
    Ok(files)
}
