//! The flags that every command which judges has, and how its run is saved and printed.

use crate::{
    analysis::ratchet::Mode,
    data::{exit::Failure, share::Share},
    report::table::Form,
    shell::{console, store, workspace::Workspace},
};
use anyhow::Result;
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;

/// What may be written, what is printed, and whose policy holds.
#[derive(Args, Clone, Debug, Default)]
pub struct Judging {
    /// Write nothing: fail if the numbers are worse than the baseline, and also if they are better and not recorded.
    #[arg(long, conflicts_with = "accept")]
    pub check: bool,
    /// Record numbers that are worse, new, gone or made with other tools; the reason stays in the baseline.
    #[arg(long, value_name = "REASON")]
    pub accept: Option<String>,
    /// Print the run as JSON.
    #[arg(long, conflicts_with = "markdown")]
    pub json: bool,
    /// Print the report as Markdown.
    #[arg(long)]
    pub markdown: bool,
    /// The policy of another workspace; its baselines lie beside it.
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Measure only this share of it: for `cargo xtask ci shard`.
    #[arg(long, hide = true, value_name = "I/N", requires = "check")]
    pub share: Option<Share>,
}

impl Judging {
    /// Which share of the work is asked for: all of it, where nobody says.
    pub fn share(&self) -> Share {
        self.share.unwrap_or(Share::WHOLE)
    }

    /// What the invocation may write.
    ///
    /// # Errors
    /// The reason is blank.
    pub fn mode(&self) -> Result<Mode> {
        match (self.accept.as_deref().map(str::trim), self.check) {
            (Some(""), _) => Err(Failure::usage("--accept needs a reason that a reviewer will understand").into()),
            (Some(reason), _) => {
                let date = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
                Ok(Mode::Accept { reason: reason.to_string(), date })
            }
            (None, true) => Ok(Mode::Check),
            (None, false) => Ok(Mode::Record),
        }
    }

    /// Saves a run and its report as `runs/NAME.json` and `.md`, and gives what is to be printed.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn save(
        &self,
        workspace: &Workspace,
        name: &str,
        run: &impl Serialize,
        render: impl Fn(Form) -> String,
    ) -> Result<String> {
        let runs = workspace.scratch().join("runs");
        let (json, markdown) = (serde_json::to_string_pretty(run)? + "\n", render(Form::Markdown));
        store::write(&runs.join(format!("{name}.json")), json.as_bytes())?;
        store::write(&runs.join(format!("{name}.md")), markdown.as_bytes())?;
        Ok(match (self.json, self.markdown) {
            (true, _) => json,
            (false, true) => markdown,
            (false, false) => render(console::form()),
        })
    }
}
