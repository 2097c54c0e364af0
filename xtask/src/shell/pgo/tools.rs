//! The tools of a build with profiles: found, brought by rustup where it can, and named with the cure where not.

use crate::{
    analysis::perf,
    data::{exit::Failure, pgo::Counter},
    shell::{console, process, workspace::Workspace},
};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// What is found.
#[derive(Clone, Debug)]
pub struct Tools {
    /// The triple of this machine, as rustc says it.
    pub host: String,
    /// rustc's version.
    pub rustc: String,
    /// The version of its LLVM, without what stands after the first dot.
    pub llvm_major: Option<u64>,
    /// The folder of the toolchain's own LLVM tools.
    pub llvm: PathBuf,
    /// What counts instructions.
    pub counter: Counter,
    /// Its program; empty where nothing counts.
    pub counter_program: PathBuf,
    /// Its version.
    pub counter_version: String,
    /// Why it is not callgrind, where it is not.
    pub counter_note: Option<String>,
    /// llvm-bolt, where it is on PATH.
    pub bolt: Option<PathBuf>,
}

impl Tools {
    /// Finds them all; the LLVM tools are installed where they are missing.
    ///
    /// # Errors
    /// Exit 3: the LLVM tools are not there, and rustup cannot bring them.
    pub fn find(workspace: &Workspace) -> Result<Tools> {
        let shell = workspace.shell()?;
        let said = process::output(shell.cmd("rustc").arg("-vV"))?;
        let text = String::from_utf8_lossy(&said.stdout).into_owned();
        let host = text.lines().find_map(|line| line.strip_prefix("host: ")).with_context(|| {
            Failure::tool("`rustc -vV` does not name its host: run `rustup toolchain install`, and check what rustc is on PATH")
        })?;
        let llvm_major = text.lines().find_map(|line| line.strip_prefix("LLVM version: ")?.split('.').next()?.parse().ok());
        let rustc = process::first_line(shell.cmd("rustc").arg("--version"))?;
        let llvm = llvm_tools(workspace, host, &rustc)?;
        let (counter, counter_program, counter_version, counter_note) = counter(workspace)?;
        let bolt = process::find("llvm-bolt");
        Ok(Tools { host: host.into(), rustc, llvm_major, llvm, counter, counter_program, counter_version, counter_note, bolt })
    }

    /// One of the toolchain's LLVM tools.
    pub fn llvm(&self, name: &str) -> PathBuf {
        program(&self.llvm, name)
    }
}

fn program(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// What merges profiles: only the one of this very LLVM reads them.
const PROFDATA: &str = "llvm-profdata";
const STRIP: &str = "llvm-strip";
const INSTALL: &str = "rustup component add llvm-tools";

/// The toolchain's own llvm-profdata for this machine, where it is installed.
///
/// # Errors
/// rustc does not answer.
pub fn installed_profdata(workspace: &Workspace) -> Result<Option<PathBuf>> {
    let shell = workspace.shell()?;
    let host = process::output(shell.cmd("rustc").arg("-vV"))?.stdout;
    let host = String::from_utf8_lossy(&host).lines().find_map(|line| line.strip_prefix("host: ").map(String::from));
    let Some(host) = host else { return Ok(None) };
    Ok(Some(program(&llvm_folder(workspace, &host)?, PROFDATA)).filter(|path| path.is_file()))
}

fn llvm_folder(workspace: &Workspace, host: &str) -> Result<PathBuf> {
    let sysroot = process::first_line(workspace.shell()?.cmd("rustc").args(["--print", "sysroot"]))?;
    Ok(Path::new(&sysroot).join("lib/rustlib").join(host).join("bin"))
}

fn llvm_tools(workspace: &Workspace, host: &str, rustc: &str) -> Result<PathBuf> {
    let shell = workspace.shell()?;
    let folder = llvm_folder(workspace, host)?;
    let is_there = || [PROFDATA, STRIP].iter().all(|name| program(&folder, name).is_file());
    if is_there() {
        return Ok(folder);
    }
    let missing = || {
        Failure::tool(format!(
            "{PROFDATA} of {rustc} is not installed and rustup cannot bring it: run `{INSTALL}` where the network is reachable; without one, copy {} \
             from a machine with the same toolchain (a distribution's own llvm-profdata is of another LLVM)",
            folder.display()
        ))
    };
    if process::find("rustup").is_none() {
        return Err(missing().into());
    }
    console::log(&format!("xtask: installing the toolchain's LLVM tools (`{INSTALL}`, about 40 MB)"));
    let output = process::output(shell.cmd("rustup").args(["component", "add", "llvm-tools"]))?;
    match is_there() {
        true => Ok(folder),
        false => Err(anyhow::anyhow!(process::tail(&output.stderr))).with_context(missing),
    }
}

type FoundCounter = (Counter, PathBuf, String, Option<String>);

fn counter(workspace: &Workspace) -> Result<FoundCounter> {
    let shell = workspace.shell()?;
    let mut reasons = Vec::new();
    match process::find("valgrind") {
        None => reasons.push("valgrind is not on PATH".to_string()),
        Some(path) => match process::first_line(shell.cmd(&path).arg("--version")) {
            Ok(version) => return Ok((Counter::Callgrind, path, version, None)),
            Err(error) => reasons.push(format!("valgrind does not run ({error:#})")),
        },
    }
    match process::find("perf") {
        None => reasons.push("perf is not on PATH".to_string()),
        Some(path) => {
            let cmd = shell.cmd(&path).args(["stat", "-x", ",", "-e", "instructions:u", "--", "true"]);
            let output = process::output(cmd)?;
            match perf::counted(&String::from_utf8_lossy(&output.stderr)) {
                Some(_) if output.status.success() => {
                    let version = process::first_line(shell.cmd(&path).arg("--version"))?;
                    return Ok((Counter::Perf, path, version, Some(reasons.join("; "))));
                }
                _ => reasons.push("perf may not count instructions here (`perf stat -e instructions:u true`)".to_string()),
            }
        }
    }
    Ok((Counter::Nothing, PathBuf::new(), "none".into(), Some(reasons.join("; "))))
}
