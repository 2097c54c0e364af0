//! The files under `baselines/`: numbers, golden import lists and symbol tables.

use super::{git, store};
use crate::{
    analysis::{
        compare::{Golden, ListKey, Side, Unrecorded},
        explain::Tables,
        imports::{parse_golden, render_golden},
        symbols::{self, SymbolTable},
    },
    data::{baseline::Baselines, baseline_file::as_written, exit::Failure, matrix::Cell, rows::RowsBaseline, variant::Variant},
};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// The numbers of `cargo xtask size`; empty where there is no file yet.
///
/// # Errors
/// The file is not one of this tool's.
pub fn read_sizes(folder: &Path) -> Result<Baselines> {
    let path = sizes_path(folder);
    let Some(text) = store::read_text(&path)? else { return Ok(Baselines::default()) };
    let read = Baselines::parse(&text).and_then(|file| as_written(&text, &file.render()).map(|()| file));
    read.map_err(anyhow::Error::msg).with_context(|| unusable(&path))
}

fn unusable(path: &Path) -> Failure {
    let path = path.display();
    Failure::usage(format!("the baseline {path} cannot be used: restore it (git checkout -- {path}), it was left as it is"))
}

/// What it means that `baselines` has nothing under the optimizer `key`. It is new only if neither the file nor HEAD has numbers
/// under it, nor, where it is the `pinned` one, under any other: a new pin is a new toolchain, which wants a reason.
pub fn unrecorded(folder: &Path, baselines: &Baselines, key: &str, pinned: &str) -> Unrecorded {
    let committed = git::committed(&sizes_path(folder)).and_then(|text| Baselines::parse(&text).ok()).unwrap_or_default();
    let recorded = |file: &Baselines| if key == pinned { !file.optimizers.is_empty() } else { file.optimizers.contains_key(key) };
    if recorded(baselines) || recorded(&committed) { Unrecorded::AnyMore } else { Unrecorded::Yet }
}

/// The commit to compare with: the one that last changed the numbers.
pub fn last_commit(folder: &Path) -> Option<String> {
    git::last_change(&sizes_path(folder))
}

/// Writes the numbers.
///
/// # Errors
/// The file cannot be written.
pub fn write_sizes(folder: &Path, baselines: &Baselines) -> Result<()> {
    store::write_if_changed(&sizes_path(folder), baselines.render().as_bytes()).map(drop)
}

fn sizes_path(folder: &Path) -> PathBuf {
    folder.join("size.json")
}

/// The counts of a command in `file` below `folder`; nothing where there is no file yet.
///
/// # Errors
/// The file is not one of this tool's.
pub fn read_rows(folder: &Path, file: &str) -> Result<Option<RowsBaseline>> {
    let path = folder.join(file);
    let Some(text) = store::read_text(&path)? else { return Ok(None) };
    let read = RowsBaseline::parse(&text).and_then(|file| as_written(&text, &file.render()).map(|()| file));
    read.map(Some).map_err(anyhow::Error::msg).with_context(|| unusable(&path))
}

/// What it means that there are no counts in `file`: there never were any, or they were committed and are gone.
pub fn rows_unrecorded(folder: &Path, file: &str) -> Unrecorded {
    match git::committed(&folder.join(file)) {
        Some(_) => Unrecorded::AnyMore,
        None => Unrecorded::Yet,
    }
}

/// Writes the counts.
///
/// # Errors
/// The file cannot be written.
pub fn write_rows(folder: &Path, file: &str, baseline: &RowsBaseline) -> Result<()> {
    store::write_if_changed(&folder.join(file), baseline.render().as_bytes()).map(drop)
}

/// The golden lists of the cells' subjects and targets, where there are any. They are an optimizer's own: one that finds
/// less dead code leaves more imports.
///
/// # Errors
/// A list cannot be read.
pub fn read_golden(folder: &Path, optimizer: &str, cells: &[Cell]) -> Result<Golden> {
    let mut golden = Golden::new();
    for key in cells.iter().flat_map(|cell| [Side::Imports, Side::Exports].map(|side| ListKey::of(side, cell))) {
        if let Some(text) = store::read_text(&golden_path(folder, optimizer, &key))? {
            golden.insert(key, parse_golden(&text));
        }
    }
    Ok(golden)
}

