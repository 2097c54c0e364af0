//! `cargo xtask init`: a policy for another workspace, and the alias that calls this tool there.

use crate::{
    data::{
        exit::{Exit, Failure},
        policy::{Policy, Product},
    },
    report::starter::{self, Existing, Places},
    shell::{
        console, store,
        workspace::{Compiler, POLICY_PATH, Workspace, home},
    },
};
use anyhow::{Context, Result};
use cargo_metadata::{CrateType, Package, TargetKind};
use clap::Args;
use std::{
    env,
    path::{Component, Path, PathBuf},
};

/// Write baselines/policy.toml for the workspace of this folder, and .cargo/config.toml, so that `cargo xtask` works in it
///
/// Nothing is overwritten: where .cargo/config.toml is there already, the lines that it needs are printed.
#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Exit status: 0 written, 2 there is a policy already, or nothing says which package is meant.\n\nExamples:\n  cargo run --locked --manifest-path \
../toolkit/Cargo.toml --package xtask -- init\n  cargo xtask init --package my-program --target wasm32-wasip1"
)]
pub struct InitArgs {
    /// Which package to measure [default: the only one with a program or a cdylib].
    #[arg(long, value_name = "PACKAGE")]
    package: Option<String>,
    /// What to build it for.
    #[arg(long, value_name = "TARGET", default_value = "wasm32-wasip2")]
    target: String,
}

/// Runs the command.
///
/// # Errors
/// There is no workspace, it is this tool's own, it has a policy, or the package cannot be told.
pub fn run(args: &InitArgs) -> Result<Exit> {
    let workspace = workspace()?;
    let policy_path = workspace.root.join(POLICY_PATH);
    if policy_path.exists() {
        return Err(Failure::usage(format!("{POLICY_PATH} is there already: edit it, it was left as it is")).into());
    }
    let package = package(&workspace, args.package.as_deref())?;
    let text = starter::policy(&package.name, product(package)?, &args.target);
    Policy::parse(&text).map_err(|error| Failure::usage(error.trim_end().to_string()))?;
    let toolkit = relative(&workspace.root, &home());
    let places = Places { toolkit: &toolkit, policy: POLICY_PATH };
    // Read before anything is written.
    let config_path = workspace.root.join(CARGO_CONFIG);
    let existing = existing(&config_path)?;
    store::write(&policy_path, text.as_bytes())?;
    console::print(&format!("Wrote {POLICY_PATH}: {} for {}, profile release.\n", package.name, args.target))?;
    match existing {
        None => {
            store::write(&config_path, starter::cargo_config(places, true).as_bytes())?;
            console::print(&format!("Wrote {CARGO_CONFIG}: `cargo xtask` is the toolkit in {toolkit}.\n"))?;
        }
        Some(Existing { has_alias: true, .. }) => {
            console::print(&format!("{CARGO_CONFIG} has an alias `xtask` already and was left as it is.\n"))?;
        }
        Some(Existing { builds_for_host, .. }) => {
            let lines = starter::cargo_config(places, builds_for_host);
            console::print(&format!("{CARGO_CONFIG} was left as it is. Add to it:\n\n{lines}\n"))?;
        }
    }
    if !workspace.root.join("Cargo.lock").exists() {
        // Cargo writes it on the way. Without one the dependencies could be others tomorrow, so `size` asks for it.
        workspace
            .metadata_command()
            .exec()
            .context(Failure::usage("cargo cannot lock the dependencies, its own words are below"))?;
        console::print("Wrote Cargo.lock: the same dependencies each time.\n")?;
    }
    console::print("Next: cargo xtask size\n")?;
    Ok(Exit::Pass)
}

/// Where cargo looks for aliases, from the root of a workspace.
const CARGO_CONFIG: &str = ".cargo/config.toml";

