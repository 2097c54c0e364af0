//! What to do next, as commands.

use crate::data::{
    comment::{Gate, GateName, Kind},
    verdict::{Outcome, Recorded, Remedy},
};

/// A sentence with its commands; nothing where nothing is to be done.
pub fn next(gate: &Gate) -> Option<String> {
    let name = gate.name;
    let has = |kind: Kind| gate.counts.iter().any(|count| count.kind == kind);
    let (said, command) = match (gate.outcome, gate.remedy) {
        (Outcome::Pass, _) if gate.recorded != Recorded::Nothing => ("commit what changed under `baselines/`.", None),
        (Outcome::Pass | Outcome::NotJudged, _) | (Outcome::Fail, None) => return None,
        (Outcome::Fail, Some(Remedy::Fix)) if has(Kind::OverLimit) || has(Kind::OverBudget) => (
            "make it smaller, and correct what else is named above. A budget is raised in the policy, with a commit of its own; no flag does it.",
            None,
        ),
        (Outcome::Fail, Some(Remedy::Fix)) => ("correct what is named above; no flag settles it.", None),
        (Outcome::Fail, Some(Remedy::Record)) => ("record it, and commit `baselines/`:", Some(format!("cargo xtask {name}"))),
        (Outcome::Fail, Some(Remedy::Accept)) => {
            let said = match () {
                () if has(Kind::Worse) => "make it smaller, or record it with a reason:",
                () if has(Kind::Incomparable) && name != GateName::Size => "record the numbers of these tools with a reason:",
                () if has(Kind::Incomparable) => "see what the source did, and record the numbers of these tools with a reason:",
                () => "if this is meant, record it with a reason:",
            };
            (said, Some(format!("cargo xtask {name} --accept \"reason\"")))
        }
    };
    let base = gate.base.as_ref().map_or("HEAD", |commit| commit.short());
    let split = (name == GateName::Size && !gate.tools.is_empty())
        .then(|| format!("cargo xtask diff --base {base}   # what the source did, with today's tools on both sides"));
    let commands: Vec<String> = split.into_iter().chain(command).collect();
    let block = if commands.is_empty() { String::new() } else { format!("\n```sh\n{}\n```\n", commands.join("\n")) };
    Some(format!("**Next:** {said}\n{block}"))
}
