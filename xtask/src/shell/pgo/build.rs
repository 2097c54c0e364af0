//! One build: cargo with the settings of the table, in a target folder of its own, and the file that would ship.

use super::{Place, c_code, kept, musl};
use crate::{
    analysis::{digest::sha256, profile_health::mismatches},
    data::{
        exit::Failure,
        pgo::build::{Build, Linked, Profile, Settings},
    },
    shell::{console, process, rustflags, store, target},
};
use anyhow::{Context, Result};
use cargo_metadata::{Message, TargetKind};
use serde::{Deserialize, Serialize};
use std::{
    env,
    path::{Path, PathBuf},
    time::Instant,
};

/// A program that was built.
#[derive(Clone, Debug)]
pub struct Built {
    /// Which build it is.
    pub build: Build,
    /// The linked file, with its names.
    pub twin: PathBuf,
    /// The same without them: what is timed and measured.
    pub shipped: PathBuf,
    /// What is known of the build.
    pub kept: Kept,
    /// What is to be said of the C code in it.
    pub notes: Vec<String>,
}

/// What is kept of a build.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The linked file.
    pub twin: PathBuf,
    /// Its SHA-256.
    pub sha256: String,
    /// How long cargo took.
    pub build_ns: u64,
    /// Whether it compiled everything.
    pub from_nothing: bool,
    /// How often it said that profile data does not fit.
    pub mismatch_count: u64,
    /// The name of the profile's file, which has its hash in it.
    pub profile: Option<String>,
}

impl Kept {
    /// What is kept of a build, if it was made.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn of(place: &Place, build: Build) -> Result<Option<Kept>> {
        kept::read(&Recipe::kept(place, build.name()))
    }
}

/// One way to build the program, for one target.
#[derive(Clone, Debug)]
pub struct Recipe {
    /// Which build it is.
    pub build: Build,
    /// The folder that it is made in, below that of the subject: no two recipes share one.
    pub folder: String,
    /// The target.
    pub triple: String,
    /// The settings.
    pub settings: Settings,
    /// What it is, for a reader of the log.
    pub summary: String,
}

impl Recipe {
    /// A build of the table, for this machine.
    ///
    /// # Errors
    /// Exit 3: this machine has no such target.
    fn of(place: &Place, build: Build) -> Result<Recipe> {
        Ok(Recipe {
            build,
            folder: build.name().into(),
            triple: triple(place, build)?,
            settings: place.subject.settings(build),
            summary: place.subject.summary(build),
        })
    }

    fn kept(place: &Place, folder: &str) -> PathBuf {
        place.folder().join(folder).join("built.json")
    }
}

/// Builds it, with `profile` where it takes one. Cargo decides what is to be compiled.
///
/// # Errors
/// Exit 4: it does not build; exit 3: the target's standard library is not there.
pub fn build(place: &Place, build: Build, profile: Option<&Path>) -> Result<Built> {
    make(place, &Recipe::of(place, build)?, profile)
}

