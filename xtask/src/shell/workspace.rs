//! Where things lie: the workspace that is measured, its target folder, its policy and its baselines.

use super::{process, rustflags::is_ignored_variable, store};
use crate::data::{
    exit::Failure,
    matrix::Cell,
    policy::{Policy, Product},
};
use anyhow::{Context, Result};
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, TargetKind};
use std::{
    env,
    path::{Path, PathBuf},
};
use xshell::Shell;

/// A workspace with its policy.
#[derive(Debug)]
pub struct Workspace {
    /// The root that cargo builds in.
    pub root: PathBuf,
    /// The folder of everything that can be made again; ours is `xtask` in it.
    pub target: PathBuf,
    /// The policy's folder: the baselines lie beside it.
    pub baselines: PathBuf,
    /// The policy.
    pub policy: Policy,
    /// Whose compiler builds it.
    pub compiler: Compiler,
    /// Cargo's members.
    metadata: Metadata,
}

/// Whose compiler builds a workspace. rustup tells every child of `cargo xtask` to use this tool's own, whatever the folder says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compiler {
    /// The one that this tool was built with, as for other commits of its repository.
    OfThisTool,
    /// The one that the workspace's folder names.
    OfTheFolder,
}

impl Compiler {
    fn set(self, mut set: impl FnMut(&str, &str)) {
        if self == Compiler::OfTheFolder {
            // rustup takes an empty value for none.
            set("RUSTUP_TOOLCHAIN", "");
        }
    }
}

/// The policy of the workspace that this tool belongs to.
pub const POLICY_PATH: &str = "baselines/policy.toml";

/// The environment variable that names the policy where no flag does: another workspace sets it in `[env]` of its `.cargo/config.toml`.
pub const POLICY_VARIABLE: &str = "XTASK_POLICY";

/// Where the policy lies: where `--policy` says, else where [`POLICY_VARIABLE`] does, else in the workspace that this tool belongs to.
pub fn policy_path(named: Option<&Path>) -> PathBuf {
    let set = env::var_os(POLICY_VARIABLE).filter(|path| !path.is_empty()).map(PathBuf::from);
    named.map(Path::to_path_buf).or(set).unwrap_or_else(|| home().join(POLICY_PATH))
}

impl Workspace {
    /// Opens the workspace of the policy file, by default the one that [`POLICY_VARIABLE`] names, else that of this tool.
    ///
    /// # Errors
    /// The policy cannot be read or is wrong; cargo finds no workspace.
    pub fn open(policy_path: Option<&Path>) -> Result<Workspace> {
        let path = self::policy_path(policy_path);
        let text = store::read_text(&path)?.with_context(|| {
            Failure::usage(format!(
                "there is no policy at {}: create it (cargo xtask init), or name one with --policy",
                path.display()
            ))
        })?;
        let policy = Policy::parse(&text)
            .map_err(|error| Failure::usage(format!("the policy {} is wrong: {}", path.display(), error.trim_end())))?;
        let baselines = fs_err::canonicalize(&path)?.parent().map(Path::to_path_buf).unwrap_or_default();
        let folder = policy.workspace.as_ref().map_or_else(|| baselines.clone(), |relative| baselines.join(relative));
        let own = fs_err::canonicalize(home()).is_ok_and(|home| baselines.starts_with(home));
        Self::at(&folder, baselines, policy, if own { Compiler::OfThisTool } else { Compiler::OfTheFolder })
    }

