//! `cargo xtask diff A B` and `diff --base REV`: which sections, crates and symbols make up the difference of two files.

mod base;

use super::measure::{Input, Limit, at_least_one, json, twiggy_json};
use crate::analysis::digest::sha256;
use crate::analysis::explain::Explained;
use crate::analysis::ledger::{Ledger, ledger};
use crate::analysis::symbol_diff::{Change, SymbolDiff, diff, diff_sections};
use crate::analysis::symbols::{named_core, symbol_table};
use crate::analysis::twiggy::{self, Report};
use crate::data::exit::{Exit, Failure};
use crate::report;
use crate::report::table::{Form, grouped, signed};
use crate::shell::console;
use serde::Serialize;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Version of the JSON that `diff` prints.
pub const DIFF_SCHEMA: u32 = 1;

/// Which symbols and sections grew from one file to another.
#[derive(clap::Args, Clone, Debug)]
#[command(
    after_help = "Exit status: 0 compared, whatever differs; 2 a file, revision or policy cannot be used; with --base also 3 a tool is missing, 4 one side does not build."
)]
pub struct DiffArgs {
    /// The old file: a core module or component
    #[arg(value_name = "A", required_unless_present = "base", conflicts_with = "base")]
    pub old: Option<PathBuf>,
    /// The new file
    #[arg(value_name = "B", required_unless_present = "base", conflicts_with = "base")]
    pub new: Option<PathBuf>,
    /// Compare the work tree with this revision, built beside it with today's tools
    #[arg(long, value_name = "REV")]
    pub base: Option<String>,
    /// What `--base` builds.
    #[command(flatten)]
    pub of_base: base::BaseArgs,
    /// Print one JSON document, with every change
    #[arg(long)]
    pub json: bool,
    /// Rows of each table
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = at_least_one)]
    pub top: usize,
    /// Add twiggy's own diff
    #[arg(long)]
    pub twiggy: bool,
    /// Refuse files larger than this many MiB
    #[arg(long, value_name = "N", default_value_t = Limit::DEFAULT.0)]
    pub max_mib: u64,
}

/// Prints the difference. A difference is no failure: the exit code says only whether it could be found.
pub fn run(args: &DiffArgs) -> anyhow::Result<Exit> {
    let (_lock, pairs) = match (&args.base, &args.old, &args.new) {
        (Some(revision), _, _) => {
            let (lock, pairs) = base::build(&args.of_base, revision, args.json)?;
            (Some(lock), pairs)
        }
        (None, Some(old), Some(new)) => (None, vec![(old.clone(), new.clone())]),
        // clap asks for both files where there is no revision.
        _ => return Err(Failure::usage("diff needs two files, or --base REV").into()),
    };
    let limit = Limit(args.max_mib);
    let twiggy = if args.twiggy { Twiggy::Run } else { Twiggy::Skip };
    let mut outcomes = Vec::new();
    for (old, new) in &pairs {
        outcomes.push(diff_files(&Input::read(old, None, limit)?, &Input::read(new, None, limit)?, twiggy)?);
    }
    match (args.json, &outcomes[..]) {
        (true, [one]) => json(one)?,
        (true, several) => json(&several)?,
        (false, _) => {
            let texts: Vec<String> = outcomes.iter().map(|outcome| text(outcome, console::form(), args.top)).collect();
            console::print(&texts.join("\n"))?;
        }
    }
    Ok(Exit::Pass)
}

/// Whether twiggy's diff is made as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Twiggy {
    /// Make it.
    Run,
    /// Leave it out.
    Skip,
}

/// How two files differ.
#[derive(Clone, Debug, Serialize)]
pub struct DiffOutcome {
    /// [`DIFF_SCHEMA`].
    pub schema: u32,
    /// `diff`.
    pub command: &'static str,
    /// The old file.
    pub old: Side,
    /// The new file.
    pub new: Side,
    /// Length of the new file less that of the old; the changes of `sections` add up to it.
    pub delta_bytes: i64,
    /// Sections and modules.
    pub sections: Vec<Change>,
    /// Symbols of the main modules.
    pub symbols: Symbols,
    /// What changed in the linked modules and has no name in the shipped ones; only where `linked.wasm` lies beside both files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inlined: Vec<Change>,
    /// twiggy's diff if it was asked for, or why there is none.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "twiggy_json")]
    pub twiggy: Option<Result<Vec<Report>, String>>,
}

