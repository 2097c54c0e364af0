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
    /// Linked with musl, without a dynamic loader.
    StaticMusl,
    /// What is released: the settings that the policy names together, with a profile of its own.
    Shipped,
    /// The reference that writes profiles. It is trained, never compared.
    Instrumented,
    /// What is released, writing profiles.
    ShippedInstrumented,
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
    /// One of a program built with the same settings.
    Own,
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
    /// Whether the code can be unwound.
    pub unwind_tables: bool,
    /// The system library.
    pub linked: Linked,
    /// The profile.
    pub profile: Profile,
}

const REFERENCE: Settings =
    Settings { opt_level: "3", lto: "fat", panic: None, unwind_tables: true, linked: Linked::Host, profile: Profile::None };

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
        Build::StaticMusl,
        Build::Shipped,
    ];
    /// Those that say whether the profile is worth something.
    pub const QUICK: [Build; 2] = [Build::Reference, Build::Pgo];

    /// How it is made; of what is released, as long as a policy says nothing else.
    pub fn settings(self) -> Settings {
        match self {
            Build::Reference => REFERENCE,
            Build::Pgo | Build::PgoBolt => Settings { profile: Profile::Trained, ..REFERENCE },
            Build::Control => Settings { profile: Profile::Control, ..REFERENCE },
            Build::Shipped => Settings { profile: Profile::Own, ..REFERENCE },
            Build::Instrumented | Build::ShippedInstrumented => Settings { profile: Profile::Writes, ..REFERENCE },
            Build::ThinLto => Settings { lto: "thin", ..REFERENCE },
            Build::OptZ => Settings { opt_level: "z", ..REFERENCE },
            Build::OptS => Settings { opt_level: "s", ..REFERENCE },
            Build::Opt2 => Settings { opt_level: "2", ..REFERENCE },
            Build::NoUnwindTables => Settings { panic: Some("abort"), unwind_tables: false, ..REFERENCE },
            Build::StaticMusl => Settings { linked: Linked::Musl, ..REFERENCE },
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
            Build::StaticMusl => "static-musl",
            Build::Shipped => "shipped",
            Build::Instrumented => "instrumented",
            Build::ShippedInstrumented => "shipped-instrumented",
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
            Build::StaticMusl => "static, with musl",
            Build::Shipped => "what the policy says is released",
            Build::Instrumented | Build::ShippedInstrumented => "writes profiles",
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
