//! The `agent` command: reads the command line, runs one turn on the real world, and turns the outcome into an exit code.

use std::process::ExitCode;

use agent::effects::Host;
use agent::failure::{Exit, Failure};
use agent::turn;

use crate::cli::Command;
use crate::host::StdHost;

mod cli;
mod host;

fn main() -> ExitCode {
    let mut host = StdHost;
    match cli::parse(std::env::args_os()).and_then(|command| execute(command, &mut host)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            host.warn(&failure.text);
            ExitCode::from(failure.exit as u8)
        }
    }
}

fn execute(command: Command, host: &mut StdHost) -> Result<(), Failure> {
    let text = match command {
        Command::Turn(turn) => return turn::run(turn, host),
        Command::Help => cli::HELP,
        Command::Version => &["agent ", env!("CARGO_PKG_VERSION"), " (allocator ", agent_allocator::NAME, ")"].concat(),
    };
    host.output(text).map_err(|error| Failure::new(Exit::File, &["standard output cannot be written: ", &error]))
}
