//! Two branches' committed numbers made one, as far as that can be known without a measurement.
//!
//! Where both branches moved the numbers of a row, the merged program is a third one that nobody has measured: its value is not
//! the higher, the lower or the sum of anything. What stands is then the lower value, marked `measure_again`. A value too
//! low fails the next check as worse, and a measurement or a reason cures that; one too high would let growth through.

mod rows;
mod tools;
mod way;

use crate::data::{
    baseline::{BASELINE_SCHEMA, Baseline, Baselines, Entries},
    baseline_file::BaselineFile,
    metric::Metric,
    rows::{ROWS_SCHEMA, RowEntries, RowsBaseline, can_depend},
    variant::Variant,
};
use rows::{Table, Tables, table};
use std::collections::BTreeMap;
use way::{Way, way, ways};

pub use way::{Side, Sides};

/// What a merge driver is to leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The merged file.
    Merged {
        /// Its text.
        text: String,
        /// How many of its values have to be measured again.
        measure_again_count: usize,
    },
    /// A person has to decide.
    Conflict {
        /// Three texts that differ where there is something to decide: what could be merged is merged in each. Where a file could not
        /// be read, the files as they are.
        texts: Sides<Vec<u8>>,
        /// What there is to decide, a line each.
        reasons: Vec<String>,
    },
}

/// Merges the bytes of three files; an empty base means that both branches added the file.
pub fn merge_bytes(sides: Sides<&[u8]>) -> Outcome {
    merge_texts(sides).unwrap_or_else(|reason| Outcome::Conflict { texts: sides.map(<[u8]>::to_vec), reasons: vec![reason] })
}

fn merge_texts(sides: Sides<&[u8]>) -> Result<Outcome, String> {
    let read = |name: &str, bytes| BaselineFile::parse(bytes).map_err(|error| format!("{name}: {error}"));
    let base = sides.base.filter(|bytes| !bytes.trim_ascii().is_empty()).map(|bytes| read("base", bytes)).transpose()?;
    let files = Sides { base, ours: read("ours", sides.ours)?, theirs: read("theirs", sides.theirs)? };
    let files = Sides { base: files.base.as_ref(), ours: &files.ours, theirs: &files.theirs };
    let ours = merge(files, Side::Ours)?;
    if ours.conflicts.is_empty() {
        return Ok(Outcome::Merged { text: ours.file.render(), measure_again_count: ours.file.measure_again_count() });
    }
    let text = |merged: &Merged| merged.file.render().into_bytes();
    let (base, theirs) = (merge(files, Side::Base)?, merge(files, Side::Theirs)?);
    Ok(Outcome::Conflict {
        texts: Sides { base: Some(text(&base)), ours: text(&ours), theirs: text(&theirs) },
        reasons: ours.conflicts,
    })
}

/// What comes of a merge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The numbers; at each conflict those of the preferred side.
    pub file: BaselineFile,
    /// What cannot be decided, a line each. Where there are none, `file` is the merge.
    pub conflicts: Vec<String>,
}

/// Merges three files; at a conflict the preferred side's part stands, so that three calls give what a person has to choose from.
/// No base means that both branches added the file.
///
/// # Errors
/// The files are not of one form.
pub fn merge(sides: Sides<&BaselineFile>, preferred: Side) -> Result<Merged, String> {
    let mut merger = Merger { preferred, conflicts: Vec::new() };
    let file = match (sides.base, sides.ours, sides.theirs) {
        (base, ours, theirs) if ours == theirs || base == Some(theirs) => ours.clone(),
        (base, ours, theirs) if base == Some(ours) => theirs.clone(),
        (None, BaselineFile::Sizes(ours), BaselineFile::Sizes(theirs)) => {
            BaselineFile::Sizes(merger.sizes(Sides { base: None, ours, theirs }))
        }
        (Some(BaselineFile::Sizes(base)), BaselineFile::Sizes(ours), BaselineFile::Sizes(theirs)) => {
            BaselineFile::Sizes(merger.sizes(Sides { base: Some(base), ours, theirs }))
        }
        (None, BaselineFile::Rows(ours), BaselineFile::Rows(theirs)) => {
            BaselineFile::Rows(merger.rows(Sides { base: None, ours, theirs }))
        }
        (Some(BaselineFile::Rows(base)), BaselineFile::Rows(ours), BaselineFile::Rows(theirs)) => {
            BaselineFile::Rows(merger.rows(Sides { base: Some(base), ours, theirs }))
        }
        _ => return Err("base, ours and theirs are not of one form: some are sizes, some are rows".into()),
    };
    Ok(Merged { file, conflicts: merger.conflicts })
}

