//! The flags that rustc gets: ours and the policy's. The user's own would change the bytes, so they are named and left out.

use super::workspace::{Workspace, cargo_home};
use crate::{analysis::component::Kind, data::matrix::Cell};
use anyhow::Result;
use std::{
    env,
    path::{Path, PathBuf},
};

/// Environment variables that change what cargo builds and are not passed on. Wrappers are among them: one can add any flag.
pub fn is_ignored_variable(name: &str) -> bool {
    const EXACT: [&str; 11] = [
        "RUSTFLAGS",
        "CARGO_ENCODED_RUSTFLAGS",
        "CARGO_BUILD_RUSTFLAGS",
        "RUSTC",
        "CARGO_BUILD_RUSTC",
        "RUSTC_WRAPPER",
        "CARGO_BUILD_RUSTC_WRAPPER",
        "RUSTC_WORKSPACE_WRAPPER",
        "CARGO_BUILD_RUSTC_WORKSPACE_WRAPPER",
        "RUSTC_BOOTSTRAP",
        "CARGO_INCREMENTAL",
    ];
    let of_target =
        ["_RUSTFLAGS", "_LINKER", "_RUNNER"].iter().any(|end| name.ends_with(end)) && name.starts_with("CARGO_TARGET_");
    EXACT.contains(&name) || name == "CARGO_BUILD_TARGET" || name.starts_with("CARGO_PROFILE_") || of_target
}

/// The flags for one cell, in cargo's encoded form (separated by 0x1f); `sources` is what [`super::sources::names`] says.
///
/// Paths get the same names anywhere, else the panic messages carry this machine's folders into the file. rustc takes the last
/// prefix that matches, so the more special ones come last.
///
/// # Errors
/// Cargo's home is not known.
pub fn encoded(workspace: &Workspace, sources: &[(PathBuf, String)], cell: &Cell) -> Result<String> {
    let mut flags = remaps(workspace, sources)?;
    if Kind::of_target(&cell.variant.target) == Kind::Component {
        // The linker's component would be encoded before the optimizer has seen the core module, which it cannot undo.
        flags.push("-Clink-arg=--skip-wit-component".into());
    }
    flags.extend(cell.subject.rustflags.iter().chain(&cell.profile.rustflags).cloned());
    Ok(join(&flags))
}

/// Flags in cargo's encoded form.
pub fn join(flags: &[String]) -> String {
    flags.join("\u{1f}")
}

/// The flags that give paths the same names anywhere.
///
/// # Errors
/// Cargo's home is not known.
pub fn remaps(workspace: &Workspace, sources: &[(PathBuf, String)]) -> Result<Vec<String>> {
    let fixed = [(cargo_home()?, "/cargo"), (workspace.root.clone(), "/workspace"), (workspace.target.clone(), "/target")];
    let fixed = fixed.iter().map(|(folder, name)| (folder, *name));
    let names = fixed.chain(sources.iter().map(|(folder, name)| (folder, name.as_str())));
    Ok(names.flat_map(|(folder, name)| both_forms(folder).into_iter().map(move |from| remap(&from, name))).collect())
}

fn remap(from: &Path, to: &str) -> String {
    format!("--remap-path-prefix={}={to}", from.display())
}

/// A folder as it was named and as it is with its links resolved: rustc may meet either.
fn both_forms(folder: &Path) -> Vec<PathBuf> {
    let mut forms = vec![folder.to_path_buf()];
    forms.extend(fs_err::canonicalize(folder).ok().filter(|resolved| resolved != folder));
    forms
}

/// What the user set that is ignored or that changes the numbers: a line each, for the log.
pub fn notes(workspace: &Workspace, targets: &[&str]) -> Vec<String> {
    let mut notes = Vec::new();
    for (name, value) in env::vars_os() {
        let name = name.to_string_lossy();
        if is_ignored_variable(&name) && !value.is_empty() {
            notes.push(format!(
                "ignored {name}={}: what is gated has only the policy's `rustflags`",
                value.to_string_lossy().replace('\u{1f}', " ")
            ));
        }
    }
    for path in config_files(&workspace.root) {
        let Ok(text) = fs_err::read_to_string(&path) else { continue };
        let Ok(config) = text.parse::<toml::Table>() else { continue };
        notes.extend(config_notes(&config, targets).into_iter().map(|note| format!("{note} ({})", path.display())));
    }
    notes
}

fn config_files(root: &Path) -> Vec<PathBuf> {
    let home = cargo_home().ok();
    let folders = root.ancestors().map(|folder| folder.join(".cargo")).chain(home);
    let files = folders.flat_map(|folder| [folder.join("config.toml"), folder.join("config")]).filter(|path| path.is_file());
    let mut found: Vec<PathBuf> = Vec::new();
    for file in files {
        if !found.contains(&file) {
            found.push(file);
        }
    }
    found
}

fn config_notes(config: &toml::Table, targets: &[&str]) -> Vec<String> {
    let mut notes = Vec::new();
    let flags = |table: Option<&toml::Value>| table.and_then(|table| table.get("rustflags")).map(ToString::to_string);
    for key in ["rustc", "rustc-wrapper", "rustc-workspace-wrapper"] {
        if let Some(value) = config.get("build").and_then(|build| build.get(key)) {
            notes.push(format!("build.{key} = {value} is in force: it may change the bytes on this machine only"));
        }
    }
    if let Some(flags) = flags(config.get("build")) {
        notes.push(format!("ignored build.rustflags = {flags}: what is gated has only the policy's `rustflags`"));
    }
    for (target, table) in config.get("target").and_then(toml::Value::as_table).into_iter().flatten() {
        if !targets.contains(&target.as_str()) && !target.starts_with("cfg(") {
            continue;
        }
        if let Some(flags) = flags(Some(table)) {
            notes.push(format!("ignored target.{target}.rustflags = {flags}: what is gated has only the policy's `rustflags`"));
        }
        if table.get("linker").is_some() {
            notes.push(format!("target.{target}.linker is in force: another linker makes other bytes"));
        }
    }
    for profile in config.get("profile").and_then(toml::Value::as_table).into_iter().flat_map(toml::Table::keys) {
        notes.push(format!("profile.{profile} is in force: it may change the bytes on this machine only"));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_that_change_the_bytes() {
        for name in ["RUSTFLAGS", "RUSTC_WRAPPER", "CARGO_PROFILE_RELEASE_WASM_LTO", "CARGO_TARGET_WASM32_WASIP2_RUSTFLAGS"] {
            assert!(is_ignored_variable(name), "{name}");
        }
        for name in ["CARGO_TARGET_DIR", "PATH", "CARGO_HOME"] {
            assert!(!is_ignored_variable(name), "{name}");
        }
    }

    #[test]
    fn config_files_are_told() {
        let config = "[build]\nrustflags = [\"-g\"]\n[target.wasm32-wasip2]\nlinker = \"x\"\n[target.other]\nrustflags = \"y\"\n[profile.release]\nlto = true";
        let notes = config_notes(&config.parse().unwrap(), &["wasm32-wasip2"]);
        assert_eq!(notes.len(), 3, "{notes:#?}");
        assert!(notes[0].contains("build.rustflags") && notes[1].contains("linker") && notes[2].contains("profile.release"));
    }
}
