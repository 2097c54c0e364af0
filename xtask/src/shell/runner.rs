//! The runner: its builds, each compiled when first needed, and how one is asked to run an artifact.

use super::{
    console,
    optimizer::heavy_target,
    process::{self, bounded},
    store, wamr, workspace,
};
use crate::{analysis::digest::sha256, data::exit::Failure};
use anyhow::{Context, Result};
use runner_protocol::{Build, Engine, Guard, Outcome, SCHEMA, Spec};
use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};
use xshell::Cmd;

/// The environment variable that names a folder with runners: they are then taken from there, and none is built.
pub const RUNNER_FOLDER: &str = "XTASK_RUNNER_DIR";

/// How much longer than its guests the runner may take: loading, and saying what came of it.
const MARGIN: Duration = Duration::from_secs(120);

/// A cause in the chain of an error: a runner's answer is not of what it was asked.
#[derive(Debug)]
pub struct Distrusted;

impl std::fmt::Display for Distrusted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("what it says is of no use")
    }
}

impl std::error::Error for Distrusted {}

/// One build of the runner.
#[derive(Clone, Debug)]
pub struct Runner {
    /// Which.
    pub build: Build,
    /// The engine's name and version.
    pub version: String,
    /// The program's SHA-256: what it said is not reused after it changed.
    pub sha256: String,
    program: PathBuf,
}

impl Runner {
    /// Finds or builds the runner for `build`. Its program is copied to our own folder: heavy builds are shared, and another clone may replace them.
    ///
    /// # Errors
    /// It does not build, or says that it is something else.
    pub fn find(build: Build, scratch: &Path) -> Result<Runner> {
        let built = match env::var_os(RUNNER_FOLDER).filter(|folder| !folder.is_empty()) {
            Some(folder) => PathBuf::from(folder).join(binary(build)),
            None => compile(build, scratch)?,
        };
        let bytes =
            fs_err::read(&built).with_context(|| Failure::tool(format!("cannot read the runner: unset {RUNNER_FOLDER}")))?;
        let program = scratch.join("runner").join(binary(build));
        copy_program(&built, &bytes, &program)?;
        let line = process::first_line(process::shell(scratch)?.cmd(&program).arg("--version"))?;
        let version = line.strip_prefix(build.binary()).map(str::trim).filter(|version| !version.is_empty());
        let version = version.with_context(|| {
            Failure::tool(format!("{} says `{line}`, which is not {}: remove it", program.display(), build.binary()))
        })?;
        Ok(Runner { build, version: version.into(), sha256: sha256(&bytes), program })
    }

    /// Where its program lies.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// Runs what `spec` says; the folder `spec.output` is created, and the specification kept in it.
    ///
    /// # Errors
    /// The artifact cannot be run at all, or the runner did not come to its end: exit 4 with its own words.
    pub fn run(&self, spec: &Spec) -> Result<Outcome> {
        let path = spec.output.join("spec.json");
        store::write(&path, &serde_json::to_vec_pretty(spec)?)?;
        let mut command = Command::new(&self.program);
        command.arg("run").arg(&path).env_clear();
        let instance_count = spec.repeat.count.max(1) + spec.repeat.live_count;
        let guests = Duration::from_millis(spec.limits.deadline_ms.saturating_mul(instance_count)).min(Duration::from_secs(900));
        // Without that guard the runner itself gives a guest minutes.
        let margin = if spec.without_guards.contains(&Guard::Deadline) { 4 * MARGIN } else { MARGIN };
        let ended = bounded::run(command, b"", guests + margin)?;
        let outcome = self.outcome(&ended).with_context(|| {
            Failure::invalid(format!("{} cannot run its file (what it was asked is in {})", spec.engine, path.display()))
        })?;
        check(spec, &outcome)?;
        Ok(outcome)
    }

    fn outcome(&self, ended: &bounded::Ended) -> Result<Outcome> {
        let words = said(&ended.stderr);
        match ended.status {
            None => anyhow::bail!("{} did not end in time and was killed", self.build.binary()),
            Some(status) if !status.success() => match status.code() {
                Some(_) => anyhow::bail!(words),
                None => anyhow::bail!("{} was ended by a signal ({status}): run it again", self.build.binary()),
            },
            Some(_) => {
                serde_json::from_slice(&ended.stdout).with_context(|| format!("{} printed no outcome", self.build.binary()))
            }
        }
    }

