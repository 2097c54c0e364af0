//! The files of decision records: the baselines that they are made from, and `docs/adr`.

use super::{baselines, store, workspace::Workspace};
use crate::data::{
    adr::{AdrPolicy, measured::Table},
    exit::Failure,
};
use anyhow::{Context, Result};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// The numbers of `cargo xtask size`, which have a form of their own.
const SIZES: &str = "size.json";

/// The baselines that the criteria name, by file.
///
/// # Errors
/// One is not there or not one of this tool's.
pub fn tables(workspace: &Workspace, adr: &AdrPolicy) -> Result<BTreeMap<String, Table>> {
    let mut tables = BTreeMap::new();
    for criterion in &adr.criterion {
        if !tables.contains_key(&criterion.baseline) {
            tables.insert(criterion.baseline.clone(), table(workspace, &criterion.baseline)?);
        }
    }
    Ok(tables)
}

fn table(workspace: &Workspace, file: &str) -> Result<Table> {
    let folder = &workspace.baselines;
    if file == SIZES {
        let key = format!("binaryen-{}", workspace.policy.optimizer.binaryen);
        let sizes = baselines::read_sizes(folder)?;
        let of_pin = sizes.optimizers.get(&key).map(Table::from);
        return of_pin.with_context(|| Failure::usage(format!("{file} has no numbers of {key}: run cargo xtask size")));
    }
    let rows = baselines::read_rows(folder, file)?;
    rows.as_ref().map(Table::from).with_context(|| {
        Failure::usage(format!(
            "there is no {}: run the command that records it, or correct `baseline` in the policy",
            folder.join(file).display()
        ))
    })
}

/// A record's place: the file, its number, and what it holds now.
#[derive(Clone, Debug)]
pub struct Record {
    /// `docs/adr/NNNN-SLUG.md`.
    pub path: PathBuf,
    /// `NNNN`.
    pub number: u32,
    /// Nothing where there is no such file yet.
    pub text: Option<String>,
}

impl Record {
    /// The picture beside it.
    pub fn picture(&self) -> PathBuf {
        self.path.with_extension("svg")
    }
}

/// The record of `slug` in the workspace: the one that is there, else one with the next number.
///
/// # Errors
/// There are two of them, or one cannot be read.
pub fn record(root: &Path, slug: &str) -> Result<Record> {
    let folder = root.join("docs/adr");
    let all = numbered(&folder)?;
    match &all.iter().filter(|(_, other)| other == slug).collect::<Vec<_>>()[..] {
        [] => {
            let number = all.iter().map(|(number, _)| number + 1).max().unwrap_or(0);
            Ok(Record { path: folder.join(format!("{number:04}-{slug}.md")), number, text: None })
        }
        [(number, _)] => {
            let path = folder.join(format!("{number:04}-{slug}.md"));
            let text = store::read_text(&path)?;
            Ok(Record { path, number: *number, text })
        }
        [(first, _), (second, _), ..] => Err(Failure::usage(format!(
            "{} has two records of the slug `{slug}`, {first:04} and {second:04}: rename one",
            folder.display()
        ))
        .into()),
    }
}

/// Number and slug of each `NNNN-SLUG.md`, sorted.
fn numbered(folder: &Path) -> Result<Vec<(u32, String)>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut all = Vec::new();
    for entry in fs_err::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let Some((number, slug)) = name.strip_suffix(".md").and_then(|name| name.split_once('-')) else { continue };
        if number.len() == 4 && number.bytes().all(|byte| byte.is_ascii_digit()) {
            all.extend(number.parse().ok().map(|number| (number, slug.to_string())));
        }
    }
    all.sort();
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_keeps_its_number_and_a_new_one_gets_the_next() {
        let root = tempfile::tempdir().unwrap();
        let number = |slug: &str| record(root.path(), slug).map(|record| (record.number, record.text));
        assert_eq!(number("new").unwrap(), (0, None));
        let folder = root.path().join("docs/adr");
        fs_err::create_dir_all(&folder).unwrap();
        for name in ["0000-first.md", "0007-a-b.md", "notes.md", "12-x.md", "0009-a-b.svg"] {
            fs_err::write(folder.join(name), name).unwrap();
        }
        assert_eq!(number("a-b").unwrap(), (7, Some("0007-a-b.md".into())));
        assert_eq!(number("b").unwrap(), (8, None), "a slug that another ends with is another");
        assert!(record(root.path(), "a-b").unwrap().picture().ends_with("docs/adr/0007-a-b.svg"));
        fs_err::write(folder.join("0008-a-b.md"), "").unwrap();
        assert!(number("a-b").unwrap_err().to_string().contains("0007 and 0008"));
    }
}
