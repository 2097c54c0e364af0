//! The tool's own hello-world, for workspaces whose policy names no floor: built with the workspace's own profiles.

use super::{store, workspace::Workspace};
use crate::data::matrix::BUILT_IN_FLOOR;
use anyhow::{Context, Result};

const MAIN: &str = "fn main() {\n    println!(\"Hello, world!\");\n}\n";

/// Writes the package below the scratch folder and opens it as a workspace.
///
/// # Errors
/// The workspace's manifest cannot be read, or the folder not be written.
pub fn workspace(of: &Workspace) -> Result<Workspace> {
    let folder = of.scratch().join(BUILT_IN_FLOOR);
    let manifest = fs_err::read_to_string(of.root.join("Cargo.toml"))?;
    store::write_if_changed(&folder.join("Cargo.toml"), manifest_with_profiles(&manifest)?.as_bytes())?;
    store::write_if_changed(&folder.join("Cargo.lock"), lock().as_bytes())?;
    store::write_if_changed(&folder.join("src/main.rs"), MAIN.as_bytes())?;
    let mut hello = Workspace::at(&folder, of.baselines.clone(), of.policy.clone(), of.compiler)?;
    hello.target.clone_from(&of.target);
    Ok(hello)
}

/// A manifest with the profiles of `workspace_manifest`, less their settings for packages that hello-world does not have.
fn manifest_with_profiles(workspace_manifest: &str) -> Result<String> {
    let table: toml::Table = workspace_manifest.parse().context("the workspace's Cargo.toml is not TOML")?;
    let mut profiles = table.get("profile").and_then(toml::Value::as_table).cloned().unwrap_or_default();
    for (_, profile) in profiles.iter_mut() {
        if let Some(profile) = profile.as_table_mut() {
            profile.remove("package");
        }
    }
    let package = toml::toml! { name = "hello-world" version = "0.0.0" edition = "2021" };
    let mut manifest = toml::Table::from_iter([("package".to_string(), toml::Value::Table(package))]);
    manifest.insert("workspace".into(), toml::Value::Table(toml::Table::new()));
    manifest.insert("profile".into(), toml::Value::Table(profiles));
    Ok(toml::to_string(&manifest)?)
}

fn lock() -> String {
    format!("version = 4\n\n[[package]]\nname = \"{BUILT_IN_FLOOR}\"\nversion = \"0.0.0\"\n")
}

#[cfg(test)]
mod tests {
    #[test]
    fn profiles_carry_over_without_packages() {
        let text = super::manifest_with_profiles(
            "[profile.tiny]\ninherits = \"release\"\nopt-level = \"z\"\n[profile.tiny.package.x]\nopt-level = 1",
        )
        .unwrap();
        let manifest: toml::Table = text.parse().unwrap();
        let tiny = manifest["profile"]["tiny"].as_table().unwrap();
        assert_eq!(tiny.len(), 2);
    }
}
