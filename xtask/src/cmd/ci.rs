//! `cargo xtask ci`: every gate, one verdict, one exit code, one report; on one machine or on several.

mod report;
mod scope;

use crate::{
    analysis::ci,
    data::{
        ci::{CI_SCHEMA, GateState, Shard},
        comment::GateName,
        exit::{Exit, Failure},
        share::Share,
    },
    shell::{console, gates, shards, workspace::Workspace},
};
use anyhow::Result;
use clap::{Args, Subcommand};
use scope::Scope;
use serde_json::json;
use std::{collections::BTreeMap, path::PathBuf};

/// Judge with every gate (size, run, alloc, pgo), read only: one verdict, one exit code, one report.
///
/// Each gate runs as its own command does with --check, without times. The report is written as report.json, report.md and report.html in
/// target/xtask/ci.
#[derive(Args, Clone, Debug)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Exit status: that of the hardest gate: 0 pass, 1 a verdict fails, 2 usage, policy or baseline error, 3 a tool is missing, 4 a measurement is \
invalid.\n\nExamples:\n  cargo xtask ci\n  cargo xtask ci --skip pgo --base origin/main\n  cargo xtask ci shard 1/2\n  cargo xtask ci merge shards"
)]
pub struct CiArgs {
    #[command(subcommand)]
    command: Option<CiCommand>,
    #[command(flatten)]
    scope: Scope,
}

#[derive(Subcommand, Clone, Debug)]
enum CiCommand {
    /// Print the jobs for a workflow's strategy.matrix, as one line of JSON: a share each.
    Matrix {
        /// On how many machines; on one where no gate has to run.
        #[arg(long, value_name = "N", default_value_t = 3)]
        shares: u32,
        #[command(flatten)]
        scope: Scope,
    },
    /// Measure one share of every gate, and leave it as target/xtask/ci/shard-I-of-N.json. It fails only where there is no verdict: `merge` judges.
    Shard {
        /// Which of how many: 1/3.
        #[arg(value_name = "I/N")]
        share: Share,
        #[command(flatten)]
        scope: Scope,
    },
    /// Join the shards of a folder into the report that one machine gives.
    Merge {
        /// Where they lie, at any depth.
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// The policy of another workspace; its baselines lie beside it.
        #[arg(long, value_name = "FILE")]
        policy: Option<PathBuf>,
        /// The commit that the change starts from: what it accepts is told from what was accepted before.
        #[arg(long, value_name = "REV")]
        base: Option<String>,
    },
}

/// Runs the command.
///
/// # Errors
/// The policy, the base or a shard cannot be used.
pub fn run(args: &CiArgs) -> Result<Exit> {
    match &args.command {
        None => {
            let workspace = args.scope.workspace()?;
            let shard = measure(&args.scope, &workspace, Share::WHOLE)?;
            finish(&workspace, vec![shard], args.scope.base())
        }
        Some(CiCommand::Matrix { shares, scope }) => matrix(*shares, scope),
        Some(CiCommand::Shard { share, scope }) => {
            let workspace = scope.workspace()?;
            let shard = measure(scope, &workspace, *share)?;
            let path = shards::write(&workspace, &shard)?;
            console::print(&format!("{}\n", workspace.shown(&path)))?;
            Ok(unjudged(&shard))
        }
        Some(CiCommand::Merge { folder, policy, base }) => {
            let workspace = Workspace::open(policy.as_deref())?;
            finish(&workspace, shards::read(folder)?, scope::named(base.as_deref()))
        }
    }
}

/// What one machine measures of each gate that has to run.
fn measure(scope: &Scope, workspace: &Workspace, share: Share) -> Result<Shard> {
    let left_out = scope.left_out(workspace)?;
    let mut gates = BTreeMap::new();
    for gate in GateName::ALL {
        let state = match left_out.get(&gate) {
            Some(reason) => {
                console::log(&format!("xtask: {gate} is left out: {reason}"));
                GateState::LeftOut { reason: reason.clone() }
            }
            None => {
                let of = if share == Share::WHOLE { String::new() } else { format!(", share {share}") };
                console::log(&format!("xtask: {gate}{of}"));
                gates::judge(gate, share, scope.policy.as_deref(), &arguments(gate, scope))?
            }
        };
        gates.insert(gate, state);
    }
    Ok(Shard { schema: CI_SCHEMA, share, gates })
}

/// What a gate is told besides `--check`: nothing is timed, and where the baseline is of other tools the base is built with today's.
fn arguments(gate: GateName, scope: &Scope) -> Vec<String> {
    let words: &[&str] = match (gate, scope.full) {
        (GateName::Size, _) => &["--split"],
        (GateName::Run | GateName::Alloc, _) => &["--samples", "0"],
        (GateName::Pgo, false) => &["--quick"],
        (GateName::Pgo, true) => &[],
    };
    let base = scope.base().filter(|_| gate == GateName::Size);
    words.iter().map(ToString::to_string).chain(base.map(String::from)).collect()
}

/// Joins, writes the report and says it.
fn finish(workspace: &Workspace, shards: Vec<Shard>, base: Option<&str>) -> Result<Exit> {
    let report = ci::report(shards, &workspace.policy).map_err(|said| {
        Failure::usage(format!("the shards cannot be joined: {said}; measure that share again, with one commit"))
    })?;
    report::write(workspace, &report, base)?;
    Ok(Exit::of_code(report.exit_code))
}

/// A share's own findings are for `merge` to judge; only where it came to no verdict has its machine failed.
fn unjudged(shard: &Shard) -> Exit {
    let code = shard.gates.values().map(|state| match state {
        GateState::Broke { exit_code, .. } => *exit_code,
        GateState::Ended { .. } | GateState::LeftOut { .. } => 0,
    });
    Exit::of_code(code.max().unwrap_or_default())
}

fn matrix(shares: u32, scope: &Scope) -> Result<Exit> {
    let workspace = scope.workspace()?;
    let is_idle = scope.left_out(&workspace)?.len() == GateName::ALL.len();
    // An empty matrix is an error to a workflow; one machine then says what was left out, and why.
    let count = if is_idle { 1 } else { shares };
    let share = |index: u32| format!("{index}/{count}").parse::<Share>().map_err(Failure::usage);
    let shares = (1..=count.max(1)).map(share).collect::<Result<Vec<Share>, Failure>>()?;
    let jobs: Vec<_> = shares.iter().map(|share| json!({ "share": share, "name": format!("share {share}") })).collect();
    console::print(&format!("{}\n", json!({ "include": jobs })))?;
    Ok(Exit::Pass)
}
