//! What was found that the table of values does not show.

use super::{
    first_of,
    markdown::code,
    sheet::{Rank, Sheet},
    values::title,
};
use crate::{
    data::comment::{Found, Gate, Kind, Name},
    report::table::grouped,
};

/// One line a finding; those that hit many rows alike are said once.
pub fn list(sheet: &mut Sheet, gate: &Gate) {
    let mut lines: Vec<(String, &Name, u64)> = Vec::new();
    for found in &gate.found {
        let Some(said) = sentence(found) else { continue };
        match lines.iter_mut().find(|(known, ..)| *known == said) {
            Some((_, row, more)) => *more += u64::from(*row != &found.row),
            None => lines.push((said, &found.row, 0)),
        }
    }
    if !lines.is_empty() {
        let lines = lines.iter().map(|(said, row, more)| format!("- {}: {said}\n", first_of(row, *more))).collect();
        sheet.lines(Rank::Found, String::new(), lines, 0);
    }
}

/// Nothing of what the table says.
fn sentence(found: &Found) -> Option<String> {
    let about = || found.about.as_ref().map_or_else(|| "something".into(), code);
    let metric = || found.metric.as_ref().map_or_else(|| "a metric".into(), |metric| title(metric.as_str()));
    let over = |what: &str| format!("{} is over {what} of {}", metric(), found.limit.map_or_else(|| "-".into(), grouped));
    Some(match found.kind {
        Kind::Worse | Kind::Better | Kind::Incomparable | Kind::MetricNotInBaseline | Kind::NotMeasured => return None,
        Kind::Failed => format!("no result: {}", about()),
        Kind::Invalid => format!("{} is invalid: {}", metric(), about()),
        Kind::ForbiddenImport => format!("imports {}, which the policy forbids", about()),
        Kind::ForbiddenSymbol => format!("has {}, which the policy forbids", about()),
        Kind::SymbolsNotChecked => "its symbols name no function, so that what the policy forbids could hide in it".into(),
        Kind::OverLimit => over("the hard limit"),
        Kind::OverBudget => over("the budget"),
        Kind::NotInBaseline => "the baseline has no entry for it".into(),
        Kind::BaselineGone => "its baseline was deleted".into(),
        Kind::ImportListGone => "its golden import list was deleted".into(),
        Kind::ExportListGone => "its golden export list was deleted".into(),
        Kind::RowGone => "the baseline has it, and nothing measures it any more".into(),
        Kind::ImportAdded => format!("imports {}, which its golden list lacks", about()),
        Kind::ExportAdded => format!("exports {}, which its golden list lacks", about()),
        Kind::ExportRemoved => format!("does not export {}, which its golden list names", about()),
        Kind::ImportRemoved => format!("nothing imports {} any more, which its golden list names", about()),
        Kind::NoBaseline => "there is no baseline".into(),
        Kind::NoImportList => "there is no golden import list".into(),
        Kind::NoExportList => "there is no golden export list".into(),
    })
}
