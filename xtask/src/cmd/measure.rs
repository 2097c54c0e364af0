//! `cargo xtask measure FILE...`: the sizes and the byte ledger of any wasm file.

mod input;
mod measured;
mod print;

pub use input::{Input, Limit};
pub use measured::{Measured, Spent, Value, measure};
pub use print::{Document, Failed, File, MEASURE_SCHEMA, json, twiggy_json};

use crate::analysis::{sizes::Brotli, symbols, twiggy};
use crate::data::exit::{Exit, Failure, exit_of};
use crate::shell::console;
use std::path::{Path, PathBuf};

/// Sizes of wasm files, and what each of their bytes is for.
#[derive(clap::Args, Clone, Debug)]
#[command(after_help = "Exit status: 0 measured, 2 a file cannot be read or is no valid WebAssembly.")]
pub struct MeasureArgs {
    /// Core modules or components
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Print one JSON document, with every row of the ledger
    #[arg(long)]
    pub json: bool,
    /// The same module with its names [default: `twin.wasm` beside FILE, if its code is the same]
    #[arg(long, value_name = "FILE")]
    pub twin: Option<PathBuf>,
    /// Leave brotli out: it takes longer than all the rest
    #[arg(long)]
    pub no_brotli: bool,
    /// Rows of each table
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = at_least_one)]
    pub top: usize,
    /// List every function
    #[arg(long)]
    pub functions: bool,
    /// Add twiggy's top, dominators, monos and garbage
    #[arg(long)]
    pub twiggy: bool,
    /// Refuse files larger than this many MiB
    #[arg(long, value_name = "N", default_value_t = Limit::DEFAULT.0)]
    pub max_mib: u64,
}

/// Measures each file. One that cannot be measured does not keep the others from it, and the worst exit code is returned.
pub fn run(args: &MeasureArgs) -> anyhow::Result<Exit> {
    if args.twin.is_some() && args.files.len() > 1 {
        return Err(
            Failure::usage("--twin belongs to one file: measure the files one by one, or put a twin.wasm beside each").into()
        );
    }
    let mut document = Document::default();
    let mut exit = Exit::Pass;
    let mut gap = "";
    for path in &args.files {
        match one(path, args) {
            Ok(file) if args.json => document.files.push(file),
            Ok(file) => {
                let text = print::text(&file, args, console::form());
                console::print(&format!("{gap}{text}"))?;
                gap = "\n";
            }
            Err(error) => {
                exit = exit.max(exit_of(&error));
                let message = format!("{error:#}");
                console::log(&format!("error: {message}"));
                document.failures.push(Failed { path: path.display().to_string(), message });
            }
        }
    }
    if args.json {
        print::json(&document)?;
    }
    Ok(exit)
}

/// For `--top`: a table of no rows tells nothing.
pub fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|rows| *rows > 0).ok_or_else(|| "a number of rows from 1".to_string())
}

fn one(path: &Path, args: &MeasureArgs) -> anyhow::Result<File> {
    let input = Input::read(path, args.twin.as_deref(), Limit(args.max_mib))?;
    let brotli = if args.no_brotli { Brotli::Skip } else { Brotli::Measure };
    let measured = measure(&input.bytes, input.twin(), brotli).map_err(|error| input.refusal(&error))?;
    let twiggy = args.twiggy.then(|| {
        let core = symbols::named_core(&input.bytes, input.twin());
        core.map_err(|reason| format!("twiggy needs names: {reason}")).and_then(twiggy::reports)
    });
    Ok(File { path: path.display().to_string(), measured, twiggy })
}
