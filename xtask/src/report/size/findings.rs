//! Findings in words: one line each, and a count for the headline.

use crate::{
    analysis::symbols::escape,
    data::{
        forbidden::{SymbolHit, SymbolStage},
        metric::Metric,
        variant::Variant,
        verdict::{Finding, FindingKind as Kind},
    },
    report::{
        merged,
        table::{Form, grouped, signed},
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

/// `2 worse, 1 over budget`, worst first.
pub fn counted(findings: &[Finding]) -> String {
    let mut counts: Vec<(&str, BTreeSet<&Variant>)> = Vec::new();
    for finding in findings {
        let label = label(&finding.kind);
        match counts.iter_mut().find(|(known, _)| *known == label) {
            Some((_, variants)) => drop(variants.insert(&finding.variant)),
            None => counts.push((label, BTreeSet::from([&finding.variant]))),
        }
    }
    let parts = counts.iter().map(|(label, variants)| {
        let plural = if variants.len() == 1 { "variant" } else { "variants" };
        format!("{} {plural} {label}", variants.len())
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// One line a finding; those that hit every variant alike are said once.
pub fn list(findings: &[Finding], form: Form) -> String {
    let mut lines: BTreeMap<(usize, String), Vec<&Variant>> = BTreeMap::new();
    for (index, finding) in findings.iter().enumerate() {
        let said = sentence(&finding.kind) + merged::suffix(finding.measure_again);
        match lines.iter_mut().find(|((_, known), _)| *known == said) {
            Some((_, variants)) => variants.push(&finding.variant),
            None => drop(lines.insert((index, said), vec![&finding.variant])),
        }
    }
    let mut text = String::new();
    for ((_, said), variants) in lines {
        let names = match variants[..] {
            [one] => one.to_string(),
            [first, ..] => format!("{first} and {} more", variants.len() - 1),
            [] => continue,
        };
        let bullet = if form == Form::Markdown { "- " } else { "  " };
        let _ = writeln!(text, "{bullet}{names}: {said}");
    }
    if text.is_empty() { text } else { format!("\n{text}") }
}

fn label(kind: &Kind) -> &'static str {
    match kind {
        Kind::Failed { .. } => "failed",
        Kind::ForbiddenImport { .. } => "with a forbidden import",
        Kind::ForbiddenSymbol(_) => "with a forbidden symbol",
        Kind::SymbolsNotChecked => "whose symbols were not checked",
        Kind::OverLimit { .. } => "over the limit",
        Kind::OverBudget { .. } => "over budget",
        Kind::Worse { .. } => "worse",
        Kind::Incomparable { .. } => "incomparable (other tools)",
        Kind::VariantNotInBaseline => "not in the baseline",
        Kind::BaselineGone => "whose baseline is gone",
        Kind::ImportListGone => "whose golden import list is gone",
        Kind::ExportListGone => "whose golden export list is gone",
        Kind::ExportAdded { .. } => "with a new export",
        Kind::ExportRemoved { .. } => "with an export less",
        Kind::NoExportList => "without a golden export list",
        Kind::VariantNotInPolicy => "in the baseline but not in the policy",
        Kind::MetricNotInBaseline { .. } => "with a metric that the baseline lacks",
        Kind::NotMeasured { .. } => "with a metric that was not measured",
        Kind::ImportAdded { .. } => "with a new import",
        Kind::ImportRemoved { .. } => "with an import less",
        Kind::Better { .. } => "better",
        Kind::NoBaseline => "without a baseline",
        Kind::NoImportList => "without a golden import list",
    }
}

/// What differs, in words.
pub fn sentence(kind: &Kind) -> String {
    match kind {
        Kind::Failed { reason } => format!("no row: {reason}"),
        Kind::ForbiddenImport { import } => format!("imports {import}, which the policy forbids"),
        Kind::ForbiddenSymbol(hit) => forbidden(hit),
        Kind::SymbolsNotChecked => "its symbols name no function, so that what the policy forbids could hide in it".into(),
        Kind::OverLimit { metric, limit, new } => over(*metric, *limit, *new, "the hard limit"),
        Kind::OverBudget { metric, limit, new } => over(*metric, *limit, *new, "the budget"),
        Kind::Worse { metric, old, new } => format!("{metric} is worse: {}", change(*old, *new)),
        Kind::Better { metric, old, new } => format!("{metric} is better: {}", change(*old, *new)),
        Kind::Incomparable { metric, tool, old, new } => {
            format!("{metric} cannot be compared: the baseline was made with {tool} `{old}`, this run with `{new}`")
        }
        Kind::VariantNotInBaseline => "the baseline has no entry for it".into(),
        Kind::BaselineGone => "the baseline under this optimizer was deleted, or the policy names another optimizer".into(),
        Kind::ImportListGone => "the golden import list of its subject and target was deleted".into(),
        Kind::ExportListGone => "the golden export list of its subject and target was deleted".into(),
        Kind::ExportAdded { export } => format!("exports {export}, which its golden list lacks"),
        Kind::ExportRemoved { export } => format!("does not export {export}, which its golden list names"),
        Kind::NoExportList => "there is no golden export list for its subject and target".into(),
        Kind::VariantNotInPolicy => "the baseline has an entry for it, the policy does not name it".into(),
        Kind::MetricNotInBaseline { metric, new } => format!("the baseline lacks {metric}, which is {}", grouped(*new)),
        Kind::NotMeasured { metric, old } => format!("{metric} was not measured; the baseline says {}", grouped(*old)),
        Kind::ImportAdded { import } => format!("imports {import}, which its golden list lacks"),
        Kind::ImportRemoved { import } => format!("nothing imports {import} any more, which its golden list names"),
        Kind::NoBaseline => "there is no baseline under this optimizer".into(),
        Kind::NoImportList => "there is no golden import list for its subject and target".into(),
    }
}

fn forbidden(hit: &SymbolHit) -> String {
    let bytes = grouped(hit.bytes);
    let place = match hit.stage {
        SymbolStage::Shipped => format!("ships {bytes} bytes of"),
        SymbolStage::Linked => format!("links {bytes} bytes (the optimizer moved or dropped them) of"),
    };
    format!("{place} {}, which the policy forbids by `{}`", escape(&hit.symbol), hit.pattern)
}

fn over(metric: Metric, limit: u64, new: u64, what: &str) -> String {
    format!("{metric} is {}, over {what} of {} by {}", grouped(new), grouped(limit), grouped(new - limit))
}

fn change(old: u64, new: u64) -> String {
    format!("{} -> {} ({})", grouped(old), grouped(new), signed(new as i64 - old as i64))
}
