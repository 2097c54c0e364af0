//! The source files of a build, as cargo's dep-info names them: what changed after a training.

use std::{
    path::{Path, PathBuf},
    time::SystemTime,
};

/// How many source files of the built `program` changed after `since`, without those that build scripts made below `target`; nothing where cargo left no
/// list of them.
pub fn newer_count(program: &Path, target: &Path, since: SystemTime) -> Option<u64> {
    let text = fs_err::read_to_string(program.with_extension("d")).ok()?;
    let newer = |path: &PathBuf| fs_err::metadata(path).and_then(|found| found.modified()).is_ok_and(|at| at > since);
    Some(files(&text).iter().filter(|path| !path.starts_with(target) && newer(path)).count() as u64)
}

/// The files of a rule `target: file file`; a blank in a name stands behind a backslash.
fn files(text: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for line in text.lines() {
        let Some((_, list)) = line.split_once(": ") else { continue };
        let whole = list.replace("\\ ", "\u{0}");
        files.extend(whole.split_whitespace().map(|name| PathBuf::from(name.replace('\u{0}', " "))));
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_blanks_are_whole() {
        assert_eq!(files("/t/a: /s/a.rs /s/with\\ blank.rs\n"), [PathBuf::from("/s/a.rs"), PathBuf::from("/s/with blank.rs")]);
    }

    #[test]
    fn only_what_changed_later_counts() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let before = SystemTime::now() - std::time::Duration::from_secs(60);
        fs_err::write(path("a.rs"), "").unwrap();
        fs_err::create_dir(path("target")).unwrap();
        fs_err::write(path("target/made.rs"), "").unwrap();
        assert_eq!(newer_count(&path("tool"), &path("target"), before), None);
        fs_err::write(path("tool.d"), format!("x: {} {} /gone.rs\n", path("a.rs").display(), path("target/made.rs").display()))
            .unwrap();
        assert_eq!(newer_count(&path("tool"), &path("target"), before), Some(1));
        assert_eq!(newer_count(&path("tool"), &path("target"), SystemTime::now() + std::time::Duration::from_secs(60)), Some(0));
    }
}
