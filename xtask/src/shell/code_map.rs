//! The symbol tables of shipped files: those of the baseline, and those beside what was built.

use super::{baselines, store, workspace::Workspace};
use crate::{
    analysis::{
        code_map::{Build, CodeMap},
        digest::sha256,
        ledger::ledger,
    },
    data::{
        baseline::Baseline,
        metric::Metric,
        run::{Artifact, Run},
        variant::Variant,
    },
};
use anyhow::Result;
use std::path::Path;

/// What is known of the file of `variant` under the optimizer `key`, before and as `run` measured it; nothing where neither is known.
///
/// # Errors
/// A symbol table is there and cannot be used.
pub fn read(
    workspace: &Workspace,
    key: &str,
    baseline: Option<&Baseline>,
    run: Option<&Run>,
    variant: &Variant,
) -> Result<Option<CodeMap>> {
    let mut map = CodeMap { variant: variant.clone(), before: None, after: None, notes: Vec::new(), sections: Vec::new() };
    let recorded = baseline.and_then(|baseline| baseline.variants.get(variant)?.0.get(&Metric::RawBytes));
    let tables = baselines::read_symbols(&workspace.baselines, key, variant)?;
    map.before = recorded.zip(tables).map(|(entry, tables)| Build { file_bytes: entry.value, symbols: tables.shipped });
    if let Some(artifact) = run.and_then(|run| run.artifacts.iter().find(|artifact| artifact.variant == *variant)) {
        add_built(&mut map, &workspace.scratch().join("size").join(variant.to_string()), artifact)?;
    } else if map.before.is_some() {
        map.notes.push("No run measured this variant: the baseline alone is shown.".into());
    }
    Ok((map.before.is_some() || map.after.is_some()).then_some(map))
}

/// Adds what was built, if it is still what was measured.
fn add_built(map: &mut CodeMap, folder: &Path, artifact: &Artifact) -> Result<()> {
    let name = artifact.path.rsplit('/').next().unwrap_or_default();
    let found = fs_err::read(folder.join(name)).ok().filter(|bytes| sha256(bytes) == artifact.sha256);
    let Some(bytes) = found else {
        map.notes.push("The file that was measured is not on this machine: the baseline alone is shown.".into());
        return Ok(());
    };
    let twin = fs_err::read(folder.join("twin.wasm")).ok();
    match ledger(&bytes, twin.as_deref()) {
        Ok(ledger) => map.sections = ledger.summary().into_iter().map(|row| (row.path, row.bytes)).collect(),
        Err(error) => map.notes.push(format!("The sections of the file cannot be told: {error}.")),
    }
    let tables = store::read_text(&folder.join(baselines::SYMBOLS).join(baselines::SHIPPED))?;
    match tables {
        Some(_) => map.after = Some(Build { file_bytes: artifact.raw_bytes, symbols: baselines::built_symbols(folder)?.shipped }),
        None => map.notes.push("The symbols of what was measured are not on this machine: the baseline alone is shown.".into()),
    }
    Ok(())
}
