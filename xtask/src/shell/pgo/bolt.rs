//! llvm-bolt: lays the program with the profile out anew, after it saw the same training.

use super::{
    Place,
    build::{self, Built, Kept},
    kept,
    work::{Player, Workload, digest, folder_of},
};
use crate::{
    analysis::digest::{sha256, sha256_of_parts},
    data::exit::Failure,
    shell::{console, process, scene::native::Native, store},
};
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    time::Instant,
};

/// How it lays out: blocks by how they follow each other, functions by how they call each other, what is cold apart.
const LAYOUT: [&str; 5] =
    ["--reorder-blocks=ext-tsp", "--reorder-functions=hfsort", "--split-functions", "--split-all-cold", "--icf=1"];

#[derive(Serialize, Deserialize)]
struct Done {
    /// The hash of the linked program, the work and the tool.
    inputs: String,
    kept: Kept,
}

/// Lays `linked` out anew, which was linked with its relocations.
///
/// # Errors
/// Exit 4: a run fails; or llvm-bolt or merge-fdata does not work.
pub fn lay_out(place: &Place, bolt: &Path, linked: &Built, works: &[Workload]) -> Result<Built> {
    let folder = place.folder().join("bolt");
    let version = process::output(place.workspace.shell()?.cmd(bolt).arg("--version"))?.stdout;
    let inputs = sha256_of_parts([linked.kept.sha256.as_bytes(), digest(works).as_bytes(), version.as_slice()]);
    let (twin, shipped) = (folder.join("linked"), folder.join("program"));
    let built = |kept: Kept| Built { twin: twin.clone(), shipped: shipped.clone(), kept, ..linked.clone() };
    let key = folder.join("bolt.json");
    if let Some(done) = kept::read::<Done>(&key)?.filter(|done| done.inputs == inputs && twin.is_file() && shipped.is_file()) {
        return Ok(built(done.kept));
    }
    console::log(&format!("xtask: {}: laying out anew with llvm-bolt", place.name));
    let start = Instant::now();
    kept::empty_folder(&folder)?;
    let (instrumented, counts) = (folder.join("instrumented"), folder.join("counts"));
    store::create_folder(&counts)?;
    let mut file = OsString::from("--instrumentation-file=");
    file.push(counts.join("run"));
    run(
        place,
        bolt,
        [
            linked.twin.clone().into(),
            "-o".into(),
            instrumented.clone().into(),
            "--instrument".into(),
            file,
            "--instrumentation-file-append-pid".into(),
        ],
    )?;
    let (player, program) = (Player::new(place), Native::at(instrumented));
    for (index, work) in works.iter().enumerate() {
        player.play(work, &program, &folder_of(Path::new("bolt"), index, work).to_string_lossy())?;
    }
    let mut files = fs_err::read_dir(&counts)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<PathBuf>>>()?;
    files.sort();
    let merged = folder.join("merged");
    let words = files.into_iter().map(PathBuf::into_os_string).chain(["-o".into(), merged.clone().into()]);
    run(place, &bolt.with_file_name("merge-fdata"), words)?;
    let mut data = OsString::from("--data=");
    data.push(&merged);
    let words = [linked.twin.clone().into(), "-o".into(), twin.clone().into(), data];
    run(place, bolt, words.into_iter().chain(LAYOUT.map(OsString::from)))?;
    build::strip(place, &twin, &shipped)?;
    let build_ns = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX).saturating_add(linked.kept.build_ns);
    let kept = Kept { sha256: sha256(&fs_err::read(&twin)?), build_ns, ..linked.kept.clone() };
    kept::write(&key, &Done { inputs, kept: kept.clone() })?;
    Ok(built(kept))
}

fn run(place: &Place, program: &Path, words: impl IntoIterator<Item = OsString>) -> Result<()> {
    let output = process::output(place.workspace.shell()?.cmd(program).args(words))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(anyhow::anyhow!(process::tail(&output.stderr)))
            .with_context(|| Failure::invalid(format!("{} failed: check that it takes files of this linker", program.display()))),
    }
}
