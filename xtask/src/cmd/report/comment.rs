//! `cargo xtask report comment`: what the gates found, on the pull request.

pub mod gates;
mod post;

use crate::{
    analysis::comment::fitted,
    data::{
        comment::{COMMENT_FILE, Comment, Commit, GateName},
        event::Event,
        exit::{Exit, Failure},
    },
    report,
    shell::{comment, console, forge, store, workspace::Workspace},
};
use anyhow::{Context, Result};
use clap::Args;
use std::{
    env,
    path::{Path, PathBuf},
};

/// Say what the saved runs found: as Markdown, as a small file for another workflow, and with --post on the pull request.
///
/// Without --from, target/xtask/runs is read and comment.json is written. With --from, that file alone is read, and trusted in nothing.
#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Exit status: that of the runs (0 pass, 1 a verdict fails, 4 a measurement is invalid); 2 usage, a refused file or token; 3 the forge does not \
answer. With --from, 0 if it is done.\n\nExamples:\n  cargo xtask report comment\n  cargo xtask report comment --require size --require run --post\n  cargo xtask report comment --from comment --post"
)]
pub struct CommentArgs {
    /// Read the comment.json of this folder, which may come from a fork, instead of saved runs.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["report", "runs", "out", "require", "policy", "base"])]
    from: Option<PathBuf>,
    /// Where the saved runs lie [default: target/xtask/runs].
    #[arg(long, value_name = "DIR")]
    runs: Option<PathBuf>,
    /// Say what the report.json of `cargo xtask ci` says instead of saved runs.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["runs", "require"])]
    report: Option<PathBuf>,
    /// Where comment.json is written [default: target/xtask/comment].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Fail if this gate left no run. May be repeated.
    #[arg(long, value_name = "GATE")]
    require: Vec<GateName>,
    /// The policy of another workspace; its baselines lie beside it.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Write or update the comment on the pull request.
    #[arg(long)]
    post: bool,
    /// The number of the pull request [default: that of the event].
    #[arg(long, value_name = "N")]
    pull_request: Option<u64>,
    /// The commit that the comment is about [default: that of the event].
    #[arg(long, value_name = "SHA")]
    head: Option<String>,
    /// The commit that the pull request starts from, to tell what it accepts [default: that of the event].
    #[arg(long, value_name = "SHA")]
    base: Option<String>,
    /// The repository [default: GITHUB_REPOSITORY].
    #[arg(long, value_name = "OWNER/NAME")]
    repository: Option<String>,
    /// The API [default: GITHUB_API_URL, else that of github.com].
    #[arg(long, value_name = "URL")]
    api_url: Option<String>,
    /// Whose comments are ours [default: the token's user; of a workflow's token github-actions[bot]].
    #[arg(long, value_name = "LOGIN")]
    author: Option<String>,
    /// How long one answer of the forge may take, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 30_000, hide = true)]
    timeout_ms: u64,
    /// How long a second is when the forge is waited for, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 1_000, hide = true)]
    second_ms: u64,
}

/// Runs the command.
///
/// # Errors
/// A saved run, the file or a baseline cannot be used; the forge refuses or does not answer.
pub fn run(args: &CommentArgs) -> Result<Exit> {
    let event = forge::event()?.unwrap_or_default();
    let comment = match &args.from {
        Some(folder) => comment::read(folder)?,
        None => make(args, &event)?,
    };
    let text = report::comment::render(&comment);
    console::print(&text)?;
    if let Some(path) = env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) {
        comment::add_to_summary(Path::new(&path), &text)?;
    }
    if args.post {
        console::log(&format!("xtask: {}", post::post(args, &event, &comment)?));
    }
    // What a forged file says of itself is no verdict: that was the first workflow's.
    if args.from.is_some() { Ok(Exit::Pass) } else { Ok(Exit::of_code(comment.exit())) }
}

/// The comment of the saved runs, written to its file.
fn make(args: &CommentArgs, event: &Event) -> Result<Comment> {
    let workspace = Workspace::open(args.policy.as_deref())?;
    let base = commit(args.base.as_deref(), "--base")?.or_else(|| event.pull_request.as_ref().map(|pull| pull.base.sha.clone()));
    let told = match &args.report {
        Some(path) => gates::of_report(&workspace, &comment::read_report(path)?, base.as_ref())?,
        None => of_runs(args, &workspace, base.as_ref())?,
    };
    if env::var_os("GITHUB_ACTIONS").is_some_and(|set| set == "true") {
        told.annotations.iter().for_each(|line| console::log(line));
    }
    let comment = Comment {
        pull_request: args.pull_request.or_else(|| event.pull_request.as_ref().map(|pull| pull.number)),
        head: head(args, event)?,
        ..told.comment
    };
    let (comment, bytes) = fitted(comment);
    store::write(&out(args, &workspace).join(COMMENT_FILE), &bytes)?;
    Ok(comment)
}

/// What the saved runs say.
fn of_runs(args: &CommentArgs, workspace: &Workspace, base: Option<&Commit>) -> Result<gates::Told> {
    let runs = args.runs.clone().unwrap_or_else(|| workspace.scratch().join("runs"));
    let mut told = gates::of_runs(workspace, &runs, base)?;
    let has = |name: &GateName| told.comment.gates.iter().any(|gate| gate.name == *name);
    let mut missing: Vec<GateName> = args.require.iter().copied().filter(|name| !has(name)).collect();
    missing.sort_unstable();
    missing.dedup();
    if told.comment.gates.is_empty() && missing.is_empty() {
        return Err(Failure::usage(format!(
            "there is no saved run in {}: run a gate first (cargo xtask size --check)",
            runs.display()
        ))
        .into());
    }
    told.comment.missing = missing;
    Ok(told)
}

fn out(args: &CommentArgs, workspace: &Workspace) -> PathBuf {
    args.out.clone().unwrap_or_else(|| workspace.scratch().join("comment"))
}

/// The commit that the comment has to be about, as far as anybody who is trusted says.
fn head(args: &CommentArgs, event: &Event) -> Result<Option<Commit>> {
    Ok(commit(args.head.as_deref(), "--head")?.or_else(|| event.head().cloned()))
}

fn commit(text: Option<&str>, flag: &str) -> Result<Option<Commit>> {
    let wrong = || Failure::usage(format!("{flag} takes the whole hash of a commit, 40 hexadecimal digits"));
    text.map(|text| Commit::of(text).with_context(wrong)).transpose()
}
