//! Hostile scenarios with their guards switched off: what held has to be seen to give way, else it was something else that held.

use crate::{
    analysis::judge::judge,
    data::{
        exit::{Exit, Failure},
        scenario::{Guarding, Scenario},
    },
    shell::{
        console,
        scene::{
            play::{folder_of, play},
            stage::Stage,
        },
    },
};
use anyhow::Result;
use runner_protocol::Engine;
use std::{collections::BTreeMap, fmt::Write, path::Path};

/// Plays each scenario that has a guard without it.
///
/// # Errors
/// No scenario has a guard; one cannot be played.
pub fn run(
    stage: &Stage,
    scenarios: &[Scenario],
    engines: &[Engine],
    unavailable: &BTreeMap<Engine, String>,
    folder: &Path,
) -> Result<Exit> {
    let mut text = String::new();
    let (mut played_count, mut wrong_count) = (0_u32, 0_u32);
    for scenario in scenarios {
        let Some(guard) = scenario.guard else { continue };
        for engine in engines {
            if scenario.not_applicable(*engine).is_some() || unavailable.contains_key(engine) {
                continue;
            }
            let observed = play(stage, scenario, *engine, Guarding::Off, &folder_of(folder, scenario, *engine))?;
            let still_passes = judge(scenario, *engine, &observed, Guarding::On).is_empty();
            let wrong = judge(scenario, *engine, &observed, Guarding::Off);
            let said = match (still_passes, wrong.first()) {
                (true, _) => "WRONG: it passes without the guard".to_string(),
                (false, Some(reason)) => format!("WRONG: it fails in another way: {}", reason.said),
                (false, None) => "gives way as it says".to_string(),
            };
            played_count += 1;
            wrong_count += u32::from(said.starts_with("WRONG"));
            let _ = writeln!(text, "{} on {engine} without {guard:?}: {said}", scenario.id);
        }
    }
    if played_count == 0 {
        return Err(Failure::usage("no scenario that was chosen has a guard: nothing was switched off").into());
    }
    console::print(&format!("{text}{played_count} played without their guard, {wrong_count} wrong.\n"))?;
    Ok(if wrong_count == 0 { Exit::Pass } else { Exit::Verdict })
}
