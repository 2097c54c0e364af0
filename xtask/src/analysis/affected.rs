//! Which gates the change of a file can move: all of them, where nobody knows better.

use crate::data::comment::GateName;
use std::collections::{BTreeMap, BTreeSet};

/// File or folder, from the top of the repository and with `/` -> the gates that read it. What is nearest to a file counts.
pub type Territory = BTreeMap<String, BTreeSet<GateName>>;

/// Each gate that has to run -> the first file for which it has to.
pub fn affected(changed: &[String], territory: &Territory) -> BTreeMap<GateName, String> {
    let mut affected = BTreeMap::new();
    for path in changed {
        for gate in gates_of(path, territory) {
            affected.entry(gate).or_insert_with(|| path.clone());
        }
    }
    affected
}

fn gates_of(path: &str, territory: &Territory) -> BTreeSet<GateName> {
    let mut at = path;
    loop {
        if let Some(gates) = territory.get(at) {
            return gates.clone();
        }
        match at.rsplit_once('/') {
            Some((folder, _)) => at = folder,
            None if is_prose(path) => return BTreeSet::new(),
            None => return GateName::ALL.into(),
        }
    }
}

/// A file at the top that is for people. In a package's folder it may be a part of the code: `include_str!`.
fn is_prose(path: &str) -> bool {
    !path.contains('/') && (path.ends_with(".md") || path.starts_with("LICENSE"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_folder_counts_and_the_unknown_runs_all() {
        let of = |gates: &[GateName]| gates.iter().copied().collect::<BTreeSet<_>>();
        let territory = Territory::from([
            ("app".to_string(), of(&[GateName::Size, GateName::Run])),
            ("app/tests".to_string(), of(&[])),
            ("docs".to_string(), of(&[])),
            ("baselines/pgo.json".to_string(), of(&[GateName::Pgo])),
        ]);
        let names = |paths: &[&str]| -> Vec<GateName> {
            let paths: Vec<String> = paths.iter().map(ToString::to_string).collect();
            affected(&paths, &territory).into_keys().collect()
        };
        assert_eq!(names(&["app/src/lib.rs"]), [GateName::Size, GateName::Run]);
        assert_eq!(names(&["app/README.md"]), [GateName::Size, GateName::Run]);
        assert_eq!(names(&["app/tests/a.rs", "docs/a/b.md", "README.md", "LICENSE-MIT"]), []);
        assert_eq!(names(&["baselines/pgo.json"]), [GateName::Pgo]);
        for unknown in ["Cargo.lock", "application/a.rs", ".cargo/config.toml", "baselines/policy.toml"] {
            assert_eq!(names(&[unknown]), GateName::ALL, "{unknown}");
        }
        let first = affected(&["docs/a.md".into(), "app/a.rs".into(), "app/b.rs".into()], &territory);
        assert_eq!(first[&GateName::Run], "app/a.rs");
    }
}
