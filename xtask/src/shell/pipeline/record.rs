//! What a built variant leaves behind: its files, and last of all the record that vouches for them.

use super::digest;
use crate::{
    data::{exit::Failure, grid::GridArtifact, matrix::Cell, metric::Metric},
    shell::{store, workspace::Workspace},
};
use anyhow::Result;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

const RECORD: &str = "record.json";

/// The record of a built variant.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The hash of everything that went in.
    pub inputs: String,
    /// File -> SHA-256, relative to the variant's folder.
    pub files: BTreeMap<String, String>,
    /// The values.
    pub metrics: BTreeMap<Metric, u64>,
    /// The shipped file's imports and exports.
    pub interface: Interface,
    /// The hash of all of the above: numbers edited by hand are measured again.
    seal: String,
}

/// What a shipped file asks for and offers, each sorted.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interface {
    /// Its imports.
    pub imports: Vec<String>,
    /// Its exports.
    pub exports: Vec<String>,
}

impl Record {
    fn sealed(mut self) -> Record {
        self.seal = self.seal();
        self
    }

    fn seal(&self) -> String {
        let unsealed = Record { seal: String::new(), ..self.clone() };
        digest(&serde_json::to_vec(&unsealed).expect("strings and integers always serialize"))
    }
}

/// A built variant.
#[derive(Clone, Debug)]
pub struct Built {
    /// The variant's folder.
    pub folder: PathBuf,
    /// The shipped file.
    pub shipped: PathBuf,
    /// Its SHA-256.
    pub sha256: String,
    /// What is known of it.
    pub record: Record,
}

impl Built {
    /// What a run says of this file, the variant that `cell` describes.
    pub fn artifact(&self, workspace: &Workspace, cell: &Cell) -> GridArtifact {
        GridArtifact {
            variant: cell.variant.to_string(),
            path: workspace.shown(&self.shipped),
            sha256: self.sha256.clone(),
            raw_bytes: self.record.metrics.get(&Metric::RawBytes).copied().unwrap_or_default(),
        }
    }

    /// The shipped file's name: the package's.
    pub fn shipped_name(cell: &Cell) -> String {
        format!("{}.wasm", cell.variant.subject)
    }

    /// What the last run left for the same inputs, if every file is still what the record says.
    pub fn load(folder: &Path, cell: &Cell, inputs: &str) -> Option<Built> {
        let record: Record = serde_json::from_slice(&fs_err::read(folder.join(RECORD)).ok()?).ok()?;
        let intact =
            |(name, sha256): (&String, &String)| fs_err::read(folder.join(name)).is_ok_and(|bytes| digest(&bytes) == *sha256);
        if record.inputs != inputs || record.seal != record.seal() || !record.files.iter().all(intact) {
            return None;
        }
        Self::new(folder, cell, record).ok()
    }

    /// Writes the files, the record last.
    ///
    /// # Errors
    /// A file cannot be written, or a value is zero that no wasm file has.
    pub fn store(
        folder: &Path,
        cell: &Cell,
        inputs: String,
        files: BTreeMap<String, Vec<u8>>,
        metrics: BTreeMap<Metric, u64>,
        interface: Interface,
    ) -> Result<Built> {
        for metric in [Metric::RawBytes, Metric::GzipBytes, Metric::BrotliBytes, Metric::CodeBytes] {
            if metrics.get(&metric).is_none_or(|value| *value == 0) {
                return Err(Failure::invalid(format!(
                    "{metric} of {} is zero or missing: no program is that small",
                    cell.variant
                ))
                .into());
            }
        }
        for (name, bytes) in &files {
            store::write_if_changed(&folder.join(name), bytes)?;
        }
        let files = files.iter().map(|(name, bytes)| (name.clone(), digest(bytes))).collect();
        let record = Record { inputs, files, metrics, interface, seal: String::new() }.sealed();
        store::write(&folder.join(RECORD), &serde_json::to_vec_pretty(&record)?)?;
        Self::new(folder, cell, record)
    }

    fn new(folder: &Path, cell: &Cell, record: Record) -> Result<Built> {
        let name = Self::shipped_name(cell);
        let sha256 =
            record.files.get(&name).cloned().ok_or_else(|| Failure::invalid(format!("{RECORD} does not name {name}")))?;
        Ok(Built { folder: folder.to_path_buf(), shipped: folder.join(name), sha256, record })
    }
}
