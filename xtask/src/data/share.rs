//! A share of the work of a gate: which of several machines measures what.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Share `index` of `count`, counted from 1: every `count`-th thing, from the `index`-th on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Share {
    /// Which, from 1.
    pub index: u32,
    /// Of how many.
    pub count: u32,
}

/// More machines than this are a typing error.
const COUNT_MAX: u32 = 256;

impl Share {
    /// All of it.
    pub const WHOLE: Share = Share { index: 1, count: 1 };

    /// Whether the thing at `at`, counted from 0, belongs to this share.
    pub fn has(self, at: usize) -> bool {
        at % self.count as usize == self.index as usize - 1
    }

    /// The share as far from the last as this is from the first.
    pub fn mirrored(self) -> Share {
        Share { index: self.count + 1 - self.index, count: self.count }
    }

    /// What of `things` belongs to this share, in their order.
    pub fn of<T>(self, things: Vec<T>) -> Vec<T> {
        things.into_iter().enumerate().filter(|(at, _)| self.has(*at)).map(|(_, thing)| thing).collect()
    }
}

impl FromStr for Share {
    type Err = String;

    /// Reads `2/3`.
    fn from_str(text: &str) -> Result<Share, String> {
        let wrong = || format!("`{text}` is no share: write 1/2 for the first of two, up to {COUNT_MAX}");
        let (index, count) = text.split_once('/').ok_or_else(wrong)?;
        let (index, count) = (index.parse().map_err(|_| wrong())?, count.parse().map_err(|_| wrong())?);
        match (1..=count).contains(&index) && count <= COUNT_MAX {
            true => Ok(Share { index, count }),
            false => Err(wrong()),
        }
    }
}

impl TryFrom<String> for Share {
    type Error = String;

    fn try_from(text: String) -> Result<Share, String> {
        text.parse()
    }
}

impl From<Share> for String {
    fn from(share: Share) -> String {
        share.to_string()
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_everything_and_do_not_overlap() {
        for count in 1..5 {
            let mut all: Vec<usize> = (1..=count).flat_map(|index| Share { index, count }.of((0..11).collect())).collect();
            all.sort_unstable();
            assert_eq!(all, (0..11).collect::<Vec<_>>(), "{count} shares");
        }
    }

    #[test]
    fn what_is_no_share_is_refused() {
        assert_eq!("2/3".parse(), Ok(Share { index: 2, count: 3 }));
        assert_eq!("2/3".parse::<Share>().unwrap().to_string(), "2/3");
        for text in ["", "1", "0/1", "3/2", "1/0", "-1/2", "1/2/3", "1/257"] {
            assert!(text.parse::<Share>().unwrap_err().contains("is no share"), "{text}");
        }
    }
}
