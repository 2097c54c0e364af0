//! `cargo xtask merge-driver BASE OURS THEIRS [PATH]`: what git calls to merge two branches' baselines.

use crate::{
    analysis::{
        merge_baselines::{Outcome, Sides, merge_bytes},
        symbols::escape,
    },
    data::exit::Exit,
    shell::{console, merge_driver, store},
};
use anyhow::Result;
use clap::Args;
use std::path::{Path, PathBuf};

/// Merge the baselines of two branches: git calls this.
///
/// What one branch changed is taken; of what both changed the lower value stands, marked to be measured again. `cargo xtask doctor --fix` tells git.
#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Exit status: 0 OURS is the merge, 1 OURS has conflict markers, 2 a file cannot be read or written.\n\nExample:\n  git config merge.xtask-baseline.driver 'cargo xtask merge-driver %O %A %B %P'"
)]
pub struct MergeDriverArgs {
    /// What both branches started from; empty where both added the file (git's %O).
    #[arg(allow_hyphen_values = true)]
    base: PathBuf,
    /// The branch that is merged into; the merge is written here (git's %A).
    #[arg(allow_hyphen_values = true)]
    ours: PathBuf,
    /// The branch that is merged (git's %B).
    #[arg(allow_hyphen_values = true)]
    theirs: PathBuf,
    /// The file's name in the repository, for messages (git's %P).
    #[arg(allow_hyphen_values = true)]
    path: Option<PathBuf>,
}

/// How many conflicts are told: the file has them all.
const TOLD_MAX: usize = 3;

/// Runs the command.
///
/// # Errors
/// A file cannot be read or written.
pub fn run(args: &MergeDriverArgs) -> Result<Exit> {
    let [base, ours, theirs] = [&args.base, &args.ours, &args.theirs].map(|path| merge_driver::read(path));
    let (base, ours, theirs) = (base?, ours?, theirs?);
    let name = args.path.as_ref().unwrap_or(&args.ours);
    let shown = escape(&name.to_string_lossy());
    match merge_bytes(Sides { base: Some(&base), ours: &ours, theirs: &theirs }) {
        Outcome::Merged { text, measure_again_count } => {
            store::write(&args.ours, text.as_bytes())?;
            if measure_again_count > 0 {
                let have = if measure_again_count == 1 { "value has" } else { "values have" };
                let command = command(name);
                console::log(&format!("xtask: {shown}: {measure_again_count} merged {have} to be measured again: {command}"));
            }
            Ok(Exit::Pass)
        }
        Outcome::Conflict { texts, reasons } => {
            store::write(&args.ours, &merge_driver::conflicted(&texts))?;
            for reason in reasons.iter().take(TOLD_MAX) {
                console::log(&format!(
                    "xtask: cannot merge {shown}: {}; decide by hand: docs/how-to/merge-baselines.md",
                    escape(reason)
                ));
            }
            if let Some(more) = reasons.len().checked_sub(TOLD_MAX).filter(|more| *more > 0) {
                console::log(&format!("xtask: cannot merge {shown}: {more} conflicts more"));
            }
            Ok(Exit::Verdict)
        }
    }
}

/// The command that measures what the file has: they are called alike.
fn command(name: &Path) -> String {
    match name.file_stem().and_then(|stem| stem.to_str()) {
        Some(stem @ ("size" | "run" | "alloc" | "pgo")) => format!("cargo xtask {stem}"),
        _ => "run the command that writes it".into(),
    }
}
