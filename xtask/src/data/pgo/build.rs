//! The builds that are set beside each other, as one table: how each differs from the reference.

use serde::{Deserialize, Serialize};
use std::fmt;

/// One way to build the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Build {
    /// What all others are compared with.
    Reference,
    /// The reference with the profile.
    Pgo,
    /// That, laid out anew by llvm-bolt.
    PgoBolt,
    /// The reference with a profile of unrelated work.
    Control,
    /// Thin instead of fat link-time optimization.
    ThinLto,
    /// Optimized for size above all.
    OptZ,
    /// Optimized for size.
    OptS,
    /// Optimization level 2.
    #[serde(rename = "opt-2")]
    Opt2,
    /// No unwind tables: panics abort.
    NoUnwindTables,
    /// The profile and no unwind tables, which cost each other nothing.
    PgoNoUnwindTables,
    /// Linked with musl, without a dynamic loader.
    StaticMusl,
    /// The reference that writes profiles. It is trained, never compared.
    Instrumented,
}

/// Which profile a build takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// None.
    None,
    /// That of the training.
    Trained,
    /// That of the control.
    Control,
    /// It writes one.
    Writes,
}

/// Which system library a build is linked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linked {
    /// The host's.
    Host,
    /// musl, statically.
    Musl,
}

/// How a build is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `opt-level`.
    pub opt_level: &'static str,
    /// `lto`.
    pub lto: &'static str,
    /// `panic`, where it is not the package's own.
    pub panic: Option<&'static str>,
    /// Flags for rustc besides the policy's.
    pub rustflags: &'static [&'static str],
    /// The system library.
    pub linked: Linked,
    /// The profile.
    pub profile: Profile,
}

const REFERENCE: Settings =
    Settings { opt_level: "3", lto: "fat", panic: None, rustflags: &[], linked: Linked::Host, profile: Profile::None };

impl Build {
    /// Those that are compared, in the order they are printed.
    pub const COMPARED: [Build; 11] = [
        Build::Reference,
        Build::Pgo,
        Build::PgoBolt,
        Build::Control,
        Build::ThinLto,
        Build::OptZ,
        Build::OptS,
        Build::Opt2,
        Build::NoUnwindTables,
        Build::PgoNoUnwindTables,
        Build::StaticMusl,
    ];
    /// Those that say whether the profile is worth something.
    pub const QUICK: [Build; 2] = [Build::Reference, Build::Pgo];

    /// How it is made.
    pub fn settings(self) -> Settings {
        match self {
            Build::Reference => REFERENCE,
            Build::Pgo | Build::PgoBolt => Settings { profile: Profile::Trained, ..REFERENCE },
            Build::Control => Settings { profile: Profile::Control, ..REFERENCE },
            Build::Instrumented => Settings { profile: Profile::Writes, ..REFERENCE },
            Build::ThinLto => Settings { lto: "thin", ..REFERENCE },
            Build::OptZ => Settings { opt_level: "z", ..REFERENCE },
            Build::OptS => Settings { opt_level: "s", ..REFERENCE },
            Build::Opt2 => Settings { opt_level: "2", ..REFERENCE },
            Build::NoUnwindTables => Settings { panic: Some("abort"), rustflags: &["-Cforce-unwind-tables=no"], ..REFERENCE },
            Build::PgoNoUnwindTables => Settings { profile: Profile::Trained, ..Build::NoUnwindTables.settings() },
            Build::StaticMusl => Settings { linked: Linked::Musl, rustflags: &["-Ctarget-feature=+crt-static"], ..REFERENCE },
        }
    }

    /// Its name: the folder, the key and the row.
    pub fn name(self) -> &'static str {
        match self {
            Build::Reference => "reference",
            Build::Pgo => "pgo",
            Build::PgoBolt => "pgo-bolt",
            Build::Control => "control",
            Build::ThinLto => "thin-lto",
            Build::OptZ => "opt-z",
            Build::OptS => "opt-s",
            Build::Opt2 => "opt-2",
            Build::NoUnwindTables => "no-unwind-tables",
            Build::PgoNoUnwindTables => "pgo-no-unwind-tables",
            Build::StaticMusl => "static-musl",
            Build::Instrumented => "instrumented",
        }
    }

    /// What it is, for a reader of the table.
    pub fn summary(self) -> &'static str {
        match self {
            Build::Reference => "opt-level 3, fat LTO, one codegen unit",
            Build::Pgo => "with the profile of the training",
            Build::PgoBolt => "that, laid out anew by llvm-bolt",
            Build::Control => "with the profile of unrelated work",
            Build::ThinLto => "thin LTO",
            Build::OptZ => "opt-level z",
            Build::OptS => "opt-level s",
            Build::Opt2 => "opt-level 2",
            Build::NoUnwindTables => "panic = abort, no unwind tables",
            Build::PgoNoUnwindTables => "with the profile of the training, and that",
            Build::StaticMusl => "static, with musl",
            Build::Instrumented => "writes profiles",
        }
    }
}

impl fmt::Display for Build {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_build_differs_from_the_reference_in_its_own_way() {
        for build in Build::COMPARED.into_iter().filter(|build| *build != Build::Reference) {
            assert_ne!(build.settings(), REFERENCE, "{build}");
        }
        assert_eq!(serde_json::to_string(&Build::NoUnwindTables).unwrap(), "\"no-unwind-tables\"");
        assert!(Build::COMPARED.iter().all(|build| serde_json::to_string(build).unwrap() == format!("\"{build}\"")));
    }
}