struct Merger {
    preferred: Side,
    conflicts: Vec<String>,
}

impl Merger {
    fn sizes(&mut self, sides: Sides<&Baselines>) -> Baselines {
        let mut optimizers = BTreeMap::new();
        for (key, way) in ways(sides.map(|file| &file.optimizers)) {
            let baseline = match way {
                Way::Take(taken) => taken.cloned(),
                Way::Merge(sides) => Some(self.baseline(key, sides)),
                Way::Conflict(sides) => self.choose(key, "", sides),
            };
            optimizers.extend(baseline.map(|baseline| (key.clone(), baseline)));
        }
        Baselines { schema: BASELINE_SCHEMA, optimizers }
    }

    fn baseline(&mut self, key: &str, sides: Sides<&Baseline>) -> Baseline {
        let (provenance, agreed) = self.provenance(key, sides.map(|baseline| &baseline.provenance));
        let of = |baseline: &Baseline| -> Table<Variant, Metric> {
            baseline.variants.iter().map(|(variant, entries)| (variant.clone(), entries.0.clone())).collect()
        };
        let tools = sides.map(|baseline| &baseline.provenance.toolchain);
        let tables = Tables {
            made_alike: &|side, variant: &Variant, metric: &Metric| {
                tools.of(side).is_some_and(|own| own.difference(&agreed, *metric, &variant.profile).is_none())
            },
            sides: Sides { base: sides.base.map(of), ours: of(sides.ours), theirs: of(sides.theirs) },
        };
        let variants = table(self, key, &tables);
        Baseline { provenance, variants: variants.into_iter().map(|(variant, metrics)| (variant, Entries(metrics))).collect() }
    }

    fn rows(&mut self, sides: Sides<&RowsBaseline>) -> RowsBaseline {
        let (provenance, agreed) = self.tools("", sides.map(|baseline| &baseline.provenance));
        let of = |baseline: &RowsBaseline| -> Table<_, _> {
            baseline.rows.iter().map(|(row, entries)| (row.clone(), entries.0.clone())).collect()
        };
        let tools = sides.map(|baseline| &baseline.provenance);
        let tables = Tables {
            made_alike: &|side, row: &String, _: &String| {
                tools.of(side).is_some_and(|own| {
                    let names = own.keys().chain(agreed.keys());
                    names.filter(|tool| can_depend(row, tool)).all(|tool| own.get(tool) == agreed.get(tool))
                })
            },
            sides: Sides { base: sides.base.map(of), ours: of(sides.ours), theirs: of(sides.theirs) },
        };
        let rows = table(self, "", &tables);
        let rows = rows.into_iter().map(|(row, metrics)| (row, RowEntries(metrics))).collect();
        RowsBaseline { schema: ROWS_SCHEMA, provenance, rows }
    }

    /// Notes a conflict and gives the preferred side's part.
    fn choose<T: Clone>(&mut self, place: &str, name: &str, sides: Sides<Option<&T>>) -> Option<T> {
        let did = |part: Option<&T>| if part.is_some() { "changed" } else { "deleted" };
        let place = [place, name].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ");
        self.conflicts.push(format!("{place} is {} in ours and {} in theirs", did(sides.ours), did(sides.theirs)));
        match self.preferred {
            Side::Base => sides.base.flatten(),
            Side::Ours => sides.ours,
            Side::Theirs => sides.theirs,
        }
        .cloned()
    }
}

#[cfg(test)]
mod tests;
