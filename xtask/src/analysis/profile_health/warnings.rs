//! What rustc says when profile data does not fit. It goes on without the data in every case, and exits with 0.
//!
//! The texts are those of LLVM's `llvm/lib/ProfileData/InstrProf.cpp`, `getInstrProfErrString`; rustc prints them as warnings
//! behind the name of the codegen unit or of the file.

use std::collections::BTreeMap;

/// What about the data does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mismatch {
    /// A function is another one now than when it was trained: its counts are discarded.
    Changed,
    /// A function has no counts. rustc says so only with `-Cllvm-args=-pgo-warn-missing-function`; without it, the profile of an
    /// altogether different program is accepted in silence.
    Missing,
    /// The file is not read at all: damaged, or of another version of LLVM.
    Unreadable,
}

/// Parts of messages, in lower case: older versions of LLVM start them with a capital letter.
const TEXTS: [(&str, Mismatch); 13] = [
    ("function control flow change detected (hash mismatch)", Mismatch::Changed),
    ("function basic block count change detected (counter mismatch)", Mismatch::Changed),
    ("function bitmap size change detected (bitmap size mismatch)", Mismatch::Changed),
    ("function value site count change detected (counter mismatch)", Mismatch::Changed),
    ("inconsistent number of counts in", Mismatch::Changed),
    ("no profile data available for function", Mismatch::Missing),
    ("invalid instrumentation profile data", Mismatch::Unreadable),
    ("malformed instrumentation profile data", Mismatch::Unreadable),
    ("unsupported instrumentation profile", Mismatch::Unreadable),
    ("unrecognized instrumentation profile encoding format", Mismatch::Unreadable),
    ("truncated profile data", Mismatch::Unreadable),
    ("empty raw profile file", Mismatch::Unreadable),
    ("raw profile version mismatch", Mismatch::Unreadable),
];

/// How many warnings in `stderr`, of a build that uses a profile, say that profile data does not fit.
pub fn mismatches(stderr: &str) -> u64 {
    mismatches_by_kind(stderr).values().sum()
}

/// The same by what does not fit; kinds without warnings are left out.
///
/// Warnings in packages from a registry are hidden by cargo, unless it is run with `-vv`.
pub fn mismatches_by_kind(stderr: &str) -> BTreeMap<Mismatch, u64> {
    let mut counts = BTreeMap::new();
    for line in stderr.lines() {
        let line = line.to_ascii_lowercase();
        if let Some((_, kind)) = TEXTS.iter().find(|(text, _)| line.contains(text)) {
            *counts.entry(*kind).or_default() += 1;
        }
    }
    counts
}