/// The same of any recipe.
///
/// # Errors
/// As [`build`].
pub fn make(place: &Place, recipe: &Recipe, profile: Option<&Path>) -> Result<Built> {
    let Recipe { build, triple, settings, .. } = recipe;
    let folder = place.folder().join(&recipe.folder);
    let target_dir = folder.join("target");
    target::ensure(&place.workspace, &[triple])?;
    let musl = if settings.linked == Linked::Musl { musl::compiler(place, triple)? } else { None };
    let c_code = c_code::environment(&place.workspace, triple, musl.as_ref().map(|(_, program)| program.as_str()))?;
    // Also where cargo then finds nothing to do: where it does, this takes minutes.
    console::log(&format!("xtask: {}: cargo build for {build} ({})", place.name, recipe.summary));
    let shell = place.workspace.shell()?;
    let mut cmd = shell.cmd("cargo").args(["build", "--release", "--locked", "--message-format=json-render-diagnostics"]);
    cmd = cmd.args(["--package", &place.subject.package, "--bin", place.subject.bin(), "--target", triple]);
    if !place.subject.features.is_empty() {
        cmd = cmd.args(["--features", &place.subject.features.join(",")]);
    }
    cmd = cmd.arg("--target-dir").arg(&target_dir);
    for (name, _) in env::vars_os() {
        if rustflags::is_ignored_variable(&name.to_string_lossy()) {
            cmd = cmd.env_remove(name);
        }
    }
    cmd = cmd.envs(variables(*settings)).envs(c_code.variables.iter().cloned()).envs(musl).env("CARGO_TERM_COLOR", "never");
    // Else what build scripts make lies elsewhere, and is not looked at.
    cmd = cmd.env_remove("CARGO_BUILD_BUILD_DIR");
    cmd = cmd.env("CARGO_ENCODED_RUSTFLAGS", rustflags::join(&flags(place, recipe, profile)?));
    let line = cmd.to_string();
    let start = Instant::now();
    let output = process::output(cmd)?;
    let build_ns = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    if !output.status.success() {
        return Err(anyhow::anyhow!(stderr.trim_end().to_string())).with_context(|| {
            Failure::invalid(format!("{} does not build as {build}: fix what cargo says below ({line})", place.subject.package))
        });
    }
    let made = made(place, &output.stdout)?;
    if settings.profile == Profile::Writes {
        c_code::check(&target_dir)?;
    }
    let path = Recipe::kept(place, &recipe.folder);
    let sha256 = sha256(&fs_err::read(&made.program)?);
    let before: Option<Kept> = kept::read(&path)?;
    let profile = profile.and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
    // The same file again took no time that says anything, unless all of it was compiled.
    let kept = match before.clone().filter(|kept| kept.sha256 == sha256 && kept.profile == profile && made.reused) {
        Some(kept) => kept,
        None => Kept {
            twin: made.program.clone(),
            sha256,
            build_ns,
            from_nothing: !made.reused,
            mismatch_count: mismatches(&stderr),
            profile,
        },
    };
    let shipped = folder.join(format!("{}{}", place.subject.bin(), env::consts::EXE_SUFFIX));
    if before.as_ref() != Some(&kept) || !shipped.is_file() {
        strip(place, &made.program, &shipped)?;
        kept::write(&path, &kept)?;
    }
    Ok(Built { build: *build, twin: made.program, shipped, kept, notes: c_code.notes })
}

fn triple(place: &Place, build: Build) -> Result<String> {
    match place.subject.settings(build).linked {
        Linked::Host => Ok(place.tools.host.clone()),
        Linked::Musl => with_musl(&place.tools.host).with_context(|| {
            Failure::tool(format!(
                "{} has no musl: build on Linux, or set `musl = false` in the policy's `ship`",
                place.tools.host
            ))
        }),
    }
}

/// The same processor's triple with musl, where there is one.
pub fn with_musl(host: &str) -> Option<String> {
    host.ends_with("-linux-gnu").then(|| format!("{}-musl", host.trim_end_matches("-gnu")))
}

/// The profile's settings, over what the package says: what is compared is the same for every package. Names stay for the twin.
fn variables(settings: Settings) -> Vec<(&'static str, &'static str)> {
    let mut variables = vec![
        ("CARGO_PROFILE_RELEASE_OPT_LEVEL", settings.opt_level),
        ("CARGO_PROFILE_RELEASE_LTO", settings.lto),
        ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1"),
        ("CARGO_PROFILE_RELEASE_DEBUG", "false"),
        ("CARGO_PROFILE_RELEASE_STRIP", "none"),
        ("CARGO_INCREMENTAL", "0"),
    ];
    variables.extend(settings.panic.map(|panic| ("CARGO_PROFILE_RELEASE_PANIC", panic)));
    variables
}

