//! The proof of one program: everything is built, the profile is looked at, and what is left is counted, timed and measured.

use super::{
    PgoArgs,
    builds::{build_all, first_words, is_needed},
    health, measure, stages,
};
use crate::{
    analysis::{
        callgrind::{Profile, diff},
        pgo::{apart_ppm, changes},
    },
    data::{
        grid::GridArtifact,
        pgo::{BROTLI_BYTES, BuildProof, Figures, GZIP_BYTES, HELD_OUT, PgoRun, Proof, RAW_BYTES, State, build::Build},
        rows::RowMeasurement,
    },
    shell::{
        console,
        pgo::{
            Place,
            build::Built,
            count::count,
            kept,
            train::Lesson,
            wasm,
            work::{Player, Workload, Works},
        },
    },
};
use anyhow::{Context, Result};
use std::collections::BTreeMap;

/// How many functions are shown.
const TOP: usize = 20;

/// A program that was proved.
pub struct Proved {
    /// What is saved and shown.
    pub proof: Proof,
    /// The files that were measured.
    pub artifacts: Vec<GridArtifact>,
    /// Build -> the held-out instructions by function.
    pub held_out: BTreeMap<Build, Profile>,
}

impl Proved {
    /// What gates.
    pub fn measurements(&self) -> Vec<RowMeasurement> {
        let mut measurements = Vec::new();
        for one in self.proof.builds.iter().filter(|one| is_gated(one.build)) {
            let State::Measured(figures) = &one.state else { continue };
            let row = PgoRun::row_id(&self.proof.subject, one.build);
            let of = |metric: &str, value: Option<u64>| {
                Some(RowMeasurement { row: row.clone(), metric: metric.into(), value: value? })
            };
            measurements.extend(of(HELD_OUT, figures.held_out_instruction_count));
            measurements.extend(of(RAW_BYTES, Some(figures.raw_bytes)));
            measurements.extend(of(GZIP_BYTES, Some(figures.gzip_bytes)));
            measurements.extend(of(BROTLI_BYTES, Some(figures.brotli_bytes)));
        }
        measurements
    }
}

/// Whether a build has a row. The control is there to be worse.
pub fn is_gated(build: Build) -> bool {
    build != Build::Control
}

/// Proves it.
///
/// # Errors
/// The reference or the build with the profile cannot be had, the profile is bad, or their work fails.
pub fn prove(args: &PgoArgs, place: &Place, works: &Works) -> Result<Proved> {
    let player = Player::new(place);
    player.prepare(&works.train)?;
    player.prepare(&works.held_out)?;
    let merged = stages::trained(args, place, works, Lesson::Train)?;
    let (built, mut states) = build_all(args, place, works, &merged)?;
    let of = |build: Build| built.iter().find(|one| one.build == build).context("a build is missing");
    let (reference, optimized) = (of(Build::Reference)?, of(Build::Pgo)?);

    let training = counted(place, &player, reference, &works.train, "train")?;
    if let Some(training) = &training {
        kept::write(&health::training_counts(place, works), training)?;
    }
    let health = health::check(args, place, Lesson::Train, &merged, optimized, training.as_ref())?;
    let shipped_health = match of(Build::Shipped) {
        Ok(shipped) => stages::shipped(args, place, works)?
            .map(|merged| health::check(args, place, Lesson::Ship, &merged, shipped, training.as_ref()))
            .transpose()?,
        Err(_) => None,
    };
    let Measured { builds: measured, mut figures, held_out } =
        measure_all(place, &player, works, &built, training.as_ref(), &mut states)?;
    let again = counted(place, &player, reference, &works.held_out, "held-out-again")?;
    let noise_ppm = again.zip(held_out.get(&Build::Reference)).map(|(again, first)| apart_ppm(again.total, first.total));
    let itself = measure::times(args.samples, place, &player, &measured, works, &mut figures)?;
    states.extend(figures.into_iter().map(|(build, figures)| (build, State::Measured(Box::new(figures)))));

    let functions = match (held_out.get(&Build::Reference), held_out.get(&Build::Pgo)) {
        (Some(before), Some(after)) => changes(diff(before, after, TOP)),
        _ => Vec::new(),
    };
    let mut notes: Vec<String> = optimized.notes.clone();
    notes.extend(place.tools.counter_note.clone());
    let proof = Proof {
        subject: place.name.to_string(),
        counter: place.tools.counter,
        noise_ppm,
        itself,
        builds: states
            .into_iter()
            .map(|(build, state)| BuildProof { build, summary: place.subject.summary(build), state })
            .collect(),
        health,
        shipped_health,
        functions,
        regressions: BTreeMap::new(),
        wasm: wasm::not_applicable(&place.workspace)?,
        notes,
    };
    let artifacts = measured.iter().map(|one| measure::artifact(place, one)).collect::<Result<_>>()?;
    Ok(Proved { proof, artifacts, held_out })
}

/// What was counted and measured.
struct Measured<'a> {
    builds: Vec<&'a Built>,
    figures: BTreeMap<Build, Figures>,
    held_out: BTreeMap<Build, Profile>,
}

/// Counts and measures each build; one that does not do its work becomes a failure, unless nothing can be proved without it.
fn measure_all<'a>(
    place: &Place,
    player: &Player,
    works: &Works,
    built: &'a [Built],
    training: Option<&Profile>,
    states: &mut BTreeMap<Build, State>,
) -> Result<Measured<'a>> {
    let mut measured = Measured { builds: Vec::new(), figures: BTreeMap::new(), held_out: BTreeMap::new() };
    for one in built {
        console::log(&format!("xtask: {}: counting the instructions of {}", place.name, one.build));
        let trained = match one.build {
            Build::Reference => Ok(training.cloned()),
            _ => counted(place, player, one, &works.train, "train"),
        };
        let both = trained.and_then(|training| Ok((training, counted(place, player, one, &works.held_out, "held-out")?)));
        let (training, counts) = match both {
            Ok(both) => both,
            Err(error) if is_needed(one.build) => return Err(error),
            Err(error) => {
                states.insert(one.build, State::Failed { reason: first_words(&error) });
                continue;
            }
        };
        let mut own = measure::file(one)?;
        own.training_instruction_count = training.map(|profile| profile.total);
        own.held_out_instruction_count = counts.as_ref().map(|profile| profile.total);
        own.peak_memory_bytes = measure::peak_bytes(player, one, &works.held_out)?;
        measured.figures.insert(one.build, own);
        measured.held_out.extend(counts.map(|counts| (one.build, counts)));
        measured.builds.push(one);
    }
    Ok(measured)
}

fn counted(place: &Place, player: &Player, built: &Built, works: &[Workload], at: &str) -> Result<Option<Profile>> {
    count(place, player, &built.twin, works, &format!("{}-{at}", built.build))
}
