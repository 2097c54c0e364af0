//! Counts the instructions of workloads.

use super::{
    Place, kept,
    work::{Player, Workload, folder_of},
};
use crate::{
    analysis::{
        callgrind::{Profile, merge, parse},
        perf,
    },
    data::{exit::Failure, pgo::Counter},
    shell::{scene::native::Native, workers},
};
use anyhow::{Context, Result};
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

/// How much slower a program is under callgrind: its start alone takes most of a second.
const SLOWDOWN: u32 = 200;

/// How many instructions `works` take with `program`, and by function where the counter tells; nothing where nothing counts.
///
/// # Errors
/// Exit 4: a workload fails, or nothing was counted of it.
pub fn count(place: &Place, player: &Player, program: &Path, works: &[Workload], at: &str) -> Result<Option<Profile>> {
    let root = place.folder().join("counts").join(at);
    kept::empty_folder(&root)?;
    let indexed: Vec<(usize, &Workload)> = works.iter().enumerate().collect();
    let one = |(index, work): &(usize, &Workload)| -> Result<Profile> {
        let folder = folder_of(&root, *index, work);
        kept::empty_folder(&folder)?;
        let native = Native::at(program.to_path_buf()).under(command(place, &folder), SLOWDOWN);
        player.play(work, &native, &format!("{at}-{index}"))?;
        read(place, &folder).with_context(|| Failure::invalid(format!("the instructions of `{}` cannot be counted", work.name)))
    };
    if place.tools.counter == Counter::Nothing {
        return Ok(None);
    }
    let profiles = workers::map(&indexed, one).into_iter().collect::<Result<Vec<Profile>>>()?;
    Ok(Some(merge(&profiles)))
}

/// What a program is run by, so that its instructions are counted.
fn command(place: &Place, folder: &Path) -> Vec<OsString> {
    let program = place.tools.counter_program.clone().into_os_string();
    let with = |option: &str, name: &str| {
        let mut word = OsString::from(option);
        word.push(folder.join(name));
        word
    };
    match place.tools.counter {
        Counter::Callgrind => vec![
            program,
            "--tool=callgrind".into(),
            "--quiet".into(),
            with("--log-file=", "%p.log"),
            with("--callgrind-out-file=", "%p.callgrind"),
        ],
        Counter::Perf => {
            let words = ["stat", "-x", ",", "-e", "instructions:u", "--append", "-o"].map(OsString::from);
            let file = folder.join("perf.csv").into_os_string();
            [program].into_iter().chain(words).chain([file, "--".into()]).collect()
        }
        Counter::Nothing => Vec::new(),
    }
}

fn read(place: &Place, folder: &Path) -> Result<Profile> {
    let files = fs_err::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<PathBuf>>>()?;
    let of =
        |extension: &str| files.iter().filter(|path| path.extension().is_some_and(|own| own == extension)).collect::<Vec<_>>();
    let profile = match place.tools.counter {
        Counter::Perf => {
            let text = fs_err::read_to_string(folder.join("perf.csv"))?;
            Profile { total: perf::counted(&text).context("perf counted nothing")?, ..Profile::default() }
        }
        _ => {
            let parsed = of("callgrind").into_iter().map(|path| {
                parse(&fs_err::read_to_string(path)?).map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))
            });
            merge(&parsed.collect::<Result<Vec<Profile>>>()?)
        }
    };
    match profile.total {
        0 => Err(anyhow::anyhow!("{} counted no instruction: look into {}", place.tools.counter, folder.display())),
        _ => Ok(profile),
    }
}
