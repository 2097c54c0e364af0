//! `cargo xtask report`: documents from committed numbers. Nothing is run.

mod adr;

use crate::data::exit::Exit;
use anyhow::Result;
use clap::{Args, Subcommand};

/// Write a document from the committed baselines.
#[derive(Args, Clone, Debug)]
pub struct ReportArgs {
    #[command(subcommand)]
    report: Report,
}

#[derive(Subcommand, Clone, Debug)]
enum Report {
    Adr(adr::AdrArgs),
}

/// Runs the command.
///
/// # Errors
/// A usage, policy or baseline error.
pub fn run(args: &ReportArgs) -> Result<Exit> {
    match &args.report {
        Report::Adr(args) => adr::run(args),
    }
}
