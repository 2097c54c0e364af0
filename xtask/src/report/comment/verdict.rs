//! The verdict in one line.

use super::{markdown::code, plural};
use crate::data::{
    comment::{Comment, Count, Gate, Kind},
    verdict::{Outcome, Recorded},
};

/// `FAIL: size: 2 variants worse; run: 1 row failed`.
pub fn headline(comment: &Comment) -> String {
    let missing = comment.missing.iter().map(|name| format!("{name}: left no result"));
    let loud = comment.gates.iter().filter(|gate| !gate.is_quiet()).map(|gate| format!("{}: {}", gate.name, said(gate)));
    let said: Vec<String> = loud.chain(missing).collect();
    match (comment.exit(), said.is_empty()) {
        (0, true) if comment.gates.iter().all(|gate| gate.outcome == Outcome::NotJudged) => "Nothing was judged".into(),
        (0, true) => "PASS: everything is what the baselines say".into(),
        (0, false) => format!("PASS: {}", said.join("; ")),
        _ => format!("FAIL: {}", said.join("; ")),
    }
}

/// The gates of which nothing else is said.
pub fn others(comment: &Comment) -> Option<String> {
    let names = |which: &dyn Fn(&Gate) -> bool| {
        let quiet = comment.gates.iter().filter(|gate| gate.is_quiet() && which(gate));
        let names: Vec<&str> = quiet.map(|gate| gate.name.name()).collect();
        (!names.is_empty()).then(|| names.join(", "))
    };
    let passed = |has_moved: bool| names(&move |gate| gate.outcome == Outcome::Pass && (gate.changed_count > 0) == has_moved);
    let moved = passed(true).map(|names| format!("Within the tolerance: {names}."));
    let passed = passed(false).map(|names| format!("As the baseline says: {names}."));
    let not_judged = names(&|gate| gate.outcome == Outcome::NotJudged).map(|names| format!("Not judged: {names}."));
    let left_out: Vec<String> = comment.left_out.iter().map(|one| format!("{} ({})", one.gate, code(&one.reason))).collect();
    let left_out = (!left_out.is_empty()).then(|| format!("Left out: {}.", left_out.join(", ")));
    let said: Vec<String> = passed.into_iter().chain(moved).chain(not_judged).chain(left_out).collect();
    (!said.is_empty()).then(|| said.join(" "))
}

/// What is said of one gate.
pub fn said(gate: &Gate) -> String {
    let counted = counted(gate);
    let said = match (gate.outcome, gate.recorded) {
        (Outcome::Fail, _) if counted.is_empty() => "failed".into(),
        (Outcome::Fail, _) => counted,
        (Outcome::Pass, Recorded::First) => "the first numbers were recorded".into(),
        (Outcome::Pass, Recorded::Better) => format!("recorded: {counted}"),
        (Outcome::Pass, Recorded::Accepted) => format!("accepted and recorded: {counted}"),
        (Outcome::Pass, Recorded::Confirmed) => "merged numbers were measured, and hold".into(),
        (Outcome::NotJudged, _) => "nothing was judged".into(),
        (Outcome::Pass, Recorded::Nothing) => quietly(gate),
    };
    match gate.not_selected_count {
        0 => said,
        count => format!("{said} ({} not selected)", plural(count, gate.name.noun())),
    }
}

/// What a gate that passes and recorded nothing has to say.
fn quietly(gate: &Gate) -> String {
    let accepted: u64 = gate.accepted.iter().filter(|rows| rows.is_new).map(|rows| rows.step_count).sum();
    let accepted = (accepted > 0).then(|| format!("{} accepted", plural(accepted, "increase")));
    let moved =
        (gate.changed_count > 0).then(|| format!("{} moved within the tolerance", plural(gate.changed_count, gate.name.noun())));
    let said: Vec<String> = accepted.into_iter().chain(moved).collect();
    if said.is_empty() { "as the baseline says".into() } else { said.join(", ") }
}

fn counted(gate: &Gate) -> String {
    let part = |count: &Count| {
        let recorded = if count.kind == Kind::Better && gate.outcome == Outcome::Fail { " and not recorded" } else { "" };
        format!("{} {}{recorded}", plural(count.row_count, gate.name.noun()), label(count.kind))
    };
    gate.counts.iter().map(part).collect::<Vec<_>>().join(", ")
}

/// What a row is that has such a finding.
pub fn label(kind: Kind) -> &'static str {
    match kind {
        Kind::Failed => "failed",
        Kind::Invalid => "with an invalid count",
        Kind::ForbiddenImport => "with a forbidden import",
        Kind::ForbiddenSymbol => "with a forbidden symbol",
        Kind::SymbolsNotChecked => "whose symbols were not checked",
        Kind::OverLimit => "over the limit",
        Kind::OverBudget => "over budget",
        Kind::Worse => "worse",
        Kind::Incomparable => "incomparable (other tools)",
        Kind::NotInBaseline => "not in the baseline",
        Kind::BaselineGone => "whose baseline is gone",
        Kind::ImportListGone => "whose golden import list is gone",
        Kind::ExportListGone => "whose golden export list is gone",
        Kind::RowGone => "in the baseline and nowhere else",
        Kind::MetricNotInBaseline => "with a number that the baseline lacks",
        Kind::NotMeasured => "not measured",
        Kind::ImportAdded => "with a new import",
        Kind::ExportAdded => "with a new export",
        Kind::ExportRemoved => "with an export less",
        Kind::ImportRemoved => "with an import less",
        Kind::Better => "better",
        Kind::NoBaseline => "without a baseline",
        Kind::NoImportList => "without a golden import list",
        Kind::NoExportList => "without a golden export list",
    }
}
