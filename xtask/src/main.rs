//! `cargo xtask`: parse, dispatch, exit code.

use clap::{Parser, Subcommand};
use std::process::ExitCode;
use xtask::{
    cmd,
    data::exit::{Exit, exit_of},
    shell::console,
};

/// Keeps a small WASI program small: builds, optimizes, encodes, measures, attributes and ratchets it.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, max_term_width = 120)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Init(cmd::init::InitArgs),
    Size(cmd::size::SizeArgs),
    Run(cmd::run::RunArgs),
    Alloc(cmd::alloc::AllocArgs),
    Pgo(cmd::pgo::PgoArgs),
    Ci(Box<cmd::ci::CiArgs>),
    Measure(cmd::measure::MeasureArgs),
    Diff(cmd::diff::DiffArgs),
    Report(cmd::report::ReportArgs),
    Dist(cmd::dist::DistArgs),
    MergeDriver(cmd::merge_driver::MergeDriverArgs),
    SelfTest(cmd::self_test::SelfTestArgs),
    Test(cmd::test::TestArgs),
    Doctor(cmd::doctor::DoctorArgs),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Init(args) => cmd::init::run(&args),
        Command::Size(args) => cmd::size::run(&args),
        Command::Run(args) => cmd::run::run(&args),
        Command::Alloc(args) => cmd::alloc::run(&args),
        Command::Pgo(args) => cmd::pgo::run(&args),
        Command::Ci(args) => cmd::ci::run(&args),
        Command::Measure(args) => cmd::measure::run(&args),
        Command::Diff(args) => cmd::diff::run(&args),
        Command::Report(args) => cmd::report::run(&args),
        Command::Dist(args) => cmd::dist::run(&args),
        Command::MergeDriver(args) => cmd::merge_driver::run(&args),
        Command::SelfTest(args) => cmd::self_test::run(&args),
        Command::Test(args) => cmd::test::run(&args),
        Command::Doctor(args) => cmd::doctor::run(&args),
    };
    ExitCode::from(result.unwrap_or_else(|error| fail(&error)) as u8)
}

fn fail(error: &anyhow::Error) -> Exit {
    console::log(&console::error_text(error));
    exit_of(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_reference_of_the_commands_is_current() {
        let text = xtask::report::commands::markdown(&Cli::command());
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/reference/commands.md");
        if std::env::var_os("UPDATE_COMMANDS").is_some() {
            std::fs::write(path, text).unwrap();
            return;
        }
        let found = std::fs::read_to_string(path).unwrap_or_default();
        assert!(found == text, "docs/reference/commands.md is stale: UPDATE_COMMANDS=1 cargo test -p xtask --bin xtask");
    }
}
