//! What lies where: which files each gate reads, and which files a branch changed.

use super::{
    git,
    workspace::{Workspace, home},
};
use crate::{
    analysis::affected::Territory,
    data::{comment::GateName, exit::Failure},
};
use anyhow::{Context, Result};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// What is built to wasm, or runs it.
const WASM: &[GateName] = &[GateName::Size, GateName::Run, GateName::Alloc];

/// The parts of this toolkit, where it is a member of what it measures. Members below them are parts too.
const TOOLKIT: &[(&str, &[GateName])] = &[
    // The guest of the memory includes them.
    ("agent/memory/benches/data", WASM),
    ("agent/mock-api", &GateName::ALL),
    ("xtask", &GateName::ALL),
    ("xtask/fixtures", &[GateName::Run]),
    ("xtask/fuzz", &[]),
    ("xtask/npm", WASM),
    ("xtask/optimizer", WASM),
    ("xtask/runner", WASM),
    ("xtask/tests", &[]),
];

/// What no gate reads.
const FOR_NONE: &[&str] = &[".ci", ".gitattributes", ".github", ".gitignore", "docs", "rustfmt.toml"];

/// What a gate reads of `baselines/`, besides the policy.
const BASELINES: &[(&str, GateName)] = &[
    ("alloc.json", GateName::Alloc),
    ("exports", GateName::Size),
    ("imports", GateName::Size),
    ("pgo", GateName::Pgo),
    ("pgo.json", GateName::Pgo),
    ("run.json", GateName::Run),
    ("size.json", GateName::Size),
    ("symbols", GateName::Size),
];

/// Which files each gate reads. A package is read by the gates that build it, or a package that needs it.
///
/// # Errors
/// The workspace lies in no repository, or a package of the policy is not there.
pub fn territory(workspace: &Workspace) -> Result<Territory> {
    let top = fs_err::canonicalize(git::top_level(&workspace.root)?)?;
    let name = |path: &Path| -> Option<String> {
        let path = fs_err::canonicalize(path).ok()?;
        Some(path.strip_prefix(&top).ok()?.to_string_lossy().replace('\\', "/"))
    };
    let mut territory = Territory::new();
    for folder in FOR_NONE {
        territory.extend(name(&workspace.root.join(folder)).map(|path| (path, BTreeSet::new())));
    }
    let is_own = fs_err::canonicalize(home()).ok() == fs_err::canonicalize(&workspace.root).ok();
    let toolkit = if is_own { TOOLKIT } else { &[] };
    let is_part = |folder: &Path| toolkit.iter().any(|(part, _)| folder.starts_with(workspace.root.join(part)));
    // A member that no gate builds is read by none.
    for folder in workspace.members().into_iter().filter(|folder| *folder != workspace.root && !is_part(folder)) {
        territory.extend(name(&folder).map(|path| (path, BTreeSet::new())));
    }
    for (gate, packages) in built(workspace)? {
        for folder in closure(workspace, packages)? {
            // At the root all other members lie below it: what is not theirs is everybody's.
            if folder != workspace.root {
                territory.entry(name(&folder).unwrap_or_default()).or_default().insert(gate);
            }
        }
    }
    for folder in workspace.members() {
        for kind in ["benches", "examples", "tests"] {
            territory.extend(name(&folder.join(kind)).map(|path| (path, BTreeSet::new())));
        }
    }
    for (file, gate) in BASELINES {
        territory.extend(name(&workspace.baselines.join(file)).map(|path| (path, BTreeSet::from([*gate]))));
    }
    if let Some(traces) = workspace.policy.alloc.as_ref().and_then(|alloc| alloc.traces.as_ref()) {
        territory.extend(name(&workspace.baselines.join(traces)).map(|path| (path, BTreeSet::from([GateName::Alloc]))));
    }
    for (folder, gates) in toolkit {
        territory.extend(name(&workspace.root.join(folder)).map(|path| (path, gates.iter().copied().collect())));
    }
    Ok(territory)
}

/// The packages that each gate builds.
fn built(workspace: &Workspace) -> Result<BTreeMap<GateName, BTreeSet<String>>> {
    let policy = &workspace.policy;
    let mut built: BTreeMap<GateName, BTreeSet<String>> = BTreeMap::new();
    let mut add = |gate: GateName, package: &str| {
        built.entry(gate).or_default().insert(package.to_string());
    };
    for subject in &policy.subject {
        // `run` plays what `size` ships, and `alloc` measures the subject with each allocator.
        for gate in WASM {
            add(*gate, &subject.package);
            subject.floor.iter().for_each(|floor| add(*gate, floor));
        }
    }
    for native in policy.run.artifact.values().filter_map(|artifact| artifact.native.as_ref()) {
        add(GateName::Run, native);
    }
    if let Some(alloc) = &policy.alloc {
        add(GateName::Alloc, &alloc.package);
        add(GateName::Alloc, &alloc.subject);
        alloc.record.iter().filter_map(|record| record.scenes.as_ref()).for_each(|scenes| add(GateName::Alloc, scenes));
    }
    policy.pgo.values().for_each(|subject| add(GateName::Pgo, &subject.package));
    Ok(built)
}

/// The folders of packages and of the members that they need to be built.
fn closure(workspace: &Workspace, names: BTreeSet<String>) -> Result<BTreeSet<PathBuf>> {
    let mut folders = BTreeSet::new();
    let mut open: Vec<PathBuf> = Vec::new();
    for name in names {
        open.extend(workspace.package(&name)?.manifest_path.parent().map(|folder| folder.as_std_path().to_path_buf()));
    }
    while let Some(folder) = open.pop() {
        open.extend(workspace.needed_by(&folder).into_iter().filter(|needed| !folders.contains(needed)));
        folders.insert(folder);
    }
    Ok(folders)
}

/// The commit that `base` and the work tree have in common, and the files that differ from it, from the top of the repository.
///
/// # Errors
/// Git does not know the base, or the two have nothing in common.
pub fn changed_since(workspace: &Workspace, base: &str) -> Result<(String, Vec<String>)> {
    let commit = git::resolve(&workspace.root, base)?;
    let fork = git::merge_base(&workspace.root, &commit).with_context(|| {
        Failure::usage(format!(
            "git finds no commit that {base} and HEAD have in common: fetch more of the history (fetch-depth: 0), or leave --base out and run all"
        ))
    })?;
    let changed = git::changed(&workspace.root, &fork)?;
    Ok((fork, changed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::affected::affected;

    #[test]
    fn every_part_of_this_toolkit_moves_the_gates_that_read_it() {
        let territory = territory(&Workspace::of_this_tool().unwrap()).unwrap();
        let moved = |path: &str| affected(&[path.to_string()], &territory).into_keys().collect::<Vec<_>>();
        assert_eq!(moved("xtask/compress/src/lib.rs"), GateName::ALL);
        for path in ["xtask/runner/host/src/a.rs", "xtask/runner/protocol/src/a.rs", "agent/memory/benches/data/mod.rs"] {
            assert_eq!(moved(path), WASM, "{path}");
        }
        for path in ["xtask/tests/a.rs", "xtask/runner/host/tests/a.rs", "agent/memory/benches/recall.rs", "xtask/fuzz/a.rs"] {
            assert_eq!(moved(path), [], "{path}");
        }
    }
}
