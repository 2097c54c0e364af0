//! A ratchet over rows: what `run`, and commands like it, hold their counts to. The rows have names of the command's own.

use super::{
    baseline::{Entry, is_false},
    exit::Exit,
    unique_map,
    verdict::{Outcome, Recorded, Remedy, is_zero},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the baseline's form that this tool reads and writes.
pub const ROWS_SCHEMA: u32 = 1;

/// Tool -> its version: what numbers were made with.
pub type Tools = BTreeMap<String, String>;

/// The committed numbers of one command: `baselines/run.json`, sorted, one value a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowsBaseline {
    /// [`ROWS_SCHEMA`].
    pub schema: u32,
    /// What the numbers were made with when one was last written.
    #[serde(deserialize_with = "unique_map::deserialize")]
    pub provenance: Tools,
    /// Row -> metric -> the number.
    #[serde(deserialize_with = "unique_map::deserialize")]
    pub rows: BTreeMap<String, RowEntries>,
}

/// The metrics of one row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RowEntries(#[serde(deserialize_with = "unique_map::deserialize")] pub BTreeMap<String, Entry>);

/// One value. Lower is better, and zero is no value but where [`may_be_zero`] says so.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RowMeasurement {
    /// Of which row.
    pub row: String,
    /// Of what, with the unit at its end: `fuel_count`.
    pub metric: String,
    /// In that unit.
    pub value: u64,
}

/// How far a value may be off the baseline's, up or down, without a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Band {
    /// So many units; 0 of what repeats exactly.
    Units(u64),
    /// So many millionths of the baseline's value: of what nearly repeats.
    Ppm(u64),
}

impl Band {
    /// How many units that is of `value`.
    pub fn units_of(self, value: u64) -> u64 {
        match self {
            Band::Units(units) => units,
            Band::Ppm(ppm) => u64::try_from(u128::from(value) * u128::from(ppm) / 1_000_000).unwrap_or(u64::MAX),
        }
    }
}

/// How the names of tools begin that are the operations of a row's workload: numbers of other operations are numbers of something else.
pub const WORKLOAD: &str = "workload ";

/// How the names of tools begin that are the work of a row's program: counts of other work are counts of something else.
pub const WORK: &str = "work ";

/// Whether the numbers of a row can depend on a tool, as far as names say: all but on the work of another row. A command that
/// knows its rows knows more.
pub fn can_depend(row: &str, tool: &str) -> bool {
    let own = row.split('/').next().unwrap_or_default();
    [WORKLOAD, WORK].iter().find_map(|kind| tool.strip_prefix(kind)).is_none_or(|name| name == own)
}

/// The judgement of a run over rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowsVerdict {
    /// Pass or fail, after what was recorded.
    pub outcome: Outcome,
    /// Everything that differs.
    pub findings: Vec<RowFinding>,
    /// What was written to the baseline.
    pub recorded: Recorded,
    /// How many rows of the baseline were left out by this invocation.
    pub not_selected_count: u64,
    /// How many values that this run measured were merged from two branches and not measured since.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub measure_again_count: u64,
}

/// One thing that differs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RowFinding {
    /// Of which row.
    pub row: String,
    /// What differs.
    #[serde(flatten)]
    pub kind: RowFindingKind,
    /// Whether the baseline's value was merged from two branches and not measured since.
    #[serde(default, skip_serializing_if = "is_false")]
    pub measure_again: bool,
}

impl RowFinding {
    /// A finding against a value that somebody measured.
    pub fn new(row: &str, kind: RowFindingKind) -> RowFinding {
        RowFinding { row: row.into(), kind, measure_again: false }
    }
}

/// What differs, worst first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RowFindingKind {
    /// What the row is about did not work.
    Failed {
        /// Why.
        reason: String,
    },
    /// A count of zero, which nothing that ran has, or two values for one metric.
    Invalid {
        /// The metric.
        metric: String,
        /// Why.
        reason: String,
    },
    /// Worse than the baseline by more than the tolerance.
    Worse {
        /// The metric.
        metric: String,
        /// The baseline's value.
        old: u64,
        /// The value.
        new: u64,
    },
    /// Made with other tools than the baseline.
    Incomparable {
        /// The metric.
        metric: String,
        /// The tool that differs.
        tool: String,
        /// The baseline's version.
        old: String,
        /// The run's version.
        new: String,
    },
    /// The baseline was committed and is not there.
    BaselineGone,
    /// The baseline has no such number.
    NotInBaseline {
        /// The metric.
        metric: String,
        /// The value.
        new: u64,
    },
    /// The baseline has the number, the run does not.
    NotMeasured {
        /// The metric.
        metric: String,
        /// The baseline's value.
        old: u64,
    },
    /// The baseline has a row that there is no more.
    RowGone,
    /// Better than the baseline by more than the tolerance, and not recorded.
    Better {
        /// The metric.
        metric: String,
        /// The baseline's value.
        old: u64,
        /// The value.
        new: u64,
    },
    /// There is no baseline at all.
    NoBaseline,
}

