//! `cargo xtask report`: text from numbers that are there. Nothing is measured.

mod adr;
mod bench;
pub mod comment;
mod curve;
mod files;
pub mod html;

use crate::data::exit::Exit;
use anyhow::Result;
use clap::{Args, Subcommand};

/// Write a decision record, a curve or the table of numbers from the committed baselines, a comment or a page from the saved runs.
#[derive(Args, Clone, Debug)]
pub struct ReportArgs {
    #[command(subcommand)]
    report: Report,
}

#[derive(Subcommand, Clone, Debug)]
enum Report {
    Adr(adr::AdrArgs),
    Bench(bench::BenchArgs),
    Comment(Box<comment::CommentArgs>),
    Curve(curve::CurveArgs),
    Html(html::HtmlArgs),
}

/// Runs the command.
///
/// # Errors
/// A usage, policy or baseline error; of a comment also what the forge says.
pub fn run(args: &ReportArgs) -> Result<Exit> {
    match &args.report {
        Report::Adr(args) => adr::run(args),
        Report::Bench(args) => bench::run(args),
        Report::Comment(args) => comment::run(args),
        Report::Curve(args) => curve::run(args),
        Report::Html(args) => html::run(args),
    }
}
