//! `cargo xtask self-test`: injects faults into a scratch copy of the workspace, and sees that the gate catches each for the right reason and flags no
//! neutral change.

mod neutral;

use crate::{
    analysis::self_test::{
        judge::{Seen, judge},
        lengthen,
    },
    data::{
        exit::{Exit, Failure},
        self_test::{Ask, FAULTS, Fault, Injected, SelfTest, Tool},
    },
    report,
    shell::{
        console,
        optimizer::{Choice, Optimizer},
        runner::Runner,
        self_test::{copy::Copy, gate, tools::Tools},
        store,
        workspace::Workspace,
    },
};
use anyhow::{Context, Result};
use clap::Args;
use runner_protocol::Build;
use std::{path::PathBuf, time::Instant};

/// Break the workspace in many ways, in a scratch copy, and see that the gate catches each for the right reason.
///
/// Then change its source in ways that change nothing, and see that the gate flags none. The copy lies in the target folder and has one variant; the gate
/// runs as a process of its own, with the tools that it would use.
#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Exit status: 0 every fault was caught and no neutral change flagged, 1 one was not, 2 usage or policy error, 3 a tool is missing, 4 the copy \
without a fault does not pass.\n\nExamples:\n  cargo xtask self-test\n  cargo xtask self-test --faults-only\n  cargo xtask self-test --neutral 15 --seed 7"
)]
pub struct SelfTestArgs {
    /// How many neutral changes to make; each is built.
    #[arg(long, value_name = "N", default_value_t = 100, conflicts_with = "faults_only")]
    neutral: u32,
    /// What the neutral changes are drawn by.
    #[arg(long, value_name = "SEED", default_value_t = 2026)]
    seed: u64,
    /// Inject the faults, and make no neutral change.
    #[arg(long)]
    faults_only: bool,
    /// Make the neutral changes, and inject no fault.
    #[arg(long, conflicts_with = "faults_only")]
    neutral_only: bool,
    /// What the optimizer of a fault calls: make the module FILE longer by BYTES.
    #[arg(long, hide = true, num_args = 2, value_names = ["BYTES", "FILE"])]
    lengthen: Vec<String>,
    /// What the runner of a fault calls: copy FROM to TO with a byte flipped.
    #[arg(long, hide = true, num_args = 2, value_names = ["FROM", "TO"])]
    flip: Vec<PathBuf>,
}

/// What every round needs.
struct Bench<'a> {
    workspace: &'a Workspace,
    copy: &'a Copy,
    tools: &'a Tools<'a>,
}

/// Runs the command.
///
/// # Errors
/// A tool is missing, the copy cannot be made, or without a fault it does not pass.
pub fn run(args: &SelfTestArgs) -> Result<Exit> {
    match (&args.lengthen[..], &args.flip[..]) {
        ([bytes, file], _) => return make_longer(bytes, &PathBuf::from(file)),
        (_, [from, to]) => {
            store::write(to, &lengthen::flip(&fs_err::read(from)?))?;
            return Ok(Exit::Pass);
        }
        _ => {}
    }
    let workspace = Workspace::of_this_tool()?;
    let root = workspace.scratch().join("self-test");
    let _lock = store::exclusive(&root)?;
    let optimizer = Optimizer::find(Choice::Auto, &workspace)?;
    let runner = Runner::find(Build::Jit, &workspace.scratch())?;
    console::log(&format!("xtask: copying the workspace to {}", workspace.shown(&root.join("copy"))));
    let copy = Copy::make(&workspace, root.join("copy"))?;
    let xtask = std::env::current_exe().context("cannot tell where this program lies")?;
    let tools = Tools { folder: root.join("tools"), optimizer: &optimizer, runner: &runner, xtask };
    let bench = Bench { workspace: &workspace, copy: &copy, tools: &tools };
    let control = bench.control()?;
    let mut test = SelfTest::default();
    if !args.neutral_only {
        for fault in FAULTS {
            test.faults.push(bench.inject(fault, &control)?);
        }
    }
    if !args.faults_only {
        test.neutral = neutral::changes(&bench, &control, args.neutral, args.seed)?;
    }
    console::print(&report::self_test::render(&test, console::form()))?;
    Ok(test.exit())
}

impl Bench<'_> {
    fn ask(&self, tool: &Tool, ask: Ask, more: &[&str]) -> Result<Seen> {
        gate::ask(self.workspace, self.copy, &self.tools.kit(tool)?, &self.tools.xtask, ask, more)
    }

    /// The copy without a fault: what it says of the sizes.
    fn control(&self) -> Result<Seen> {
        let asked = |ask: Ask| -> Result<Seen> {
            let start = Instant::now();
            let seen = self.ask(&Tool::Usual, ask, &[])?;
            console::log(&format!("xtask: the control, {ask}: exit {:?} ({} s)", seen.exit, start.elapsed().as_secs()));
            if seen.exit == Some(0) && seen.findings().is_empty() {
                return Ok(seen);
            }
            Err(Failure::invalid(format!(
                "the control fails: without a fault `{ask}` ended with {}; mend that first (`cargo xtask {ask}`)",
                seen.said()
            ))
            .into())
        };
        asked(Ask::RunTimed)?;
        asked(Ask::Size)
    }

    /// Makes one fault, asks, judges, and takes the fault back.
    fn inject(&self, fault: &Fault, control: &Seen) -> Result<Injected> {
        let start = Instant::now();
        self.copy.edit(fault.edits, fault.stage)?;
        let seen = self.ask(&fault.tool, fault.ask, &[]);
        self.copy.restore()?;
        let caught = judge(&fault.caught, &seen?, &control.shipped_bytes);
        let said = caught.as_ref().map_or_else(|why| format!("MISSED: {why}"), |said| format!("caught: {said}"));
        console::log(&format!("xtask: {}: {said} ({} s)", fault.name, start.elapsed().as_secs()));
        Ok(Injected { name: fault.name, ask: fault.ask, caught })
    }
}

fn make_longer(bytes: &str, file: &std::path::Path) -> Result<Exit> {
    let bytes: u64 = bytes.parse().with_context(|| Failure::usage(format!("--lengthen {bytes}: that is no number of bytes")))?;
    let longer = lengthen::lengthen(&fs_err::read(file)?, bytes)
        .map_err(|why| Failure::invalid(format!("{} cannot be made longer by {bytes} bytes: {why}", file.display())))?;
    store::write(file, &longer)?;
    Ok(Exit::Pass)
}