/// The workspace of the folder that the command is called in.
fn workspace() -> Result<Workspace> {
    let folder = env::current_dir().context("cannot tell which folder this is")?;
    // A workspace comes with a policy. Which package it is about is known only when the members are.
    let any = Policy::parse(&starter::policy("any", Product::TheOnly, "wasm32-wasip2")).map_err(Failure::usage)?;
    let workspace = Workspace::at(&folder, folder.clone(), any, Compiler::OfTheFolder)
        .context(Failure::usage("cargo finds no workspace here: go to the folder of yours"))?;
    let is_own = fs_err::canonicalize(&workspace.root)? == fs_err::canonicalize(home())?;
    match is_own {
        true => Err(Failure::usage("this is the toolkit's own workspace, which has a policy: go to the folder of yours").into()),
        false => Ok(workspace),
    }
}

/// The package that is meant: the one that was named, else the only one that can become a wasm file.
fn package<'w>(workspace: &'w Workspace, named: Option<&str>) -> Result<&'w Package> {
    let can: Vec<&Package> = workspace.packages().iter().filter(|one| has_bins(one) || is_cdylib(one)).collect();
    let names = || can.iter().map(|one| one.name.as_str()).collect::<Vec<_>>().join(", ");
    match (named, &can[..]) {
        (Some(name), _) => {
            let found = can.iter().find(|one| one.name == name).copied();
            let said = || Failure::usage(format!("no package `{name}` with a program or a cdylib: there is {}", names()));
            Ok(found.with_context(said)?)
        }
        (None, [one]) => Ok(one),
        (None, []) => Err(Failure::usage("no package here has a program or a cdylib: there is nothing to measure").into()),
        (None, _) => Err(Failure::usage(format!("name the package with --package: there is {}", names())).into()),
    }
}

/// What of the package is measured: its program, of several the one that `cargo run` would run.
fn product(package: &Package) -> Result<Product<'_>> {
    let bins: Vec<&str> =
        package.targets.iter().filter(|one| one.kind.contains(&TargetKind::Bin)).map(|one| one.name.as_str()).collect();
    let of_its_name = || bins.iter().copied().find(|bin| *bin == package.name.as_str());
    match &bins[..] {
        [] => Ok(Product::Lib),
        [_] => Ok(Product::TheOnly),
        _ => package.default_run.as_deref().or_else(of_its_name).map(Product::Bin).with_context(|| {
            Failure::usage(format!(
                "{} has several programs, {}: set `default-run` in its Cargo.toml, or write the policy by hand with `bin`",
                package.name,
                bins.join(", ")
            ))
        }),
    }
}

fn has_bins(package: &Package) -> bool {
    package.targets.iter().any(|target| target.kind.contains(&TargetKind::Bin))
}

fn is_cdylib(package: &Package) -> bool {
    package.targets.iter().any(|target| target.crate_types.contains(&CrateType::CDyLib))
}

fn existing(path: &Path) -> Result<Option<Existing>> {
    let Some(text) = store::read_text(path)? else { return Ok(None) };
    let existing = starter::existing(&text);
    existing.map(Some).map_err(|error| Failure::usage(format!("{CARGO_CONFIG} is no TOML: {}", error.trim_end())).into())
}

/// The way from one folder to another, with `/`; the whole path where they have no root in common.
fn relative(from: &Path, to: &Path) -> String {
    let (from, to): (Vec<Component>, Vec<Component>) = (from.components().collect(), to.components().collect());
    let common = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
    let up = if common == 0 { 0 } else { from.len() - common };
    let rest = to.iter().skip(common).map(|part| part.as_os_str());
    let path: PathBuf = (0..up).map(|_| "..".as_ref()).chain(rest).collect();
    path.to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_the_toolkit() {
        let way = |from: &str, to: &str| relative(Path::new(from), Path::new(to));
        assert_eq!(way("/a/mine", "/a/toolkit"), "../toolkit");
        assert_eq!(way("/a/mine", "/a/mine/tools/toolkit"), "tools/toolkit");
        assert_eq!(way("/a/b/mine", "/a/toolkit"), "../../toolkit");
    }
}
