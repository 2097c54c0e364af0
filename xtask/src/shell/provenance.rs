//! What the numbers were made with: asked of the tools, never assumed.

use super::{git, optimizer::Optimizer, pgo, process, scene::stage::Stage, workspace::Workspace};
use crate::{
    analysis::{compress, digest::sha256, lock::version_of},
    data::{
        grid::GridProvenance,
        matrix::Cell,
        metric::Metric,
        rows::Tools,
        run::{Provenance, Toolchain},
    },
};
use anyhow::Result;
use runner_protocol::Engine;
use std::collections::BTreeMap;
use std::path::Path;

/// The tools and the place of this run of `cells`.
///
/// # Errors
/// rustc does not answer.
pub fn of(workspace: &Workspace, optimizer: &Optimizer, cells: &[Cell]) -> Result<Provenance> {
    let shell = workspace.shell()?;
    let labels = compress::labels();
    let label = |metric| labels.get(&metric).cloned().unwrap_or_default();
    let toolchain = Toolchain {
        rustc: process::first_line(shell.cmd("rustc").arg("--version"))?,
        rustc_of_profile: rustc_of_profile(workspace, cells)?,
        optimizer: optimizer.label(),
        encoder: format!("wit-component {}", version_of("wit-component")),
        gzip: label(Metric::GzipBytes),
        brotli: label(Metric::BrotliBytes),
    };
    let host = format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS);
    let state = git::state(&workspace.root);
    let (commit, dirty) = state.map_or((None, false), |state| (Some(state.commit), state.dirty));
    Ok(Provenance { toolchain, commit, dirty, host, optimizer_origin: optimizer.origin.into() })
}

/// The compiler of each profile that has one of its own.
fn rustc_of_profile(workspace: &Workspace, cells: &[Cell]) -> Result<BTreeMap<String, String>> {
    let mut compilers = BTreeMap::new();
    for cell in cells {
        if let (Some(toolchain), false) = (&cell.profile.toolchain, compilers.contains_key(&cell.variant.profile)) {
            let shell = workspace.shell_with(Some(toolchain))?;
            compilers.insert(cell.variant.profile.clone(), process::first_line(shell.cmd("rustc").arg("--version"))?);
        }
    }
    Ok(compilers)
}

/// What native counts were made with, and where: beside the compiler what links, what counts, and the system's library, whose instructions count too.
///
/// # Errors
/// A tool does not say its version.
pub fn of_natives(workspace: &Workspace, found: &pgo::tools::Tools) -> Result<GridProvenance> {
    let shell = workspace.shell()?;
    let mut tools = Tools::new();
    tools.insert("rustc".into(), found.rustc.clone());
    tools.insert(found.counter.to_string(), found.counter_version.clone());
    tools.insert("cc".into(), pgo::c_code::environment(workspace, &found.host, None)?.compiler);
    // A machine without it is another machine, and not a broken one.
    let version = |program: &Path| process::first_line(shell.cmd(program).arg("--version")).ok();
    let libc = process::find("ldd").and_then(|path| version(&path));
    tools.insert("libc".into(), libc.unwrap_or_else(|| "unknown".into()));
    if let Some(bolt) = found.bolt.as_deref().and_then(version) {
        tools.insert("llvm-bolt".into(), bolt);
    }
    tools.insert("cpu".into(), cpu());
    if let Some(triple) = pgo::build::with_musl(&found.host) {
        tools.insert("cc for musl".into(), pgo::musl::version(workspace, &found.host, &triple)?);
    }
    let state = git::state(&workspace.root);
    let (commit, dirty) = state.map_or((None, false), |state| (Some(state.commit), state.dirty));
    Ok(GridProvenance { tools, commit, dirty, host: found.host.clone() })
}

/// The processor as far as it decides how many instructions a program takes: the C library and cryptography have code for each of these, and Valgrind
/// shows programs one of a few processors, by what the real one can do.
fn cpu() -> String {
    let arch = std::env::consts::ARCH;
    #[cfg(target_arch = "x86_64")]
    let best = [
        ("avx2", std::arch::is_x86_feature_detected!("avx2")),
        ("avx", std::arch::is_x86_feature_detected!("avx")),
        ("sse4.2", std::arch::is_x86_feature_detected!("sse4.2")),
    ];
    #[cfg(not(target_arch = "x86_64"))]
    let best: [(&str, bool); 0] = [];
    best.iter().find(|(_, has)| *has).map_or_else(|| arch.to_string(), |(name, _)| format!("{arch} with {name}"))
}

/// The hash of this very program: what it saved before it was rebuilt is not reused.
///
/// # Errors
/// The program's file cannot be read.
pub fn tool_digest() -> Result<String> {
    Ok(sha256(&fs_err::read(std::env::current_exe()?)?))
}

/// What counts were made with on these engines, and where.
///
/// # Errors
/// A tool does not say its version.
pub fn of_engines(workspace: &Workspace, stage: &Stage, engines: &[Engine]) -> Result<GridProvenance> {
    let mut tools = Tools::new();
    tools.insert("rustc".into(), process::first_line(workspace.shell()?.cmd("rustc").arg("--version"))?);
    tools.insert("optimizer".into(), format!("Binaryen {}", workspace.policy.optimizer.binaryen));
    tools.insert("encoder".into(), format!("wit-component {}", version_of("wit-component")));
    for engine in engines.iter().filter(|engine| engine.build().is_some()) {
        let version = stage.runner(*engine)?.version;
        let (name, number) = version.split_once(' ').unwrap_or((&version, ""));
        tools.insert(name.into(), number.into());
    }
    let host = format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS);
    let state = git::state(&workspace.root);
    let (commit, dirty) = state.map_or((None, false), |state| (Some(state.commit), state.dirty));
    Ok(GridProvenance { tools, commit, dirty, host })
}
