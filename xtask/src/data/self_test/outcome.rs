//! What came of a self-test.

use super::Ask;
use crate::data::exit::Exit;
use std::fmt;

/// A whole self-test.
#[derive(Clone, Debug, Default)]
pub struct SelfTest {
    /// Every fault that was injected.
    pub faults: Vec<Injected>,
    /// Every neutral change that was made.
    pub neutral: Vec<Neutral>,
}

/// A fault, and what the gate said of it.
#[derive(Clone, Debug)]
pub struct Injected {
    /// What was wrong.
    pub name: &'static str,
    /// What was asked.
    pub ask: Ask,
    /// What caught it, else why it counts as missed.
    pub caught: Result<String, String>,
}

/// A neutral change, built and judged.
#[derive(Clone, Debug)]
pub struct Neutral {
    /// What was done.
    pub kind: NeutralKind,
    /// The file, from the root of the workspace.
    pub file: String,
    /// What of it, in a few words.
    pub said: String,
    /// How far it moved the sizes, else how it was flagged.
    pub passed: Result<Moved, String>,
}

/// What is done to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NeutralKind {
    /// Two items change places.
    Reordered,
    /// A local has another name.
    Renamed,
    /// A comment stands before an item.
    Commented,
    /// A function that its file alone knows has another name, and so another symbol.
    RenamedFunction,
}

impl NeutralKind {
    /// All of them, in the order in which they take turns.
    pub const ALL: [NeutralKind; 4] =
        [NeutralKind::Reordered, NeutralKind::Renamed, NeutralKind::Commented, NeutralKind::RenamedFunction];
}

impl fmt::Display for NeutralKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            NeutralKind::Reordered => "reordered",
            NeutralKind::Renamed => "renamed",
            NeutralKind::Commented => "commented",
            NeutralKind::RenamedFunction => "function renamed",
        })
    }
}

/// How far sizes are from the baseline's, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// Whether the shipped file is another one at all.
    pub is_other_file: bool,
    /// The shipped file.
    pub raw_bytes: i64,
    /// The file after gzip.
    pub gzip_bytes: i64,
    /// The file after brotli.
    pub brotli_bytes: i64,
}

impl SelfTest {
    /// How many faults were caught for the right reason.
    pub fn caught_count(&self) -> usize {
        self.faults.iter().filter(|fault| fault.caught.is_ok()).count()
    }

    /// How many neutral changes were flagged.
    pub fn flagged_count(&self) -> usize {
        self.neutral.iter().filter(|change| change.passed.is_err()).count()
    }

    /// The exit code that says it.
    pub fn exit(&self) -> Exit {
        if self.caught_count() == self.faults.len() && self.flagged_count() == 0 { Exit::Pass } else { Exit::Verdict }
    }
}
