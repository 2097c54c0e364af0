//! The proof of one program: everything is built, the profile is looked at, and what is left is counted, timed and measured.

use super::{PgoArgs, compared, health, measure, stages};
use crate::{
    analysis::{
        callgrind::{Profile, diff},
        pgo::{apart_ppm, changes},
    },
    data::{
        exit::{Exit, Failure, exit_of},
        grid::GridArtifact,
        pgo::{BROTLI_BYTES, BuildProof, Figures, GZIP_BYTES, HELD_OUT, PgoRun, Proof, RAW_BYTES, State, build::Build},
        rows::RowMeasurement,
    },
    shell::{
        console,
        pgo::{
            Place, bolt,
            build::{self, Built},
            count::count,
            kept,
            merge::Merged,
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
    let merged = stages::trained(args, place)?;
    let (built, mut states) = build_all(args, place, works, &merged)?;
    let of = |build: Build| built.iter().find(|one| one.build == build).context("a build is missing");
    let (reference, optimized) = (of(Build::Reference)?, of(Build::Pgo)?);

    let training = counted(place, &player, reference, &works.train, "train")?;
    if let Some(training) = &training {
        kept::write(&health::training_counts(place), training)?;
    }
    let health = health::check(args, place, &merged, optimized, training.as_ref())?;
    let mut held_out = BTreeMap::new();
    let mut figures: BTreeMap<Build, Figures> = BTreeMap::new();
    let mut measured = Vec::new();
    for one in &built {
        console::log(&format!("xtask: {}: counting the instructions of {}", place.name, one.build));
        let trained = match one.build {
            Build::Reference => Ok(training.clone()),
            _ => counted(place, &player, one, &works.train, "train"),
        };
        let both = trained.and_then(|training| Ok((training, counted(place, &player, one, &works.held_out, "held-out")?)));
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
        own.peak_memory_bytes = measure::peak_bytes(&player, one, &works.held_out)?;
        figures.insert(one.build, own);
        held_out.extend(counts.map(|counts| (one.build, counts)));
        measured.push(one);
    }
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
        builds: states.into_iter().map(|(build, state)| BuildProof { build, state }).collect(),
        health,
        functions,
        regressions: BTreeMap::new(),
        wasm: wasm::not_applicable(&place.workspace)?,
        notes,
    };
    let artifacts = measured.iter().map(|one| measure::artifact(place, one)).collect::<Result<_>>()?;
    Ok(Proved { proof, artifacts, held_out })
}

/// Without these there is nothing to prove.
fn is_needed(build: Build) -> bool {
    Build::QUICK.contains(&build)
}

fn counted(place: &Place, player: &Player, built: &Built, works: &[Workload], at: &str) -> Result<Option<Profile>> {
    count(place, player, &built.twin, works, &format!("{}-{at}", built.build))
}

type Builds = (Vec<Built>, BTreeMap<Build, State>);

/// Makes every build, one after the other: how long each takes is a figure.
fn build_all(args: &PgoArgs, place: &Place, works: &Works, merged: &Merged) -> Result<Builds> {
    let (mut built, mut states) = (Vec::new(), BTreeMap::new());
    for of in compared(args, place.subject) {
        if let Some(reason) = not_applicable(place, works, of) {
            states.insert(of, State::NotApplicable { reason });
            continue;
        }
        let made = match of {
            Build::Control => stages::control(place, works).and_then(|control| {
                let control = control.context(Failure::invalid("there is no profile of the control"))?;
                build::build(place, of, Some(&control.path))
            }),
            _ => build::build(place, of, Some(&merged.path)),
        };
        let made = match (&place.tools.bolt, of) {
            (Some(bolt), Build::PgoBolt) => made.and_then(|linked| bolt::lay_out(place, bolt, &linked, &works.train)),
            _ => made,
        };
        match made {
            Ok(one) => built.push(one),
            Err(error) if is_needed(of) => return Err(error),
            Err(error) => {
                let reason = first_words(&error);
                console::log(&format!("xtask: {}: {of}: {reason}", place.name));
                let state =
                    if exit_of(&error) == Exit::Tool { State::NotApplicable { reason } } else { State::Failed { reason } };
                states.insert(of, state);
            }
        }
    }
    Ok((built, states))
}

fn not_applicable(place: &Place, works: &Works, build: Build) -> Option<String> {
    match build {
        Build::PgoBolt if place.tools.bolt.is_none() => {
            Some("llvm-bolt is not on PATH: install LLVM's BOLT to have this build".into())
        }
        Build::Control if works.control.is_empty() => {
            Some(format!("the policy names no unrelated work: add [[pgo.{}.control]]", place.name))
        }
        Build::StaticMusl if build::with_musl(&place.tools.host).is_none() => Some(format!("{} has no musl", place.tools.host)),
        _ => None,
    }
}

/// An error in one line: what failed, and the first cause.
fn first_words(error: &anyhow::Error) -> String {
    let words: Vec<String> = error.chain().take(2).map(|cause| cause.to_string()).collect();
    let short = |text: &String| {
        text.lines().find(|line| line.starts_with("error")).or(text.lines().next()).unwrap_or_default().to_string()
    };
    // Nothing stands below here.
    let alone = |line: String| line.split(": fix what cargo says below").next().unwrap_or_default().to_string();
    words.iter().map(short).map(alone).collect::<Vec<_>>().join(": ")
}
