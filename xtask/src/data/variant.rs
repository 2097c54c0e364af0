//! A variant: subject x target x profile x allocator. Its id is the folder, the JSON key and the table row.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, str::FromStr};

/// One cell of the matrix.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Variant {
    /// The cargo package that is measured.
    pub subject: String,
    /// The target triple.
    pub target: String,
    /// The cargo profile.
    pub profile: String,
    /// The allocator's name in the policy.
    pub allocator: String,
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}/{}", self.subject, self.target, self.profile, self.allocator)
    }
}

impl FromStr for Variant {
    type Err = String;

    fn from_str(id: &str) -> Result<Self, String> {
        match id.split('/').collect::<Vec<_>>()[..] {
            [subject, target, profile, allocator] if [subject, target, profile, allocator].iter().all(|part| is_name(part)) => {
                Ok(Self { subject: subject.into(), target: target.into(), profile: profile.into(), allocator: allocator.into() })
            }
            _ => Err(format!("`{id}` is not a variant: expected subject/target/profile/allocator")),
        }
    }
}

/// Whether `part` can stand in a variant's id, which is also a folder: letters, digits, `_`, `-` and inner dots.
pub fn is_name(part: &str) -> bool {
    !part.is_empty()
        && !part.starts_with(['.', '-'])
        && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

/// Whether `pattern` selects `id`: equal to it, or with `*` standing for any run of characters, `/` included.
pub fn matches(pattern: &str, id: &str) -> bool {
    let Some((head, mut rest)) = pattern.split_once('*') else { return pattern == id };
    let Some(mut id) = id.strip_prefix(head) else { return false };
    while let Some((part, tail)) = rest.split_once('*') {
        let Some(at) = id.find(part) else { return false };
        id = &id[at + part.len()..];
        rest = tail;
    }
    id.ends_with(rest)
}

/// Whether a person means `name` by `pattern`: part of it, or all of it with `*` standing for anything.
pub fn has_words(name: &str, pattern: &str) -> bool {
    name.contains(pattern) || matches(pattern, name)
}

impl Serialize for Variant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Variant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_round_trip_and_odd_ones_are_refused() {
        let id = "agent/wasm32-wasip2/release-wasm/talc";
        assert_eq!(id.parse::<Variant>().unwrap().to_string(), id);
        for bad in ["", "a/b/c", "a/b/c/d/e", "a//c/d", "../b/c/d", "a/b/c/.d", "a/b/c/d e"] {
            assert!(bad.parse::<Variant>().is_err(), "{bad}");
        }
    }

    #[test]
    fn patterns() {
        let id = "agent/wasm32-wasip2/release-wasm/talc";
        for yes in [id, "*", "agent/*", "*/talc", "agent/*/talc", "*wasip2*", "agent/*wasip2/*/t*c"] {
            assert!(matches(yes, id), "{yes}");
        }
        for no in ["", "agent", "floor/*", "*/lol", "agent/*/talc/*", "talc"] {
            assert!(!matches(no, id), "{no}");
        }
    }
}
