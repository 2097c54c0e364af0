//! `cargo xtask report adr NAME`: a decision from committed numbers, written to `docs/adr`.

use super::files::{compared, write};
use crate::{
    analysis::adr::{decide, gather},
    data::{
        adr::AdrPolicy,
        exit::{Exit, Failure},
    },
    report::{
        adr::{Adr, blocks, document, plot, summary},
        plot::svg,
    },
    shell::{
        adr::{self, Record},
        console,
        workspace::Workspace,
    },
};
use anyhow::{Context, Result};
use clap::Args;
use std::path::PathBuf;

/// Decide by the policy's criteria and weights, and write the record: docs/adr/NNNN-SLUG.md and its plot.
///
/// What a person wrote outside the generated parts stays.
#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Exit status: 0 written, or as it would be; 1 with --check the files are not current; 2 usage, policy or baseline error."
)]
pub struct AdrArgs {
    /// Which [adr.NAME] of the policy
    name: String,
    /// Write nothing: fail if the files are not what would be written.
    #[arg(long)]
    check: bool,
    /// Print the analysis as JSON.
    #[arg(long)]
    json: bool,
    /// The policy of another workspace; its baselines lie beside it.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// The policy has no such decision, a number is missing, or the file's markers are wrong.
pub fn run(args: &AdrArgs) -> Result<Exit> {
    let workspace = Workspace::open(args.policy.as_deref())?;
    let policy = named(&workspace, &args.name)?;
    let measured = gather(policy, &adr::tables(&workspace, policy)?)
        .map_err(|error| Failure::usage(format!("[adr.{}]: {error}", args.name)))?;
    let decision = decide(&measured);
    let adr = Adr { name: &args.name, policy, measured: &measured, decision: &decision };
    let record = adr::record(&workspace.root, &policy.slug)?;
    let files = files(adr, &record, &workspace.shown(&record.path))?;
    let written =
        if args.check { compared(&files, &workspace, &format!("adr {}", args.name))? } else { write(&files, &workspace)? };
    if args.json {
        console::print(&(serde_json::to_string_pretty(&decision)? + "\n"))?;
        written.lines.iter().for_each(|line| console::log(line));
    } else {
        console::print(&format!("{}{}\n", summary(adr), written.lines.join("\n")))?;
    }
    Ok(written.exit)
}

fn named<'w>(workspace: &'w Workspace, name: &str) -> Result<&'w AdrPolicy> {
    workspace.policy.adr.get(name).with_context(|| {
        let known: Vec<&str> = workspace.policy.adr.keys().map(String::as_str).collect();
        let known = if known.is_empty() { "none".into() } else { known.join(", ") };
        Failure::usage(format!("the policy has no [adr.{name}]: it has {known} (docs/reference/adr.md)"))
    })
}

/// Path and text of each file, as it should be.
fn files(adr: Adr<'_>, record: &Record, shown: &str) -> Result<Vec<(PathBuf, String)>> {
    let picture = plot(adr).map(|plot| (record.picture(), svg(&plot)));
    let link = picture.as_ref().and_then(|(path, _)| path.file_name()).map(|name| name.to_string_lossy().into_owned());
    let blocks = blocks(adr, link.as_deref());
    let text = match &record.text {
        None => document::create(record.number, &adr.policy.title, &blocks),
        Some(old) => document::update(old, &blocks)
            .map_err(|error| Failure::usage(format!("{shown}, {error}. The file was left as it is")))?,
    };
    Ok([(record.path.clone(), text)].into_iter().chain(picture).collect())
}
