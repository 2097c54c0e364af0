//! `cargo xtask`: parse, dispatch, exit code.

use clap::{Parser, Subcommand};
use std::{
    io::{self, Write},
    process::ExitCode,
};
use xtask::{
    cmd,
    data::exit::{Exit, exit_of},
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
    Size(cmd::size::SizeArgs),
    Measure(cmd::measure::MeasureArgs),
    Diff(cmd::diff::DiffArgs),
    Test(cmd::test::TestArgs),
    Doctor(cmd::doctor::DoctorArgs),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Size(args) => cmd::size::run(&args),
        Command::Measure(args) => cmd::measure::run(&args),
        Command::Diff(args) => cmd::diff::run(&args),
        Command::Test(args) => cmd::test::run(&args),
        Command::Doctor(args) => cmd::doctor::run(&args),
    };
    ExitCode::from(result.unwrap_or_else(|error| fail(&error)) as u8)
}

/// One line, then the numbered causes. A closed pipe is no failure: the reader has seen enough.
fn fail(error: &anyhow::Error) -> Exit {
    let closed = error
        .chain()
        .any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe));
    if closed {
        return Exit::Pass;
    }
    let mut text = format!("error: {error}\n");
    let causes: Vec<String> = error.chain().skip(1).map(ToString::to_string).collect();
    if !causes.is_empty() {
        text.push_str("\nCaused by:\n");
        for (index, cause) in causes.iter().enumerate() {
            text.push_str(&format!("  {index}: {}\n", cause.replace('\n', "\n     ")));
        }
    }
    // Nothing is left to be told where stderr is gone.
    let _ = io::stderr().write_all(text.as_bytes());
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
}
