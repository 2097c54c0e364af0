//! `cargo xtask dist`: the files of a release, with their hashes, sizes and how they were made.

use super::pgo::released;
use crate::{
    analysis::dist::{Way, judge, merge, way},
    data::{
        dist::{NotBuilt, Profiled, Release},
        dist_policy::DistPolicy,
        exit::{Exit, Failure, exit_of},
        pgo::build::{Build, Linked},
    },
    report::{self, table::Form},
    shell::{
        console,
        dist::{
            self, Made,
            native::{self, About},
            parts, wasm,
        },
        pgo::{Place, tools::Tools},
        progress::Watched,
        rustflags, store,
        workspace::Workspace,
    },
};
use anyhow::{Context, Result};
use clap::Args;
use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

/// Build the files of a release that this machine can link, and hold them to what they may weigh.
///
/// They lie in target/xtask/dist, with SHA256SUMS, release.json, the changelog's section and the sizes.
#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Exit status: 0 pass, 1 a file is too large, or a release lacks one, 2 usage or policy error, 3 a tool is missing, 4 a file does not build or does not \
run.\n\nExamples:\n  cargo xtask dist\n  cargo xtask dist --target wasm32-wasip2 --target x86_64-unknown-linux-musl\n  cargo xtask dist --tag v0.1.0\n  cargo xtask dist --tag v0.1.0 \
--merge parts"
)]
pub struct DistArgs {
    /// Build for this target of the policy only; one that cannot be linked here is then an error. May be repeated.
    #[arg(long, value_name = "TRIPLE")]
    target: Vec<String>,
    /// Release as this tag: `v` and the version. Refused where the work tree has changes or the changelog has no section for it.
    #[arg(long, value_name = "TAG")]
    tag: Option<String>,
    /// Build nothing: put the parts in this folder together, which other machines built; all of the policy's targets have to be there.
    #[arg(long, value_name = "DIR", conflicts_with = "target")]
    merge: Option<PathBuf>,
    /// Print release.json.
    #[arg(long)]
    json: bool,
    /// The policy of another workspace.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// A usage or policy error, a missing tool, or a file that does not build or run.
pub fn run(args: &DistArgs) -> Result<Exit> {
    let workspace = Arc::new(Workspace::open(args.policy.as_deref())?);
    let policy = workspace
        .policy
        .dist
        .clone()
        .with_context(|| Failure::usage("the policy has no [dist]: say what is released (docs/reference/policy.md)"))?;
    let wanted = wanted(&policy, &args.target)?;
    // Held to the end: what is built here is what is read.
    let _lock = store::exclusive(&workspace.scratch())?;
    let subject = &workspace.policy.pgo[&policy.program];
    let (mut release, changes) = dist::begin(&workspace, &subject.package, subject.bin(), args.tag.as_deref())?;
    let made = match &args.merge {
        Some(folder) => {
            let (parts, made) = parts::read(folder)?;
            let whole = merge(parts, &policy.targets())
                .map_err(|error| Failure::usage(format!("cannot put {} together: {error}", folder.display())))?;
            release = same(whole, &release)?;
            made
        }
        None => {
            let made = build(args, &workspace, &policy, &wanted, &mut release)?;
            judge(&mut release, None);
            made
        }
    };
    let folder = workspace.scratch().join("dist");
    let contents: BTreeMap<String, Vec<u8>> = made.into_iter().map(|made| (made.file.file, made.bytes)).collect();
    let sizes = report::dist::render(&release, Form::Markdown);
    dist::write(&folder, &release, &contents, changes.as_deref(), &sizes)?;
    console::log(&format!("xtask: the release is in {}", workspace.shown(&folder)));
    console::print(&match args.json {
        true => serde_json::to_string_pretty(&release)? + "\n",
        false => report::dist::render(&release, console::form()),
    })?;
    Ok(release.exit())
}

/// The targets to build for: those that were named, else all of the policy.
fn wanted<'p>(policy: &'p DistPolicy, named: &[String]) -> Result<Vec<&'p str>> {
    let all = policy.targets();
    if let Some(other) = named.iter().find(|name| !all.contains(&name.as_str())) {
        return Err(Failure::usage(format!("--target {other}: the policy releases {}: name one of them", all.join(", "))).into());
    }
    Ok(all.into_iter().filter(|target| named.is_empty() || named.iter().any(|name| name == target)).collect())
}

