//! The next thing to do: what the hardest finding asks for, as a command where there is one.

use super::Report;
use crate::{
    data::verdict::{FindingKind as Kind, Outcome, Recorded},
    report::table::Form,
};

/// One line; nothing where nothing is to be done.
pub fn next(report: &Report, form: Form) -> String {
    let verdict = &report.saved.run.verdict;
    let advice = match (verdict.outcome, verdict.recorded) {
        (Outcome::Pass, Recorded::Nothing) | (Outcome::NotJudged, _) => return String::new(),
        (Outcome::Pass, _) => "commit what changed under baselines/".to_string(),
        (Outcome::Fail, _) => {
            let hardest =
                verdict.findings.iter().map(|finding| &finding.kind).max_by_key(|kind| (kind.remedy(), std::cmp::Reverse(*kind)));
            hardest.map(|kind| advice(kind, report)).unwrap_or_default()
        }
    };
    match form {
        Form::Text(_) => format!("\nNext: {advice}\n"),
        Form::Markdown => format!("\n**Next:** {advice}\n"),
    }
}

fn advice(kind: &Kind, report: &Report) -> String {
    let (command, base) = (report.command, report.base);
    match kind {
        Kind::Failed { .. } => "mend what failed, as its message says; no flag passes this".into(),
        Kind::NotMeasured { .. } => {
            "the tool and the baseline disagree on what is measured: use the tool that wrote the baseline".into()
        }
        Kind::ForbiddenImport { import } => {
            format!("find what uses {import} (cargo xtask diff names new symbols) and remove it; no flag passes this")
        }
        Kind::ForbiddenSymbol(hit) => {
            format!("find what uses {} (cargo xtask diff names new symbols) and remove it; no flag passes this", hit.symbol)
        }
        Kind::SymbolsNotChecked => {
            "keep the names in what is linked (strip = \"none\" in the profile); no flag passes this".into()
        }
        Kind::OverLimit { .. } => "make it smaller: the hard limit is not to be passed".into(),
        Kind::OverBudget { .. } => {
            "make it smaller, or raise the budget in the policy with a commit of its own; no flag passes this".into()
        }
        Kind::Worse { .. } => format!("make it smaller, or record it with a reason: {command} --accept \"reason\""),
        Kind::Incomparable { .. } => {
            let whole = command.split(" --only ").next().unwrap_or(command);
            format!(
                "see what the source did, with today's tools on both sides: {base}; then record all variants: {whole} --accept \"reason\""
            )
        }
        Kind::BaselineGone | Kind::ImportListGone | Kind::ExportListGone => {
            format!("restore it (git checkout -- baselines), or record today's with a reason: {command} --accept \"reason\"")
        }
        Kind::VariantNotInBaseline | Kind::VariantNotInPolicy | Kind::MetricNotInBaseline { .. } => {
            format!("restore the baseline, or record the change with a reason: {command} --accept \"reason\"")
        }
        Kind::ImportAdded { .. } => {
            format!("remove what needs the import, or record it with a reason: {command} --accept \"reason\"")
        }
        Kind::ExportAdded { .. } | Kind::ExportRemoved { .. } => {
            format!("mend the library's world, or record the change with a reason: {command} --accept \"reason\"")
        }
        Kind::ImportRemoved { .. } | Kind::Better { .. } | Kind::NoBaseline | Kind::NoImportList | Kind::NoExportList => {
            format!("record it: {command}")
        }
    }
}