    /// Compiles `wasm` ahead of time for `engine` into `compiled`, which is left alone where it is newer than the runner and of the same bytes.
    ///
    /// # Errors
    /// This build has no compiler, or refuses the file.
    pub fn precompile(&self, engine: Engine, wasm: &Path, compiled: &Path) -> Result<()> {
        let key = compiled.with_added_extension("key");
        let inputs = sha256(format!("{} {}", self.sha256, sha256(&fs_err::read(wasm)?)).as_bytes());
        if compiled.is_file() && store::read_text(&key)?.as_deref() == Some(&*inputs) {
            return Ok(());
        }
        store::create_folder(compiled.parent().unwrap_or(Path::new(".")))?;
        let shell = process::shell(Path::new("."))?;
        let cmd = shell.cmd(&self.program).args(["compile", "--engine", engine.name()]).arg(wasm).arg(compiled);
        let output = process::output(cmd)?;
        if !output.status.success() {
            return Err(anyhow::anyhow!(said(&output.stderr)))
                .with_context(|| Failure::invalid(format!("{engine} cannot compile {}", wasm.display())));
        }
        store::write(&key, inputs.as_bytes())
    }
}

/// What the runner says must be of what it was given: a result of other bytes, or of nothing at all, is none.
fn check(spec: &Spec, outcome: &Outcome) -> Result<()> {
    let wrong = |what: String| {
        let failure = Failure::invalid(format!("the runner for {} {what}: do not trust it", spec.engine));
        Err(anyhow::Error::new(Distrusted).context(failure))
    };
    if outcome.schema != SCHEMA || outcome.engine != spec.engine {
        return wrong(format!("answered in schema {} for {}", outcome.schema, outcome.engine));
    }
    if outcome.sha256 != spec.sha256 {
        return wrong(format!("ran {}, not {}", outcome.sha256, spec.sha256));
    }
    if outcome.instances.is_empty() || outcome.instance_count == 0 {
        return wrong("ran no instance".into());
    }
    match outcome.instances.iter().any(|instance| instance.fuel_count == Some(0)) {
        true => wrong("counted no fuel".into()),
        false => Ok(()),
    }
}

/// The runner's own words: its first line says what is wrong and what to do; the causes follow.
fn said(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    text.lines().next().unwrap_or("it printed nothing").trim_start_matches("error: ").to_string()
}

fn binary(build: Build) -> String {
    format!("{}{}", build.binary(), env::consts::EXE_SUFFIX)
}

fn copy_program(from: &Path, bytes: &[u8], to: &Path) -> Result<()> {
    if fs_err::read(to).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    store::create_folder(to.parent().unwrap_or(Path::new(".")))?;
    // Renamed into place: one that runs keeps its file.
    let part = to.with_added_extension("part");
    fs_err::copy(from, &part)?;
    fs_err::rename(&part, to)?;
    Ok(())
}

/// Has cargo build a runner. Cargo decides whether anything is to be done.
fn compile(build: Build, scratch: &Path) -> Result<PathBuf> {
    let target = heavy_target(scratch);
    let program = target.join("release").join(binary(build));
    if !program.is_file() {
        console::log(&format!("xtask: building {} ({}; once)", build.binary(), effort(build)));
    }
    let shell = process::shell(&workspace::home())?;
    let cmd = shell.cmd("cargo").args(["build", "--release", "--locked", "--target-dir"]).arg(&target);
    let output = process::output(with_needs(cmd.args(arguments(build)), build, scratch)?)?;
    if output.status.success() {
        return Ok(program);
    }
    Err(anyhow::anyhow!(process::tail(&output.stderr))).with_context(|| {
        Failure::tool(format!(
            "cannot build {}: it needs the crate registry and a C compiler; `cargo xtask doctor` says what is missing",
            build.binary()
        ))
    })
}

fn arguments(build: Build) -> &'static [&'static str] {
    match build {
        Build::Jit => &["--package", "runner", "--bin", "runner-jit", "--features", "jit"],
        Build::Precompiled => &["--package", "runner", "--bin", "runner-precompiled", "--features", "precompiled"],
        Build::Wamr => &["--package", "runner-wamr", "--bin", "runner-wamr"],
        Build::WamrAot => &["--package", "runner-wamr-aot", "--bin", "runner-wamr-aot"],
    }
}

fn effort(build: Build) -> &'static str {
    match build {
        Build::Jit => "Wasmtime with its compilers; 5 to 10 minutes on two cores",
        Build::Precompiled => "Wasmtime without a compiler; 3 to 5 minutes on two cores",
        Build::Wamr => "WAMR's interpreter, C through cmake; 2 to 5 minutes on two cores",
        Build::WamrAot => "WAMR's runtime for compiled modules; 1 to 2 minutes on two cores",
    }
}

/// The environment that a build needs besides cargo's own.
fn with_needs<'a>(cmd: Cmd<'a>, build: Build, scratch: &Path) -> Result<Cmd<'a>> {
    let variables: Vec<(String, OsString)> = match build {
        Build::Jit | Build::Precompiled => Vec::new(),
        Build::Wamr => wamr::tools::environment(&heavy_target(scratch))?,
        Build::WamrAot => {
            let heavy = heavy_target(scratch);
            [wamr::tools::environment(&heavy)?, wamr::aot::environment(&heavy)?].concat()
        }
    };
    Ok(cmd.envs(variables))
}