/// What was put together has to be the release of this work tree, whose changelog is taken.
fn same(whole: Release, here: &Release) -> Result<Release> {
    let is_same =
        (&whole.name, &whole.version, &whole.tag, &whole.commit) == (&here.name, &here.version, &here.tag, &here.commit);
    if !is_same {
        let shown = |one: &Release| {
            let or_none = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".into());
            format!("{} {}, tag {}, commit {}", one.name, one.version, or_none(&one.tag), or_none(&one.commit))
        };
        return Err(Failure::usage(format!(
            "the parts are of another release ({}) than this work tree ({}): check out their commit, and give the same --tag",
            shown(&whole),
            shown(here)
        ))
        .into());
    }
    Ok(whole)
}

/// Builds what can be built here; what cannot is a row, or an error where it was asked for.
fn build(
    args: &DistArgs,
    workspace: &Arc<Workspace>,
    policy: &DistPolicy,
    wanted: &[&str],
    release: &mut Release,
) -> Result<Vec<Made>> {
    rustflags::notes(workspace, wanted).iter().for_each(|note| console::log(&format!("xtask: {note}")));
    let stem = format!("{}-{}", release.name, release.version);
    let is_wanted = |target: &str| wanted.contains(&target);
    let variants: Vec<_> = policy.variants.iter().filter(|variant| is_wanted(&variant.target)).cloned().collect();
    let natives: Vec<&str> = policy.natives.iter().map(String::as_str).filter(|target| is_wanted(target)).collect();
    // What cannot be had is told before anything is built; a release of wasm files alone needs no LLVM tools.
    let tools = if natives.is_empty() { None } else { Some(Tools::find(workspace)?) };
    let subject = &workspace.policy.pgo[&policy.program];
    let is_musl = subject.settings(Build::Shipped).linked == Linked::Musl;
    let mut ways = Vec::new();
    for (tools, target) in tools.iter().flat_map(|tools| natives.iter().map(move |target| (tools, *target))) {
        match way(&tools.host, target, is_musl) {
            Way::NotHere { reason } if !args.target.is_empty() => {
                return Err(Failure::tool(format!("--target {target}: {reason}")).into());
            }
            Way::NotHere { reason } => release.not_built.push(NotBuilt { target: target.into(), reason }),
            way => ways.push((Place::new(workspace, tools, &policy.program, subject), target, way)),
        }
    }
    let mut made = wasm::build(workspace, &variants, &stem, Watched::detect(args.json))?;
    for (place, target, way) in ways {
        match native(&place, target, &way, &stem, policy.native_limit_bytes) {
            Ok(one) => made.push(one),
            Err(error) if args.target.is_empty() && exit_of(&error) == Exit::Tool => {
                release.not_built.push(NotBuilt { target: target.into(), reason: error.to_string() });
            }
            Err(error) => return Err(error),
        }
    }
    release.files = made.iter().map(|made| made.file.clone()).collect();
    match (made.is_empty(), release.not_built.first()) {
        (true, Some(NotBuilt { target, reason })) => {
            Err(Failure::tool(format!("nothing of the release can be built here; {target}: {reason}")).into())
        }
        _ => Ok(made),
    }
}

fn native(place: &Place, target: &str, way: &Way, stem: &str, limit_bytes: u64) -> Result<Made> {
    let about = |settings, profile| About { target, stem, limit_bytes, settings, profile };
    match way {
        Way::Plain { reason } => {
            let built = native::build_plain(place, target)?;
            let profile = Profiled::None { reason: reason.clone() };
            native::file(place, &built, about(native::plain(place, target).to_string(), profile))
        }
        _ => {
            let built = released(place)?;
            let profile = match built.kept.profile.clone() {
                Some(name) => Profiled::Used { name },
                None => Profiled::None { reason: "the policy says so".into() },
            };
            native::file(place, &built, about(place.subject.summary(built.build), profile))
        }
    }
}
