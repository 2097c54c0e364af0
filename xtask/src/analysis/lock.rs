//! Versions of the crates that decide numbers, read from the lock file that this tool was built with: the one place that
//! knows them.

use serde::Deserialize;
use std::sync::LazyLock;

#[derive(Deserialize)]
struct Lock {
    package: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
}

static LOCK: LazyLock<Lock> =
    LazyLock::new(|| toml::from_str(include_str!("../../../Cargo.lock")).expect("cargo wrote this lock file and built from it"));

/// The highest locked version of the crate `name`.
///
/// # Panics
/// If this tool does not depend on it, which is a mistake in the source.
pub fn version_of(name: &str) -> &'static str {
    let mut versions = LOCK.package.iter().filter(|package| package.name == name).map(|package| package.version.as_str());
    versions.next_back().unwrap_or_else(|| panic!("`{name}` is not in Cargo.lock"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn versions_are_found() {
        assert!(super::version_of("wit-component").starts_with("0."));
    }
}