/// One of the two files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Side {
    /// Where it is.
    pub path: String,
    /// SHA-256, in lower-case hex.
    pub sha256: String,
    /// Its length.
    pub raw_bytes: u64,
}

/// The difference by symbol, where both files have names or a fitting twin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Symbols {
    /// What changed.
    Diff(SymbolDiff),
    /// Why that is not known.
    Unavailable(String),
}

/// Compares two files by their shipped bytes, with names from their twins. The error is that of a file that is not wasm.
pub fn diff_files(old: &Input, new: &Input, twiggy: Twiggy) -> anyhow::Result<DiffOutcome> {
    let ledger_of = |input: &Input| ledger(&input.bytes, input.twin()).map_err(|error| input.refusal(&error));
    let (old_ledger, new_ledger): (Ledger, Ledger) = (ledger_of(old)?, ledger_of(new)?);
    let sections = diff_sections(&old_ledger, &new_ledger);
    let cores = core(old).and_then(|old| Ok((old, core(new)?)));
    let symbols = cores.clone().and_then(|(old_core, new_core)| {
        let table = |core: &[u8], of: &Input| symbol_table(core).map_err(|reason| because(of, &reason));
        Ok(diff(&table(old_core, old)?, &table(new_core, new)?))
    });
    let inlined = symbols.as_ref().map_or_else(|_| Vec::new(), |shipped| inlined(old, new, shipped));
    let twiggy =
        (twiggy == Twiggy::Run).then(|| cores.and_then(|(old_core, new_core)| Ok(vec![twiggy::diff(old_core, new_core)?])));
    Ok(DiffOutcome {
        schema: DIFF_SCHEMA,
        command: "diff",
        old: side(old),
        new: side(new),
        delta_bytes: sections.iter().map(|change| change.delta_bytes).sum(),
        sections,
        inlined,
        symbols: symbols.map_or_else(Symbols::Unavailable, Symbols::Diff),
        twiggy,
    })
}

/// The pipeline leaves the linked module beside what it ships; without both, or without names in them, nothing is known.
fn inlined(old: &Input, new: &Input, shipped: &SymbolDiff) -> Vec<Change> {
    let table = |input: &Input| symbol_table(input.linked.as_deref()?).ok();
    match (table(old), table(new)) {
        (Some(old), Some(new)) => Explained { shipped: shipped.clone(), linked: diff(&old, &new) }.inlined(),
        _ => Vec::new(),
    }
}

fn core(input: &Input) -> Result<&[u8], String> {
    named_core(&input.bytes, input.twin()).map_err(|reason| because(input, &reason))
}

fn because(input: &Input, reason: &impl std::fmt::Display) -> String {
    format!("{}: {reason}", input.path.display())
}

fn side(input: &Input) -> Side {
    let raw_bytes = input.bytes.len() as u64;
    Side { path: input.path.display().to_string(), sha256: sha256(&input.bytes), raw_bytes }
}

/// The outcome in words and tables, `top` rows each.
pub fn text(outcome: &DiffOutcome, form: Form, top: usize) -> String {
    let (old, new) = (&outcome.old, &outcome.new);
    let sizes = format!("{} -> {} bytes ({})", grouped(old.raw_bytes), grouped(new.raw_bytes), signed(outcome.delta_bytes));
    let mut text = form.heading(&format!("{} -> {}: {sizes}", old.path, new.path));
    if old.sha256 == new.sha256 {
        return text + "The files are the same.\n";
    }
    let symbols = match &outcome.symbols {
        Symbols::Diff(diff) => Some(diff),
        Symbols::Unavailable(_) => None,
    };
    let tables = report::diff::diff(&outcome.sections, symbols, form, top);
    let none = "No section has another size and no symbol either: only contents differ.\n".to_owned();
    let _ = write!(text, "\n{}", if tables.is_empty() { none } else { tables });
    text += &report::diff::inlined(&outcome.inlined, form, top);
    if let Symbols::Unavailable(reason) = &outcome.symbols {
        let _ = writeln!(text, "\nThe difference by symbol is not available: {reason}.");
    }
    text + &outcome.twiggy.as_ref().map_or_else(String::new, report::twiggy::text)
}
