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
        (Outcome::Fail, Some(Remedy::Fix)) => ("no flag settles this: correct what is named above.", None),
        (Outcome::Fail, Some(Remedy::Record)) => ("record it, and commit `baselines/`:", Some(format!("cargo xtask {name}"))),
        (Outcome::Fail, Some(Remedy::Accept)) => {
            let said = if has(Kind::Worse) {
                "make it smaller, or record it with a reason:"
            } else {
                "if this is meant, record it with a reason:"
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
