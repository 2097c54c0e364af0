//! Findings of the ratchet in words: one line each, and a count for the headline.

use super::{
    merged,
    table::{Form, grouped, signed},
};
use crate::data::{
    rows::{RowFinding, RowFindingKind as Kind, RowsVerdict},
    verdict::Remedy,
};
use std::{collections::BTreeSet, fmt::Write};

/// `2 rows worse, 1 row not measured`, worst first.
pub fn counted(findings: &[RowFinding]) -> String {
    let mut counts: Vec<(&str, BTreeSet<&str>)> = Vec::new();
    for finding in findings {
        let label = label(&finding.kind);
        match counts.iter_mut().find(|(known, _)| *known == label) {
            Some((_, rows)) => drop(rows.insert(&finding.row)),
            None => counts.push((label, BTreeSet::from([finding.row.as_str()]))),
        }
    }
    let part = |(label, rows): &(&str, BTreeSet<&str>)| {
        format!("{} {} {label}", rows.len(), if rows.len() == 1 { "row" } else { "rows" })
    };
    counts.iter().map(part).collect::<Vec<_>>().join(", ")
}

/// One line a finding; those that hit many rows alike are said once. What failed was told above.
pub fn list(findings: &[RowFinding], form: Form) -> String {
    let mut lines: Vec<(String, Vec<&str>)> = Vec::new();
    for finding in findings.iter().filter(|finding| !matches!(finding.kind, Kind::Failed { .. })) {
        let said = sentence(&finding.kind) + merged::suffix(finding.measure_again);
        match lines.iter_mut().find(|(known, _)| *known == said) {
            Some((_, rows)) => rows.push(&finding.row),
            None => lines.push((said, vec![&finding.row])),
        }
    }
    let mut text = String::new();
    for (said, rows) in lines {
        let _ = writeln!(text, "{}{}: {said}", form.bullet(), first_of(&rows));
    }
    if text.is_empty() { text } else { format!("\n{}{text}", form.heading("Against the baseline:")) }
}

/// The first of several names and how many more there are.
pub fn first_of(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_string(),
        [first, more @ ..] => format!("{first} and {} more", more.len()),
    }
}

/// What settles the findings of `command`.
pub fn remedy(verdict: &RowsVerdict, command: &str) -> String {
    let findings = &verdict.findings;
    let splits = verdict.not_selected_count > 0 && findings.iter().any(|finding| finding.kind.is_for_all());
    match findings.iter().map(|finding| finding.kind.remedy()).max() {
        Some(remedy) if splits && remedy != Remedy::Fix => format!(
            "this is recorded for all rows at once, and {} were left out: run `cargo xtask {command}{}` for all of them.",
            verdict.not_selected_count,
            if remedy == Remedy::Accept { " --accept \"reason\"" } else { "" }
        ),
        Some(Remedy::Fix) => "no flag settles this: correct what is named above, and run it again.".into(),
        Some(Remedy::Accept) => format!("if this is meant, `cargo xtask {command} --accept \"reason\"` records it."),
        Some(Remedy::Record) | None => format!("`cargo xtask {command}` without `--check` records this."),
    }
}

fn label(kind: &Kind) -> &'static str {
    match kind {
        Kind::Failed { .. } => "failed",
        Kind::Invalid { .. } => "with an invalid count",
        Kind::Worse { .. } => "worse",
        Kind::Incomparable { .. } => "incomparable (other tools)",
        Kind::BaselineGone => "whose baseline is gone",
        Kind::NotInBaseline { .. } => "not in the baseline",
        Kind::NotMeasured { .. } => "not measured",
        Kind::RowGone => "in the baseline and nowhere else",
        Kind::Better { .. } => "better",
        Kind::NoBaseline => "without a baseline",
    }
}

/// What differs, in words.
pub fn sentence(kind: &Kind) -> String {
    match kind {
        Kind::Failed { reason } => reason.clone(),
        Kind::Invalid { metric, reason } => format!("{metric} is invalid: {reason}"),
        Kind::Worse { metric, old, new } => format!("{metric} is worse: {}", change(*old, *new)),
        Kind::Better { metric, old, new } => format!("{metric} is better: {}", change(*old, *new)),
        Kind::Incomparable { metric, tool, old, new } => {
            format!("{metric} cannot be compared: the baseline was made with {tool} `{old}`, this run with `{new}`")
        }
        Kind::BaselineGone => "the baseline was deleted".into(),
        Kind::NotInBaseline { metric, new } => format!("the baseline lacks {metric}, which is {}", grouped(*new)),
        Kind::NotMeasured { metric, old } => format!("{metric} was not measured; the baseline says {}", grouped(*old)),
        Kind::RowGone => "the baseline has it, and nothing measures it any more".into(),
        Kind::NoBaseline => "there is no baseline".into(),
    }
}

fn change(old: u64, new: u64) -> String {
    format!("{} -> {} ({})", grouped(old), grouped(new), signed(new as i64 - old as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hits_many_rows_alike_is_said_once() {
        let row = |row: &str, kind| RowFinding::new(row, kind);
        let findings =
            [row("a", Kind::RowGone), row("b", Kind::RowGone), row("c", Kind::Worse { metric: "m".into(), old: 1, new: 3 })];
        assert_eq!(counted(&findings), "2 rows in the baseline and nowhere else, 1 row worse");
        let text = list(&findings, Form::Text(80));
        assert!(text.contains("a and 1 more: the baseline has it") && text.contains("c: m is worse: 1 -> 3 (+2)"), "{text}");
        assert_eq!(list(&[row("a", Kind::Failed { reason: "r".into() })], Form::Text(80)), "");
    }

    #[test]
    fn what_is_recorded_for_all_rows_at_once_says_so() {
        let row = |kind| RowFinding::new("a", kind);
        let said = |kind, not_selected_count| {
            remedy(&RowsVerdict { findings: vec![row(kind)], not_selected_count, ..RowsVerdict::default() }, "pgo")
        };
        assert_eq!(said(Kind::NoBaseline, 0), "`cargo xtask pgo` without `--check` records this.");
        assert!(said(Kind::NoBaseline, 3).contains("and 3 were left out: run `cargo xtask pgo` for all"));
        assert!(said(Kind::BaselineGone, 3).contains("run `cargo xtask pgo --accept \"reason\"` for all"));
        assert!(said(Kind::RowGone, 3).starts_with("if this is meant"));
    }

    #[test]
    fn signs_of_differences() {
        assert_eq!(change(10, 7), "10 -> 7 (-3)");
        assert_eq!(counted(&[]), "");
    }
}
