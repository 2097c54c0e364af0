//! The ratchet of a command whose counts are rows of a file below `baselines/`.

use super::judging::Judging;
use crate::{
    analysis::{
        ratchet::Mode,
        ratchet_rows::{Standard, compare, settle},
    },
    data::{
        rows::{Band, RowMeasurement, RowsBaseline, RowsVerdict, Tools},
        verdict::Recorded,
    },
    shell::{baselines, held, workspace::Workspace},
};
use anyhow::Result;
use std::collections::{BTreeMap, BTreeSet};

/// What was recorded before, and what may be written.
pub struct Gate {
    file: &'static str,
    baseline: Option<RowsBaseline>,
    mode: Mode,
}

/// What a run measured, of what there is.
pub struct Judged<'a> {
    /// The numbers.
    pub measurements: &'a [RowMeasurement],
    /// What they were made with.
    pub tools: &'a Tools,
    /// Every row that there is.
    pub rows: &'a BTreeSet<String>,
    /// Those that this invocation measures.
    pub selected: &'a BTreeSet<String>,
    /// Row -> why it did not work.
    pub failed: &'a BTreeMap<String, String>,
    /// The metrics that gate, and how far a value may be off.
    pub metrics: &'a [(&'a str, Band)],
    /// Whether the numbers of a row depend on a tool.
    pub depends: &'a dyn Fn(&str, &str) -> bool,
}

impl Gate {
    /// Reads the baseline, before anything is built: a wrong one, or a reason that is none, is told at once.
    ///
    /// # Errors
    /// The file is not one of this tool's, or was raised by hand; `--accept` without a reason.
    pub fn open(workspace: &Workspace, file: &'static str, judging: &Judging) -> Result<Gate> {
        let baseline = baselines::read_rows(&workspace.baselines, file)?;
        if let Some(baseline) = &baseline {
            held::rows(&workspace.baselines, file, baseline)?;
        }
        Ok(Gate { file, baseline, mode: judging.mode()? })
    }

    /// Whether the baseline has this row.
    pub fn knows(&self, row: &str) -> bool {
        self.baseline.as_ref().is_some_and(|baseline| baseline.rows.contains_key(row))
    }

    /// Judges the run and writes what the mode allows.
    ///
    /// # Errors
    /// The baseline cannot be written.
    pub fn settle(&self, workspace: &Workspace, judged: &Judged) -> Result<RowsVerdict> {
        let standard = Standard {
            tools: judged.tools,
            rows: judged.rows,
            selected: judged.selected,
            failed: judged.failed,
            baseline: self.baseline.as_ref(),
            unrecorded: baselines::rows_unrecorded(&workspace.baselines, self.file),
            bands: &judged.metrics.iter().copied().collect(),
            depends: judged.depends,
        };
        let settled = settle(judged.measurements, &standard, compare(judged.measurements, &standard), &self.mode);
        if let (Some(baseline), false) = (&settled.baseline, settled.verdict.recorded == Recorded::Nothing) {
            baselines::write_rows(&workspace.baselines, self.file, baseline)?;
        }
        Ok(settled.verdict)
    }
}
