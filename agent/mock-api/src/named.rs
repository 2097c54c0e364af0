//! Modes with names: one table gives the enum, its documentation, its parser and its lines in `--help`.

use std::fmt::Write;

/// An enum whose values have names in scripts and on the command line.
pub trait Named: Copy + PartialEq + 'static {
    /// What one value is called in messages.
    const WHAT: &'static str;
    /// One row a value, in the order of the enum.
    const TABLE: &'static [Row<Self>];

    /// The row of this value.
    fn row(self) -> &'static Row<Self>;
}

/// What the table says of one value.
#[derive(Debug)]
pub struct Row<K> {
    /// The value.
    pub kind: K,
    /// The heading it is listed under.
    pub group: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The number it takes after `=`: what is used without one, and its unit.
    pub number: Option<(u64, &'static str)>,
    /// One line on what it does.
    pub help: &'static str,
}

/// A value together with its number, `name` or `name=number` in text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Setting<K> {
    /// The value.
    pub kind: K,
    /// The number: 0 where the value takes none.
    pub number: u64,
}

impl<K: Named> From<K> for Setting<K> {
    fn from(kind: K) -> Setting<K> {
        Setting { kind, number: kind.row().number.map_or(0, |(number, _)| number) }
    }
}

impl<K: Named> std::str::FromStr for Setting<K> {
    type Err = String;

    fn from_str(text: &str) -> Result<Setting<K>, String> {
        let (name, number) = text.split_once('=').map_or((text, None), |(name, number)| (name, Some(number)));
        let Some(row) = K::TABLE.iter().find(|row| row.name == name) else {
            let names: Vec<_> = K::TABLE.iter().map(|row| row.name).collect();
            return Err(format!("no such {}: `{name}`; there are {}", K::WHAT, names.join(", ")));
        };
        match (number, row.number) {
            (None, _) => Ok(Setting::from(row.kind)),
            (Some(_), None) => Err(format!("the {} `{name}` takes no number", K::WHAT)),
            (Some(number), Some(_)) => match number.parse() {
                Ok(number @ 1..) => Ok(Setting { kind: row.kind, number }),
                _ => Err(format!("the number of the {} `{name}` is 1 or more, not `{number}`", K::WHAT)),
            },
        }
    }
}

impl<'de, K: Named> serde::Deserialize<'de> for Setting<K> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Setting<K>, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The table as lines of `--help`, under its headings.
pub fn help<K: Named>() -> String {
    let mut text = String::new();
    let mut group = "";
    for row in K::TABLE {
        if row.group != group {
            group = row.group;
            let _ = writeln!(text, "  {group}:");
        }
        let name = if row.number.is_some() { format!("{}=N", row.name) } else { row.name.to_string() };
        let number = row.number.map_or(String::new(), |(number, unit)| format!(" (N {unit}, else {number})"));
        let _ = writeln!(text, "    {name:<22} {}{number}", row.help);
    }
    text
}

/// Makes an enum that is [`Named`] out of its table.
macro_rules! named {
    (
        $(#[$meta:meta])*
        $type:ident, $what:literal;
        $($group:literal { $($kind:ident $name:literal $([$number:literal $unit:literal])? $help:literal;)* })*
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $type { $($(#[doc = concat!("`", $name, "`: ", $help, ".")] $kind,)*)* }

        impl $crate::named::Named for $type {
            const WHAT: &'static str = $what;
            const TABLE: &'static [$crate::named::Row<$type>] = &[$($($crate::named::Row {
                kind: $type::$kind,
                group: $group,
                name: $name,
                number: named!(@number $($number $unit)?),
                help: $help,
            },)*)*];

            fn row(self) -> &'static $crate::named::Row<$type> {
                &Self::TABLE[self as usize]
            }
        }

        impl $type {
            /// This value with a number of its own.
            pub fn with(self, number: u64) -> $crate::named::Setting<$type> {
                $crate::named::Setting { kind: self, number }
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
                $crate::named::Setting::deserialize(deserializer).map(|setting| setting.kind)
            }
        }
    };
    (@number) => { None };
    (@number $number:literal $unit:literal) => { Some(($number, $unit)) };
}

pub(crate) use named;
