//! The core does no I/O: it has no `std` to do it with, and says so itself. The compiler holds the rest, so these read the source.
//!
//! No test builds the core without the feature `host`: `#![no_std]` stands there without a condition, so the build with it shows the same.

use std::path::{Path, PathBuf};

/// The files of Rust under `folder`, as paths from `src`.
fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in folder.read_dir().expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

/// Each file of the core with its text: not a host, not an entry point, not a test.
fn core() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    sources(&root, &mut all);
    let is_core = |path: &PathBuf| {
        let path = path.strip_prefix(&root).expect("below src");
        let start = path.components().next().expect("a name").as_os_str().to_str().expect("UTF-8");
        !matches!(start, "host" | "host.rs" | "main" | "main.rs") && path.file_name().is_some_and(|name| name != "tests.rs")
    };
    let core: Vec<PathBuf> = all.into_iter().filter(is_core).collect();
    assert!(core.len() > 40, "{core:?}");
    core.into_iter().map(|path| (path.clone(), std::fs::read_to_string(&path).expect("a source"))).collect()
}

/// What of `text` is shipped: the lines before its tests, without comments.
fn shipped(text: &str) -> impl Iterator<Item = &str> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    code.lines().map(str::trim).filter(|line| !line.starts_with("//"))
}

#[test]
fn the_core_is_no_std_whatever_the_features_are() {
    let lib = include_str!("../src/lib.rs");
    assert!(lib.lines().any(|line| line == "#![no_std]"));
    let (before, _) = lib.split_once("extern crate std;").expect("the hosts use it");
    assert!(before.trim_end().ends_with("#[cfg(all(feature = \"host\", not(all(target_os = \"wasi\", target_env = \"p2\"))))]"));
}

#[test]
fn only_the_hosts_and_the_entry_point_name_std() {
    for (path, text) in core() {
        for line in shipped(&text).filter(|line| !line.contains("extern crate std")) {
            assert!(!line.contains("std::"), "{}: {line}", path.display());
        }
    }
}

#[test]
fn the_core_names_no_platform_and_no_host() {
    for (path, text) in core() {
        for line in shipped(&text) {
            for name in ["crate::host", "cap_std", "rustix", "ureq", "wasip2::", "libc::", "extern \"C\"", "unsafe "] {
                assert!(!line.contains(name), "{}: {line}", path.display());
            }
        }
    }
}

#[test]
fn the_core_depends_on_nothing_that_does_io() {
    let manifest = include_str!("../Cargo.toml");
    let (_, part) = manifest.split_once("\n[dependencies]\n").expect("dependencies");
    let always: Vec<&str> = part
        .lines()
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    assert!(always.iter().all(|line| line.starts_with("agent-allocator") || line.contains("optional = true")), "{always:?}");
}
