//! The stages before the proof. Each takes what the one before kept, and is skipped where that did not change.

use super::{PgoArgs, Stage, health};
use crate::{
    data::pgo::build::Build,
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
use anyhow::Result;

/// Does what leads to the stage that was asked for, and says what came of it.
///
/// # Errors
/// A build fails, a run fails, or a profile is bad.
pub fn run(args: &PgoArgs, place: &Place, works: &Works) -> Result<()> {
    match args.stage {
        Some(Stage::Instrument) => {
            let built = build(place, Build::Instrumented, None)?;
            notes(place, &built);
            console::log(&format!("xtask: {}: instrumented: {}", place.name, place.workspace.shown(&built.twin)));
        }
        Some(Stage::Train) => {
            let training = train(args, place, works)?;
            console::log(&format!("xtask: {}: {} runs left {} raw profiles", place.name, training.run_count, training.raw_count));
        }
        Some(Stage::Merge) => {
            let merged = trained(args, place)?;
            console::log(&format!("xtask: {}: merged: {}", place.name, place.workspace.shown(&merged.path)));
        }
        _ => {
            let merged = trained(args, place)?;
            let built = build(place, place.subject.ship, Some(&merged.path))?;
            notes(place, &built);
            console::log(&format!("xtask: {}: {}: {}", place.name, built.build, place.workspace.shown(&built.shipped)));
        }
    }
    Ok(())
}

fn notes(place: &Place, built: &Built) {
    built.notes.iter().for_each(|note| console::log(&format!("xtask: {}: {note}", place.name)));
}

/// Builds the instrumented program and trains it.
///
/// # Errors
/// It does not build, or a run fails.
pub fn train(args: &PgoArgs, place: &Place, works: &Works) -> Result<Training> {
    Player::new(place).prepare(&works.train)?;
    let instrumented = build(place, Build::Instrumented, None)?;
    if args.again {
        kept::remove_folder(&raw_folder(place, Lesson::Train))?;
    }
    train::train(place, &instrumented, &works.train, Lesson::Train)
}

/// The profile to build with: the one that is named, else the training's. Raw profiles that are bad are not merged.
///
/// # Errors
/// There is none, or it is bad.
pub fn trained(args: &PgoArgs, place: &Place) -> Result<Merged> {
    if let Some(path) = &args.profile {
        return merge::read(place, &fs_err::canonicalize(path)?);
    }
    health::raw_is_good(place)?;
    merge(place, Lesson::Train)
}

/// The profile of the unrelated work; nothing where the policy has none.
///
/// # Errors
/// It cannot be had.
pub fn control(place: &Place, works: &Works) -> Result<Option<Merged>> {
    if works.control.is_empty() {
        return Ok(None);
    }
    let instrumented = build(place, Build::Instrumented, None)?;
    train::train(place, &instrumented, &works.control, Lesson::Control)?;
    merge(place, Lesson::Control).map(Some)
}
