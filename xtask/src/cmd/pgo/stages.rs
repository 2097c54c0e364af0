//! The stages before the proof. Each takes what the one before kept, and is skipped where that did not change.

use super::{PgoArgs, Stage, health};
use crate::{
    data::{exit::Failure, pgo::build::Build},
    shell::{
        console,
        pgo::{
            Place,
            build::{Built, build},
            kept,
            merge::{self, Merged, merge},
            train::{self, Lesson, Training, raw_folder},
            work::{Player, Works},
        },
    },
};
use anyhow::{Context, Result};

/// Does what leads to the stage that was asked for, and says what came of it.
///
/// # Errors
/// A build fails, a run fails, or a profile is bad.
pub fn run(args: &PgoArgs, place: &Place, works: &Works) -> Result<()> {
    let said = |text: String| console::log(&format!("xtask: {}: {text}", place.name));
    if args.stage == Some(Stage::Build) {
        let built = released(args, place, works)?;
        notes(place, &built);
        said(format!("{}: {}", built.build, place.workspace.shown(&built.shipped)));
        return Ok(());
    }
    for lesson in lessons(place) {
        match args.stage {
            Some(Stage::Instrument) => {
                let built = build(place, lesson.instrumented(), None)?;
                notes(place, &built);
                said(format!("{}: {}", built.build, place.workspace.shown(&built.twin)));
            }
            Some(Stage::Train) => {
                let training = train(place, works, lesson)?;
                said(format!("{}: {} runs left {} raw profiles", lesson.name(), training.run_count, training.raw_count));
            }
            _ => said(format!("merged: {}", place.workspace.shown(&trained(args, place, works, lesson)?.path))),
        }
    }
    Ok(())
}

/// Removes what trainings left, so that all is trained again.
///
/// # Errors
/// A folder cannot be removed.
pub fn forget(place: &Place) -> Result<()> {
    for lesson in [Lesson::Train, Lesson::Ship, Lesson::Control] {
        merge::forget(place, lesson)?;
        kept::remove_folder(&raw_folder(place, lesson))?;
    }
    Ok(())
}

/// What is trained before anything is proved: what is released has a profile of its own, where the policy names something else than the program with
/// the profile.
pub fn lessons(place: &Place) -> Vec<Lesson> {
    let own = place.subject.ship.filter(|ship| ship.profile).map(|_| Lesson::Ship);
    [Lesson::Train].into_iter().chain(own).collect()
}

/// Builds what is released, with a profile that is good.
///
/// # Errors
/// It does not build, or its profile is bad.
pub fn released(args: &PgoArgs, place: &Place, works: &Works) -> Result<Built> {
    let (of, lesson, merged) = match place.subject.ship {
        Some(_) => (Build::Shipped, Lesson::Ship, shipped(args, place, works)?),
        None => (Build::Pgo, Lesson::Train, Some(learned(args, place, works, Lesson::Train)?)),
    };
    let built = build(place, of, merged.as_ref().map(|merged| merged.path.as_path()))?;
    if let Some(merged) = &merged {
        health::check(args, place, lesson, merged, &built, None)?;
    }
    Ok(built)
}

/// The profile of what is released, if that takes one of its own.
///
/// # Errors
/// It cannot be had.
pub fn shipped(args: &PgoArgs, place: &Place, works: &Works) -> Result<Option<Merged>> {
    let takes = place.subject.ship.is_some_and(|ship| ship.profile);
    takes.then(|| learned(args, place, works, Lesson::Ship)).transpose()
}

fn notes(place: &Place, built: &Built) {
    built.notes.iter().for_each(|note| console::log(&format!("xtask: {}: {note}", place.name)));
}

/// Builds the instrumented program and trains it.
///
/// # Errors
/// It does not build, or a run fails.
pub fn train(place: &Place, works: &Works, lesson: Lesson) -> Result<Training> {
    Player::new(place).prepare(lesson.work(works))?;
    let instrumented = build(place, lesson.instrumented(), None)?;
    train::train(place, &instrumented, lesson.work(works), lesson)
}

/// The profile to build with: the one that is named, else the training's. Raw profiles that are bad are not merged.
///
/// # Errors
/// There is none, or it is bad.
pub fn trained(args: &PgoArgs, place: &Place, works: &Works, lesson: Lesson) -> Result<Merged> {
    if let Some(path) = &args.profile {
        let found = fs_err::canonicalize(path).with_context(|| Failure::usage("--profile needs a merged profile (.profdata)"));
        return merge::read(place, &found?);
    }
    health::raw_is_good(place, lesson)?;
    // Cargo has nothing to do where the source is the same.
    let instrumented = build(place, lesson.instrumented(), None)?;
    if !train::is_of(place, &instrumented, lesson.work(works), lesson)? {
        return Err(Failure::invalid(format!(
            "the profiles of {} are of other code or of other work than the policy has now: run `cargo xtask pgo train`",
            place.name
        ))
        .into());
    }
    merge(place, lesson)
}

/// The same, trained before where it has to be.
///
/// # Errors
/// It cannot be had.
pub fn learned(args: &PgoArgs, place: &Place, works: &Works, lesson: Lesson) -> Result<Merged> {
    if args.profile.is_none() || lesson == Lesson::Control {
        train(place, works, lesson)?;
        health::raw_is_good(place, lesson)?;
        return merge(place, lesson);
    }
    trained(args, place, works, lesson)
}
