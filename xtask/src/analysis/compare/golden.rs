//! Golden lists: what the shipped files of a subject may import, and what a library must export.

use super::Expected;
use crate::data::{
    matrix::Cell,
    run::Run,
    variant::{self, Variant},
    verdict::{Finding, FindingKind as Kind},
};
use std::collections::{BTreeMap, BTreeSet};

/// The golden lists by what they are of; absent where there is no file.
pub type Golden = BTreeMap<ListKey, BTreeSet<String>>;

/// What a golden list is of: one side of a subject's files for one target.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListKey {
    /// Which side.
    pub side: Side,
    /// The subject, or the floor.
    pub subject: String,
    /// The target triple.
    pub target: String,
    /// The profile, where it has a toolchain of its own: another standard library imports by other names.
    pub profile: Option<String>,
}

/// The side of a file that a list is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// What it asks for. Its variants need not import alike.
    Imports,
    /// What it offers: every variant of a library exports all of it.
    Exports,
}

impl ListKey {
    /// The list that a cell is held to.
    pub fn of(side: Side, cell: &Cell) -> ListKey {
        let Variant { subject, target, profile, .. } = cell.variant.clone();
        ListKey { side, subject, target, profile: cell.profile.toolchain.is_some().then_some(profile) }
    }
}

/// Imports that the policy forbids or the golden list lacks, and its lines that nothing imports.
pub fn of_imports(run: &Run, expected: &Expected) -> Vec<Finding> {
    let mut findings = Vec::new();
    for cell in expected.cells {
        let Some(imports) = run.imports.get(&cell.variant) else { continue };
        let golden = expected.golden.get(&ListKey::of(Side::Imports, cell));
        let forbids = |import: &String| cell.subject.forbidden_imports.iter().any(|pattern| variant::matches(pattern, import));
        for import in imports {
            let kind = match golden {
                _ if forbids(import) => Kind::ForbiddenImport { import: import.clone() },
                Some(golden) if !golden.contains(import) => Kind::ImportAdded { import: import.clone() },
                _ => continue,
            };
            findings.push(Finding::new(cell.variant.clone(), kind));
        }
        if golden.is_none() {
            let kind = if is_recorded(expected, &cell.variant) { Kind::ImportListGone } else { Kind::NoImportList };
            findings.push(Finding::new(cell.variant.clone(), kind));
        }
    }
    let lists = expected.golden.iter().filter(|(key, _)| key.side == Side::Imports);
    findings.extend(lists.flat_map(|(key, golden)| unused_imports(run, expected, key, golden)));
    findings
}

/// Lines of a golden list that nothing imports; only known when every variant that the list is for was measured.
fn unused_imports(run: &Run, expected: &Expected, key: &ListKey, golden: &BTreeSet<String>) -> Vec<Finding> {
    let variants: Vec<&Variant> =
        expected.cells.iter().filter(|cell| ListKey::of(Side::Imports, cell) == *key).map(|cell| &cell.variant).collect();
    let Some(lists) = variants.iter().map(|variant| run.imports.get(variant)).collect::<Option<Vec<_>>>() else {
        return Vec::new();
    };
    let Some(first) = variants.first() else { return Vec::new() };
    let unused = golden.iter().filter(|import| !lists.iter().any(|list| list.contains(import)));
    unused.map(|import| Finding::new((*first).clone(), Kind::ImportRemoved { import: import.clone() })).collect()
}

/// Exports of libraries that the golden list lacks, and its lines that a variant does not export.
pub fn of_exports(run: &Run, expected: &Expected) -> Vec<Finding> {
    let mut findings = Vec::new();
    for cell in expected.cells {
        let variant = &cell.variant;
        let Some(exports) = run.exports.get(variant) else { continue };
        let kinds: Vec<Kind> = match expected.golden.get(&ListKey::of(Side::Exports, cell)) {
            None if is_recorded(expected, variant) => vec![Kind::ExportListGone],
            None => vec![Kind::NoExportList],
            Some(golden) => {
                let added = exports.iter().filter(|export| !golden.contains(*export)).cloned();
                let removed = golden.iter().filter(|export| !exports.contains(export)).cloned();
                let added = added.map(|export| Kind::ExportAdded { export });
                added.chain(removed.map(|export| Kind::ExportRemoved { export })).collect()
            }
        };
        findings.extend(kinds.into_iter().map(|kind| Finding::new(variant.clone(), kind)));
    }
    findings
}

/// Whether the variant has numbers: then it had lists too.
fn is_recorded(expected: &Expected, variant: &Variant) -> bool {
    expected.baseline.is_some_and(|baseline| baseline.variants.contains_key(variant))
}
