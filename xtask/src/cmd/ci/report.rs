//! Writes the report in its three forms, and says it.

use crate::{
    analysis::comment::fitted,
    cmd::report::{comment::gates, html},
    data::ci::{CiReport, GateState},
    data::comment::Commit,
    report,
    shell::{console, git, store, workspace::Workspace},
};
use anyhow::Result;

/// Writes `report.json`, `report.md` and `report.html`, and prints the second.
///
/// # Errors
/// A baseline cannot be read, or a file cannot be written.
pub fn write(workspace: &Workspace, report: &CiReport, base: Option<&str>) -> Result<()> {
    let folder = workspace.scratch().join("ci");
    let json = serde_json::to_string_pretty(report)? + "\n";
    let base = base.and_then(|base| git::resolve(&workspace.root, base).ok()).and_then(|commit| Commit::of(&commit));
    let (comment, _) = fitted(gates::of_report(workspace, report, base.as_ref())?.comment);
    let text = report::comment::render(&comment) + &broken(report);
    store::write(&folder.join("report.json"), json.as_bytes())?;
    store::write(&folder.join("report.md"), text.as_bytes())?;
    console::print(&text)?;
    let shown = workspace.shown(&folder);
    match html::write(workspace, report, &folder.join("report.html")) {
        // What a gate stumbled over stops the page too, and that has been said.
        Err(error) if report.exit_code != 0 => {
            // That of an earlier run would say something else.
            let _ = fs_err::remove_file(folder.join("report.html"));
            console::log(&format!(
                "xtask: the report is {shown}/report.json and {shown}/report.md; report.html was not written: {error}"
            ));
        }
        wrote => {
            wrote?;
            console::log(&format!("xtask: the report is {shown}/report.json, {shown}/report.md and {shown}/report.html"));
        }
    }
    Ok(())
}

/// The gates without a verdict, and why.
fn broken(report: &CiReport) -> String {
    let broke = report.gates.iter().filter_map(|(gate, state)| match state {
        GateState::Broke { exit_code, error } => {
            // A shard's words may come from another machine: nothing in them is to move a terminal.
            let error = error.replace(char::is_control, " ");
            Some(format!("\n{gate} came to no verdict (exit status {exit_code}): {error}\n"))
        }
        GateState::Ended { .. } | GateState::LeftOut { .. } => None,
    });
    broke.collect()
}
