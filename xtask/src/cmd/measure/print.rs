//! What `measure` prints, for a person and for a program.

use super::{MeasureArgs, Measured};
use crate::analysis::{compress, twiggy::Report};
use crate::data::metric::Metric;
use crate::report;
use crate::report::table::{Column, Form, Grid, grouped};
use crate::shell::console;
use anyhow::Context;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Version of the JSON that `measure` prints.
pub const MEASURE_SCHEMA: u32 = 1;

/// The JSON of one call.
#[derive(Debug, Serialize)]
pub struct Document {
    /// [`MEASURE_SCHEMA`].
    pub schema: u32,
    /// `measure`.
    pub command: &'static str,
    /// What computed the compressed sizes.
    pub codecs: BTreeMap<Metric, String>,
    /// In the order of the command line.
    pub files: Vec<File>,
    /// The files that are missing in `files`.
    pub failures: Vec<Failed>,
}

impl Default for Document {
    fn default() -> Self {
        Self { schema: MEASURE_SCHEMA, command: "measure", codecs: compress::labels(), files: vec![], failures: vec![] }
    }
}

/// A measured file.
#[derive(Debug, Serialize)]
pub struct File {
    /// As it was written on the command line.
    pub path: String,
    /// The numbers.
    #[serde(flatten)]
    pub measured: Measured,
    /// twiggy's reports if they were asked for, or why there are none.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "twiggy_json")]
    pub twiggy: Option<Result<Vec<Report>, String>>,
}

/// A file that could not be measured.
#[derive(Debug, Serialize)]
pub struct Failed {
    /// As it was written on the command line.
    pub path: String,
    /// The line that was printed on stderr.
    pub message: String,
}

/// Prints the document on stdout.
pub fn json(document: &impl Serialize) -> anyhow::Result<()> {
    console::print(&(serde_json::to_string_pretty(document).context("cannot print the result as JSON")? + "\n"))
}

/// One file for a person.
pub fn text(file: &File, args: &MeasureArgs, form: Form) -> String {
    let Measured { sha256, ledger, .. } = &file.measured;
    let functions = if args.functions { usize::MAX } else { args.top };
    let mut text = format!("{}: {}\nsha256 {sha256}\n\n", file.path, ledger.encoding);
    text += &measurements(&file.measured).render(form);
    let _ = writeln!(text, "\n{}", spent(&file.measured));
    text += &report::ledger::ledger(ledger, form, args.top);
    text.push('\n');
    text += &report::symbols::symbols(ledger, form, args.top, functions);
    text + &file.twiggy.as_ref().map_or_else(String::new, report::twiggy::text)
}

fn measurements(measured: &Measured) -> Grid {
    let codecs = compress::labels();
    let mut grid = Grid::new(&[("metric", Column::Text), ("value", Column::Number), ("", Column::Text)]);
    for value in &measured.measurements {
        let codec = codecs.get(&value.metric).cloned().unwrap_or_default();
        grid.row([value.metric.name(), grouped(value.value), codec]);
    }
    grid
}

fn spent(measured: &Measured) -> String {
    let ms = |ns: u64| format!("{} ms", grouped(ns / 1_000_000));
    match measured.spent.brotli_ns {
        Some(brotli) => format!("Took {}, and brotli {}.\n", ms(measured.spent.rest_ns), ms(brotli)),
        None => format!("Took {}; brotli was left out.\n", ms(measured.spent.rest_ns)),
    }
}

/// A map from analysis to twiggy's own JSON, or `{"unavailable": reason}`.
pub fn twiggy_json<S: Serializer>(twiggy: &Option<Result<Vec<Report>, String>>, to: S) -> Result<S::Ok, S::Error> {
    let mut map = to.serialize_map(None)?;
    match twiggy {
        None => {}
        Some(Err(reason)) => map.serialize_entry("unavailable", reason)?,
        Some(Ok(reports)) => {
            for report in reports {
                let value: serde_json::Value = serde_json::from_str(&report.json).map_err(serde::ser::Error::custom)?;
                map.serialize_entry(report.name, &value)?;
            }
        }
    }
    map.end()
}