/// Writes golden lists.
///
/// # Errors
/// A file cannot be written.
pub fn write_golden(folder: &Path, optimizer: &str, golden: &Golden) -> Result<()> {
    for (key, names) in golden {
        store::write_if_changed(&golden_path(folder, optimizer, key), render_golden(head(key.side), names).as_bytes())?;
    }
    Ok(())
}

fn golden_path(folder: &Path, optimizer: &str, key: &ListKey) -> PathBuf {
    let side = match key.side {
        Side::Imports => "imports",
        Side::Exports => "exports",
    };
    let profile = key.profile.as_ref().map(|profile| format!(".{profile}")).unwrap_or_default();
    folder.join(side).join(optimizer).join(&key.subject).join(format!("{}{profile}.txt", key.target))
}

fn head(side: Side) -> &'static str {
    match side {
        Side::Imports => "Every import that a shipped file of this subject and target may have, one a line.",
        Side::Exports => "Every export that each shipped file of this subject and target has, one a line.",
    }
}

/// The symbol tables that were recorded with a variant's numbers: what a delta is explained against.
///
/// # Errors
/// A file is not one of this tool's.
pub fn read_symbols(folder: &Path, optimizer: &str, variant: &Variant) -> Result<Option<Tables>> {
    let folder = symbols_folder(folder, optimizer, variant);
    match (read_table(&folder.join(SHIPPED))?, read_table(&folder.join(LINKED))?) {
        (Some(shipped), Some(linked)) => Ok(Some(Tables { shipped, linked })),
        _ => Ok(None),
    }
}

fn read_table(path: &Path) -> Result<Option<SymbolTable>> {
    let Some(text) = store::read_text(path)? else { return Ok(None) };
    let table = symbols::parse(&text).map_err(anyhow::Error::msg);
    table
        .map(Some)
        .with_context(|| Failure::usage(format!("the symbol table {} cannot be used: restore it from git", path.display())))
}

/// Copies the symbol tables of a built variant.
///
/// # Errors
/// A file cannot be read or written.
pub fn write_symbols(folder: &Path, optimizer: &str, variant: &Variant, built: &Path) -> Result<()> {
    for name in [SHIPPED, LINKED] {
        store::write_if_changed(
            &symbols_folder(folder, optimizer, variant).join(name),
            &fs_err::read(built.join(SYMBOLS).join(name))?,
        )?;
    }
    Ok(())
}

/// Removes the symbol tables of a variant that the policy lost.
///
/// # Errors
/// They are there and cannot be removed.
pub fn remove_symbols(folder: &Path, optimizer: &str, variant: &Variant) -> Result<()> {
    let folder = symbols_folder(folder, optimizer, variant);
    if folder.exists() { Ok(fs_err::remove_dir_all(folder)?) } else { Ok(()) }
}

/// The symbol tables of a built variant.
///
/// # Errors
/// They are gone or cannot be read.
pub fn built_symbols(built: &Path) -> Result<Tables> {
    let table = |name: &str| {
        let path = built.join(SYMBOLS).join(name);
        read_table(&path)?.with_context(|| Failure::invalid(format!("{} is gone: run again", path.display())))
    };
    Ok(Tables { shipped: table(SHIPPED)?, linked: table(LINKED)? })
}

/// The folder of symbol tables, below `baselines/` and below a built variant.
pub const SYMBOLS: &str = "symbols";
/// The table of the shipped code.
pub const SHIPPED: &str = "shipped.tsv";
/// The table of the linked module.
pub const LINKED: &str = "linked.tsv";

fn symbols_folder(folder: &Path, optimizer: &str, variant: &Variant) -> PathBuf {
    folder.join(SYMBOLS).join(optimizer).join(variant.to_string())
}
