//! What a profile is like, and `pgo info`, which prints it.

use super::{PgoArgs, builds::first_words, stages};
use crate::{
    analysis::{
        callgrind::Profile,
        native_sections::symbols,
        pgo::{add_hot, problems},
        profile_health::raw_version_of_llvm,
    },
    data::{
        exit::{Exit, Failure},
        pgo::{build::Build, health::Health},
    },
    report,
    shell::{
        console,
        pgo::{
            Place,
            build::{Built, Kept},
            kept,
            merge::{Merged, raw_health},
            sources,
            train::Lesson,
            work::{Works, digest},
        },
    },
};
use anyhow::Result;
use std::path::{Path, PathBuf};

/// The counts of the training by function, as the last proof kept them.
pub fn training_counts(place: &Place, works: &Works) -> PathBuf {
    place.folder().join(format!("training-counts-{}.json", &digest(&works.train)[..12]))
}

/// What is known of the profile; `optimized` is the build with it, and `training` what the reference spends its instructions on.
///
/// # Errors
/// A file cannot be read.
pub fn of(
    args: &PgoArgs,
    place: &Place,
    lesson: Lesson,
    merged: Option<&Merged>,
    optimized: Option<&Kept>,
    program: Option<&Path>,
    training: Option<&Profile>,
) -> Result<Health> {
    // A profile from elsewhere has no raw ones here.
    let mut health = if args.profile.is_some() { Health::default() } else { raw_health(place, lesson)? };
    health.toolchain_version = place.tools.llvm_major.and_then(raw_version_of_llvm);
    if let Some(merged) = merged {
        health.profile = merged.path.file_name().map(|name| name.to_string_lossy().into_owned());
        health.function_count = merged.summary.function_count;
        health.counted_count = merged.summary.executed_function_count;
        health.max_count = merged.summary.maximum_block_count.max(merged.summary.maximum_function_count);
        let written = fs_err::metadata(&merged.path)?.modified()?;
        health.age_s = written.elapsed().ok().map(|age| age.as_secs());
        health.newer_source_count = program.and_then(|program| sources::newer_count(program, &place.workspace.target, written));
        if let Some(training) = training {
            add_hot(&mut health, training, &merged.functions);
        }
    }
    if let (Some(merged), Some(kept)) = (merged, optimized) {
        // A file that is gone, or has no names, says nothing.
        let symbols = fs_err::read(&kept.twin).map(|bytes| symbols(&bytes)).unwrap_or_default();
        health.fitting_count = (!symbols.is_empty()).then(|| merged.executed.intersection(&symbols).count() as u64);
    }
    health.mismatch_count = optimized.map(|kept| kept.mismatch_count);
    health.problems = problems(&health);
    Ok(health)
}

/// The health of a profile in a whole run.
///
/// # Errors
/// Exit 4: it is bad.
pub fn check(
    args: &PgoArgs,
    place: &Place,
    lesson: Lesson,
    merged: &Merged,
    optimized: &Built,
    training: Option<&Profile>,
) -> Result<Health> {
    let health = of(args, place, lesson, Some(merged), Some(&optimized.kept), Some(&optimized.twin), training)?;
    good(place, &health)?;
    Ok(health)
}

/// Looks at the raw profiles before they are merged.
///
/// # Errors
/// Exit 4: they are bad.
pub fn raw_is_good(place: &Place, lesson: Lesson) -> Result<()> {
    let mut health = raw_health(place, lesson)?;
    health.toolchain_version = place.tools.llvm_major.and_then(raw_version_of_llvm);
    health.problems = problems(&health);
    good(place, &health)
}

fn good(place: &Place, health: &Health) -> Result<()> {
    match health.problems.first() {
        None => Ok(()),
        Some(first) => Err(Failure::invalid(format!("the profile of {} is bad: {first}", place.name)).into()),
    }
}

/// Prints what is found and what each profile is like; 4 where one is bad.
///
/// # Errors
/// A file cannot be read.
pub fn info(args: &PgoArgs, places: &[(Place, Works)]) -> Result<Exit> {
    let mut all = Vec::new();
    for (place, works) in places {
        let training: Option<Profile> = kept::read(&training_counts(place, works))?;
        for lesson in stages::lessons(place) {
            let merged = stages::trained(args, place, works, lesson);
            let optimized = if lesson == Lesson::Ship { Build::Shipped } else { Build::Pgo };
            let [built, instrumented] = [optimized, lesson.instrumented()].map(|of| Kept::of(place, of));
            let program = instrumented?.map(|kept| kept.twin);
            let (merged, problem) = match merged {
                Ok(merged) => (Some(merged), None),
                Err(error) => (None, Some(first_words(&error))),
            };
            // What was built with another profile says nothing of this one.
            let name = merged.as_ref().and_then(|merged| Some(merged.path.file_name()?.to_string_lossy().into_owned()));
            let built = built?.filter(|kept| kept.profile == name);
            let mut health = of(args, place, lesson, merged.as_ref(), built.as_ref(), program.as_deref(), training.as_ref())?;
            // The raw profiles may have told it already.
            if health.is_good() {
                health.problems.extend(problem);
            }
            let name = if lesson == Lesson::Ship { format!("{}, released", place.name) } else { place.name.to_string() };
            all.push((name, health));
        }
    }
    let found: Vec<(String, String)> = places.first().map(|(place, _)| tools(place)).unwrap_or_default();
    console::print(&match args.judging.json {
        true => serde_json::to_string_pretty(&all)? + "\n",
        false => report::pgo::health::render(&found, &all, console::form()),
    })?;
    Ok(if all.iter().all(|(_, health)| health.is_good()) { Exit::Pass } else { Exit::Invalid })
}

fn tools(place: &Place) -> Vec<(String, String)> {
    let tools = place.tools;
    let counter = match &tools.counter_note {
        None => tools.counter_version.clone(),
        Some(note) => format!("{} ({note})", tools.counter_version),
    };
    let bolt = tools.bolt.as_ref().map_or("not on PATH".to_string(), |path| path.display().to_string());
    [
        ("rustc", tools.rustc.clone()),
        ("host", tools.host.clone()),
        ("LLVM tools", tools.llvm.display().to_string()),
        ("counts instructions", counter),
        ("llvm-bolt", bolt),
    ]
    .map(|(name, found)| (name.to_string(), found))
    .into()
}
