//! What a profile is like: whether it is worth building with.

use serde::{Deserialize, Serialize};

/// What is known of a profile.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// The file's name, which has its contents' hash in it.
    pub profile: Option<String>,
    /// Runs of the training that should each have left a raw profile; absent of a profile from elsewhere.
    pub run_count: Option<u64>,
    /// Raw profiles that the training left: one for each run, of a script perhaps more.
    pub left_count: Option<u64>,
    /// Raw profiles that are there.
    pub raw_count: Option<u64>,
    /// The version of their form.
    pub raw_version: Option<u64>,
    /// The version that the toolchain's LLVM writes, where that is known.
    pub toolchain_version: Option<u64>,
    /// Those of another version, broken, or not raw profiles at all: each with why.
    pub unreadable: Vec<String>,
    /// Functions that the profile knows.
    pub function_count: u64,
    /// Those of them that ran.
    pub counted_count: u64,
    /// How often the most frequent block ran.
    pub max_count: u64,
    /// Functions that together take nine tenths of the instructions of the training; absent where nothing counts those by function.
    pub hot_count: Option<u64>,
    /// Those of them that the profile knows, and that ran.
    pub hot_counted_count: Option<u64>,
    /// Those of them that are not the program's own code as it was compiled here: C, the system's libraries, the standard library.
    pub hot_foreign_count: Option<u64>,
    /// Functions that ran and whose symbols the program that was built with the profile has too: the others were inlined, or the profile is one of a program
    /// built in another way, whose symbols have other hashes. Absent before that build, and of a program without names.
    pub fitting_count: Option<u64>,
    /// Functions whose code is no longer the one that was profiled, as the optimized build said; absent before that build.
    pub mismatch_count: Option<u64>,
    /// Source files that changed after the training.
    pub newer_source_count: Option<u64>,
    /// How long ago the training was.
    pub age_s: Option<u64>,
    /// Why it is bad; empty where it is good.
    pub problems: Vec<String>,
}

impl Health {
    /// Whether it may be built with.
    pub fn is_good(&self) -> bool {
        self.problems.is_empty()
    }
}
