//! Binaryen from npm: installed by lock file into the target folder, whole or not at all.

use super::Optimizer;
use crate::{
    analysis::digest::sha256,
    data::exit::Failure,
    shell::{console, process, store},
};
use anyhow::{Context, Result};
use std::path::Path;

const PACKAGE: &str = include_str!("../../../npm/package.json");
const LOCK: &str = include_str!("../../../npm/package-lock.json");
const WASM_OPT: &str = "node_modules/binaryen/bin/wasm-opt";

/// Installs the pinned version below `scratch` if it is not there yet.
///
/// # Errors
/// The lock file holds another version; Node or npm is missing; npm cannot reach its registry.
pub fn install(pinned: u32, scratch: &Path) -> Result<Optimizer> {
    let locked = locked_version()?;
    if locked != pinned {
        return Err(Failure::usage(format!(
            "the policy pins Binaryen {pinned}, but npm's lock file holds {locked}: put wasm-opt {pinned} on PATH, or update xtask/npm"
        ))
        .into());
    }
    let missing = |tool: &str| Failure::tool(format!("{tool} is not on PATH"));
    let node = process::find("node").ok_or_else(|| missing("node"))?;
    let folder = scratch.join(format!("npm/binaryen-{pinned}-{}", &sha256(LOCK.as_bytes())[..12]));
    if !folder.join(WASM_OPT).is_file() {
        process::find("npm").ok_or_else(|| missing("npm"))?;
        console::log(&format!("xtask: installing Binaryen {pinned} from npm (seconds, 104 MB in the target folder)"));
        install_into(&folder, pinned)?;
    }
    Ok(Optimizer { version: pinned, origin: "npm", program: node.into_os_string(), arguments: vec![folder.join(WASM_OPT)] })
}

fn install_into(folder: &Path, pinned: u32) -> Result<()> {
    let parent = folder.parent().unwrap_or(folder);
    store::create_folder(parent)?;
    let temporary = tempfile::Builder::new().prefix(".installing-").tempdir_in(parent)?;
    fs_err::write(temporary.path().join("package.json"), PACKAGE)?;
    fs_err::write(temporary.path().join("package-lock.json"), LOCK)?;
    let shell = process::shell(temporary.path())?;
    let output = process::output(shell.cmd("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))?;
    if !output.status.success() || !temporary.path().join(WASM_OPT).is_file() {
        return Err(anyhow::anyhow!(process::tail(&output.stderr))).with_context(|| {
            Failure::tool(format!("npm cannot install Binaryen {pinned}: run again where its registry is reachable"))
        });
    }
    match fs_err::rename(temporary.path(), folder) {
        // Another process was faster, with the same lock file.
        Err(_) if folder.join(WASM_OPT).is_file() => Ok(()),
        renamed => Ok(renamed?),
    }
}

fn locked_version() -> Result<u32> {
    let lock: serde_json::Value = serde_json::from_str(LOCK).context("xtask/npm/package-lock.json is not JSON")?;
    let version = lock["packages"]["node_modules/binaryen"]["version"].as_str().and_then(|version| version.split('.').next());
    version.and_then(|major| major.parse().ok()).context("xtask/npm/package-lock.json does not lock binaryen")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_lock_file_holds_one_version_with_its_hash_and_no_address() {
        assert_eq!(super::locked_version().unwrap(), 132);
        assert!(super::LOCK.contains("\"integrity\": \"sha512-"));
        assert!(!super::LOCK.contains("\"resolved\""));
    }
}
