//! The judgement of a run: what was found, and whether it passes.

use super::{baseline::is_false, exit::Exit, forbidden::SymbolHit, metric::Metric, variant::Variant};
use serde::{Deserialize, Serialize};

/// The judgement of a whole run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Pass or fail, after what was recorded.
    pub outcome: Outcome,
    /// Everything that differs from the baseline, the budgets and the golden import lists.
    pub findings: Vec<Finding>,
    /// What was written to the baseline.
    pub recorded: Recorded,
    /// How many variants of the policy were left out by `--only`.
    pub not_selected_count: u64,
    /// How many values that this run measured were merged from two branches and not measured since.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub measure_again_count: u64,
}

/// Serde leaves a field out where it says so.
pub(super) fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl Verdict {
    /// The exit code that says it.
    pub fn exit(&self) -> Exit {
        let failed = self.findings.iter().any(|finding| matches!(finding.kind, FindingKind::Failed { .. }));
        match self.outcome {
            Outcome::Pass | Outcome::NotJudged => Exit::Pass,
            Outcome::Fail if failed => Exit::Invalid,
            Outcome::Fail => Exit::Verdict,
        }
    }
}

/// Whether a run passes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing is left to do.
    Pass,
    /// Nothing was held against a baseline: the run is a report.
    NotJudged,
    /// At least one finding stands.
    #[default]
    Fail,
}

/// What a run did to the baseline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recorded {
    /// Nothing: `--check`, nothing new, or a finding that stands.
    #[default]
    Nothing,
    /// The first numbers under this optimizer.
    First,
    /// Better values.
    Better,
    /// Worse or changed values, with a reason.
    Accepted,
    /// That values which a merge left are measured, and hold.
    Confirmed,
}

/// One thing that differs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Finding {
    /// Of which variant; for a golden import list the first variant that shows it.
    pub variant: Variant,
    /// What differs.
    #[serde(flatten)]
    pub kind: FindingKind,
    /// Whether the baseline's value was merged from two branches and not measured since.
    #[serde(default, skip_serializing_if = "is_false")]
    pub measure_again: bool,
}

impl Finding {
    /// A finding against a value that somebody measured.
    pub fn new(variant: Variant, kind: FindingKind) -> Finding {
        Finding { variant, kind, measure_again: false }
    }
}

/// What differs, worst first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FindingKind {
    /// The variant got no row.
    Failed {
        /// Why.
        reason: String,
    },
    /// An import that the policy forbids.
    ForbiddenImport {
        /// The import.
        import: String,
    },
    /// A function that the policy forbids.
    ForbiddenSymbol(SymbolHit),
    /// Its symbols were not held against the patterns that the policy has for it.
    SymbolsNotChecked,
    /// Over the hard limit.
    OverLimit {
        /// The metric.
        metric: Metric,
        /// The limit.
        limit: u64,
        /// The value.
        new: u64,
    },
    /// Over the working budget.
    OverBudget {
        /// The metric.
        metric: Metric,
        /// The budget.
        limit: u64,
        /// The value.
        new: u64,
    },
    /// Worse than the baseline by more than the tolerance.
    Worse {
        /// The metric.
        metric: Metric,
        /// The baseline's value.
        old: u64,
        /// The value.
        new: u64,
    },
    /// Made with other tools than the baseline.
    Incomparable {
        /// The metric.
        metric: Metric,
        /// The tool that differs.
        tool: String,
        /// The baseline's.
        old: String,
        /// The run's.
        new: String,
    },
    /// The baseline has no entry for the variant.
    VariantNotInBaseline,
    /// Numbers under this optimizer were committed, or the policy names another optimizer than the numbers are of.
    BaselineGone,
    /// The variant has numbers and no golden list of imports.
    ImportListGone,
    /// The variant has numbers and no golden list of exports.
    ExportListGone,
    /// The baseline has an entry for a variant that the policy does not name.
    VariantNotInPolicy,
    /// The variant's entry in the baseline lacks the metric.
    MetricNotInBaseline {
        /// The metric.
        metric: Metric,
        /// The value.
        new: u64,
    },
    /// The baseline has the metric, the run does not.
    NotMeasured {
        /// The metric.
        metric: Metric,
        /// The baseline's value.
        old: u64,
    },
    /// An import that the golden list lacks.
    ImportAdded {
        /// The import.
        import: String,
    },
    /// An export that the golden list lacks.
    ExportAdded {
        /// The export.
        export: String,
    },
    /// A line of the golden list that the variant does not export.
    ExportRemoved {
        /// The export.
        export: String,
    },
    /// A line of the golden list that no variant imports any more.
    ImportRemoved {
        /// The import.
        import: String,
    },
    /// Better than the baseline by more than the tolerance, and not recorded.
    Better {
        /// The metric.
        metric: Metric,
        /// The baseline's value.
        old: u64,
        /// The value.
        new: u64,
    },
    /// There is no baseline under this optimizer at all.
    NoBaseline,
    /// There is no golden list of imports for the variant's subject and target, and no baseline either.
    NoImportList,
    /// There is no golden list of exports, and no baseline either.
    NoExportList,
}

/// What it takes to settle a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// A plain run records it.
    Record,
    /// A run with `--accept "reason"` records it.
    Accept,
    /// No flag settles it: the source or the policy has to change.
    Fix,
}

impl FindingKind {
    /// The metric whose value in the baseline it is about, if it is about one.
    pub fn metric(&self) -> Option<Metric> {
        match self {
            Self::Worse { metric, .. }
            | Self::Incomparable { metric, .. }
            | Self::NotMeasured { metric, .. }
            | Self::Better { metric, .. } => Some(*metric),
            _ => None,
        }
    }

    /// What it takes to settle this finding.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Failed { .. } | Self::ForbiddenImport { .. } | Self::OverLimit { .. } | Self::OverBudget { .. } => Remedy::Fix,
            Self::ForbiddenSymbol(_) | Self::SymbolsNotChecked | Self::NotMeasured { .. } => Remedy::Fix,
            Self::Worse { .. }
            | Self::Incomparable { .. }
            | Self::BaselineGone
            | Self::ImportListGone
            | Self::ExportListGone
            | Self::ExportAdded { .. }
            | Self::ExportRemoved { .. }
            | Self::VariantNotInBaseline
            | Self::VariantNotInPolicy
            | Self::MetricNotInBaseline { .. }
            | Self::ImportAdded { .. } => Remedy::Accept,
            Self::ImportRemoved { .. } | Self::Better { .. } | Self::NoBaseline | Self::NoImportList | Self::NoExportList => {
                Remedy::Record
            }
        }
    }
}
