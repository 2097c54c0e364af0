//! `cargo xtask report curve NAME`: a curve from committed counts, written to `docs`.

use super::files::{compared, write};
use crate::{
    analysis::curve::lines,
    data::exit::{Exit, Failure},
    report::curve::{page, svg},
    shell::{baselines, console, workspace::Workspace},
};
use anyhow::{Context, Result};
use clap::Args;
use std::path::PathBuf;

/// Draw what was found and what it took over a setting, from the baseline of `run`: docs/NAME.md and docs/NAME.svg.
#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Exit status: 0 written, or as it would be; 1 with --check the files are not current; 2 usage, policy or baseline error."
)]
pub struct CurveArgs {
    /// Which [curve.NAME] of the policy
    name: String,
    /// Write nothing: fail if the files are not what would be written.
    #[arg(long)]
    check: bool,
    /// The policy of another workspace; its baselines lie beside it.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

/// The file of the counts.
const COUNTS: &str = "run.json";

/// Runs the command.
///
/// # Errors
/// The policy has no such curve, or a count is missing.
pub fn run(args: &CurveArgs) -> Result<Exit> {
    let workspace = Workspace::open(args.policy.as_deref())?;
    let name = &args.name;
    let curve = workspace.policy.curve.get(name).with_context(|| {
        let known: Vec<&str> = workspace.policy.curve.keys().map(String::as_str).collect();
        let known = if known.is_empty() { "none".into() } else { known.join(", ") };
        Failure::usage(format!("the policy has no [curve.{name}]: it has {known}"))
    })?;
    let baseline = baselines::read_rows(&workspace.baselines, COUNTS)?;
    let baseline = baseline.with_context(|| Failure::usage(format!("there is no {COUNTS}: run cargo xtask run")))?;
    let lines = lines(curve, &baseline).map_err(|error| Failure::usage(format!("[curve.{name}]: {error}")))?;
    let docs = workspace.root.join("docs");
    let files =
        [(docs.join(format!("{name}.md")), page(name, curve, &lines)), (docs.join(format!("{name}.svg")), svg(curve, &lines))];
    let written = if args.check { compared(&files, &workspace, &format!("curve {name}"))? } else { write(&files, &workspace)? };
    console::print(&(written.lines.join("\n") + "\n"))?;
    Ok(written.exit)
}