impl RowFindingKind {
    /// Whether it is settled for every row at once: half of the rows measured with new tools, or a first baseline of half of them, would leave a file
    /// that says too little.
    pub fn is_for_all(&self) -> bool {
        matches!(self, Self::Incomparable { .. } | Self::NoBaseline | Self::BaselineGone)
    }

    /// The metric that it is about, if it is about one.
    pub fn metric(&self) -> Option<&str> {
        match self {
            Self::Invalid { metric, .. }
            | Self::Worse { metric, .. }
            | Self::Incomparable { metric, .. }
            | Self::NotInBaseline { metric, .. }
            | Self::NotMeasured { metric, .. }
            | Self::Better { metric, .. } => Some(metric),
            Self::Failed { .. } | Self::BaselineGone | Self::RowGone | Self::NoBaseline => None,
        }
    }

    /// What it takes to settle this finding.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Failed { .. } | Self::Invalid { .. } | Self::NotMeasured { .. } => Remedy::Fix,
            Self::Worse { .. } | Self::Incomparable { .. } | Self::BaselineGone | Self::NotInBaseline { .. } | Self::RowGone => {
                Remedy::Accept
            }
            Self::Better { .. } | Self::NoBaseline => Remedy::Record,
        }
    }
}

impl RowsVerdict {
    /// The exit code that says it.
    pub fn exit(&self) -> Exit {
        let invalid = self.findings.iter().any(|finding| matches!(finding.kind, RowFindingKind::Invalid { .. }));
        match self.outcome {
            Outcome::Pass | Outcome::NotJudged => Exit::Pass,
            Outcome::Fail if invalid => Exit::Invalid,
            Outcome::Fail => Exit::Verdict,
        }
    }
}

/// Whether a value of 0 says something. Of everything else it says that nothing was measured.
pub fn may_be_zero(metric: &str) -> bool {
    matches!(metric, "failed_count" | "idle_bytes" | "lost_bytes")
        || ["missed_count", "_added_memory_bytes"].iter().any(|end| metric.ends_with(end))
}

impl RowsBaseline {
    /// Reads the file's text.
    ///
    /// # Errors
    /// One line: not JSON (with line and column), another schema, an unknown or doubled key, a zero, a best above its value.
    pub fn parse(text: &str) -> Result<RowsBaseline, String> {
        #[derive(Deserialize)]
        struct Head {
            schema: u32,
        }
        let head: Head = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if head.schema != ROWS_SCHEMA {
            return Err(format!(
                "it has schema {}, this tool reads schema {ROWS_SCHEMA}: use the tool that wrote it",
                head.schema
            ));
        }
        let baseline: RowsBaseline = serde_json::from_str(text).map_err(|error| error.to_string())?;
        for (row, entries) in &baseline.rows {
            for (metric, entry) in &entries.0 {
                if entry.best == 0 && !may_be_zero(metric) {
                    return Err(format!("{row}: {metric} is 0, which nothing that ran has: restore the file from git"));
                }
                if entry.best > entry.value {
                    return Err(format!(
                        "{row}: {metric}: best {} is above value {}: restore the file from git",
                        entry.best, entry.value
                    ));
                }
            }
        }
        Ok(baseline)
    }

    /// The file's text: sorted, one value a line, a newline at the end.
    pub fn render(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("string keys and integers always serialize");
        text.push('\n');
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{
  "schema": 1,
  "provenance": {
    "wasmtime": "48.0.8"
  },
  "rows": {
    "hello/wasmtime-jit": {
      "fuel_count": {
        "value": 12,
        "best": 10,
        "accepted": [
          {
            "from": 10,
            "to": 12,
            "reason": "r",
            "date": "2026-11-21"
          }
        ]
      }
    }
  }
}
"#;

    #[test]
    fn round_trips_to_the_same_text() {
        assert_eq!(RowsBaseline::parse(TEXT).unwrap().render(), TEXT);
    }

    #[test]
    fn bad_files_are_refused_with_the_reason() {
        let cases = [
            ("", "EOF"),
            (&TEXT.replace("\"schema\": 1", "\"schema\": 2"), "it has schema 2"),
            (&TEXT.replace("\"value\": 12", "\"value\": 9"), "best 10 is above value 9"),
            (&TEXT.replace("\"best\": 10", "\"best\": 0"), "is 0"),
            (&TEXT.replace("\"value\": 12", "\"valu\": 12"), "unknown field"),
            (&TEXT.replace("\"rows\": {", "\"rows\": { \"hello/wasmtime-jit\": {},"), "stands twice"),
            (&TEXT.replace("\"provenance\": {", "\"provenance\": { \"wasmtime\": \"1\","), "stands twice"),
        ];
        for (text, want) in cases {
            let error = RowsBaseline::parse(text).unwrap_err();
            assert!(error.contains(want), "{error} should contain {want}");
        }
    }
}