    /// The workspace that this tool belongs to, whatever [`POLICY_VARIABLE`] names.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn of_this_tool() -> Result<Workspace> {
        Self::open(Some(&home().join(POLICY_PATH)))
    }

    /// The workspace that `folder` lies in, with a given policy.
    ///
    /// # Errors
    /// Cargo finds no workspace there.
    pub fn at(folder: &Path, baselines: PathBuf, policy: Policy, compiler: Compiler) -> Result<Workspace> {
        let metadata = metadata_command(folder, compiler).no_deps().exec().with_context(|| {
            Failure::usage(format!("cargo finds no workspace at {}: check `workspace` in the policy", folder.display()))
        })?;
        let root = metadata.workspace_root.clone().into_std_path_buf();
        let target = metadata.target_directory.clone().into_std_path_buf();
        Ok(Workspace { root, target, baselines, policy, compiler, metadata })
    }

    /// A shell in the root, with the workspace's compiler.
    ///
    /// # Errors
    /// The folder is gone.
    pub fn shell(&self) -> Result<Shell> {
        let shell = process::shell(&self.root)?;
        self.compiler.set(|name, value| shell.set_var(name, value));
        Ok(shell)
    }

    /// The same with the compiler of a profile, if it has one of its own.
    ///
    /// # Errors
    /// As [`Self::shell`].
    pub fn shell_with(&self, toolchain: Option<&str>) -> Result<Shell> {
        let shell = self.shell()?;
        if let Some(toolchain) = toolchain {
            shell.set_var("RUSTUP_TOOLCHAIN", toolchain);
        }
        Ok(shell)
    }

    /// `cargo metadata` of the root, dependencies and all.
    pub fn metadata_command(&self) -> MetadataCommand {
        metadata_command(&self.root, self.compiler)
    }

    /// Our own part of the target folder.
    pub fn scratch(&self) -> PathBuf {
        self.target.join("xtask")
    }

    /// The member that `name` names.
    ///
    /// # Errors
    /// There is none.
    pub fn package(&self, name: &str) -> Result<&Package> {
        self.metadata.packages.iter().find(|package| package.name == name).with_context(|| {
            let names: Vec<&str> = self.metadata.packages.iter().map(|package| package.name.as_str()).collect();
            Failure::usage(format!(
                "the policy names the package `{name}`, which {} lacks: it has {}",
                self.root.display(),
                names.join(", ")
            ))
        })
    }

    /// Cargo's members.
    pub fn packages(&self) -> &[Package] {
        &self.metadata.packages
    }

    /// The folders of the members.
    pub fn members(&self) -> Vec<PathBuf> {
        let folder = |package: &Package| package.manifest_path.parent().map(|folder| folder.as_std_path().to_path_buf());
        self.metadata.packages.iter().filter_map(folder).collect()
    }

    /// The folders of what the member in `folder` names by path and is built with.
    pub fn needed_by(&self, folder: &Path) -> Vec<PathBuf> {
        let own = |package: &&Package| package.manifest_path.parent().is_some_and(|own| own.as_std_path() == folder);
        let needed = self.metadata.packages.iter().filter(own).flat_map(|package| &package.dependencies);
        let needed = needed.filter(|needed| needed.kind != DependencyKind::Development);
        needed.filter_map(|needed| needed.path.as_ref()).map(|path| path.as_std_path().to_path_buf()).collect()
    }

    /// Checks that the package and the features of a cell exist, before anything is built.
    ///
    /// # Errors
    /// Names what is missing.
    pub fn check(&self, cell: &Cell) -> Result<()> {
        let package = self.package(&cell.subject.package)?;
        self.check_profile(cell.cargo_profile())?;
        for feature in &cell.features {
            if !feature.contains('/') && !package.features.contains_key(feature) {
                let known: Vec<&str> = package.features.keys().map(String::as_str).collect();
                return Err(Failure::usage(format!(
                    "the policy asks for the feature `{feature}` of `{}`, which has {}",
                    package.name,
                    if known.is_empty() { "none".into() } else { known.join(", ") }
                ))
                .into());
            }
        }
        Ok(())
    }

    /// Whether the cell's file is a library's: its exports are then its own, and not a program's start.
    pub fn is_library(&self, cell: &Cell) -> bool {
        let has_bins = |package: &Package| package.targets.iter().any(|target| target.kind.contains(&TargetKind::Bin));
        match cell.subject.product() {
            Product::Lib => true,
            Product::Bin(_) => false,
            // The built-in hello-world is no member.
            Product::TheOnly => self.package(&cell.subject.package).is_ok_and(|package| !has_bins(package)),
        }
    }

    fn check_profile(&self, profile: &str) -> Result<()> {
        let manifest: toml::Table = fs_err::read_to_string(self.root.join("Cargo.toml"))?.parse()?;
        let own = manifest.get("profile").and_then(toml::Value::as_table);
        let known: Vec<&str> = ["dev", "release", "test", "bench"]
            .into_iter()
            .chain(own.into_iter().flat_map(|own| own.keys().map(String::as_str)))
            .collect();
        if known.contains(&profile) {
            return Ok(());
        }
        Err(Failure::usage(format!(
            "the policy names the profile `{profile}`, which the workspace lacks: it has {}",
            known.join(", ")
        ))
        .into())
    }

    /// The path as it is saved and printed: relative to the root where it is inside, with `/`.
    pub fn shown(&self, path: &Path) -> String {
        let shown = path.strip_prefix(&self.root).unwrap_or(path);
        shown.to_string_lossy().replace('\\', "/")
    }
}

fn metadata_command(folder: &Path, compiler: Compiler) -> MetadataCommand {
    let mut command = MetadataCommand::new();
    command.cargo_path("cargo").current_dir(folder);
    for (name, _) in env::vars_os() {
        if is_ignored_variable(&name.to_string_lossy()) {
            command.env_remove(name);
        }
    }
    compiler.set(|name, value| {
        command.env(name, value);
    });
    command
}

/// The root of the workspace that this tool belongs to: cargo says it at run time, and said it at build time.
pub fn home() -> PathBuf {
    let manifest =
        env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).filter(|folder| folder.join("npm/package-lock.json").is_file());
    let folder = manifest.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
    folder.parent().map(Path::to_path_buf).unwrap_or(folder)
}

/// Cargo's home, where registry sources lie.
///
/// # Errors
/// Neither CARGO_HOME nor a home folder is known.
pub fn cargo_home() -> Result<PathBuf> {
    let set = env::var_os("CARGO_HOME").filter(|home| !home.is_empty()).map(PathBuf::from);
    let home = set.or_else(|| env::home_dir().map(|home| home.join(".cargo")));
    home.context(Failure::usage("cannot tell where cargo's home is: set CARGO_HOME"))
}
