//! `cargo xtask report bench`: the committed numbers as a document, `docs/benchmarks.md`.

use crate::{
    data::{
        adr::measured::Table,
        alloc::ALLOC_SCHEMA,
        comment::GateName,
        exit::{Exit, Failure},
        grid::GRID_SCHEMA,
        pgo::PGO_SCHEMA,
    },
    report::{
        adr::{Block, document},
        bench::{self, FILES, times::Saved},
    },
    shell::{baselines, comment::read_run, console, git, store, workspace::Workspace},
};
use anyhow::Result;
use clap::Args;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// Write docs/benchmarks.md from the committed baselines, with the times of saved runs as ratios.
///
/// What a person wrote outside the generated parts stays. Where no saved run has times, those of the file stay too.
#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Exit status: 0 written, or as it would be; 1 with --check the numbers are not those of the baselines; 2 usage, policy or baseline error."
)]
pub struct BenchArgs {
    /// Write nothing: fail if the part from the baselines is not what would be written. Times and commits are not looked at.
    #[arg(long)]
    check: bool,
    /// Where the saved runs lie [default: target/xtask/runs].
    #[arg(long, value_name = "DIR")]
    runs: Option<PathBuf>,
    /// The policy of another workspace; its baselines lie beside it.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// A baseline or saved run cannot be used, there is no baseline at all, or the file's markers are wrong.
pub fn run(args: &BenchArgs) -> Result<Exit> {
    let workspace = Workspace::open(args.policy.as_deref())?;
    let path = workspace.root.join("docs/benchmarks.md");
    let shown = workspace.shown(&path);
    let old = store::read_text(&path)?;
    let numbers = bench::numbers(&tables(&workspace)?);
    let text = old.as_deref().unwrap_or(bench::EMPTY);
    let kept = |name: &'static str| (name, document::part(text, name).unwrap_or_default().to_string());
    let update = |blocks: &[Block]| {
        let updated = document::update(text, blocks);
        updated.map_err(|error| Failure::usage(format!("{shown}, {error}. The file was left as it is")))
    };
    if args.check {
        let current = update(&[kept("changes"), numbers, kept("times")])?;
        let is_current = old.as_deref() == Some(current.as_str());
        console::print(&match is_current {
            true => format!("{shown} has the numbers of the baselines.\n"),
            false => format!("{shown} is not current: run cargo xtask report bench\n"),
        })?;
        return Ok(if is_current { Exit::Pass } else { Exit::Verdict });
    }
    let times = match bench::times::times(&saved(&workspace, args.runs.as_deref())?) {
        Some(times) => ("times", times),
        None if kept("times").1.trim().is_empty() => ("times", NO_TIMES.to_string()),
        None => kept("times"),
    };
    let wrote = store::write_if_changed(&path, update(&[changes(&workspace), numbers, times])?.as_bytes())?;
    console::print(&format!("{} {shown}\n", if wrote { "Wrote" } else { "Unchanged:" }))?;
    Ok(Exit::Pass)
}

const NO_TIMES: &str =
    "No saved run had times when this was written: `cargo xtask run`, `alloc` and `pgo` without `--samples 0` leave them.";

/// The baselines that are there.
fn tables(workspace: &Workspace) -> Result<BTreeMap<&'static str, Table>> {
    let mut tables = BTreeMap::new();
    for file in FILES {
        let table = match file {
            "size.json" => {
                let key = format!("binaryen-{}", workspace.policy.optimizer.binaryen);
                baselines::read_sizes(&workspace.baselines)?.optimizers.get(&key).map(Table::from)
            }
            _ => baselines::read_rows(&workspace.baselines, file)?.as_ref().map(Table::from),
        };
        tables.extend(table.map(|table| (file, table)));
    }
    match tables.is_empty() {
        true => Err(Failure::usage("there is no baseline yet: record one first (cargo xtask size)").into()),
        false => Ok(tables),
    }
}

/// The commit that last changed each baseline: not HEAD, so that committing the document does not make it old.
fn changes(workspace: &Workspace) -> Block {
    let files = FILES.into_iter().filter(|file| workspace.baselines.join(file).is_file());
    let changes: Vec<_> = files.map(|file| (file, git::last_change_dated(&workspace.baselines.join(file)))).collect();
    bench::changes(&changes)
}

fn saved(workspace: &Workspace, runs: Option<&Path>) -> Result<Saved> {
    let runs = runs.map_or_else(|| workspace.scratch().join("runs"), Path::to_path_buf);
    Ok(Saved {
        run: read_run(&runs, GateName::Run, GRID_SCHEMA)?,
        alloc: read_run(&runs, GateName::Alloc, ALLOC_SCHEMA)?,
        pgo: read_run(&runs, GateName::Pgo, PGO_SCHEMA)?,
    })
}