/// The flags reach the target alone, because `--target` is given: build scripts and macros are built without.
fn flags(place: &Place, recipe: &Recipe, profile: Option<&Path>) -> Result<Vec<String>> {
    let Recipe { build, settings, .. } = recipe;
    let mut flags = rustflags::remaps(&place.workspace, place.source_names()?)?;
    flags.extend(place.subject.rustflags.iter().cloned());
    if !settings.unwind_tables {
        flags.push("-Cforce-unwind-tables=no".into());
    }
    if settings.linked == Linked::Musl {
        flags.push("-Ctarget-feature=+crt-static".into());
        flags.extend(musl::linker(&place.tools.host, &recipe.triple).map(|linker| format!("-Clinker={linker}")));
    }
    match (settings.profile, profile) {
        (Profile::None, _) => {}
        // LLVM_PROFILE_FILE says where; this folder is for whoever runs it by hand.
        (Profile::Writes, _) => flags.push(format!("-Cprofile-generate={}", place.folder().join("by-hand").display())),
        (_, Some(path)) => flags.push(format!("-Cprofile-use={}", path.display())),
        (_, None) => return Err(Failure::invalid(format!("{build} has no profile: run `cargo xtask pgo merge` first")).into()),
    }
    if *build == Build::PgoBolt {
        // It moves code, and has to know what points to it.
        flags.push("-Clink-arg=-Wl,--emit-relocs".into());
    }
    Ok(flags)
}

struct Made {
    program: PathBuf,
    /// Whether anything of it was there already.
    reused: bool,
}

fn made(place: &Place, stdout: &[u8]) -> Result<Made> {
    let (mut program, mut reused) = (None, false);
    for message in Message::parse_stream(stdout) {
        let Message::CompilerArtifact(artifact) = message.context("cargo printed a message that is not JSON")? else { continue };
        reused |= artifact.fresh;
        if artifact.target.kind.contains(&TargetKind::Bin) && artifact.target.name == place.subject.bin() {
            program = artifact.executable.map(cargo_metadata::camino::Utf8PathBuf::into_std_path_buf);
        }
    }
    let program = program.with_context(|| {
        Failure::usage(format!(
            "`{}` built no binary `{}`: name one by `bin` in the policy",
            place.subject.package,
            place.subject.bin()
        ))
    })?;
    Ok(Made { program, reused })
}

/// Writes the linked file `twin` without its names.
///
/// # Errors
/// llvm-strip refuses it.
pub fn strip(place: &Place, twin: &Path, shipped: &Path) -> Result<()> {
    let part = shipped.with_added_extension("part");
    store::create_folder(shipped.parent().unwrap_or(Path::new(".")))?;
    let shell = place.workspace.shell()?;
    let output = process::output(shell.cmd(place.tools.llvm("llvm-strip")).arg("--strip-all").arg("-o").arg(&part).arg(twin))?;
    if !output.status.success() {
        return Err(anyhow::anyhow!(process::tail(&output.stderr))).with_context(|| {
            Failure::invalid(format!("llvm-strip cannot strip {}: check the toolchain's llvm-tools", twin.display()))
        });
    }
    fs_err::rename(&part, shipped)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_triple_with_musl() {
        assert_eq!(with_musl("x86_64-unknown-linux-gnu").as_deref(), Some("x86_64-unknown-linux-musl"));
        assert_eq!(with_musl("aarch64-apple-darwin"), None);
    }

    #[test]
    fn settings_are_those_of_the_table() {
        let of = |build: Build| variables(build.settings()).into_iter().collect::<std::collections::BTreeMap<_, _>>();
        assert_eq!(of(Build::Reference)["CARGO_PROFILE_RELEASE_LTO"], "fat");
        assert_eq!(of(Build::OptZ)["CARGO_PROFILE_RELEASE_OPT_LEVEL"], "z");
        assert_eq!(of(Build::NoUnwindTables)["CARGO_PROFILE_RELEASE_PANIC"], "abort");
        assert!(!of(Build::Pgo).contains_key("CARGO_PROFILE_RELEASE_PANIC"));
    }
}
