//! The invariants of the source tree: what may import what, where documentation starts, how long a file may be.

use std::{
    fs,
    path::{Path, PathBuf},
};

fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = ["agent", "floor", "xtask"].iter().map(|name| root.join(name)).collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path.strip_prefix(root).unwrap().to_path_buf(), text));
            }
        }
    }
    assert!(found.len() > 50, "the walk found only {} files", found.len());
    found
}

#[test]
fn every_file_says_what_it_is_for_and_stays_readable() {
    for (path, text) in sources() {
        assert!(text.starts_with("//!"), "{} does not start with //!", path.display());
        assert!(text.lines().count() <= 400, "{} has {} lines", path.display(), text.lines().count());
    }
}

#[test]
fn the_pure_part_stays_pure() {
    let effects = [
        "crate::shell",
        "crate::cmd",
        "std::fs",
        "fs_err",
        "std::process",
        "std::net",
        "xshell",
        "Instant::now",
        "eprintln!",
        "println!",
    ];
    for (path, text) in sources() {
        let name = path.to_string_lossy().replace('\\', "/");
        let pure = ["data", "analysis", "report"].iter().any(|room| name.starts_with(&format!("xtask/src/{room}")));
        if pure && !name.ends_with("tests.rs") {
            let text = text.split("#[cfg(test)]").next().unwrap();
            let found: Vec<_> = effects.iter().filter(|effect| text.contains(**effect)).collect();
            assert!(found.is_empty(), "{name} uses {found:?}");
        }
    }
}

#[test]
fn data_knows_nothing_above_it() {
    for (path, text) in sources() {
        if path.to_string_lossy().replace('\\', "/").starts_with("xtask/src/data") {
            for above in ["crate::analysis", "crate::report"] {
                assert!(!text.contains(above), "{} uses {above}", path.display());
            }
        }
    }
}

#[test]
fn only_the_allocator_crate_has_a_global_allocator() {
    for (path, text) in sources() {
        let line = text.lines().find(|line| line.trim_start().starts_with("#[global_allocator]"));
        assert!(line.is_none() || path.starts_with("agent/allocator"), "{} has a global allocator", path.display());
    }
}
