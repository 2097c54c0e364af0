//! The figures of builds that were made: the file, the times, the memory.

use crate::{
    analysis::{
        compress::{brotli_bytes, gzip_bytes},
        digest::sha256,
        native_sections::sections,
        statistics::{median, ratio},
    },
    data::{
        exit::Failure,
        grid::GridArtifact,
        pgo::{Figures, Itself, PgoRun, build::Build},
    },
    shell::{
        console,
        pgo::{
            Place,
            build::Built,
            time::{self, Rounds, sample},
            work::{Player, Workload, Works},
        },
    },
};
use anyhow::Result;
use std::{collections::BTreeMap, slice};

/// What the stripped file says by itself, and how long it took to make.
///
/// # Errors
/// Exit 4: it is no native program.
pub fn file(built: &Built) -> Result<Figures> {
    let bytes = fs_err::read(&built.shipped)?;
    let wrong = |error: String| Failure::invalid(format!("{} cannot be measured: {error}", built.shipped.display()));
    Ok(Figures {
        raw_bytes: bytes.len() as u64,
        gzip_bytes: gzip_bytes(&bytes),
        brotli_bytes: brotli_bytes(&bytes),
        section_bytes: sections(&bytes).map_err(wrong)?,
        build_ns: built.kept.build_ns,
        built_from_nothing: built.kept.from_nothing,
        ..Figures::default()
    })
}

/// The file as it is saved with the run.
///
/// # Errors
/// It is gone.
pub fn artifact(place: &Place, built: &Built) -> Result<GridArtifact> {
    let bytes = fs_err::read(&built.shipped)?;
    Ok(GridArtifact {
        variant: PgoRun::row_id(place.name, built.build),
        path: place.workspace.shown(&built.shipped),
        sha256: sha256(&bytes),
        raw_bytes: bytes.len() as u64,
    })
}

/// The resident memory of the largest held-out run.
///
/// # Errors
/// A workload fails.
pub fn peak_bytes(player: &Player, built: &Built, works: &[Workload]) -> Result<Option<u64>> {
    time::peak_bytes(player, built, works)
}

/// Times the held-out work and a start of all builds in turns, and the reference once more: what that has against itself is the machine.
///
/// # Errors
/// A workload fails.
pub fn times(
    rounds: u32,
    place: &Place,
    player: &Player,
    builds: &[&Built],
    works: &Works,
    figures: &mut BTreeMap<Build, Figures>,
) -> Result<Itself> {
    let reference = builds.iter().position(|built| built.build == Build::Reference);
    let Some(reference) = reference.filter(|_| rounds > 0) else { return Ok(Itself::default()) };
    console::log(&format!("xtask: {}: timing {} builds, {rounds} rounds in turns", place.name, builds.len()));
    let turns: Vec<&Built> = builds.iter().copied().chain([builds[reference]]).collect();
    let held_out = sample(player, &turns, &works.held_out, rounds)?;
    // A start is short: of more rounds the interval is as narrow.
    let start = works.start.as_ref().or(works.train.first());
    let starts = start.map(|work| sample(player, &turns, slice::from_ref(work), rounds.saturating_mul(3))).transpose()?;
    let against = |rounds: &Rounds, index: usize| {
        let pairs: Vec<(u64, u64)> = rounds[index].iter().copied().zip(rounds[reference].iter().copied()).collect();
        (index != reference).then(|| ratio(&pairs))?
    };
    for (index, built) in builds.iter().enumerate() {
        let Some(own) = figures.get_mut(&built.build) else { continue };
        own.held_out_ns = median(&held_out[index]);
        own.held_out_ratio = against(&held_out, index);
        own.start_ns = starts.as_ref().and_then(|starts| median(&starts[index]));
        own.start_ratio = starts.as_ref().and_then(|starts| against(starts, index));
    }
    let last = builds.len();
    Ok(Itself { held_out: against(&held_out, last), start: starts.as_ref().and_then(|starts| against(starts, last)) })
}
