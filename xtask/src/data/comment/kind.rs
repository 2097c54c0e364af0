//! The kinds of findings of all gates, in one list.

use crate::data::{rows::RowFindingKind, verdict::FindingKind};
use serde::{Deserialize, Serialize};

/// The kinds of findings of all gates, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is told at its namesake in `FindingKind` or `RowFindingKind`")]
pub enum Kind {
    Failed,
    Invalid,
    ForbiddenImport,
    ForbiddenSymbol,
    SymbolsNotChecked,
    OverLimit,
    OverBudget,
    Worse,
    Incomparable,
    NotInBaseline,
    BaselineGone,
    ImportListGone,
    ExportListGone,
    RowGone,
    MetricNotInBaseline,
    NotMeasured,
    ImportAdded,
    ExportAdded,
    ExportRemoved,
    ImportRemoved,
    Better,
    NoBaseline,
    NoImportList,
    NoExportList,
}

impl From<&FindingKind> for Kind {
    fn from(kind: &FindingKind) -> Kind {
        match kind {
            FindingKind::Failed { .. } => Kind::Failed,
            FindingKind::ForbiddenImport { .. } => Kind::ForbiddenImport,
            FindingKind::ForbiddenSymbol(_) => Kind::ForbiddenSymbol,
            FindingKind::SymbolsNotChecked => Kind::SymbolsNotChecked,
            FindingKind::OverLimit { .. } => Kind::OverLimit,
            FindingKind::OverBudget { .. } => Kind::OverBudget,
            FindingKind::Worse { .. } => Kind::Worse,
            FindingKind::Incomparable { .. } => Kind::Incomparable,
            FindingKind::VariantNotInBaseline => Kind::NotInBaseline,
            FindingKind::BaselineGone => Kind::BaselineGone,
            FindingKind::ImportListGone => Kind::ImportListGone,
            FindingKind::ExportListGone => Kind::ExportListGone,
            FindingKind::VariantNotInPolicy => Kind::RowGone,
            FindingKind::MetricNotInBaseline { .. } => Kind::MetricNotInBaseline,
            FindingKind::NotMeasured { .. } => Kind::NotMeasured,
            FindingKind::ImportAdded { .. } => Kind::ImportAdded,
            FindingKind::ExportAdded { .. } => Kind::ExportAdded,
            FindingKind::ExportRemoved { .. } => Kind::ExportRemoved,
            FindingKind::ImportRemoved { .. } => Kind::ImportRemoved,
            FindingKind::Better { .. } => Kind::Better,
            FindingKind::NoBaseline => Kind::NoBaseline,
            FindingKind::NoImportList => Kind::NoImportList,
            FindingKind::NoExportList => Kind::NoExportList,
        }
    }
}

impl From<&RowFindingKind> for Kind {
    fn from(kind: &RowFindingKind) -> Kind {
        match kind {
            RowFindingKind::Failed { .. } => Kind::Failed,
            RowFindingKind::Invalid { .. } => Kind::Invalid,
            RowFindingKind::Worse { .. } => Kind::Worse,
            RowFindingKind::Incomparable { .. } => Kind::Incomparable,
            RowFindingKind::BaselineGone => Kind::BaselineGone,
            RowFindingKind::NotInBaseline { .. } => Kind::MetricNotInBaseline,
            RowFindingKind::NotMeasured { .. } => Kind::NotMeasured,
            RowFindingKind::RowGone => Kind::RowGone,
            RowFindingKind::Better { .. } => Kind::Better,
            RowFindingKind::NoBaseline => Kind::NoBaseline,
        }
    }
}
