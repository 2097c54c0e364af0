//! What of a program is released: the settings of a build, together.

use crate::data::pgo::build::{Linked, Profile, Settings};
use serde::Deserialize;
use std::fmt;

/// The settings; without any it is the reference with a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Ship {
    /// `opt-level`.
    pub opt_level: OptLevel,
    /// `lto`.
    pub lto: Lto,
    /// `panic`, where it is not the package's own.
    pub panic: Option<Panic>,
    /// Whether the code can be unwound.
    pub unwind_tables: bool,
    /// Whether it is linked statically with musl.
    pub musl: bool,
    /// Whether it is built with a profile.
    pub profile: bool,
}

impl Default for Ship {
    fn default() -> Ship {
        Ship { opt_level: OptLevel::O3, lto: Lto::Fat, panic: None, unwind_tables: true, musl: false, profile: true }
    }
}

/// cargo's `opt-level`, as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum OptLevel {
    /// 1.
    #[serde(rename = "1")]
    O1,
    /// 2.
    #[serde(rename = "2")]
    O2,
    /// 3.
    #[serde(rename = "3")]
    O3,
    /// Size.
    #[serde(rename = "s")]
    Os,
    /// Size above all.
    #[serde(rename = "z")]
    Oz,
}

/// cargo's `lto`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lto {
    /// The whole program.
    Fat,
    /// Most of it, in parallel.
    Thin,
    /// None.
    Off,
}

/// cargo's `panic`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Panic {
    /// Ends the process.
    Abort,
    /// Unwinds the stack.
    Unwind,
}

impl Ship {
    /// How it is made.
    pub fn settings(&self) -> Settings {
        Settings {
            opt_level: match self.opt_level {
                OptLevel::O1 => "1",
                OptLevel::O2 => "2",
                OptLevel::O3 => "3",
                OptLevel::Os => "s",
                OptLevel::Oz => "z",
            },
            lto: match self.lto {
                Lto::Fat => "fat",
                Lto::Thin => "thin",
                Lto::Off => "off",
            },
            panic: self.panic.map(|panic| match panic {
                Panic::Abort => "abort",
                Panic::Unwind => "unwind",
            }),
            unwind_tables: self.unwind_tables,
            linked: if self.musl { Linked::Musl } else { Linked::Host },
            profile: if self.profile { Profile::Own } else { Profile::None },
        }
    }

    /// Checks what rustc would refuse.
    ///
    /// # Errors
    /// One message with the cure.
    pub fn check(&self) -> Result<(), String> {
        match self.panic {
            Some(Panic::Abort) => Ok(()),
            _ if self.unwind_tables => Ok(()),
            _ => Err("`unwind-tables = false` needs `panic = \"abort\"`".into()),
        }
    }
}

impl fmt::Display for Ship {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = self.settings();
        write!(f, "opt-level {}, {} LTO", settings.opt_level, settings.lto)?;
        if let Some(panic) = settings.panic {
            write!(f, ", panic = {panic}")?;
        }
        let parts = [
            (!self.unwind_tables, ", no unwind tables"),
            (self.musl, ", static with musl"),
            (self.profile, ", with a profile of its own"),
        ];
        parts.iter().filter(|(is, _)| *is).try_for_each(|(_, said)| f.write_str(said))
    }
}
